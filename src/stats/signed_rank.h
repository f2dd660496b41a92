/** Wilcoxon's signed-rank test and the estimate that belongs to it, for paired measurements. */
#ifndef STATS_SIGNED_RANK_H
#define STATS_SIGNED_RANK_H

#include <stddef.h>
#include <stdint.h>

/**
 * Chance of a rank sum of the positive differences at least as large as the one at hand, when each
 * sign is a fair coin (Wilcoxon 1945). Differences of 0 are left out, equal ones share their mean
 * rank. Exact given the ranks up to SIGNED_RANK_EXACT differences, beyond that the normal
 * approximation with the correction for ties and for continuity. 1 where nothing is left.
 */
double signed_rank_upper(const double *differences, size_t count);
/** Likewise of a sum at most as large. */
double signed_rank_lower(const double *differences, size_t count);
enum { SIGNED_RANK_EXACT = 100 };

/** The `k`th smallest, from 1, of the count * (count + 1) / 2 means of two values or of one with
 * itself (Walsh averages). `sorted` ascending and finite; linear time for each bit of a double. */
double walsh_average(const double *sorted, size_t count, uint64_t k);

/** Median of the Walsh averages (Hodges and Lehmann 1963). count > 0. */
double hodges_lehmann(const double *sorted, size_t count);

/** Where the median of a symmetric distribution lies, each end wrong with at most alpha, by
 * inverting the signed-rank test; NaN ends where so few values cannot say. */
struct rank_interval {
    double low, high;
};
struct rank_interval hodges_lehmann_interval(const double *sorted, size_t count, double alpha);

#endif
