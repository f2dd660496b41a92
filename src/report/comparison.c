#include "report/comparison.h"

#include <math.h>

#include "base/units.h"
#include "report/markdown.h"
#include "report/sheet.h"
#include "report/words.h"

const char *const comparison_words[] = {"same",    "better", "worse", "changed",
                                        "unclear", "new",    "gone"};

static const enum paint word_paint[] = {
    [COMPARISON_SAME] = PAINT_DIM,     [COMPARISON_BETTER] = PAINT_GOOD,
    [COMPARISON_WORSE] = PAINT_BAD,    [COMPARISON_CHANGED] = PAINT_CARE,
    [COMPARISON_UNCLEAR] = PAINT_CARE, [COMPARISON_NEW] = PAINT_CARE,
    [COMPARISON_GONE] = PAINT_CARE,
};

/* The cells of one line as people read them. */
enum { CELL_METRIC, CELL_BEFORE, CELL_AFTER, CELL_CHANGE, CELL_WORD, CELLS, CELL_LONGEST = 1000 };
struct line {
    const char *cells[CELLS];
};

static const char *show_value(struct arena *arena, const struct comparison_row *row, double value) {
    return isnan(value) ? "–" : unit_show(arena, value, row->unit);
}

static const char *show_change(struct arena *arena, const struct comparison_row *row) {
    if (!isfinite(row->change)) return "";
    const char *change = text_format(arena, "%+.1f %%", row->change * 100);
    if (isnan(row->low) || isnan(row->high)) return change;
    return text_format(arena, "%s [%+.1f %%, %+.1f %%]", change, row->low * 100, row->high * 100);
}

static struct line line_of(struct arena *arena, const struct comparison_row *row) {
    const char *metric = text_inert(arena, row->metric);
    if (*row->label) metric = text_format(arena, "%s[%s]", metric, text_inert(arena, row->label));
    const char *word = comparison_words[row->word];
    if (row->note) word = text_format(arena, "%s (%s)", word, text_inert(arena, row->note));
    return (struct line){{metric, show_value(arena, row, row->before),
                          show_value(arena, row, row->after), show_change(arena, row), word}};
}

/* Labels that did not change are many and say nothing. */
static bool is_shown(const struct comparison_row *row, const struct report_text_options *options) {
    return options->verbose || !*row->label || row->word != COMPARISON_SAME;
}

static const char *counts_text(struct arena *arena, const struct comparison *comparison) {
    struct text counts = text_begin(arena);
    for (int i = 0; i < COMPARISON_WORDS; i++)
        if (comparison->words[i])
            text_add_format(&counts, "%s%zu %s", counts.length ? ", " : "", comparison->words[i],
                            comparison_words[i]);
    return counts.length ? counts.data : "nothing in either report";
}

static void widths_of(struct arena *arena, const struct comparison *comparison,
                      const struct report_text_options *options, int widths[CELLS]) {
    for (size_t i = 0; i < comparison->count; i++) {
        if (!is_shown(&comparison->rows[i], options)) continue;
        struct line line = line_of(arena, &comparison->rows[i]);
        for (int cell = 0; cell < CELLS; cell++) {
            int width = (int)text_width(line.cells[cell]);
            if (width > widths[cell]) widths[cell] = width;
        }
    }
}

static void add_line(struct sheet *sheet, const struct comparison_row *row,
                     const int widths[CELLS]) {
    struct line line = line_of(sheet->out.arena, row);
    sheet_blanks(sheet, 2);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, widths[CELL_METRIC], line.cells[CELL_METRIC]);
    sheet_blanks(sheet, 2);
    sheet_cell(sheet, PAINT_NONE, ALIGN_RIGHT, widths[CELL_BEFORE], line.cells[CELL_BEFORE]);
    text_add(&sheet->out, " → ");
    sheet_cell(sheet, PAINT_NONE, ALIGN_RIGHT, widths[CELL_AFTER], line.cells[CELL_AFTER]);
    sheet_blanks(sheet, 2);
    sheet_cell(sheet, PAINT_NONE, ALIGN_LEFT, widths[CELL_CHANGE], line.cells[CELL_CHANGE]);
    sheet_blanks(sheet, 2);
    sheet_paint(sheet, word_paint[row->word], line.cells[CELL_WORD]);
    text_add_char(&sheet->out, '\n');
}

