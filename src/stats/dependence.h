/** How far apart samples must lie to count as exchangeable. */
#ifndef STATS_DEPENDENCE_H
#define STATS_DEPENDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Correlation of samples this far apart counts only above this much. */
#define DEPENDENCE_SLIGHT 0.05
/** ... and above this many standard errors of uncorrelated samples. */
#define DEPENDENCE_ERRORS 1.645
/** ... of launches, which are thinned for a machine that drifts: one in a hundred sets of
 * independent ones is taken for correlated, so that they cost no more than they did. */
#define DEPENDENCE_ERRORS_LAUNCHES 2.326

/** A stream decides nothing before it has this many samples that far apart: of fewer, one slow
 * stretch cannot be told from a slow program (simulated: 33 % wrong verdicts on a median at
 * correlation 0.8). */
enum { DEPENDENCE_SAMPLES = 30 };

/** Correlation of what lies beyond a bound speaks once so many samples lie on either side of it;
 * further apart than this share of the samples nothing can be seen. */
enum { DEPENDENCE_BEYOND = 5, DEPENDENCE_SHARE = 4 };

/** Steps are tried one by one up to here, then each a sixteenth further: the work for millions of
 * samples stays bounded, and the step found is at most that much larger than the smallest. */
enum { DEPENDENCE_FINE = 64, DEPENDENCE_COARSE = 16 };
uint64_t dependence_step_next(uint64_t step);

/** Whether so many pairs with that correlation are correlated, by so many standard errors. */
bool dependence_seen(double correlation, double pairs, double errors);

/** Samples in the order measured, and what is asked of each: does it lie beyond a bound? */
struct stream {
    const double *samples;
    const bool *beyond;
    size_t count;
    bool launches; /**< each is a process of its own */
};

/**
 * The smallest m, `from` or more, such that samples m apart show no correlation: neither the ranks
 * of the samples (which speak before anything lies beyond the bound), nor, once 5 lie on either
 * side, the beyond themselves. More than a quarter of the samples apart nothing can be seen: then
 * `count`. Beyond 64 apart steps are tried a sixteenth apart. `first` takes the larger of the two
 * correlations of neighbours; may be NULL.
 */
size_t dependence_step(const struct stream *stream, size_t from, double *first);

#endif
