/** The main use case: load, plan, run, judge, report. No argv, no printing. */
#ifndef APP_CHECK_H
#define APP_CHECK_H

#include "app/outputs.h"
#include "budget/budget.h"
#include "run/run.h"

struct check_request {
    struct budget_request budget; /**< with its registry */
    struct probe_texts policy;    /**< trusted files that these may not be looser than; none */
    struct probe_texts allow_loosening; /**< ids of budgets that may be */
    struct outputs_request outputs;     /**< format and path of each report file */
    const char *against;                /**< folder of the checkout to compare with; NULL: none */
    const char *against_ref;            /**< revision to check out and compare with; NULL: none */
    uint64_t seed;                      /**< of the order inside pairs */
    const char *baseline;               /**< path of the report to compare with; NULL: none */
    unsigned jobs;                      /**< threads; 0: one a core */
    const char *cache;                  /**< folder of the cache; NULL: none */
    bool fail_fast;
    bool report_only; /**< broken and inconclusive limits do not make the exit code */
    struct verdict_options verdict;
    int cancel_fd;                                                 /**< readable: stop; -1: never */
    void (*observe)(void *context, const struct run_event *event); /**< may be NULL */
    void (*planned)(void *context,
                    const struct budget_set *set); /**< before the first run; may be NULL */
    void (*begun)(void *context,
                  const struct verdicts *verdicts); /**< after `planned`; may be NULL */
    /** Told while the growth of compressed bytes is taken apart; may be NULL. */
    void (*taking_apart)(void *context, size_t done, size_t total);
    void *observer;
};

/**
 * Measures and judges. `report` is filled when something ran, and then written to all outputs;
 * `report->set` stays NULL when nothing ran because of errors in `diags`. Returns the exit code of
 * the run.
 */
int check_run(struct arena *arena, const struct check_request *request, struct report *report,
              struct diags *diags);

#endif
