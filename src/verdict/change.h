/** Earlier code against the code at hand: one limit on a change, values against values. */
#ifndef VERDICT_CHANGE_H
#define VERDICT_CHANGE_H

#include "verdict/judge.h"

/** Launches on either side below which a stored baseline decides nothing on a noisy metric. */
enum { CHANGE_LAUNCHES_MIN = 3 };

/** What is asked of a change. */
struct change_question {
    const struct limit
        *limit; /**< a regression or improvement; its own baseline is not looked at */
    const struct probe_metric *metric;
    double confidence;             /**< of the budget */
    double alpha_pass, alpha_fail; /**< error each side may make at this look */
    unsigned look;
};

/** Values by run, each one number. */
struct change_values {
    const double *head, *base;
    size_t head_count, base_count; /**< equal where they are pairs */
};

/** How it came out; low and high of the answer are not used. */
struct change {
    struct answer answer;    /**< outcome (INCONCLUSIVE: not decided), observed, headroom, test */
    double baseline;         /**< what observed is compared with, in the metric's unit */
    double ratio, low, high; /**< the change as a share of the baseline, and its interval; NaN */
    size_t zeros;            /**< values of 0 among those that were compared as ratios */
};

/**
 * Pairs of runs taken side by side in random order. Judged are the log ratios of each value to what
 * the bound makes of its partner, by the signed-rank test; the estimate is that of Hodges and
 * Lehmann. As the order inside each pair is a fair coin, signs are fair at the margin whatever the
 * machine does meanwhile, and the test keeps its level under any drift. Two zeros are no change;
 * one zero is a change without end; with negative values differences take the place of ratios.
 */
struct change change_paired(const struct change_question *question,
                            const struct change_values *values);

/** Values of two sessions: Welch's interval on the mean of their logarithms (of the values
 * themselves, where some are not positive). */
struct change change_stored(const struct change_question *question,
                            const struct change_values *values);

/** One side of a change as an interval; NaN: an open end. */
struct change_side {
    double value, low, high;
};

/**
 * Two values with their intervals, whatever they were made of: PASS where the limit holds with
 * every value of one and every baseline of the other, FAIL where with none. The ends have to be
 * such that both sides of a pass together are wrong with at most its alpha, and likewise of a fail.
 */
struct change change_between(const struct change_question *question, const struct change_side *head,
                             const struct change_side *base);

/** Two rates, or two sets of samples by the limit's statistic, by the intervals of both, alpha in
 * halves: by e-processes, which may be looked at as often as one likes with all of alpha, or by
 * exact tails, once, as judge_series has it. */
struct change change_sides(const struct change_question *question, const struct series *head,
                           const struct series *base, enum sampling sampling);

/** Takes what came of a change over into its row. */
void row_take_change(struct verdict_row *row, const struct change *change);

/* What the kinds of change share. */

/** Nothing decided yet. */
struct change change_begin(const struct change_question *question, const char *test);
/** The claim of the limit with that baseline. A share of 0 is 0: nothing may be added to it. */
struct claim change_claim(const struct change_question *question, double baseline);
/** Fills in headroom; what was observed and the baseline stand there. */
void change_headroom(const struct change_question *question, struct change *change);

/** Two values of an exact metric, compared as they are. */
struct change change_exact(const struct change_question *question, double head, double base);

#endif
