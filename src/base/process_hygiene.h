/** How a command is kept from being disturbed while it is measured. */
#ifndef BASE_PROCESS_HYGIENE_H
#define BASE_PROCESS_HYGIENE_H

#include <sched.h>
#include <stdbool.h>

/** What is done to a command on request so that it is measured more evenly. All zero: nothing. */
struct process_hygiene {
    bool cpus; /**< pin to `set` */
    cpu_set_t set;
    bool aslr_off; /**< addresses are the same in every run */
    bool niced;    /**< set its priority to `nice`, as setpriority(2) counts */
    int nice;
};

/** What the kernel counts of a command and all it starts, in user space (perf_event_open(2)). */
enum process_counter {
    PROCESS_COUNTS_NOTHING,
    PROCESS_COUNTS_INSTRUCTIONS, /**< instructions retired, by the processor's own counter */
    PROCESS_COUNTS_PAGE_FAULTS,  /**< by the kernel alone: shows that counting works where the
                                    processor's counters are out of reach */
};

#endif
