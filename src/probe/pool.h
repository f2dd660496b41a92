/** The samples of several labels of a metric put together, run by run. */
#ifndef PROBE_POOL_H
#define PROBE_POOL_H

#include "probe/metric.h"

/** Labels that are put together. */
struct pooled {
    const struct series *const *items;
    size_t count;
};

/** Index of the first sample of a run; `count` of the series where it has no such run. */
size_t run_start(const struct series *series, size_t run);
/** Samples of a run. A series that was last seen in an earlier one may have fewer runs. */
size_t run_length(const struct series *series, size_t run);

/**
 * The samples of a run, into `out`, which has room for the run's samples of all labels: in the
 * order in which they came, where all labels know their places, else label after label. What made
 * one label slow for a while often made all of them slow, and only in that order is it one slow
 * stretch instead of one for each label.
 */
void pool_samples(const struct pooled *pooled, size_t run, double *out);

/** As pool_samples, of the trials of a rate: label after label. */
void pool_trials(const struct pooled *pooled, size_t run, uint64_t *out);

#endif
