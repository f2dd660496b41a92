/** One budget measured in two checkouts side by side: both probes open together, one run of each in
 * a random order, again and again. */
#ifndef RUN_PAIRS_H
#define RUN_PAIRS_H

#include "probe/session.h"
#include "run/run.h"

/** The earlier code's side of a budget. */
struct pairs {
    struct session *session;   /**< NULL: the base has no such folder, or has failed */
    struct verdict_base *base; /**< what is known of it, filled in as it goes */
    uint64_t random;
};

/**
 * Opens `plan` in the other checkout: the same, but with its root and the folder of the same name
 * below it. A folder that is not there is none of the base's; neither is a target that the first
 * run cannot find. `index` makes the order of each budget its own.
 */
struct pairs pairs_open(struct arena *arena, const struct session_plan *plan,
                        const struct run_base *base, size_t index);

/** Whether the base runs first in the next pair: a fair coin. */
bool pairs_base_first(struct pairs *pairs);

/** The base's run of a pair. */
void pairs_run(struct pairs *pairs, uint64_t deadline);

void pairs_close(struct pairs *pairs);

/** One run of each (`other` in the base) that is thrown away, so that cold caches count for
 * neither. `timeout` is of one run, in nanoseconds. */
void pairs_warm(const struct session_plan *plan, const struct session_plan *other,
                const struct run_base *base, uint64_t timeout);

#endif
