/** One claim against one series: the only place where samples meet alpha. */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "verdict/claim.h"

/** How a limit is judged; see the rules in judge.c. */
enum judge_method {
    JUDGE_EXACT,       /**< compared as is */
    JUDGE_QUANTILE,    /**< e-process, or exact binomial tails of fixed samples */
    JUDGE_RATE,        /**< likewise, k of n */
    JUDGE_MEAN,        /**< Student's t on batch means */
    JUDGE_DESCRIPTIVE, /**< of the first runs.min runs, compared as is */
    JUDGE_ESTIMATE,    /**< of all samples, compared as is: warnings on noisy metrics */
};
enum judge_method judge_method(const struct limit *limit, const struct probe_metric *metric,
                               bool rate);

/** Never a FAIL from fewer samples of a noisy metric, unless the claim makes what was seen
 * impossible. Descriptive statistics are what they are at any count. */
enum { JUDGE_FAIL_SAMPLES_MIN = 5 };
/** A bound is far from samples when it lies more than so many times as far from their median as the
 * outermost of them on that side. */
enum { JUDGE_FAR = 3 };
/** Batches of the t-test; fewer samples decide nothing. */
enum { JUDGE_BATCHES = 20 };

/** How a limit is to be proven. */
struct proof {
    bool rate;
    enum sampling sampling;
    double alpha; /**< over all looks */
};

/** What is asked of one series at one look. */
struct question {
    const struct limit *limit;
    const struct probe_metric *metric;
    struct claim claim;
    double confidence;             /**< of the budget */
    double alpha_pass, alpha_fail; /**< error each side may make over all looks */
    double spent;                  /**< share of it for this look, where a test counts looks */
    enum sampling sampling;
    bool repeatable; /**< the probe could have run again */
    bool operand;    /**< asked for its interval only; the claim is none */
    size_t step;     /**< how far apart samples must lie, as found so far */
    unsigned look;
    size_t first_runs; /**< how many runs a descriptive statistic covers */
    size_t runs;       /**< how many there are */
};

/** INCONCLUSIVE: not decided at this look. The fields are those of struct verdict_row. */
struct answer {
    enum outcome outcome;
    double observed, headroom, low, high, confidence;
    bool unbounded;
    struct verdict_test test;
    const char *problem; /**< of ERROR; static text */
};

/**
 * The seam of a look: decides from the samples so far, or not yet. Never PASS without a sample, and
 * never with one that is not a finite number.
 */
struct answer judge_series(const struct question *question, const struct series *series);

/** Whether a question about a quantile or rate is worth that: by counts alone, PASS or
 * FAIL where the evidence is there, though judge_series may still find the samples correlated. */
enum outcome judge_peek(const struct question *question, const struct series *series);

/** How many more samples it takes at the very least until judge_peek could decide, whatever they
 * are: 1 to `most` + 1, which stands for all that are more. Always 1 where a run may give more than
 * one sample. */
uint64_t judge_soonest(const struct question *question, const struct series *series, uint64_t most);

/** Samples beyond what the claim allows. */
uint64_t count_beyond(const struct claim *claim, const double *samples, size_t count);
/** Errors of the ends of the interval: the end that a claim is proven by has the error of a pass.
 */
double alpha_low(const struct question *question);
double alpha_high(const struct question *question);

/** Samples that prove the limit at alpha when nothing lies beyond; 0: no number can. */
uint64_t judge_minimum(const struct limit *limit, const struct probe_metric *metric,
                       const struct proof *proof);

/* The tests, by method and by whether their samples are fixed. Each fills outcome, observed, low,
 * high and test. */
void judge_quantile(const struct question *question, const struct series *series,
                    struct answer *answer);
void judge_rate(const struct question *question, const struct series *series,
                struct answer *answer);
void judge_quantile_sequential(const struct question *question, const struct series *series,
                               struct answer *answer);
void judge_rate_sequential(const struct question *question, const struct series *series,
                           struct answer *answer);
void judge_mean(const struct question *question, const struct series *series,
                struct answer *answer);

#endif
