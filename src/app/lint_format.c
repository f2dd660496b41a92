#include "app/lint_format.h"

#include "app/exit_code.h"
#include "base/text.h"
#include "report/format_json.h"
#include "report/github.h"
#include "report/sarif.h"

static size_t limits_of(const struct budget_set *set) {
    size_t rows = 0;
    for (size_t i = 0; i < set->count; i++) rows += set->budgets[i].limit_count;
    return rows;
}

static const char *counted(struct arena *arena, size_t count, const char *what) {
    return text_format(arena, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static const char *write_text(struct arena *arena, const struct lint_page *page) {
    if (page->exit_code != EXIT_PASS) return "";
    return text_format(
        arena, "%s, %s, %s: no mistakes\n", counted(arena, page->set->file_count, "file"),
        counted(arena, page->set->count, "budget"), counted(arena, limits_of(page->set), "limit"));
}

static const char *write_json(struct arena *arena, const struct lint_page *page) {
    json *root = json_new_object();
    json_put_text(root, "schema", "perfbudget.lint/1");
    json_put_number(root, "exit_code", page->exit_code);
    json_put_number(root, "files", (double)page->set->file_count);
    json_put_number(root, "budgets", (double)page->set->count);
    json_put_number(root, "limits", (double)limits_of(page->set));
    json_put_diagnostics(root, page->diags);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}

static void add_annotation(struct text *out, const struct diag *diag) {
    github_begin(out, diag->level, diag->place);
    github_add_property(out, "title", diag_codes[diag->code].word);
    text_add(out, "::");
    github_add_text(out, diag->message);
    if (diag->hint) text_add(out, "%0A");
    if (diag->hint) github_add_text(out, diag->hint);
    text_add_char(out, '\n');
}

/* The gravest first, as a step shows only ten errors and ten warnings. */
static const char *write_github(struct arena *arena, const struct lint_page *page) {
    struct text out = text_begin(arena);
    for (int level = DIAG_ERROR; level >= DIAG_NOTE; level--)
        for (size_t i = 0; i < page->diags->count; i++)
            if ((int)page->diags->items[i].level == level)
                add_annotation(&out, &page->diags->items[i]);
    return out.data;
}

static void put_rules(json *driver, const struct diags *diags) {
    bool told[DIAG_CODE_COUNT] = {false};
    json *rules = json_put_list(driver, "rules");
    for (size_t i = 0; i < diags->count; i++) {
        enum diag_code code = diags->items[i].code;
        if (told[code]) continue;
        told[code] = true;
        json *rule = json_push(rules, json_new_object());
        json_put_text(rule, "id", diag_codes[code].word);
        sarif_put_message(rule, "shortDescription", diag_codes[code].meaning);
        sarif_put_message(rule, "help", diag_codes[code].remedy);
    }
}

static void push_result(struct arena *arena, json *results, const struct diag *diag) {
    json *result = json_push(results, json_new_object());
    json_put_text(result, "ruleId", diag_codes[diag->code].word);
    sarif_put_level(result, diag->level);
    sarif_put_message(result, "message",
                      diag->hint ? text_format(arena, "%s; %s", diag->message, diag->hint)
                                 : diag->message);
    sarif_put_location(arena, result, diag->place);
}

static const char *write_sarif(struct arena *arena, const struct lint_page *page) {
    json *run, *root = sarif_begin(&run);
    json *driver = json_put_object(json_put_object(run, "tool"), "driver");
    json_put_text(driver, "name", "perfbudget lint");
    json_put_text(driver, "version", PERFBUDGET_VERSION);
    put_rules(driver, page->diags);
    json_put_text(run, "columnKind", "unicodeCodePoints");
    json *results = json_put_list(run, "results");
    for (size_t i = 0; i < page->diags->count; i++)
        push_result(arena, results, &page->diags->items[i]);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}

const struct lint_format lint_formats[] = {
    {"text", write_text, &log_guard_text},
    {"json", write_json, &log_guard_json},
    {"github", write_github, &log_guard_own},
    {"sarif", write_sarif, &log_guard_json},
    {0},
};
