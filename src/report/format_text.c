#include <math.h>

#include "base/units.h"
#include "report/detail.h"
#include "report/meaning.h"
#include "report/table.h"
#include "report/waivers.h"

enum { COLUMNS_MIN = 40, SKIPPED_SHOWN = 10 };

static const char *probe_word(const struct budget *budget) {
    return budget->probe ? budget->probe->name : budget->of ? "of" : "derive";
}

/* "wasm dist/app.wasm", "of api", "derive a / b". */
static const char *what_text(struct arena *arena, const struct budget *budget) {
    const char *target = budget->of ? budget->of : budget->target_text;
    return text_format(arena, "%s %s", probe_word(budget), target ? target : "");
}

/* Right of a budget's name: what was measured, how often, how long. */
static const char *header_note(struct arena *arena, const struct budget *budget,
                               const struct measurement *measurement) {
    struct text note = text_begin(arena);
    text_add(&note, text_inert(arena, what_text(arena, budget)));
    if (measurement && measurement->runs > 1)
        text_add_format(&note, " · %zu runs", measurement->runs);
    if (measurement && measurement->duration >= 0.1)
        text_add_format(&note, " · %s", unit_show(arena, measurement->duration, PROBE_SECONDS));
    return note.data;
}

static void add_header(struct sheet *sheet, const struct report *report, size_t index) {
    struct arena *arena = sheet->out.arena;
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct budget *budget = verdict->budget;
    const char *id = text_inert(arena, budget->id);
    const char *title = budget->title ? text_inert(arena, budget->title) : "";
    int left = sheet->columns - 4 - (int)text_width(id);
    title = left < 8 ? "" : sheet_shorten(arena, title, left);
    const char *note = header_note(arena, budget, report->evidence[index].measurement);
    int used = 2 + (int)text_width(id) + (*title ? 2 + (int)text_width(title) : 0);
    sheet_paint(sheet, outcome_paint(verdict->effect), outcome_sign(verdict->effect));
    sheet_blanks(sheet, 1);
    sheet_paint(sheet, PAINT_BOLD, id);
    if (*title) text_add_format(&sheet->out, "  %s", title);
    int room = sheet->columns - used - 2;
    if (room >= 30 || room >= (int)text_width(note)) {
        sheet_blanks(sheet, 2);
        sheet_cell(sheet, PAINT_DIM, ALIGN_RIGHT, room, sheet_shorten(arena, note, room));
    }
    text_add_char(&sheet->out, '\n');
}

static void add_tables(struct sheet *sheet, const struct report *report) {
    struct table table = table_measure(sheet, report);
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        if (!verdict->budget->selected) continue;
        add_header(sheet, report, i);
        for (size_t row = 0; row < verdict->count; row++)
            table_row(sheet, &table, &verdict->rows[row]);
    }
}

static void add_skipped(struct sheet *sheet, const struct report *report) {
    struct arena *arena = sheet->out.arena;
    struct text list = text_begin(arena);
    size_t count = 0;
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget *budget = &report->set->budgets[i];
        if (budget->selected || budget->leaned_on) continue;
        if (count++ >= SKIPPED_SHOWN && !sheet->options->verbose) continue;
        text_add_format(&list, "%s%s (%s)", list.length ? ", " : "", budget->id,
                        budget->skipped ? budget->skipped : "not selected");
    }
    if (!count) return;
    if (count > SKIPPED_SHOWN && !sheet->options->verbose)
        text_add_format(&list, " and %zu more", count - SKIPPED_SHOWN);
    sheet_paint(sheet, PAINT_DIM, "–");
    sheet_wrap(sheet, 2, text_format(arena, " skipped: %s", list.data));
}

static void add_details(struct sheet *sheet, const struct report *report) {
    bool titled = false;
    for (int gravity = OUTCOME_COUNT - 1; gravity >= 0; gravity--)
        for (size_t i = 0; i < report->set->count; i++) {
            const struct budget_verdict *verdict = &report->verdicts->budgets[i];
            bool shown = verdict->budget->selected || verdict->budget->leaned_on;
            if ((int)verdict->effect != gravity || !shown || !detail_needed(report, i)) continue;
            if (!titled) text_add_char(&sheet->out, '\n');
            titled = true;
            detail_add(sheet, report, i);
        }
}

