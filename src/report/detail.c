#include "report/detail.h"

#include <math.h>

#include "base/units.h"
#include "report/attribution.h"
#include "report/table.h"
#include "report/waivers.h"

enum { PARTS_SHOWN = 5, PROBLEMS_SHOWN = 5, LABEL_WIDTH = 44, LIST_INDENT = 12 };

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

static const char *place_text(struct arena *arena, struct place place) {
    if (!place.file || place.line <= 0) return "";
    return text_format(arena, "%s:%d:%d", text_inert(arena, place.file), place.line, place.column);
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
    const char *value = unit_show(arena, part->value, part->metric->unit);
    if (isnan(part->share)) return value;
    return text_format(arena, "%s, %.0f %%", value, part->share * 100);
}

/* The parts of one metric after another; patterns have named their worst already. */
static void add_parts(struct sheet *sheet, const struct report *report, size_t index) {
    struct arena *arena = sheet->out.arena;
    struct part *parts;
    size_t count = attribution_make(arena, report, index, &parts);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && parts[to].metric == parts[from].metric;) to++;
        for (size_t i = from; i < to && i - from < PARTS_SHOWN; i++)
            add_item(sheet, i == from ? parts[from].metric->name : "", parts[i].name,
                     part_numbers(arena, &parts[i]));
    }
}

/* The reason of an error often is the problem itself. */
static bool is_reason(const struct budget_verdict *verdict, const char *message) {
    for (size_t i = 0; i < verdict->count; i++)
        if (text_equal(verdict->rows[i].reason, message)) return true;
    return false;
}

static void add_problems(struct sheet *sheet, const struct budget_verdict *verdict,
                         const struct measurement *measurement) {
    size_t count = measurement ? measurement->problems.count : 0;
    for (size_t i = 0; i < count && i < PROBLEMS_SHOWN; i++) {
        const struct diag *diag = &measurement->problems.items[i];
        if (!is_reason(verdict, diag->message))
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
    bool broken = false;
    add_header(sheet, verdict);
    for (size_t i = 0; i < verdict->count; i++) {
        if (!row_needs_detail(&verdict->rows[i])) continue;
        add_row(sheet, &verdict->rows[i]);
        add_worst(sheet, &verdict->rows[i]);
        broken = true;
    }
    if (broken) add_parts(sheet, report, index);
    add_problems(sheet, verdict, report->evidence[report_source(report->set, index)].measurement);
    sheet_field(sheet, "waiver", waiver_text(sheet->out.arena, verdict));
    if (!broken) return;
    sheet_field(sheet, "why", budget->why);
    sheet_field(sheet, "fix", budget->fix);
    sheet_field(sheet, "owner", budget->owner);
}
