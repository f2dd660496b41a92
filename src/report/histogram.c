#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/units.h"
#include "report/attribution.h"
#include "report/detail.h"
#include "report/series.h"
#include "report/table.h"
#include "verdict/expression.h"

/* Where the samples of a noisy metric lie, with its limits: bins of equal width up to the 99.5th
 * percentile, and one row for the tail beyond, which would press the others into one. */
enum { BINS = 12, BAR_LONGEST = 40, SAMPLES_LEAST = 5, RANGE_WIDTH = 12, LIMITS_SHOWN = 8 };
static const struct statistic tail = {STATISTIC_QUANTILE, 0.995};

struct histogram {
    double low, width; /* of the first bin; a width of 0: all samples are one value */
    size_t counts[BINS], beyond, most;
};

static struct histogram histogram_of(const struct series *series) {
    struct histogram made = {.low = series->samples[0]};
    double high = statistic_of(&tail, series->samples, series->count);
    for (size_t i = 0; i < series->count; i++) made.low = fmin(made.low, series->samples[i]);
    made.width = (high - made.low) / BINS;
    for (size_t i = 0; i < series->count; i++) {
        double at = made.width > 0 ? (series->samples[i] - made.low) / made.width : 0;
        if (series->samples[i] > high)
            made.beyond++;
        else
            made.counts[at < BINS ? (size_t)at : BINS - 1]++;
    }
    for (int i = 0; i < BINS; i++)
        if (made.counts[i] > made.most) made.most = made.counts[i];
    return made;
}

/* Eighths of a cell. */
static void add_bar(struct text *out, size_t count, size_t most) {
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t eighths = most ? count * BAR_LONGEST * 8 / most : 0;
    if (count && !eighths) eighths = 1; /* a little is not nothing */
    for (size_t i = 0; i < eighths / 8; i++) text_add(out, "█");
    text_add(out, parts[eighths % 8]);
}

static void add_bin(struct sheet *sheet, const char *from, size_t count, size_t most) {
    struct text bar = text_begin(sheet->out.arena);
    add_bar(&bar, count, most);
    sheet_blanks(sheet, 4);
    sheet_cell(sheet, PAINT_NONE, ALIGN_RIGHT, RANGE_WIDTH, from);
    text_add_format(&sheet->out, " │%s %zu\n", bar.data, count);
}

/* The rows of a budget about one series. */
struct subject {
    const struct budget_verdict *verdict;
    const struct verdict_row *rows[LIMITS_SHOWN];
    size_t count;
};

static void add_limits(struct sheet *sheet, const struct subject *subject, double from, double to) {
    for (size_t i = 0; i < subject->count; i++) {
        const struct verdict_row *row = subject->rows[i];
        double bound = row->limit->bound;
        if (bound < from || bound >= to) continue;
        sheet_blanks(sheet, 4);
        sheet_cell(sheet, PAINT_NONE, ALIGN_RIGHT, RANGE_WIDTH, "");
        text_add(&sheet->out, " ├╌╌╌╌ ");
        sheet_paint(sheet, outcome_paint(row->effect),
                    text_format(sheet->out.arena, "%s %s", row_key(sheet->out.arena, row),
                                row_bound(sheet->out.arena, row)));
        text_add_char(&sheet->out, '\n');
    }
}

static void add_bins(struct sheet *sheet, const struct subject *subject,
                     const struct series *series) {
    struct arena *arena = sheet->out.arena;
    struct histogram histogram = histogram_of(series);
    enum probe_unit unit = subject->rows[0]->limit->unit;
    int bins = histogram.width > 0 ? BINS : 1;
    double last = -INFINITY;
    for (int i = 0; i < bins; i++) {
        double from = histogram.low + i * histogram.width;
        add_limits(sheet, subject, last, from);
        add_bin(sheet, unit_show(arena, from, unit), histogram.counts[i], histogram.most);
        last = from;
    }
    double end = histogram.low + bins * histogram.width;
    if (histogram.width > 0) add_limits(sheet, subject, last, end);
    if (histogram.width > 0) last = end;
    if (histogram.beyond)
        add_bin(sheet, text_format(arena, "> %s", unit_show(arena, end, unit)), histogram.beyond,
                histogram.most);
    add_limits(sheet, subject, last, INFINITY);
}

