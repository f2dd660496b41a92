#include "app/compare.h"

#include <math.h>

#include "app/baseline.h"
#include "app/exit_code.h"
#include "base/array.h"
#include "base/text.h"
#include "report/series.h"
#include "verdict/change.h"

/* A change that lies within this for sure is none that anyone asked for. */
static const double SAME = 0.05;
static const double CONFIDENCE = 0.95;

/* One report, read. */
struct side {
    struct report report;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts stored;
};

struct comparing {
    struct arena *arena;
    struct comparison *comparison;
    const struct side *before, *after;
};

static const struct limit any_change = {.kind = LIMIT_REGRESSION,
                                        .relative = true,
                                        .statistical = true,
                                        .statistic = {STATISTIC_QUANTILE, 0.5}};

static double value_of(const struct probe_metric *metric, const struct series *series) {
    return series->unbounded ? NAN : series_value(metric, series, NULL);
}

/* The median of each run. */
static size_t medians(struct arena *scratch, const struct series *series, double **values) {
    size_t count = 0;
    *values = arena_alloc(scratch, (series->runs + 1) * sizeof **values);
    for (size_t r = 0; r < series->runs && series->run_ends; r++) {
        size_t from = r ? series->run_ends[r - 1] : 0, length = series->run_ends[r] - from;
        if (length > 0)
            (*values)[count++] =
                statistic_of(&any_change.statistic, series->samples + from, length);
    }
    return count;
}

static enum comparison_word direction_word(const struct probe_metric *metric, bool more) {
    if (metric->better == PROBE_NEITHER) return COMPARISON_CHANGED;
    return more == (metric->better == PROBE_LOWER) ? COMPARISON_WORSE : COMPARISON_BETTER;
}

static void compare_exact(const struct probe_metric *metric, struct comparison_row *row) {
    row->change = row->before == row->after ? 0
                  : row->before != 0        ? (row->after - row->before) / fabs(row->before)
                                            : NAN;
    if (isnan(row->before) || isnan(row->after)) return;
    row->word = row->before == row->after ? COMPARISON_SAME
                                          : direction_word(metric, row->after > row->before);
}

static void take_interval(const struct probe_metric *metric, const struct change *change,
                          struct comparison_row *row) {
    row->change = change->ratio;
    row->low = change->low;
    row->high = change->high;
    if (isnan(row->low) || isnan(row->high)) return;
    if (row->low > 0 || row->high < 0)
        row->word = direction_word(metric, row->low > 0);
    else if (row->low >= -SAME && row->high <= SAME)
        row->word = COMPARISON_SAME;
}

static void compare_noisy(const struct probe_metric *metric, const struct series *before,
                          const struct series *after, struct comparison_row *row) {
    struct arena *scratch = arena_new();
    struct probe_metric directed = *metric;
    double *head, *base;
    if (directed.better == PROBE_NEITHER) directed.better = PROBE_LOWER;
    struct change_values values = {.head_count = medians(scratch, after, &head),
                                   .base_count = medians(scratch, before, &base)};
    values.head = head;
    values.base = base;
    const struct change_question question = {.limit = &any_change,
                                             .metric = &directed,
                                             .confidence = CONFIDENCE,
                                             .alpha_pass = (1 - CONFIDENCE) / 2,
                                             .alpha_fail = (1 - CONFIDENCE) / 2};
    struct change change = change_stored(&question, &values);
    arena_free(scratch);
    take_interval(metric, &change, row);
    if (isnan(row->low) || isnan(row->high)) row->note = "too few launches";
}

/* By the intervals of both, which say most where there are events. */
static void compare_rates(const struct probe_metric *metric, const struct series *before,
                          const struct series *after, struct comparison_row *row) {
    const double alpha = (1 - CONFIDENCE) / 2;
    const struct change_question question = {.limit = &any_change,
                                             .metric = metric,
                                             .confidence = CONFIDENCE,
                                             .alpha_pass = alpha,
                                             .alpha_fail = alpha};
    struct change change = change_sides(&question, after, before, SAMPLING_WATCHED);
    take_interval(metric, &change, row);
    if (isnan(row->low) || isnan(row->high)) row->note = "too few events";
    if (before->runs >= CHANGE_LAUNCHES_MIN && after->runs >= CHANGE_LAUNCHES_MIN) return;
    row->word = COMPARISON_UNCLEAR;
    row->note = "too few launches";
}

static bool same_labels(const struct series *a, const struct series *b) {
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (!text_equal(a->labels[d], b->labels[d])) return false;
    return true;
}

