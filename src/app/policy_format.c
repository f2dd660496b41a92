#include "app/policy.h"
#include "base/json.h"
#include "report/format_json.h"
#include "report/sheet.h"

static const enum paint class_paint[CHANGE_CLASSES] = {
    [CHANGE_NEUTRAL] = PAINT_DIM, [CHANGE_TIGHTER] = PAINT_GOOD, [CHANGE_ADDED] = PAINT_GOOD,
    [CHANGE_LOOSER] = PAINT_BAD,  [CHANGE_REMOVED] = PAINT_BAD,
};
enum { CLASS_WIDTH = 8, WHAT_WIDTH = 24, REASON_INDENT = 12 };

static const char *summary_text(struct arena *arena, const struct policy *policy) {
    struct text text = text_begin(arena);
    for (int class = CHANGE_CLASSES - 1; class >= 0; class --)
        if (policy->counts[class])
            text_add_format(&text, "%s%zu %s", text.length ? ", " : "", policy->counts[class],
                            change_words[class]);
    return text.length ? text.data : "no change in effect";
}

static const char *values_text(struct arena *arena, const struct budget_change *change) {
    const char *before = change->before ? text_inert(arena, change->before) : NULL;
    const char *after = change->after ? text_inert(arena, change->after) : NULL;
    if (before && after) return text_format(arena, "%s → %s", before, after);
    if (before)
        return change->class == CHANGE_REMOVED ? before : text_format(arena, "%s → none", before);
    if (after)
        return change->class == CHANGE_ADDED ? after : text_format(arena, "none → %s", after);
    return "";
}

static void add_change(struct sheet *sheet, const struct budget_change *change) {
    struct arena *arena = sheet->out.arena;
    sheet_blanks(sheet, 2);
    sheet_cell(sheet, class_paint[change->class], ALIGN_LEFT, CLASS_WIDTH,
               change_words[change->class]);
    sheet_blanks(sheet, 2);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, WHAT_WIDTH, text_inert(arena, change->what));
    sheet_blanks(sheet, 2);
    text_add(&sheet->out, values_text(arena, change));
    if (change->profile)
        text_add_format(&sheet->out, " (profile %s)", text_inert(arena, change->profile));
    if (change->allowed) sheet_paint(sheet, PAINT_CARE, " allowed");
    text_add_char(&sheet->out, '\n');
    if (!change->reason) return;
    sheet_blanks(sheet, REASON_INDENT);
    sheet_paint(sheet, PAINT_DIM, text_inert(arena, change->reason));
    text_add_char(&sheet->out, '\n');
}

static const char *write_text(struct arena *arena, const struct policy_page *page,
                              const struct report_text_options *options) {
    struct sheet sheet = {text_begin(arena), options, options->columns};
    const struct policy *policy = page->policy;
    const char *id = NULL;
    for (size_t i = 0; i < policy->diff.count; i++) {
        const struct budget_change *change = &policy->diff.items[i];
        if (!text_equal(id, change->id)) {
            sheet_paint(&sheet, PAINT_BOLD, text_inert(arena, change->id));
            text_add_char(&sheet.out, '\n');
        }
        id = change->id;
        add_change(&sheet, change);
    }
    if (policy->diff.count) text_add_char(&sheet.out, '\n');
    sheet_wrap(&sheet, 0, summary_text(arena, policy));
    if (policy->refused == 0) return sheet.out.data;
    const char *line = "the gate would be looser; --allow-loosening ID justifies it, from outside "
                       "of the change";
    sheet_paint(&sheet, PAINT_BAD, line);
    text_add_char(&sheet.out, '\n');
    return sheet.out.data;
}

static void push_change(json *list, const struct budget_change *change) {
    json *object = json_push(list, json_new_object());
    json_put_text(object, "class", change_words[change->class]);
    json_put_text(object, "budget", change->id);
    json_put_text(object, "what", change->what);
    json_put_text(object, "old", change->before);
    json_put_text(object, "new", change->after);
    json_put_text(object, "reason", change->reason);
    json_put_text(object, "profile", change->profile);
    json_put_flag(object, "allowed", change->allowed);
    json_put_location(object, "location", change->place);
}

static const char *write_json(struct arena *arena, const struct policy_page *page,
                              const struct report_text_options *options) {
    (void)options;
    json *root = json_new_object();
    json_put_text(root, "schema", "perfbudget.diff/1");
    json_put_text(root, "old", page->old_name);
    json_put_text(root, "new", page->new_name);
    json_put_number(root, "exit_code", page->exit_code);
    json_put_number(root, "refused", (double)page->policy->refused);
    json *summary = json_put_object(root, "summary");
    for (int class = 0; class < CHANGE_CLASSES; class ++)
        json_put_number(summary, change_words[class], (double)page->policy->counts[class]);
    json *changes = json_put_list(root, "changes");
    for (size_t i = 0; i < page->policy->diff.count; i++)
        push_change(changes, &page->policy->diff.items[i]);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}

const struct policy_format policy_formats[] = {{"text", write_text}, {"json", write_json}, {0}};
