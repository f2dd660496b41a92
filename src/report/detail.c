#include "report/detail.h"
#include "report/meaning.h"

#include <math.h>

#include "base/units.h"
#include "report/estimates.h"
#include "report/part_words.h"
#include "report/table.h"
#include "report/waivers.h"
#include "verdict/expression.h"

enum { PROBLEMS_SHOWN = 5, LABEL_WIDTH = 44, LIST_INDENT = 12 };

static bool row_needs_detail(const struct verdict_row *row) {
    return row->outcome != OUTCOME_PASS && row->outcome != OUTCOME_SKIPPED;
}

bool detail_needed(const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    for (size_t i = 0; i < verdict->count; i++)
        if (row_needs_detail(&verdict->rows[i])) return true;
    const struct measurement *measurement = report->evidence[index].measurement;
    return measurement && measurement->problems.count > 0;
}

static void add_row(struct sheet *sheet, const struct verdict_row *row) {
    struct arena *arena = sheet->out.arena;
    sheet_blanks(sheet, 4);
    sheet_cell(sheet, outcome_paint(row->effect), ALIGN_LEFT, 8,
               row->outcome == OUTCOME_INCONCLUSIVE ? "unsure" : outcome_words[row->outcome]);
    sheet_wrap(sheet, LIST_INDENT, row_sentence(arena, row));
    const char *interval = row_interval(arena, row);
    if (*interval) sheet_field(sheet, "range", interval);
    sheet_field(sheet, "settle", row->settle);
    sheet_field(sheet, "at", place_text(arena, row->limit->place));
    if (row->needless)
        sheet_field(sheet, "waiver", "is not needed any more: the original limit would be met");
}

/* One item of a list of labels: the first line carries the list's name. */
static void add_item(struct sheet *sheet, const char *title, const char *label, const char *value) {
    struct arena *arena = sheet->out.arena;
    int width = sheet->columns - LIST_INDENT - 12;
    if (width > LABEL_WIDTH) width = LABEL_WIDTH;
    sheet_blanks(sheet, 4);
    if (text_width(title) >= LIST_INDENT - 4) { /* a line of its own */
        sheet_cell(sheet, PAINT_DIM, ALIGN_LEFT, 0, title);
        text_add_char(&sheet->out, '\n');
        sheet_blanks(sheet, 4);
        title = "";
    }
    sheet_cell(sheet, PAINT_DIM, ALIGN_LEFT, LIST_INDENT - 4, title);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, width,
               sheet_shorten(arena, text_inert(arena, label), width));
    text_add_format(&sheet->out, "  %s\n", value);
}

static void add_worst(struct sheet *sheet, const struct verdict_row *row) {
    struct arena *arena = sheet->out.arena;
    size_t shown = 0;
    if (row->broken < 2) return; /* the reason names it */
    for (size_t i = 0; i < row->worst_count && shown < PARTS_SHOWN; i++) {
        const struct verdict_match *match = &row->worst[i];
        if (match->outcome == OUTCOME_PASS) continue;
        add_item(sheet, shown++ ? "" : "worst", match->label,
                 isnan(match->observed) ? outcome_words[match->outcome]
                                        : unit_show(arena, match->observed, row->limit->unit));
    }
}

static const char *part_numbers(struct arena *arena, const struct part *part) {
    const char *value = unit_show(arena, part->value, part->by->unit);
    if (isnan(part->share)) return value;
    return text_format(arena, "%s, %.0f %%", value, part->share * 100);
}

static const char *part_name(struct arena *arena, const char *name) {
    return sheet_shorten(arena, text_inert(arena, name), LABEL_WIDTH);
}

/* "by namespace: +21.0 KB regex_syntax, +9.1 KB core::fmt, and 7 more". */
static const char *kind_text(struct arena *arena, const struct part *parts, size_t count) {
    struct text list = text_begin(arena);
    for (size_t i = 0; i < count && i < PARTS_SHOWN; i++) {
        const char *amount = part_amount(arena, &parts[i]);
        text_add_format(&list, "%s%s%s%s%s", i ? ", " : "", amount, *amount ? " " : "",
                        part_name(arena, parts[i].name), part_note(arena, &parts[i]));
        if (parts[i].was) text_add_format(&list, " (was %s)", part_name(arena, parts[i].was));
    }
    if (count > PARTS_SHOWN && part_changed(parts))
        text_add_format(&list, ", and %zu more",
                        parts_labels(parts + PARTS_SHOWN, count - PARTS_SHOWN));
    return text_format(arena, "by %s: %s", parts->kind, list.data);
}

/* The lines of one row: what changed, kind by kind, or else what is largest. */
struct part_lines {
    struct sheet *sheet;
    const char *title; /* of the next line */
    const char *whole; /* "+38.2 KB, " before the first line, or "" */
    bool told;         /* that these are bytes before compression */
};

static void add_kind(struct part_lines *lines, const struct part *parts, size_t count) {
    struct arena *arena = lines->sheet->out.arena;
    bool own = parts->by == parts->metric;
    if (part_changed(parts) || !own) {
        const char *text = kind_text(arena, parts, count), *before = "";
        if (parts->before && !lines->told) before = text_format(arena, "before %s ", parts->before);
        lines->told |= parts->before != NULL;
        sheet_field(lines->sheet, lines->title,
                    text_format(arena, "%s%s%s", lines->whole, before, text));
        lines->title = lines->whole = "";
        return;
    }
    for (size_t i = 0; i < count && i < PARTS_SHOWN; i++)
        add_item(lines->sheet, i ? "" : parts->metric->name, parts[i].name,
                 part_numbers(arena, &parts[i]));
}

