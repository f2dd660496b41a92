/** One number for each run: what earlier code and code at hand are compared by. */
#ifndef VERDICT_RUN_VALUES_H
#define VERDICT_RUN_VALUES_H

#include "budget/limit.h"
#include "probe/metric.h"

/** The limit's statistic of each of the first `runs` runs; NaN: the run has none. NULL, or why
 * there are no such values, as static text. */
const char *run_values(const struct limit *limit, const struct series *series, double *values,
                       size_t runs);

/** Samples that a run must have for a statistic of its own: a quantile needs one beyond it. */
size_t run_values_needed(const struct statistic *statistic);

/**
 * How small a change `pairs` pairs of runs can tell from none, as a share, when one run scatters
 * about the next as `values` do (`count` positive numbers): half the width of Hodges and Lehmann's
 * interval on normal logarithms, each end wrong with at most `alpha`. The spread is 1.4826 times
 * the median distance from the median, or, where most values are equal, the standard deviation;
 * with runs that drift it is too large, which pairs would not mind. NaN of fewer than
 * RUN_VALUES_MIN values, or of some that are not positive.
 */
double run_values_noise(const double *values, size_t count, size_t pairs, double alpha);
enum { RUN_VALUES_MIN = 5 };

#endif
