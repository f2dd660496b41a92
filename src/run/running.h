/** One run under way, and one budget of it being measured; private to src/run. */
#ifndef RUN_RUNNING_H
#define RUN_RUNNING_H

#include <stdatomic.h>

#include "probe/session.h"
#include "run/company.h"
#include "run/pairs.h"
#include "run/run.h"
#include "run/servers.h"
#include "run/watchdog.h"

/** One run_execute. */
struct running {
    const struct run_request *request;
    const struct run_step *steps;
    size_t total;
    struct evidence *evidence;
    struct arena **arenas; /**< by step: of one that runs beside others; NULL: the caller's */
    struct arena *arena;
    struct servers servers;
    pthread_mutex_t telling;
    atomic_bool cancelled, enough;
};

/** One budget being measured. */
struct measuring {
    struct running *running;
    const struct budget *budget;
    size_t step;
    struct arena *arena;
    struct session_plan plan, other; /**< head's; the base's but for its folders */
    bool compared;                   /* with the base */
    struct companion *companion;     /* NULL: it runs alongside no other */
    struct session *session;
    struct pairs *pairs; /**< NULL: head alone */
    struct watchdog *watchdog;
    uint64_t start, end; /**< clock_now; end: when the time limit is over */
    size_t runs, wanted;
    uint64_t longest; /**< nanoseconds of the longest run so far */
};

/** step.c: makes ready what the budget needs. False when it cannot be measured; that stands in its
 * evidence then. Of the first thread: it alone starts and ends servers. `companion` NULL: it runs
 * alongside no other. */
bool step_begin(struct running *running, size_t step, struct companion *companion,
                struct measuring *measuring);
/** All runs of a budget that has begun; its evidence holds what came of them. */
void step_measure(struct measuring *measuring);
/** Asks whether that was enough (--fail-fast). */
void step_end(struct running *running, size_t step);
/** Whether nothing is to be begun any more; the evidence says why. */
bool step_is_late(struct running *running, size_t step);
/** What is left of a budget that could not begin. */
const struct measurement *measurement_lost(struct arena *arena, const struct budget *budget,
                                           enum diag_code code, const char *problem);

/** Whether the caller's cancel_fd says so, now or earlier. */
bool cancel_seen(struct running *running);

/** alongside.c: a budget, and those that run alongside it: `count` steps from `first` on. */
void company_run(struct running *running, size_t first, size_t count);

#endif
