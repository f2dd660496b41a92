/** One probe at work on one budget: the host's side of probe.h. */
#ifndef PROBE_SESSION_H
#define PROBE_SESSION_H

#include "base/thread.h"
#include "probe/cache.h"
#include "probe/metric.h"

struct session;

/** What the host measures itself around each run. */
struct session_beside {
    void *context;
    void (*before)(void *context);
    /** May call session_add and session_blame. */
    void (*after)(void *context, struct session *session);
};

/** The budget that this one runs alongside; see `during` of probe.h. */
struct session_company {
    void *context;
    enum probe_company (*wait)(void *context, struct probe_run *run, double *seconds);
};

/** What a probe is given for one budget. */
struct session_plan {
    const struct probe *probe;
    const void *config; /**< bound options */
    struct probe_texts targets;
    const char *directory, *root; /**< absolute; root NULL: anything goes */
    const struct metrics *metrics;
    const bool *wanted;         /**< by metric number; NULL: all */
    const bool *explaining;     /**< by metric number: not wanted but as a part; NULL: none */
    struct thread_pool *pool;   /**< for parallel(); NULL: the caller's thread alone */
    struct cache *cache;        /**< for recall(); NULL: nothing is known */
    int cancel_fd;              /**< -1: never */
    struct place place;         /**< of the budget, for problems */
    const char *id;             /**< of the budget, for problems */
    struct probe_pairs secrets; /**< values that no message, label or method may show */
    const struct session_beside *beside;   /**< NULL: nothing */
    const struct session_company *company; /**< NULL: none; while checking only that is looked at */
    double timeout, time_limit;            /**< seconds: the budget's */
    size_t runs; /**< most runs there will be; of a stream more than 1 are kept sample by sample */
};

/**
 * Runs the probe's check() with `config`, and fills `metrics` with the probe's table and what it
 * declares. Called while the budget file is loaded; measures nothing. Errors go to `diags` at
 * plan->place.
 */
bool session_check(struct arena *arena, const struct session_plan *plan, struct metrics *metrics,
                   struct diags *diags);

/** Opens the probe. NULL never; a failed open shows in session_failed. `arena` holds everything
 * until the end. */
struct session *session_open(struct arena *arena, const struct session_plan *plan);
/** One run, to be over by `deadline` (clock_now). False: the budget failed, no further run. */
bool session_run(struct session *session, uint64_t deadline);
/** Runs that are wanted after the next one whatever it gives; see ahead() of probe.h. */
struct session_ahead {
    uint64_t runs, begin_by; /**< begin_by: clock_now */
};
/** As session_run, with runs ahead, some, all or none of which the probe may do as well: the
 * measurement says how many there are. Not where something is measured beside. */
bool session_run_ahead(struct session *session, uint64_t deadline,
                       const struct session_ahead *ahead);
/** One sample of the run under way, of a metric that is the host's own. */
void session_add(struct session *session, uint32_t metric, double value);
/** Ends the budget with an error; also after it failed, since it may be why. */
void session_blame(struct session *session, enum diag_code code, const char *message);
bool session_failed(const struct session *session);
/** What has been measured so far; borrowed, changes with the next run. */
const struct measurement *session_measurement(const struct session *session);
/** Closes the probe; the measurement stays valid in the arena. */
void session_close(struct session *session);

#endif