static const char *write_text(struct arena *arena, const struct comparison *comparison,
                              const struct report_text_options *options) {
    struct sheet sheet = {text_begin(arena), options, options->columns};
    int widths[CELLS] = {0};
    const char *budget = NULL;
    widths_of(arena, comparison, options, widths);
    for (size_t i = 0; i < comparison->count; i++) {
        const struct comparison_row *row = &comparison->rows[i];
        if (!is_shown(row, options)) continue;
        if (!text_equal(budget, row->budget)) {
            sheet_paint(&sheet, PAINT_BOLD, text_inert(arena, row->budget));
            text_add_char(&sheet.out, '\n');
        }
        budget = row->budget;
        add_line(&sheet, row, widths);
    }
    text_add_char(&sheet.out, '\n');
    if (comparison->incomparable) sheet_wrap(&sheet, 0, comparison->incomparable);
    sheet_wrap(&sheet, 0, counts_text(arena, comparison));
    return sheet.out.data;
}

static const char *write_markdown(struct arena *arena, const struct comparison *comparison,
                                  const struct report_text_options *options) {
    struct text out = text_begin(arena);
    text_add(&out, "| budget | metric | old | new | change | verdict |\n"
                   "| --- | --- | ---: | ---: | --- | --- |\n");
    for (size_t i = 0; i < comparison->count; i++) {
        const struct comparison_row *row = &comparison->rows[i];
        if (!is_shown(row, options)) continue;
        struct line line = line_of(arena, row);
        text_add(&out, "| ");
        markdown_add(&out, row->budget, CELL_LONGEST);
        for (int cell = 0; cell < CELLS; cell++) {
            text_add(&out, " | ");
            markdown_add(&out, line.cells[cell], CELL_LONGEST);
        }
        text_add(&out, " |\n");
    }
    if (comparison->incomparable) {
        text_add_char(&out, '\n');
        markdown_add(&out, comparison->incomparable, CELL_LONGEST);
        text_add_char(&out, '\n');
    }
    text_add_format(&out, "\n%s\n", counts_text(arena, comparison));
    return out.data;
}

static void put_side(json *root, const char *name, const char *path, const struct report *report) {
    json *side = json_put_object(root, name);
    json_put_text(side, "path", path);
    json_put_text(side, "started_at", report->started_at);
    json_put_text(side, "revision", report->environment.revision);
    json_put_text(side, "fingerprint", report->environment.fingerprint);
}

static void push_row(json *list, const struct comparison_row *row) {
    json *object = json_push(list, json_new_object());
    json_put_text(object, "budget", row->budget);
    json_put_text(object, "metric", row->metric);
    json_put_text(object, "label", row->label);
    json_put_text(object, "unit", words_unit.items[row->unit]);
    json_put_text(object, "nature", words_nature.items[row->nature]);
    json_put_number(object, "old", row->before);
    json_put_number(object, "new", row->after);
    json_put_number(object, "change", row->change);
    if (isnan(row->low) || isnan(row->high)) {
        json_put_null(object, "interval");
    } else {
        json *interval = json_put_list(object, "interval");
        json_push_number(interval, row->low);
        json_push_number(interval, row->high);
    }
    json_put_text(object, "verdict", comparison_words[row->word]);
    json_put_text(object, "note", row->note);
}

static const char *write_json(struct arena *arena, const struct comparison *comparison,
                              const struct report_text_options *options) {
    (void)options;
    json *root = json_new_object();
    json_put_text(root, "schema", "perfbudget.comparison/1");
    put_side(root, "old", comparison->before_name, comparison->before);
    put_side(root, "new", comparison->after_name, comparison->after);
    json_put_text(root, "incomparable", comparison->incomparable);
    json *summary = json_put_object(root, "summary");
    for (int i = 0; i < COMPARISON_WORDS; i++)
        json_put_number(summary, comparison_words[i], (double)comparison->words[i]);
    json *rows = json_put_list(root, "rows");
    for (size_t i = 0; i < comparison->count; i++) push_row(rows, &comparison->rows[i]);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}

const struct comparison_format comparison_formats[] = {
    {"text", write_text, &log_guard_text},
    {"markdown", write_markdown, &log_guard_markup},
    {"json", write_json, &log_guard_json},
    {0}};
