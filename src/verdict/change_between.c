#include <math.h>

#include "base/text.h"
#include "verdict/change.h"
#include "verdict/row.h"

void row_take_change(struct verdict_row *row, const struct change *change) {
    row->baseline = change->baseline;
    row_take(row, &change->answer);
    row->change = change->ratio;
    row->change_low = change->low;
    row->change_high = change->high;
}

/* Whether a value keeps the limit with that baseline. */
static bool holds(const struct change_question *question, double head, double base) {
    struct claim claim = change_claim(question, base);
    return claim_holds(&claim, head);
}

/* What the limit allows rises and falls with the baseline in one direction, so the ends of both
 * intervals say all: it holds at every corner, or at none. */
static enum outcome decide_corners(const struct change_question *question,
                                   const struct change_side *head, const struct change_side *base) {
    if (isnan(head->low) || isnan(head->high) || isnan(base->low) || isnan(base->high))
        return OUTCOME_INCONCLUSIVE;
    unsigned kept = holds(question, head->low, base->low) + holds(question, head->low, base->high) +
                    holds(question, head->high, base->low) +
                    holds(question, head->high, base->high);
    return kept == 4 ? OUTCOME_PASS : kept == 0 ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
}

struct change change_between(const struct change_question *question, const struct change_side *head,
                             const struct change_side *base) {
    struct change change = change_begin(question, "intervals");
    change.answer.outcome = decide_corners(question, head, base);
    change.answer.observed = head->value;
    change.answer.test.alpha =
        change.answer.outcome == OUTCOME_FAIL ? question->alpha_fail : question->alpha_pass;
    change.baseline = base->value;
    change_headroom(question, &change);
    if (base->value != 0) change.ratio = (head->value - base->value) / fabs(base->value);
    bool positive = base->low > 0 && head->low >= 0;
    if (base->value == head->value && base->value == 0) change.ratio = 0;
    if (!positive || isnan(head->high) || isnan(base->high)) return change;
    change.low = head->low / base->high - 1;
    change.high = head->high / base->low - 1;
    return change;
}

/* The interval of one side, each end wrong with at most half of what the change may be: it takes
 * both sides to be right. */
static struct answer side_of(const struct change_question *question, const struct series *series,
                             bool upper, enum sampling sampling) {
    const struct question asked = {
        .limit = question->limit,
        .metric = question->metric,
        .claim = {.operator= LIMIT_AT_MOST, .upper = upper},
        .confidence = question->confidence,
        .alpha_pass = question->alpha_pass / 2,
        .alpha_fail = question->alpha_fail / 2,
        .spent = 1,
        .sampling = sampling,
        .operand = true,
        .runs = series->runs,
    };
    return judge_series(&asked, series);
}

struct change change_sides(const struct change_question *question, const struct series *head,
                           const struct series *base, enum sampling sampling) {
    bool lower = question->metric->better != PROBE_HIGHER;
    struct answer now = side_of(question, head, lower, sampling);
    struct answer then = side_of(question, base, !lower, sampling);
    struct change_side sides[] = {{now.observed, now.low, now.high},
                                  {then.observed, then.low, then.high}};
    struct change change = change_between(question, &sides[0], &sides[1]);
    change.answer.test.n = now.test.n < then.test.n ? now.test.n : then.test.n;
    change.answer.test.step = now.test.step > then.test.step ? now.test.step : then.test.step;
    change.answer.test.correlation = fmax(now.test.correlation, then.test.correlation);
    return change;
}
