#include "report/markdown_parts.h"

#include <math.h>

#include "base/units.h"
#include "report/attribution.h"
#include "report/estimates.h"
#include "report/markdown.h"
#include "report/part_words.h"

enum { KEY_LONGEST = 120, LABEL_LONGEST = 160, NOTE_LONGEST = 240 };

static const char *signed_text(struct arena *arena, double change, enum probe_unit unit) {
    return text_format(arena, "%s%s", change < 0 ? "-" : "+", unit_show(arena, fabs(change), unit));
}

/* "+21.0 KB `core::fmt` (new)", "`dist/app.js` 12 KB (37 %)". */
static void add_part(struct text *out, const struct part *part) {
    const char *amount = part_amount(out->arena, part);
    bool changed = part_changed(part);
    if (changed) text_add_format(out, "%s%s", amount, *amount ? " " : "");
    markdown_add_code(out, part->name, LABEL_LONGEST);
    if (!changed) text_add_format(out, " %s", amount);
    text_add(out, part_note(out->arena, part));
    if (!part->was) return;
    text_add(out, " (was ");
    markdown_add_code(out, part->was, LABEL_LONGEST);
    text_add_char(out, ')');
}

static void add_list(struct text *out, const struct part *parts, size_t count) {
    size_t shown = count < PARTS_SHOWN ? count : PARTS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        if (i > 0) text_add(out, ", ");
        add_part(out, &parts[i]);
    }
    size_t more = parts_labels(parts + shown, count - shown);
    if (more > 0) text_add_format(out, ", and %zu more", more);
    text_add_char(out, '\n');
}

/* How much the whole changed that the limit of these parts is about; NaN. */
static double whole_change(struct arena *arena, const struct report *report, size_t index,
                           const struct part *part) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    for (size_t i = 0; i < verdict->count; i++)
        if (verdict->rows[i].limit == part->limit)
            return attribution_change(arena, report, index, &verdict->rows[i]);
    return NAN;
}

static void add_kind(struct text *out, const struct part *parts, size_t count, double change) {
    text_add(out, "- ");
    markdown_add_code(out, parts->limit->key, KEY_LONGEST);
    if (part_changed(parts)) text_add(out, change > 0 ? " grew" : " changed");
    if (part_changed(parts) && change != 0 && !isnan(change))
        text_add_format(out, ", %s", signed_text(out->arena, change, parts->metric->unit));
    if (part_changed(parts) || parts->by != parts->metric) {
        text_add(out, ", by ");
        markdown_add(out, parts->kind, KEY_LONGEST);
        if (parts->before) text_add(out, ", before ");
        if (parts->before) markdown_add(out, parts->before, KEY_LONGEST);
    }
    text_add(out, ": ");
    add_list(out, parts, count);
}

static bool any_changed(const struct part *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (parts[i].limit == parts->limit && part_changed(&parts[i])) return true;
    return false;
}

static void add_name(struct text *out, const char *name) {
    markdown_add_code(out, name, LABEL_LONGEST);
}

static void add_estimate(struct text *out, const struct size_estimate *estimate) {
    if (!estimate) return;
    for (size_t from = 0; from < estimate->count; from += estimate_kind(estimate, from)) {
        text_add_format(out, "- %s, ", estimate->metric);
        estimate_words(out, estimate, from, add_name);
        text_add_char(out, '\n');
    }
    text_add_format(out, "- %s, ", estimate->metric);
    markdown_add(out, estimate_note(out->arena, estimate), NOTE_LONGEST);
    text_add_char(out, '\n');
}

void markdown_parts(struct text *out, const struct report *report, size_t index) {
    struct part *parts;
    size_t count = attribution_make(out->arena, report, index, &parts);
    const struct limit *limit = NULL;
    bool changed = false;
    for (size_t from = 0, to; from < count; from = to) {
        const struct part *first = &parts[from];
        for (to = from; to < count && part_same_kind(&parts[to], first);) to++;
        if (first->limit != limit) changed = any_changed(first, count - from);
        limit = first->limit;
        if (part_changed(first) == changed)
            add_kind(out, first, to - from, whole_change(out->arena, report, index, first));
    }
    for (size_t row = 0; row < report->verdicts->budgets[index].count; row++)
        add_estimate(out, estimate_of(report, index, row));
}