static bool is_drawn(const struct budget *budget, const struct limit *limit) {
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    bool change = limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT;
    bool value = !limit->statistical || (limit->statistic.kind != STATISTIC_COUNT &&
                                         limit->statistic.kind != STATISTIC_STDDEV &&
                                         limit->statistic.kind != STATISTIC_TOTAL);
    return metric->nature == PROBE_NOISY && !change && value && !limit->pattern.wild;
}

static bool same_series(const struct limit *a, const struct limit *b) {
    if (a->metric != b->metric || a->pattern.named != b->pattern.named) return false;
    for (int d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (a->pattern.named >> d & 1 && !text_equal(a->pattern.globs[d], b->pattern.globs[d]))
            return false;
    return true;
}

static const struct series *series_of(struct arena *arena, const struct measurement *measurement,
                                      const struct limit *limit) {
    struct series *found;
    size_t count;
    measurement_select(arena, measurement, limit->metric, limit->pattern.named, &found, &count);
    for (size_t i = 0; i < count; i++)
        if (label_pattern_match(&limit->pattern, &found[i]) && found[i].count >= SAMPLES_LEAST)
            return &found[i];
    return NULL;
}

static int row_compare(const void *a, const void *b) {
    const struct verdict_row *const *one = a, *const *two = b;
    double first = (*one)->limit->bound, second = (*two)->limit->bound;
    if (first != second) return first < second ? -1 : 1;
    return *one < *two ? -1 : *one > *two;
}

/* All rows about the series of row `first`, unless an earlier row had the same. */
static bool subject_of(const struct budget_verdict *verdict, size_t first,
                       struct subject *subject) {
    const struct limit *limit = verdict->rows[first].limit;
    *subject = (struct subject){.verdict = verdict};
    for (size_t i = 0; i < verdict->count; i++) {
        const struct limit *other = verdict->rows[i].limit;
        if (!is_drawn(verdict->budget, other) || !same_series(limit, other)) continue;
        if (i < first) return false;
        if (subject->count < LIMITS_SHOWN) subject->rows[subject->count++] = &verdict->rows[i];
    }
    qsort(subject->rows, subject->count, sizeof *subject->rows, row_compare);
    return subject->count > 0;
}

static void add_budget(struct sheet *sheet, const struct budget_verdict *verdict,
                       const struct measurement *measurement) {
    struct arena *arena = sheet->out.arena;
    for (size_t i = 0; i < verdict->count; i++) {
        const struct limit *limit = verdict->rows[i].limit;
        struct subject subject;
        if (!is_drawn(verdict->budget, limit) || !subject_of(verdict, i, &subject)) continue;
        const struct series *series = series_of(arena, measurement, limit);
        if (!series) continue;
        const struct probe_metric *metric = verdict->budget->metrics.items[limit->metric];
        const char *label = series_label(arena, metric, series);
        sheet_blanks(sheet, 2);
        sheet_paint(sheet, PAINT_BOLD, text_inert(arena, verdict->budget->id));
        text_add_format(&sheet->out, "  %s%s%s%s, %zu samples\n", text_inert(arena, metric->name),
                        *label ? "[" : "", text_inert(arena, label), *label ? "]" : "",
                        (size_t)series_count(series));
        add_bins(sheet, &subject, series);
    }
}

void histograms_add(struct sheet *sheet, const struct report *report) {
    struct sheet drawn = {text_begin(sheet->out.arena), sheet->options, sheet->columns};
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        const struct measurement *measurement =
            report->evidence[verdict_source(report->set, i)].measurement;
        if (!verdict->budget->selected || !measurement || measurement->missing) continue;
        add_budget(&drawn, verdict, measurement);
    }
    if (!drawn.out.length) return;
    text_add_char(&sheet->out, '\n');
    sheet_paint(sheet, PAINT_BOLD, "Samples");
    text_add_char(&sheet->out, '\n');
    text_add(&sheet->out, drawn.out.data);
}
