/**
 * Counts of values in log-linear buckets, for streams too long to keep every sample: as
 * HdrHistogram counts, each power of two is cut into 1,024 buckets of equal width, so that a value
 * is known to less than 0.1 % of itself (Tene 2012, "HdrHistogram"). On doubles instead of
 * integers, since every edge then is exact and no range is chosen beforehand.
 */
#ifndef STATS_BUCKETS_H
#define STATS_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "stats/statistic.h"

/** Buckets of a power of two, and so the relative width of the widest: 1 / 1024. */
enum { BUCKETS_OCTAVE = 1024 };
/** Exponents of the smallest and the largest value told apart: 0.93 ns and 1.1e9 s. */
enum { BUCKETS_LOWEST = -30, BUCKETS_HIGHEST = 30 };
/** All buckets: one for what is smaller, negative ones included, and one for what is larger. */
enum { BUCKETS_COUNT = (BUCKETS_HIGHEST - BUCKETS_LOWEST) * BUCKETS_OCTAVE + 2 };

struct buckets;

/** The edges of a bucket: low <= value < high, both narrowed to the least and largest value seen.
 */
struct bucket_edges {
    double low, high;
};

/** Empty buckets; memory comes as values do, at most 0.5 MB. */
struct buckets *buckets_new(struct arena *arena);
struct buckets *buckets_copy(struct arena *arena, const struct buckets *from);
/** Adds finite values. */
void buckets_add(struct buckets *buckets, double value);
/** Adds all of `from`, as if each of its values had been added; order does not matter. */
void buckets_merge(struct buckets *into, const struct buckets *from);

uint64_t buckets_count(const struct buckets *buckets);
/** The bucket that holds the value of that rank, 0 the least; rank < count. */
struct bucket_edges buckets_rank(const struct buckets *buckets, uint64_t rank);
/**
 * How many values lie above the bound (`upper`) or below it; `inclusive`: the bound itself counts
 * as beyond, too. Between *least and *most, which differ by the bucket that the bound lies in.
 */
struct buckets_bound {
    double bound;
    bool upper, inclusive;
};
void buckets_beyond(const struct buckets *buckets, struct buckets_bound bound, uint64_t *least,
                    uint64_t *most);
/** Any statistic: counts, extremes, mean and total as exact as of samples, standard deviation but
 * for rounding, quantiles as the middle of their bucket. NaN where there is no value (but count).
 */
double buckets_statistic(const struct buckets *buckets, const struct statistic *statistic);

/** The buckets that hold something, ascending: begin with *at 0; false at the end. */
struct bucket {
    double low;     /**< its edge, not narrowed; -HUGE_VAL of the lowest */
    uint64_t count; /**< above 0 */
};
bool buckets_next(const struct buckets *buckets, uint32_t *at, struct bucket *bucket);

/** What is kept beside the counts. */
struct buckets_moments {
    double least, most, mean, stddev;
};
/** Puts back what buckets_next and statistics gave; `low` as it was given. */
void buckets_restore(struct buckets *buckets, const struct bucket *bucket);
void buckets_restore_moments(struct buckets *buckets, const struct buckets_moments *moments);

#endif
