/** What a verdict is: outcomes, the test behind one, and the row that a bound becomes. */
#ifndef VERDICT_OUTCOME_H
#define VERDICT_OUTCOME_H

#include "budget/budget.h"
#include "verdict/base.h"

/** By gravity, so that the worst is the maximum. */
enum outcome {
    OUTCOME_SKIPPED,
    OUTCOME_PASS,
    OUTCOME_WARN,
    OUTCOME_WAIVED,
    OUTCOME_INCONCLUSIVE,
    OUTCOME_FAIL,
    OUTCOME_ERROR,
};
enum { OUTCOME_COUNT = OUTCOME_ERROR + 1 };
extern const char *const outcome_words[]; /**< "skipped", "pass", ... */

/** How it was settled how many samples there are. */
enum sampling {
    SAMPLING_WATCHED, /**< by the samples themselves, looked at after every run */
    SAMPLING_FIXED,   /**< beforehand, each sample on its own: `runs: N`, files */
    SAMPLING_LOAD,    /**< beforehand, as a stream, whose neighbours may resemble each other */
};
enum sampling budget_sampling(const struct budget *budget);

/** What a decision rests on; enough for `judge` to reach it again. Unused numbers are NaN or 0. */
struct verdict_test {
    const char *name; /**< "exact", "binomial", "e-process", "student", "descriptive", "interval",
                         or NULL: none was made */
    uint64_t n, k;    /**< binomial, e-process: samples kept, and how many lay beyond the bound */
    double share;     /**< binomial, e-process: the share allowed beyond */
    double alpha;     /**< error spent on each side at the deciding look; e-process: over all */
    unsigned look;    /**< which look decided, from 1; 0: samples fixed beforehand */
    double log_pass, log_fail; /**< e-process: ln of the evidence for either verdict */
    size_t step;               /**< e-process: one in so many counts, as neighbours correlate */
    double correlation;        /**< e-process: of neighbours, where it was looked at; NaN */
    size_t runs;               /**< e-process: runs at the deciding look */
    double mean, error;        /**< student: mean of batches and its standard error */
    uint64_t batches;          /**< student */
};

/** One label a pattern row matched. */
struct verdict_match {
    const char *label;
    double observed, headroom;
    enum outcome outcome;
};
enum { VERDICT_WORST_MAX = 10 };

/** One row: one bound of one limit. */
struct verdict_row {
    const struct limit *limit;
    enum verdict_basis basis; /**< of a regression; NONE: its written baseline */
    enum outcome outcome;     /**< the verdict */
    enum outcome effect;      /**< after severity and on_inconclusive; the exit code follows it */
    bool decided;             /**< final: later looks do not touch it */
    size_t step;              /**< private: how far apart samples must lie, so far */
    double observed;          /**< the statistic's estimate; NaN: none */
    bool unbounded;           /**< observed has no bound */
    double headroom;   /**< share of the bound, positive is good; NaN at a bound of 0 or without
                          estimate */
    double low, high;  /**< interval of the deciding look, each end wrong with at most test.alpha;
                          NaN: open end or none */
    double confidence; /**< 1 - the chance of a wrong pass, and of a wrong fail, over all looks:
                          the budget's; 1 for exact, NaN for descriptive */
    struct verdict_test test;
    const char *pattern; /**< the label pattern as written in the key, or NULL */
    size_t matched, broken;
    struct verdict_match worst[VERDICT_WORST_MAX]; /**< for a pattern row, the worst first */
    size_t worst_count;
    double baseline, change;        /**< regressions; NaN: none */
    double change_low, change_high; /**< its interval at test.alpha; NaN */
    const char *reason; /**< "23.5 % over", "nothing matched", ... one phrase; never NULL after
                           verdicts_finish */
    const char *settle; /**< what would settle it: "about 140 more runs"; NULL */
    bool needless;      /**< a waived bound whose original would have passed too */
};

struct budget_verdict {
    const struct budget *budget;
    struct verdict_row *rows;
    size_t count;
    enum outcome outcome, effect; /**< worst of the rows; SKIPPED where there are none */
};

#endif