/* Patterns have named their worst labels already. */
static void add_parts(struct sheet *sheet, const struct part *parts, size_t count, double change,
                      enum probe_unit unit) {
    struct arena *arena = sheet->out.arena;
    bool changed = change != 0 && !isnan(change);
    const char *whole = changed ? text_format(arena, "%s%s", change < 0 ? "-" : "+",
                                              unit_show(arena, fabs(change), unit))
                                : "";
    struct part_lines lines = {sheet, "largest", changed ? text_format(arena, "%s, ", whole) : "",
                               false};
    for (size_t i = 0; i < count; i++) changed |= part_changed(&parts[i]);
    if (changed) lines.title = change > 0 ? "grew" : "changed";
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && part_same_kind(&parts[to], &parts[from]);) to++;
        if (part_changed(&parts[from]) == changed) add_kind(&lines, &parts[from], to - from);
    }
    if (*lines.whole) sheet_field(sheet, lines.title, whole);
}

/* The parts of all rows of a budget, found together so that nothing is said twice. */
struct explained {
    const struct report *report;
    size_t index;
    struct part *parts;
    size_t count;
};

static void add_row_parts(struct sheet *sheet, const struct explained *explained,
                          const struct verdict_row *row) {
    static const struct part none;
    const struct part *parts = explained->parts ? explained->parts : &none;
    size_t from = 0, to;
    while (from < explained->count && explained->parts[from].limit != row->limit) from++;
    for (to = from; to < explained->count && explained->parts[to].limit == row->limit;) to++;
    bool broken = row->outcome == OUTCOME_FAIL || row->outcome == OUTCOME_WARN;
    double change =
        broken ? attribution_change(sheet->out.arena, explained->report, explained->index, row)
               : NAN;
    const struct metrics *metrics = &explained->report->set->budgets[explained->index].metrics;
    add_parts(sheet, parts + from, to - from, change, metrics->items[row->limit->metric]->unit);
}

static void add_name(struct text *out, const char *name) {
    text_add(out, part_name(out->arena, name));
}

static void add_estimate(struct sheet *sheet, const struct size_estimate *estimate) {
    struct arena *arena = sheet->out.arena;
    if (!estimate) return;
    const char *title = estimate->metric;
    for (size_t from = 0; from < estimate->count; from += estimate_kind(estimate, from)) {
        struct text words = text_begin(arena);
        estimate_words(&words, estimate, from, add_name);
        sheet_field(sheet, title, words.data);
        title = "";
    }
    sheet_field(sheet, title, text_inert(arena, estimate_note(arena, estimate)));
}

static void add_problems(struct sheet *sheet, const struct budget_verdict *verdict,
                         const struct measurement *measurement) {
    size_t count = measurement ? measurement->problems.count : 0;
    for (size_t i = 0; i < count && i < PROBLEMS_SHOWN; i++) {
        const struct diag *diag = &measurement->problems.items[i];
        if (!reason_tells(verdict, diag->message))
            sheet_field(sheet, diag->level == DIAG_NOTE ? "note" : "problem", diag->message);
        sheet_field(sheet, "hint", diag->hint);
    }
    if (count > PROBLEMS_SHOWN)
        sheet_field(sheet, "problem",
                    text_format(sheet->out.arena, "and %zu more", count - PROBLEMS_SHOWN));
}

static void add_header(struct sheet *sheet, const struct budget_verdict *verdict) {
    struct arena *arena = sheet->out.arena;
    const struct budget *budget = verdict->budget;
    sheet_blanks(sheet, 2);
    sheet_paint(sheet, outcome_paint(verdict->effect), outcome_sign(verdict->effect));
    sheet_blanks(sheet, 1);
    sheet_paint(sheet, PAINT_BOLD, text_inert(arena, budget->id));
    if (budget->title) text_add_format(&sheet->out, "  %s", text_inert(arena, budget->title));
    text_add_char(&sheet->out, '\n');
}

void detail_add(struct sheet *sheet, const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct budget *budget = verdict->budget;
    struct explained explained = {.report = report, .index = index};
    bool broken = false;
    explained.count = attribution_make(sheet->out.arena, report, index, &explained.parts);
    add_header(sheet, verdict);
    for (size_t i = 0; i < verdict->count; i++) {
        if (!row_needs_detail(&verdict->rows[i])) continue;
        add_row(sheet, &verdict->rows[i]);
        add_worst(sheet, &verdict->rows[i]);
        add_row_parts(sheet, &explained, &verdict->rows[i]);
        add_estimate(sheet, estimate_of(report, index, i));
        broken = true;
    }
    add_problems(sheet, verdict, report->evidence[verdict_source(report->set, index)].measurement);
    sheet_field(sheet, "waiver", waiver_text(sheet->out.arena, verdict));
    if (!broken) return;
    sheet_field(sheet, "why", budget->why);
    sheet_field(sheet, "fix", budget->fix);
    sheet_field(sheet, "owner", budget->owner);
}
