/** One command being watched: what process.c does and process_result.c tells of. */
#ifndef BASE_PROCESS_WATCH_H
#define BASE_PROCESS_WATCH_H

#include "base/process_parts.h"

/** Looks at a tree's memory that may have seen no more than how it was loaded. */
enum { WATCH_FEW_LOOKS = 4 };

/** What a child goes through, in this order; a stage may be skipped. */
enum stage {
    STAGE_RUNS,
    STAGE_ASKED,  /**< SIGTERM was sent */
    STAGE_KILLED, /**< SIGKILL was sent */
    STAGE_OVER,   /**< it ended; what is left in the pipes is read */
};

struct watch {
    const struct process_plan *plan;
    struct spawned child;
    struct capture out, err;
    enum stage stage;
    uint64_t until; /**< when the stage has lasted long enough; UINT64_MAX: never */
    uint64_t begun;
    enum process_end end;
    uint64_t look; /**< when the tree's memory is looked at next; UINT64_MAX: never */
    struct tree_memory most;
    int looks;
    bool over, failed, lost; /**< all is reaped; it was not started; the keeper is gone */
    bool outlived;           /**< it left something */
};

/** A result of which nothing is known yet. */
void result_begin(struct process_result *result);
/** What the record of run number `run` says. */
void watch_take(const struct watch *watch, size_t run, struct process_result *result);

#endif
