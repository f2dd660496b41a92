/** What may be asked for beside starting a command: quieter surroundings, and counts by the kernel.
 */
#ifndef BASE_PROCESS_EXTRAS_H
#define BASE_PROCESS_EXTRAS_H

#include <stdbool.h>

#include <sched.h>

/** What is done to a command on request so that it is measured more evenly. All zero: nothing. */
struct process_hygiene {
    bool cpus; /**< pin to `set` */
    cpu_set_t set;
    bool aslr_off; /**< addresses are the same in every run */
    bool niced;    /**< set its priority to `nice`, as setpriority(2) counts */
    int nice;
};

/** failed_step of a command for which that could not be done. */
#define PROCESS_STEP_APPLY "cpus, priority or aslr"

/** What the kernel counts of a command and all it starts, in user space (perf_event_open(2)). */
enum process_counter {
    PROCESS_COUNTS_NOTHING,
    PROCESS_COUNTS_INSTRUCTIONS, /**< instructions retired, by the processor's own counter */
    PROCESS_COUNTS_PAGE_FAULTS,  /**< by the kernel alone: shows that counting works where the
                                    processor's counters are out of reach */
};

#endif
