/** One number for a series, and the order that ranks them: what attribution and tables show. */
#ifndef REPORT_SERIES_H
#define REPORT_SERIES_H

#include "probe/metric.h"
#include "stats/statistic.h"

/** A series without any label. */
bool series_is_whole(const struct series *series);

/**
 * The series as one number: a rate's share; an exact metric's worst run; a noisy metric's
 * `statistic` (NULL: the median). NaN without samples and for what has no bound.
 */
double series_value(const struct probe_metric *metric, const struct series *series,
                    const struct statistic *statistic);

/** A label and its number, for ranking. */
struct ranked {
    const struct series *series;
    double value;
};
/** Largest first; NaN last; equal ones stay in order. */
void ranked_sort(struct ranked *items, size_t count);

#endif
