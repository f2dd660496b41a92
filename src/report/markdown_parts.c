#include "report/markdown_parts.h"

#include <math.h>

#include "base/units.h"
#include "report/attribution.h"
#include "report/markdown.h"

enum { PARTS_SHOWN = 5, KEY_LONGEST = 120, LABEL_LONGEST = 160 };

static bool is_change(const struct part *part) {
    return part->state != PART_ALONE && part->state != PART_SAME;
}

static const char *signed_text(struct arena *arena, double change, enum probe_unit unit) {
    return text_format(arena, "%s%s", change < 0 ? "-" : "+", unit_show(arena, fabs(change), unit));
}

/* "+21.0 KB `core::fmt` (new)". */
static void add_change(struct text *out, const struct part *part) {
    if (part->state == PART_RISEN) text_add(out, "at least ");
    if (!isnan(part->change) && part->state != PART_RENAMED)
        text_add_format(out, "%s ", signed_text(out->arena, part->change, part->by->unit));
    markdown_add_code(out, part->name, LABEL_LONGEST);
    if (part->state == PART_NEW) text_add(out, " (new)");
    if (part->state == PART_GONE) text_add(out, " (gone)");
    if (part->state != PART_RENAMED) return;
    text_add(out, " (was ");
    markdown_add_code(out, part->was, LABEL_LONGEST);
    text_add(out, ")");
}

static void add_value(struct text *out, const struct part *part) {
    markdown_add_code(out, part->name, LABEL_LONGEST);
    text_add_format(out, " %s", unit_show(out->arena, part->value, part->by->unit));
    if (!isnan(part->share)) text_add_format(out, " (%.0f %%)", part->share * 100);
}

static void add_list(struct text *out, const struct part *parts, size_t count) {
    size_t more = 0;
    for (size_t i = 0; i < count; i++) {
        if (i >= PARTS_SHOWN) {
            more += parts[i].count;
            continue;
        }
        if (i > 0) text_add(out, ", ");
        is_change(&parts[i]) ? add_change(out, &parts[i]) : add_value(out, &parts[i]);
    }
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
    if (is_change(parts)) text_add(out, change > 0 ? " grew" : " changed");
    if (is_change(parts) && change != 0 && !isnan(change))
        text_add_format(out, ", %s", signed_text(out->arena, change, parts->metric->unit));
    if (is_change(parts) || parts->by != parts->metric) {
        text_add(out, ", by ");
        markdown_add(out, parts->kind, KEY_LONGEST);
    }
    text_add(out, ": ");
    add_list(out, parts, count);
}

static bool any_changed(const struct part *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (parts[i].limit == parts->limit && is_change(&parts[i])) return true;
    return false;
}

void markdown_parts(struct text *out, const struct report *report, size_t index) {
    struct part *parts;
    size_t count = attribution_make(out->arena, report, index, &parts);
    const struct limit *limit = NULL;
    bool changed = false;
    for (size_t from = 0, to; from < count; from = to) {
        const struct part *first = &parts[from];
        for (to = from; to < count && parts[to].limit == first->limit && parts[to].by == first->by;)
            to++;
        if (first->limit != limit) changed = any_changed(first, count - from);
        limit = first->limit;
        if (is_change(first) == changed)
            add_kind(out, first, to - from, whole_change(out->arena, report, index, first));
    }
}
