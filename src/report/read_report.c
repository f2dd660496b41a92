#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "report/reader.h"

static bool read_libraries(struct reader *reader, const json *object,
                           struct environment *environment) {
    const json *list;
    struct library_version *libraries = NULL;
    size_t count = 0;
    if (!take_object(reader, object, "libraries", &list)) return false;
    for (const json *item = json_first(list); item; item = json_next(item))
        *array_add(reader->arena, libraries, count) = (struct library_version){
            text_copy(reader->arena, json_name(item)),
            text_copy(reader->arena, json_text(item, "")),
        };
    *array_add(reader->arena, libraries, count) = (struct library_version){0};
    environment->libraries = libraries;
    return true;
}

static bool read_load(struct reader *reader, const json *object, double load[3]) {
    const json *list;
    if (!take_list(reader, object, "load", &list)) return false;
    if (json_count(list) != 3) return reader_wrong(reader, "load", "is not of three numbers");
    size_t at = 0;
    for (const json *item = json_first(list); item; item = json_next(item))
        load[at++] = json_number(item, NAN);
    return true;
}

bool read_environment(struct reader *reader, const json *root, struct environment *environment) {
    const json *object, *pressure;
    size_t cores;
    if (!take_object(reader, root, "environment", &object)) return false;
    reader->where = "environment";
    bool good = take_text_or_null(reader, object, "fingerprint", &environment->fingerprint) &&
                take_text_or_null(reader, object, "host", &environment->host) &&
                take_text_or_null(reader, object, "os", &environment->os) &&
                take_text_or_null(reader, object, "kernel", &environment->kernel) &&
                take_text_or_null(reader, object, "cpu", &environment->cpu) &&
                take_count(reader, object, "cores", &cores) &&
                take_number_or_null(reader, object, "memory", &environment->memory) &&
                read_load(reader, object, environment->load) &&
                take_object(reader, object, "pressure", &pressure) &&
                take_number_or_null(reader, pressure, "cpu", &environment->pressure_cpu) &&
                take_number_or_null(reader, pressure, "io", &environment->pressure_io) &&
                take_number_or_null(reader, pressure, "memory", &environment->pressure_memory) &&
                take_number_or_null(reader, object, "spawn", &environment->spawn) &&
                read_libraries(reader, object, environment) &&
                take_text_or_null(reader, object, "revision", &environment->revision) &&
                take_text_or_null(reader, object, "branch", &environment->branch) &&
                take_text_or_null(reader, object, "ci", &environment->ci);
    const json *container = json_get(object, "container"), *tool = json_get(root, "tool");
    environment->cpu_limit = text_copy(reader->arena, json_text(json_get(container, "cpu"), NULL));
    environment->memory_limit =
        text_copy(reader->arena, json_text(json_get(container, "memory"), NULL));
    environment->tool = text_copy(reader->arena, json_text(json_get(tool, "version"), NULL));
    if (good) environment->cores = cores < INT_MAX ? (int)cores : INT_MAX;
    if (good) reader->where = "";
    return good;
}

static bool read_files(struct reader *reader, const json *root, struct budget_set *set) {
    const json *list;
    if (!take_list(reader, root, "files", &list)) return false;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        struct budget_file *file = array_add(reader->arena, set->files, set->file_count);
        if (!take_text(reader, item, "path", &file->path) ||
            !take_text(reader, item, "sha256", &file->sha256))
            return false;
    }
    return true;
}

static bool read_head(struct reader *reader, const json *root, struct report *report,
                      struct budget_set *set) {
    size_t exit_code;
    if (!take_count(reader, root, "exit_code", &exit_code) ||
        !take_text_or_null(reader, root, "project", &set->project) ||
        !take_texts(reader, root, "profiles", &set->profiles) ||
        !take_text(reader, root, "started_at", &report->started_at) ||
        !take_number(reader, root, "duration", &report->duration) ||
        !read_files(reader, root, set) || !read_environment(reader, root, &report->environment) ||
        !read_against(reader, root, report) || !read_shards(reader, root, report))
        return false;
    if (exit_code > 255) return reader_wrong(reader, "exit_code", "is none");
    report->exit_code = (int)exit_code;
    return true;
}

static bool read_outcome(struct reader *reader, const json *root, struct verdicts *stored) {
    const json *summary;
    int outcome, effect;
    if (!take_word(reader, root, "verdict", &words_outcome, &outcome) ||
        !take_word(reader, root, "effect", &words_outcome, &effect) ||
        !take_object(reader, root, "summary", &summary))
        return false;
    stored->outcome = (enum outcome)outcome;
    stored->effect = (enum outcome)effect;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (!take_count(reader, summary, outcome_words[i], &stored->summary[i])) return false;
    return true;
}

