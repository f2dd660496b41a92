/** Verdicts: measured samples against limits, as pure functions of their arguments. */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include "verdict/outcome.h"

/** What was measured for one budget. */
struct evidence {
    const struct measurement *measurement; /**< NULL: of, derive, or not run */
    bool started;                          /**< false: never begun (cancelled, --fail-fast) */
    const char
        *stopped; /**< why sampling ended before a decision: "time limit", "runs.max", NULL */
};

struct verdict_options {
    bool require_baseline; /**< a regression without baseline is an error, not skipped */
    enum verdict_basis basis;
    const struct verdict_base *bases; /**< by budget of the set; NULL with BASIS_NONE */
    const char *incomparable; /**< why times of the stored report cannot be compared with this
                                 run's, one phrase; NULL: they can */
    double waited_then; /**< share of the stored report's run that some task waited for a processor
                           (PSI), 0..1; 0 and NaN: not known */
    double waited_now;  /**< the same of this run; known, and set, before verdicts_finish */
};

/** All verdicts of a run. Holds decisions between looks; one budget is only ever looked at by one
 * thread. */
struct verdicts {
    struct arena *arena;
    const struct budget_set *set;
    struct verdict_options options;
    struct budget_verdict *budgets;     /**< by budget of the set */
    struct verdict_schedule *schedules; /**< private: look plans by budget */
    struct against *against;            /**< private: what is compared with a base, by budget */
    enum outcome outcome, effect;       /**< of the whole run; an all-skipped run is ERROR */
    size_t summary[OUTCOME_COUNT];      /**< rows by verdict */
};

void verdicts_begin(struct verdicts *verdicts, struct arena *arena, const struct budget_set *set,
                    struct verdict_options options);

/**
 * Rules that the fields of a row do not show. Tests never FAIL a row on fewer than 5 samples,
 * unless the bound makes what was seen impossible; descriptive statistics are compared as they are
 * at any count. Of an exact metric that differs between runs the worst value counts. A pattern with
 * m labels spends alpha / m on failing each and alpha on passing each, as a wrong pass takes all of
 * them. Means are judged from 20 samples (fixed) or 60 (first look) on, with Hall's correction of
 * Student's t for skew samples. Limits on noisy metrics pass only with samples from two runs or
 * more, unless the probe says everything in one (PROBE_ONCE): one launch is no sample of
 * launches. Rows of a budget whose measurement failed are ERROR, whatever was
 * decided before. A waived bound that holds is WAIVED, or PASS and `needless` where the original
 * would pass.
 */

/**
 * How many runs budget `index` should have had in total before being asked again; 0: stop sampling.
 * Asked with measurement NULL before the first run, then whenever that many runs are done. Looks at
 * the rows of the budget and of all that lean on it, and decides what can be decided: exact rows at
 * once; quantiles and rates by e-processes after every run (every hundredth where samples are
 * many); means at looks of doubling size with alpha/2, alpha/4, ... spent on each; fixed runs by
 * the exact tails, all of alpha at once. Never asks for more than runs.max. Thread-safe for
 * different budgets.
 */
size_t verdicts_wanted(struct verdicts *verdicts, size_t index,
                       const struct measurement *measurement);

/** After the last run, once: decides the rest, derived budgets, waivers, effects, reasons and the
 * summary, and frees what looks have kept. */
void verdicts_finish(struct verdicts *verdicts, const struct evidence *evidence);

/** Whether any row that judges the measurement of budget `index` is broken so far, warnings
 * included. */
bool verdicts_crossed(const struct verdicts *verdicts, size_t index);

/** Whether any row of the budget has come out as fail (severity fail) or error so far, or its
 * measurement failed (for --fail-fast). */
bool verdicts_broken(const struct verdicts *verdicts, size_t index);

/**
 * Smallest number of samples with which a limit can be proven at that confidence when nothing goes
 * wrong, by the judging code itself; 1 for exact metrics, 0 if it can never be proven (error_rate:
 * 0; a noisy ratio judged by its mean counts as a rate, its minimum in trials). Fixed samples, and
 * rates of a load, are judged at once; others take what their e-process needs.
 */
uint64_t verdict_minimum(const struct limit *limit, const struct probe_metric *metric,
                         double confidence, enum sampling sampling);

/** Exit code of outcomes alone: 0 pass (also warn, waived), 1 fail, 3 error, 6 inconclusive. */
int outcome_exit_code(enum outcome effect);

#endif