/* Adds a piece of the summary where it fits, else on the next line. */
static void add_piece(struct sheet *sheet, int *column, enum paint paint, const char *before,
                      const char *piece) {
    int width = (int)text_width(before) + (int)text_width(piece);
    if (*column > 2 && *column + width > sheet->columns) {
        while (*before == ' ') before++;
        text_add(&sheet->out, *before == ',' ? ",\n  " : "\n  ");
        before = "";
        *column = 2;
        width = (int)text_width(piece);
    }
    text_add(&sheet->out, before);
    sheet_paint(sheet, paint, piece);
    *column += width;
}

static void add_counts(struct sheet *sheet, int *column, const struct verdicts *verdicts) {
    const char *before = "";
    for (int i = OUTCOME_COUNT - 1; i >= 0; i--) {
        if (!verdicts->summary[i]) continue;
        const char *count =
            text_format(sheet->out.arena, "%zu %s", verdicts->summary[i], outcome_words[i]);
        add_piece(sheet, column, outcome_paint((enum outcome)i), before, count);
        before = ", ";
    }
    if (!*before) add_piece(sheet, column, PAINT_NONE, "", "nothing was judged");
}

static void add_loudness(struct sheet *sheet, const struct report *report) {
    const char *loudness = report_loudness(sheet->out.arena, report);
    if (!loudness) return;
    sheet_paint(sheet, PAINT_DIM, loudness);
    text_add_char(&sheet->out, '\n');
}

static void add_summary(struct sheet *sheet, const struct report *report) {
    struct arena *arena = sheet->out.arena;
    const struct verdicts *verdicts = report->verdicts;
    text_add_char(&sheet->out, '\n');
    if (!report->complete) {
        sheet_paint(sheet, PAINT_BAD, "The run was ended before it was done.");
        text_add_char(&sheet->out, '\n');
    }
    add_loudness(sheet, report);
    sheet_paint(sheet, outcome_paint(verdicts->effect), outcome_sign(verdicts->effect));
    sheet_blanks(sheet, 1);
    const char *project = report->set->project
                              ? text_format(arena, "%s: ", text_inert(arena, report->set->project))
                              : "";
    sheet_paint(sheet, PAINT_BOLD, project);
    int column = 2 + (int)text_width(project);
    add_counts(sheet, &column, verdicts);
    add_piece(sheet, &column, PAINT_NONE, " ",
              text_format(arena, "in %s", unit_show(arena, report->duration, PROBE_SECONDS)));
    add_piece(sheet, &column, PAINT_NONE, " · ",
              text_format(arena, "exit %d: %s", report->exit_code, exit_meaning(arena, report)));
    text_add_char(&sheet->out, '\n');
}

/* Those of budgets that need no explaining otherwise. */
static void add_waivers(struct sheet *sheet, const struct report *report) {
    bool begun = false;
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        const char *waiver = waiver_text(sheet->out.arena, verdict);
        if (!waiver || detail_needed(report, i)) continue;
        if (!begun) text_add_char(&sheet->out, '\n');
        begun = true;
        sheet_field(sheet, "waiver",
                    text_format(sheet->out.arena, "%s: %s", verdict->budget->id, waiver));
    }
}

const char *report_text(struct arena *arena, const struct report *report,
                        const struct report_text_options *options) {
    struct sheet sheet = {.out = text_begin(arena), .options = options};
    sheet.columns = options->columns < COLUMNS_MIN ? COLUMNS_MIN : options->columns;
    add_tables(&sheet, report);
    add_skipped(&sheet, report);
    add_details(&sheet, report);
    if (options->verbose) histograms_add(&sheet, report);
    add_waivers(&sheet, report);
    if (options->verbose) verbose_add(&sheet, report);
    add_summary(&sheet, report);
    return sheet.out.data;
}