static int text_compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ids_are_unique(struct reader *reader, const struct budget_set *set) {
    const char **ids = arena_alloc(reader->arena, (set->count + 1) * sizeof *ids);
    for (size_t i = 0; i < set->count; i++) ids[i] = set->budgets[i].id;
    if (set->count > 1) qsort(ids, set->count, sizeof *ids, text_compare);
    for (size_t i = 1; i < set->count; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            return reader_wrong(reader, "budgets", "holds an id twice");
    return true;
}

static bool read_bases(struct reader *reader, const json *list, const struct budget_set *set,
                       const struct report *report) {
    size_t i = 0;
    for (const json *item = json_first(list); item && report->against;
         item = json_next(item), i++) {
        reader->where = text_format(reader->arena, "budgets[%zu]", i);
        if (!read_base(reader, item, &set->budgets[i], &report->against->bases[i])) return false;
    }
    reader->where = "";
    return true;
}

static bool read_budgets(struct reader *reader, const json *list, struct budget_set *set,
                         struct evidence *evidence, struct verdicts *stored) {
    size_t i = 0;
    for (const json *item = json_first(list); item; item = json_next(item), i++) {
        reader->where = text_format(reader->arena, "budgets[%zu]", i);
        if (!read_budget(reader, item, &set->budgets[i])) return false;
    }
    reader->where = "";
    if (!ids_are_unique(reader, set) || !read_leaning(reader, list, set)) return false;
    i = 0;
    for (const json *item = json_first(list); item; item = json_next(item), i++) {
        reader->where = text_format(reader->arena, "budgets[%zu]", i);
        if (!read_rows(reader, item, &set->budgets[i], &stored->budgets[i]) ||
            !read_evidence(reader, item, &set->budgets[i], &evidence[i]))
            return false;
    }
    reader->where = "";
    return true;
}

/* What a report is read into. */
struct destination {
    struct report *report;
    struct budget_set *set;
    struct evidence **evidence;
    struct verdicts *stored;
};

static bool read_root(struct reader *reader, const json *root, const struct destination *to) {
    const json *list;
    struct arena *arena = reader->arena;
    struct diags *diags = arena_new_object(arena, struct diags);
    if (!read_head(reader, root, to->report, to->set) || !read_outcome(reader, root, to->stored) ||
        !take_list(reader, root, "budgets", &list) || !take_diagnostics(reader, root, diags))
        return false;
    size_t count = json_count(list);
    to->set->arena = to->stored->arena = arena;
    to->set->count = count;
    to->set->root = "/";
    to->set->budgets = arena_alloc(arena, (count + 1) * sizeof *to->set->budgets);
    to->stored->set = to->set;
    to->stored->budgets = arena_alloc(arena, (count + 1) * sizeof *to->stored->budgets);
    *to->evidence = arena_alloc(arena, (count + 1) * sizeof **to->evidence);
    if (!read_budgets(reader, list, to->set, *to->evidence, to->stored) ||
        !read_bases(reader, list, to->set, to->report))
        return false;
    to->report->diags = diags;
    to->report->set = to->set;
    to->report->evidence = *to->evidence;
    to->report->verdicts = to->stored;
    return true;
}

/* Whether it is a report that can be judged at all. */
static bool check_schema(struct reader *reader, const json *root, struct report *report) {
    const char *name = text_inert(reader->arena, reader->path);
    const char *schema = json_text(json_get(root, "schema"), NULL);
    if (!text_equal(schema, "perfbudget.report/1"))
        return diag_error(reader->diags, REPORT_SCHEMA, NO_PLACE, NULL,
                          "`%s` is no report: its `schema` is %s", name,
                          schema ? text_inert(reader->arena, schema) : "missing");
    if (!take_flag(reader, root, "complete", &report->complete)) return false;
    if (report->complete) return true;
    return diag_error(reader->diags, REPORT_INCOMPLETE, NO_PLACE, NULL,
                      "`%s` is of a run that was ended before it was done", name);
}

bool report_read(struct arena *arena, const char *path, struct report *report,
                 struct budget_set *set, struct evidence **evidence, struct verdicts *stored,
                 struct diags *diags) {
    struct reader reader = {.arena = arena, .diags = diags, .path = path, .where = ""};
    const char *bytes, *problem;
    size_t length;
    *report = (struct report){0};
    *set = (struct budget_set){0};
    *stored = (struct verdicts){0};
    *evidence = NULL;
    if (!file_read(arena, path, REPORT_BYTES_MAX, &bytes, &length, diags)) return false;
    json *root = json_read(arena, bytes, length, &problem);
    if (!root)
        return diag_error(diags, REPORT_JSON, NO_PLACE, NULL, "`%s` is no JSON document: %s",
                          text_inert(arena, path), problem);
    const struct destination to = {report, set, evidence, stored};
    bool good = check_schema(&reader, root, report) && read_root(&reader, root, &to);
    json_free(root);
    return good;
}
