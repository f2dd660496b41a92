/** The same command again and again, as fast as a bare loop would. */
#ifndef BASE_PROCESS_REPEAT_H
#define BASE_PROCESS_REPEAT_H

#include "base/process.h"

/** Runs of one plan at most, back to back. */
enum { PROCESS_REPEATS_MAX = 256 };

/** How often process_repeat runs a plan. */
struct process_repeat {
    size_t most;       /**< 1 to PROCESS_REPEATS_MAX */
    uint64_t begin_by; /**< clock_now() value; no run but the first begins later */
    uint64_t time;     /**< nanoseconds that each may take; the first has until plan->deadline */
    int status;        /**< only what exits with this is followed by another run */
};

/**
 * As process_run again and again, but without a word between the keeper and perfbudget from one run
 * to the next, which is most of what a run costs beyond its time. Ends with the first run that is
 * not as it should be, that printed anything, or that left something behind: so output, and
 * whatever went wrong, is always the last one's. There is one run only where something is to be
 * done for each (standard input, looks at memory, a listener, whole output). Returns how many
 * results were filled in, at least 1.
 */
size_t process_repeat(struct arena *arena, const struct process_plan *plan,
                      const struct process_repeat *repeat, struct process_result *results);

#endif
