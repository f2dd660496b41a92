/** How samples become one number: min max mean median p50..p99.99 stddev total count. */
#ifndef STATS_STATISTIC_H
#define STATS_STATISTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum statistic_kind {
    STATISTIC_MIN,
    STATISTIC_MAX,
    STATISTIC_MEAN,
    STATISTIC_QUANTILE, /**< median is the quantile 0.5 */
    STATISTIC_STDDEV,
    STATISTIC_TOTAL,
    STATISTIC_COUNT,
};

struct statistic {
    enum statistic_kind kind;
    double p; /**< of a quantile, 0 < p < 1; "p99.9" is 0.999, correctly rounded from its decimal
                 text */
};

/** Reads "p95", "p99.9", "median", "mean", ... ; false for anything else. p50 and median are the
 * same. A percentile lies above 0 and below 100 and has at most four decimals. */
bool statistic_parse(const char *text, struct statistic *statistic);
/** The canonical word: "median" for p50, "p99.9". */
const char *statistic_word(struct arena *arena, const struct statistic *statistic);
/** Fixed words (not pNN) for completion and docs; NULL-terminated. */
extern const char *const statistic_words[];

/** Sorts ascending in place; linear time for large sets. No NaN allowed. */
void samples_sort(double *samples, size_t count);

/**
 * The p-quantile of sorted samples by the inverse of the empirical distribution: the smallest x
 * with at least a share p of the samples <= x (Hyndman and Fan 1996, definition 1), so it is always
 * a sample. count > 0.
 */
double quantile_sorted(const double *sorted, size_t count, double p);

/** Mean (Neumaier-compensated) and standard deviation (n - 1; 0 for one sample), count > 0. */
double samples_mean(const double *samples, size_t count);
double samples_stddev(const double *samples, size_t count);
/** Their compensated sum; 0 for none. */
double samples_total(const double *samples, size_t count);

/** Any statistic of samples in any order; makes a sorted copy where it needs one. NaN for count 0
 * (but count). */
double statistic_of(const struct statistic *statistic, const double *samples, size_t count);

#endif
