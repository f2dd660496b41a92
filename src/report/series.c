#include "report/series.h"

#include <math.h>
#include <stdlib.h>

bool series_is_whole(const struct series *series) {
    for (int d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (series->labels[d]) return false;
    return true;
}

double series_value(const struct probe_metric *metric, const struct series *series,
                    const struct statistic *statistic) {
    static const struct statistic median = {STATISTIC_QUANTILE, 0.5};
    static const struct statistic largest = {STATISTIC_MAX, 0}, smallest = {STATISTIC_MIN, 0};
    if (series->unbounded) return NAN;
    if (series->n > 0) return (double)series->k / (double)series->n;
    if (series->count == 0) return NAN;
    if (metric->nature == PROBE_EXACT)
        statistic = metric->better == PROBE_HIGHER ? &smallest : &largest;
    return series_statistic(series, statistic ? statistic : &median);
}

static int ranked_compare(const void *a, const void *b) {
    const struct ranked *one = a, *two = b;
    if (isnan(one->value) != isnan(two->value)) return isnan(one->value) ? 1 : -1;
    if (one->value != two->value && !isnan(one->value)) return one->value > two->value ? -1 : 1;
    return one->series < two->series ? -1 : one->series > two->series;
}

void ranked_sort(struct ranked *items, size_t count) {
    if (count > 1) qsort(items, count, sizeof *items, ranked_compare);
}
