#include "app/lint_report.h"

#include <math.h>

#include "app/baseline.h"
#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "report/series.h"
#include "verdict/against.h"
#include "verdict/expression.h"
#include "verdict/run_values.h"
#include "verdict/selection.h"

/* One limit, and what the report measured of its budget. */
struct measured_limit {
    struct arena *arena;
    const struct budget_set *set;
    const struct budget *budget, *source; /* whose limit, and whose probe */
    const struct limit *limit;
    const struct measurement *measurement;
};

/* How many pairs there is time for. */
static size_t pairs_possible(const struct measured_limit *on) {
    const struct budget_runs *runs = &on->source->runs;
    double each =
        on->measurement->runs ? on->measurement->duration / (double)on->measurement->runs : 0;
    double fit = each > 0 ? floor(on->source->time_limit / (2 * each)) : INFINITY;
    return fit < (double)runs->max ? (size_t)fit : runs->max;
}

/* The margin as a share of the median of what was measured. */
static double margin_of(const struct limit *limit, double median) {
    double margin = limit->relative ? limit->bound : limit->bound / median;
    return fmax(margin, limit->floor / median);
}

/* The noise of one label that the margin does not exceed; NaN: it does, or nobody knows. */
static double noise_beyond(const struct measured_limit *on, const struct series *series,
                           size_t pairs) {
    double *values = arena_alloc(on->arena, (series->runs + 1) * sizeof *values);
    const struct statistic median = {STATISTIC_QUANTILE, 0.5};
    size_t count = 0;
    if (run_values(on->limit, series, values, series->runs)) return NAN;
    for (size_t i = 0; i < series->runs; i++)
        if (!isnan(values[i])) values[count++] = values[i];
    double alpha = alpha_of(on->budget->confidence) / against_looks(&on->source->runs);
    double noise = run_values_noise(values, count, pairs, alpha);
    if (isnan(noise)) return NAN;
    return margin_of(on->limit, statistic_of(&median, values, count)) < noise ? noise : NAN;
}

/* A regression whose margin all the pairs there can be do not tell from no change: identical code
 * ends `inconclusive`. */
static bool lint_noise(const struct measured_limit *on, struct diag *found) {
    const struct probe_metric *metric = on->budget->metrics.items[on->limit->metric];
    if (on->limit->kind != LIMIT_REGRESSION || metric->nature == PROBE_EXACT ||
        on->limit->has_baseline || on->source->probe->needs & PROBE_ONCE)
        return false;
    struct selection selection = selection_make(on->arena, on->measurement, on->budget, on->limit);
    size_t pairs = pairs_possible(on);
    double noise = NAN;
    for (size_t i = 0; i < selection.count && !selection.absent; i++)
        noise = fmax(noise, noise_beyond(on, &selection.items[i], pairs));
    if (isnan(noise)) return false;
    found->code = LINT_NOISE;
    found->message = text_format(
        on->arena,
        "the regression of %s in `%s` lies below the noise: by the scatter of the %zu runs in the "
        "report, the %zu pairs that fit in tell no change below %s",
        on->limit->text, on->limit->key, on->measurement->runs, pairs,
        unit_show(on->arena, noise, PROBE_RATIO));
    found->hint = "limit `cpu` or `instructions`, which are quieter, allow more `runs` and "
                  "`time_limit`, or widen the margin";
    return true;
}

/* The measured value that lies nearest to the bound, of all labels; NaN: one is not known. */
static double nearest_of(const struct measured_limit *on, const struct selection *selection) {
    const struct limit *limit = on->limit;
    const struct probe_metric *metric = on->budget->metrics.items[limit->metric];
    const struct statistic *statistic = limit->statistical ? &limit->statistic : NULL;
    double nearest = NAN;
    for (size_t i = 0; i < selection->count; i++) {
        double value = series_value(metric, &selection->items[i], statistic);
        if (isnan(value)) return NAN;
        nearest = limit->kind == LIMIT_MAX ? fmax(nearest, value) : fmin(nearest, value);
    }
    return nearest;
}

/* A bound that what was measured could break only after growing, or shrinking, tenfold. Of a
 * measured 0 no bound is a multiple. */
static bool lint_loose(const struct measured_limit *on, struct diag *found) {
    const struct limit *limit = on->limit;
    bool upper = limit->kind == LIMIT_MAX;
    if ((!upper && limit->kind != LIMIT_MIN) || limit->waived || !(limit->bound > 0)) return false;
    struct selection selection = selection_make(on->arena, on->measurement, on->budget, limit);
    double value = selection.absent ? NAN : nearest_of(on, &selection);
    bool loose =
        upper ? limit->bound > value * LINT_LOOSE_TIMES : value > limit->bound * LINT_LOOSE_TIMES;
    if (!(value > 0) || !loose) return false;
    found->code = LINT_LOOSE;
    found->message =
        text_format(on->arena, "the %s of %s of `%s` is far too loose: the report measured %s",
                    limit_kind_words[limit->kind], limit->text, limit->key,
                    unit_show(on->arena, value, limit->unit));
    found->hint = "more than 10 times away proves little: bound it near what was measured, as "
                  "`perfbudget ratchet` does";
    return true;
}

/* Each fills code, message and hint, and answers whether it found something. */
static bool (*const checks[])(const struct measured_limit *on, struct diag *found) = {
    lint_noise,
    lint_loose,
};

static void lint_measured(const struct measured_limit *on, struct diags *diags) {
    for (size_t i = 0; i < array_length(checks); i++) {
        struct diag found = {.level = DIAG_WARNING, .place = on->limit->place};
        if (checks[i](on, &found)) diag_add(diags, &found);
    }
}

bool lint_report(struct arena *arena, const struct budget_set *set, const char *path,
                 struct diags *diags) {
    struct report report;
    const struct verdict_base *bases = baseline_bases(arena, path, set, &report, diags);
    if (!bases) return false;
    for (size_t i = 0; i < set->count; i++) {
        const struct budget *budget = &set->budgets[i];
        size_t source = verdict_source(set, i);
        const struct measurement *measurement = bases[source].measurement;
        if (!measurement || budget->derive || !set->budgets[source].probe) continue;
        for (size_t row = 0; row < budget->limit_count; row++)
            lint_measured(&(struct measured_limit){arena, set, budget, &set->budgets[source],
                                                   &budget->limits[row], measurement},
                          diags);
    }
    return true;
}
