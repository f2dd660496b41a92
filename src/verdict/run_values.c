#include "verdict/run_values.h"

#include <math.h>

#include "stats/statistic.h"
#include "stats/tails.h"

size_t run_values_needed(const struct statistic *statistic) {
    if (statistic->kind == STATISTIC_STDDEV) return 2;
    if (statistic->kind != STATISTIC_QUANTILE) return 1;
    double beyond = fmin(statistic->p, 1 - statistic->p);
    return statistic->p == 0.5 ? 1 : (size_t)ceil(1 / beyond - 1e-9);
}

const char *run_values(const struct limit *limit, const struct series *series, double *values,
                       size_t runs) {
    const struct statistic *statistic = &limit->statistic;
    if (series->n > 0) return "one of both is a rate, the other is not";
    if (series->between)
        return "a value that is known by its edges is not compared with earlier code";
    for (size_t r = 0; r < runs; r++) {
        values[r] = NAN;
        if (r >= series->runs || !series->run_ends) continue;
        size_t from = r ? series->run_ends[r - 1] : 0, count = series->run_ends[r] - from;
        if (count == 0) continue;
        if (count < run_values_needed(statistic))
            return "a run has too few samples for a statistic of its own";
        values[r] = statistic_of(statistic, series->samples + from, count);
        if (!isfinite(values[r])) return "a value is not a finite number";
    }
    return NULL;
}

/* In place; ascending afterwards. */
static double middle_of(double *values, size_t count) {
    samples_sort(values, count);
    return quantile_sorted(values, count, 0.5);
}

static double spread_of(struct arena *scratch, const double *logs, size_t count) {
    const double to_normal = 1.4826; /* of a normal distribution: 1 / its upper quartile */
    double *work = arena_alloc(scratch, count * sizeof *work);
    for (size_t i = 0; i < count; i++) work[i] = logs[i];
    double middle = middle_of(work, count);
    for (size_t i = 0; i < count; i++) work[i] = fabs(logs[i] - middle);
    double distance = middle_of(work, count);
    if (distance > 0) return to_normal * distance;
    struct statistic deviation = {STATISTIC_STDDEV, 0};
    return statistic_of(&deviation, logs, count);
}

double run_values_noise(const double *values, size_t count, size_t pairs, double alpha) {
    const double efficiency = 3 / 3.14159265358979; /* of the signed ranks, where t has 1 */
    if (count < RUN_VALUES_MIN || pairs < 2) return NAN;
    struct arena *scratch = arena_new();
    double *logs = arena_alloc(scratch, count * sizeof *logs), noise = NAN;
    bool positive = true;
    for (size_t i = 0; i < count; i++) {
        positive = positive && values[i] > 0;
        logs[i] = log(values[i]);
    }
    if (positive) {
        double error = spread_of(scratch, logs, count) * sqrt(2 / efficiency / (double)pairs);
        noise = expm1(-student_quantile(alpha, (double)pairs - 1) * error);
    }
    arena_free(scratch);
    return noise;
}
