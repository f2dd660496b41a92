/** Events among trials in the order they came: how far apart trials must lie to count as
 * independent of each other. */
#ifndef STATS_EVENTS_H
#define STATS_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Trials, slice after slice: of `trials[i]` the share `shares[i]` are events. Where a share is 0 or
 * 1 the slice knows the order of its events; of others it is taken not to matter within the slice.
 */
struct events {
    const double *shares;
    const uint64_t *trials;
    size_t slices;
    bool complement; /**< events are those trials that the shares do not count */
};

/** Events among trials. */
struct event_count {
    uint64_t n, k;
};

/** All of them. */
struct event_count events_all(const struct events *events);

/** About every `step`th trial from the first on, at intervals that no regular pattern can keep in
 * step with; of slices without order, their share of events, all of them rounded together. */
struct event_count events_apart(const struct events *events, size_t step);

/** How many trials it takes to keep that many of them. */
uint64_t events_needed(uint64_t kept, size_t step);

/** Trials in blocks that each begin with one that events_apart keeps, and how many of them hold an
 * event at all: bursts too short to be met by every `step`th trial are not missed. */
struct event_count events_blocks(const struct events *events, size_t step);

/** How many bursts there were: events less than `apart` trials from the one before belong to its
 * burst. Slices without order count as one burst. */
uint64_t events_bursts(const struct events *events, size_t apart);

/** Whether some slice holds events without their order. */
bool events_mixed(const struct events *events);

/**
 * Errors come in bursts, and before the first one has been seen nothing says how long they are. So
 * under watch one trial in so many counts, whatever was seen: that covers bursts of ten, as of a
 * two-state chain with correlation 0.9. Where the order is not known the counts are shrunk instead,
 * which takes the variance of such a stream, 1.9 / 0.1 = 19 times that of independent trials. How
 * long bursts are is known once so many have been seen (verdict/judge_rate.c).
 */
enum { EVENTS_STEP = 10, EVENTS_STEP_MIXED = 20, EVENTS_BURSTS = 20 };

/**
 * The smallest m, `from` or more, such that trials m apart show no correlation, by the bounds of
 * stats/dependence.h; `from` itself where fewer than 5 events or 5 others have been seen. More than
 * a quarter of the trials apart nothing can be seen: then the number of trials. Steps beyond
 * DEPENDENCE_FINE are tried a sixteenth apart. `first` takes the correlation of neighbours, NaN
 * where it was not looked at.
 */
size_t events_step(const struct events *events, size_t from, double *first);

#endif
