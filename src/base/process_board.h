/** What perfbudget and its keeper share: what is asked, and what came of it. */
#ifndef BASE_PROCESS_BOARD_H
#define BASE_PROCESS_BOARD_H

#include <stdatomic.h>
#include <sys/resource.h>

#include "base/cgroup.h"
#include "base/process_repeat.h"

/** The steps a start may fail at. */
enum start_step { STEP_FORK, STEP_DUP, STEP_CHDIR, STEP_APPLY, STEP_EXECVE };

enum { KEEPER_ROOM = 8 * 1024 * 1024 }; /**< bytes of arguments and environment */

/** What became of one run. */
struct keeper_record {
    uint64_t started, ended; /**< clock_now() */
    int status;              /**< as wait4 has it */
    struct rusage usage;
    uint64_t count;
    int count_error; /**< errno; 0: count holds */
};

/** Memory shared with the keeper at the same address in both. */
struct keeper_board {
    /* asked */
    struct process_repeat repeat;
    atomic_bool enough; /* also while it runs: no run after the one at hand */
    const char *program, *directory;
    char *const *argv, *const *environment;
    struct process_hygiene hygiene;
    bool new_input, new_outputs; /* descriptors come along; else /dev/null, and those of before */
    bool outputs_last;           /* they serve the next command as well */
    bool want_floor;
    enum process_counter counter;
    char group[CGROUP_PATH_MAX], home[CGROUP_PATH_MAX]; /* to be left at the end; "": none */
    /* answered */
    volatile enum start_step step;
    volatile int error;        /**< errno of the step; 0: it was started */
    volatile uint64_t started; /**< of the run at hand */
    volatile size_t done;      /**< runs that ended, each with its record */
    struct keeper_record records[PROCESS_REPEATS_MAX];
    double floor; /**< bytes: ru_maxrss cannot be told apart from the keeper's own below this */
    unsigned leftovers; /**< of the last run */
    size_t used;
    _Alignas(16) char room[KEEPER_ROOM];
};

#endif
