#include "report/table.h"

#include <math.h>

enum { INDENT = 4, GAP = 2, BAR = 10, KEY_MIN = 12, KEY_MAX = 48 };

/* What stands in the last column: the interval, how many labels a pattern met, or why a row was
 * skipped. */
static const char *row_note(struct arena *arena, const struct verdict_row *row) {
    if (row->outcome == OUTCOME_SKIPPED) return text_inert(arena, row->reason);
    const char *interval = row_interval(arena, row);
    if (row->limit->pattern.named && !row->limit->pattern.wild && row->matched == 0 &&
        row->outcome != OUTCOME_ERROR)
        return "absent, so 0";
    if (!row->limit->pattern.wild || row->outcome == OUTCOME_ERROR) return interval;
    const char *labels = row->broken
                             ? text_format(arena, "%zu of %zu broken", row->broken, row->matched)
                             : text_format(arena, "%zu matched", row->matched);
    return *interval ? text_format(arena, "%s, %s", labels, interval) : labels;
}

static void widen(int *width, const char *text) {
    int needed = (int)text_width(text);
    if (needed > *width) *width = needed;
}

static void widen_all(struct arena *arena, struct table *table, const struct verdict_row *row) {
    widen(&table->key, row_key(arena, row));
    widen(&table->observed, row_observed(arena, row));
    widen(&table->bound, row_bound(arena, row));
    widen(&table->headroom, row_headroom(arena, row));
    widen(&table->note, row_note(arena, row));
}

static int column(int width) {
    return width ? GAP + width : 0;
}

static int table_width(const struct table *table) {
    return INDENT + table->key + column(table->observed) + column(table->bound) +
           column(table->bar) + column(table->headroom) + column(table->note);
}

struct table table_measure(const struct sheet *sheet, const struct report *report) {
    struct table table = {.bar = BAR};
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < report->set->count; i++)
        for (size_t row = 0; row < report->verdicts->budgets[i].count; row++)
            widen_all(scratch, &table, &report->verdicts->budgets[i].rows[row]);
    arena_free(scratch);
    int *const shortened[] = {&table.key}, *const dropped[] = {&table.note, &table.bar,
                                                               &table.headroom};
    if (*shortened[0] > KEY_MAX) *shortened[0] = KEY_MAX;
    for (size_t i = 0; i < 3; i++) {
        int spare = table.key - (KEY_MIN + (KEY_MAX - KEY_MIN) / 3);
        if (table_width(&table) - (spare > 0 ? spare : 0) > sheet->columns) *dropped[i] = 0;
    }
    int excess = table_width(&table) - sheet->columns;
    if (excess > 0) table.key = table.key - excess > KEY_MIN ? table.key - excess : KEY_MIN;
    return table;
}

static void add_bar(struct sheet *sheet, const struct table *table, const struct verdict_row *row) {
    if (!table->bar) return;
    sheet_blanks(sheet, GAP);
    bool none = isnan(row->headroom) && !row->unbounded;
    double used = row->unbounded ? 1 : 1 - row->headroom;
    sheet_cell(sheet, outcome_paint(row->effect), ALIGN_LEFT, table->bar,
               none ? "" : sheet_bar(sheet->out.arena, used));
}

static void trim_line(struct text *out) {
    while (out->length > 0 && out->data[out->length - 1] == ' ') out->data[--out->length] = '\0';
}

void table_row(struct sheet *sheet, const struct table *table, const struct verdict_row *row) {
    struct arena *arena = sheet->out.arena;
    enum paint paint = outcome_paint(row->effect);
    enum paint value = row->effect == OUTCOME_PASS ? PAINT_NONE : paint;
    sheet_blanks(sheet, INDENT - 2);
    sheet_paint(sheet, paint, outcome_sign(row->effect));
    sheet_blanks(sheet, 1);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, table->key,
               sheet_shorten(arena, row_key(arena, row), table->key));
    sheet_blanks(sheet, GAP);
    sheet_cell(sheet, value, ALIGN_RIGHT, table->observed, row_observed(arena, row));
    sheet_blanks(sheet, GAP);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, table->bound, row_bound(arena, row));
    add_bar(sheet, table, row);
    if (table->headroom) {
        sheet_blanks(sheet, GAP);
        sheet_cell(sheet, value, ALIGN_RIGHT, table->headroom, row_headroom(arena, row));
    }
    if (table->note) {
        sheet_blanks(sheet, GAP);
        sheet_paint(sheet, PAINT_DIM, row_note(arena, row));
    }
    trim_line(&sheet->out);
    text_add_char(&sheet->out, '\n');
}