static const struct series *find_series(const struct measurement *measurement,
                                        const struct probe_metric *metric,
                                        const struct series *like) {
    int number = measurement ? metric_find(measurement->metrics, metric->name) : -1;
    if (number < 0 || measurement->metrics->items[number]->unit != metric->unit) return NULL;
    for (size_t i = 0; i < measurement->count; i++)
        if (measurement->series[i].metric == (uint32_t)number &&
            same_labels(&measurement->series[i], like))
            return &measurement->series[i];
    return NULL;
}

static void row_add(struct comparing *comparing, const char *budget,
                    const struct probe_metric *metric, const struct series *before,
                    const struct series *after) {
    struct comparison *comparison = comparing->comparison;
    struct comparison_row *row = array_add(comparing->arena, comparison->rows, comparison->count);
    *row = (struct comparison_row){
        .budget = budget,
        .metric = metric->name,
        .label = series_label(comparing->arena, metric, after ? after : before),
        .unit = metric->unit,
        .nature = metric->nature,
        .before = before ? value_of(metric, before) : NAN,
        .after = after ? value_of(metric, after) : NAN,
        .change = NAN,
        .low = NAN,
        .high = NAN,
        .word = !before  ? COMPARISON_NEW
                : !after ? COMPARISON_GONE
                         : COMPARISON_UNCLEAR,
    };
    if (!before || !after) return;
    bool noisy = metric->nature == PROBE_NOISY;
    if (!noisy || (before->n > 0) != (after->n > 0))
        compare_exact(metric, row);
    else if (before->n > 0)
        compare_rates(metric, before, after, row);
    else
        compare_noisy(metric, before, after, row);
    if (noisy && (before->n > 0) != (after->n > 0)) {
        row->word = COMPARISON_UNCLEAR;
        row->note = "a rate in one of them only";
    }
    if (noisy && comparison->incomparable) {
        row->word = COMPARISON_UNCLEAR;
        row->note = "another machine";
        row->low = row->high = NAN;
    }
}

static const struct measurement *measurement_of(const struct side *side, const char *id) {
    size_t index = budget_position(&side->set, id);
    if (index == side->set.count) return NULL;
    const struct measurement *measurement = side->evidence[index].measurement;
    return measurement && !measurement->missing ? measurement : NULL;
}

static void add_budget(struct comparing *comparing, const char *id) {
    const struct measurement *before = measurement_of(comparing->before, id);
    const struct measurement *after = measurement_of(comparing->after, id);
    for (size_t i = 0; after && i < after->count; i++) {
        const struct series *series = &after->series[i];
        const struct probe_metric *metric = after->metrics->items[series->metric];
        row_add(comparing, id, metric, find_series(before, metric, series), series);
    }
    for (size_t i = 0; before && i < before->count; i++) {
        const struct series *series = &before->series[i];
        const struct probe_metric *metric = before->metrics->items[series->metric];
        if (!find_series(after, metric, series)) row_add(comparing, id, metric, series, NULL);
    }
}

static void compare_sides(struct comparing *comparing) {
    const struct budget_set *before = &comparing->before->set, *after = &comparing->after->set;
    for (size_t i = 0; i < after->count; i++) add_budget(comparing, after->budgets[i].id);
    for (size_t i = 0; i < before->count; i++)
        if (budget_position(after, before->budgets[i].id) == after->count)
            add_budget(comparing, before->budgets[i].id);
}

static struct side *side_read(struct arena *arena, const char *path, struct diags *diags) {
    struct side *side = arena_new_object(arena, struct side);
    bool good =
        report_read(arena, path, &side->report, &side->set, &side->evidence, &side->stored, diags);
    return good ? side : NULL;
}

int compare_run(struct arena *arena, const char *before, const char *after,
                struct comparison *comparison, struct diags *diags) {
    *comparison = (struct comparison){.before_name = before, .after_name = after};
    const struct side *old = side_read(arena, before, diags);
    const struct side *new = old ? side_read(arena, after, diags) : NULL;
    if (!old || !new) return diags_exit_code(diags);
    comparison->before = &old->report;
    comparison->after = &new->report;
    comparison->incomparable =
        environment_differences(arena, &old->report.environment, &new->report.environment);
    struct comparing comparing = {arena, comparison, old, new};
    compare_sides(&comparing);
    size_t both = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        enum comparison_word word = comparison->rows[i].word;
        comparison->words[word]++;
        both += word != COMPARISON_NEW && word != COMPARISON_GONE;
    }
    return both > 0 ? EXIT_PASS : EXIT_UNMEASURED;
}
