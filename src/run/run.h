/** Running the probes: in which order, how often, how long, on which threads. Knows no probe and no
 * limit. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "base/thread.h"
#include "verdict/verdict.h"

enum run_event_kind { RUN_BUDGET_STARTED, RUN_PROGRESS, RUN_BUDGET_ENDED };

/** Told to the observer, one at a time, from any thread. */
struct run_event {
    enum run_event_kind kind;
    size_t budget;                         /**< index in the set */
    size_t position, total;                /**< this budget among those that run, from 1 */
    size_t runs, wanted;                   /**< runs done, and asked for so far */
    double elapsed;                        /**< seconds since the budget started */
    const struct measurement *measurement; /**< valid during the call; NULL at the start */
};

/** Another checkout to measure side by side: `--against`. */
struct run_base {
    const char *root;           /**< absolute */
    const char *head_root;      /**< absolute: the folder it stands in for */
    uint64_t seed;              /**< of the order inside pairs */
    struct verdict_base *bases; /**< by budget; filled in while running */
    /** Whether a budget is compared at all. */
    bool (*wanted)(void *context, size_t budget);
    /** Asked after the runs of a budget that is not compared, where one run says all: whether the
     * base is to be measured once, to say what changed. May be NULL. */
    bool (*explained)(void *context, size_t budget);
};

struct run_request {
    const struct budget_set *set;
    const struct run_base *base; /**< NULL: none; `wanted` then counts pairs of runs */
    struct thread_pool *pool;
    struct cache *cache; /**< what the budgets need not compute again; NULL: none */
    int cancel_fd;       /**< readable: end everything; -1: never */
    /** See verdicts_wanted. */
    size_t (*wanted)(void *context, size_t budget, const struct measurement *measurement);
    /** Asked after each budget: true ends the run early (--fail-fast). May be NULL. */
    bool (*enough)(void *context, size_t budget);
    void *context;
    void (*observe)(void *context, const struct run_event *event); /**< may be NULL */
    void *observer;
};

/** One line of the plan, for `check --list` and `explain`. */
struct run_step {
    size_t budget;
    bool quiet;  /**< alone on the machine, but for those during it */
    bool during; /**< alongside the first step of its wave */
    size_t wave; /**< steps of one wave run side by side, from 0 */
};

/**
 * The order budgets run in: what `after` demands first, then as written; budgets that are not quiet
 * before the quiet ones where nothing else orders them. Quiet are those that time something, start
 * processes or need a server; what runs during one shares its wave. Only selected and leaned-on
 * budgets with a probe.
 */
size_t run_plan(struct arena *arena, const struct budget_set *set, struct run_step **steps);

/**
 * Runs the plan: budgets that need no quiet side by side on the pool, quiet ones alone. `evidence`
 * has one element a budget of the set. A budget that fails is no failure of this call; its
 * measurement is missing. Returns false when cancelled; what was measured until then stands.
 */
bool run_execute(struct arena *arena, const struct run_request *request, struct evidence *evidence);

#endif
