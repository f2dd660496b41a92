/** The parts of the `memory` probe; nobody else includes this. */
#ifndef PROBES_MEMORY_PARTS_H
#define PROBES_MEMORY_PARTS_H

#include "base/arena.h"
#include "perfbudget/probe.h"

enum { MEMORY_LOOKS_MAX = 100000 /**< that one run keeps */ };

/** The choices of `kind`, in order. */
enum memory_kind { MEMORY_PSS, MEMORY_RSS };

/** What `with:` says. */
struct memory_config {
    double duration, interval, settle;
    int kind;
};

/** What was seen. */
struct memory_series {
    uint64_t start;        /**< clock_now() */
    double *times, *bytes; /**< of MEMORY_LOOKS_MAX; times in seconds from start */
    size_t count;
    bool ended;      /**< by itself, before `duration` was over */
    double followed; /**< seconds, where it ended */
};

/** Adds a look; one that saw nothing does not count. `context` is the series. */
void memory_add(void *context, double bytes);

/** Whether the target is a process that runs already. */
bool memory_is_running(const struct probe_run *run);
/** Follows it for `duration`; false after it said why that was not possible. */
bool memory_follow(struct probe_run *run, struct arena *arena, struct memory_series *series);

#endif
