#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/tails.h"
#include "verdict/judge.h"

/*
 * "Q_p <= b" says: at most a share 1 - p of samples lies beyond b. With K of n beyond, the claim is
 * proven when so few would be unlikely at just that share, P(Bin(n, 1 - p) <= K) <= alpha, and
 * refuted when so many would be, P(Bin(n, 1 - p) >= K) <= alpha (Clopper and Pearson 1934). Exact
 * for samples of any distribution, as long as they are exchangeable.
 */
static enum outcome binomial_decide(const struct question *question,
                                    const struct verdict_test *test) {
    if (test->share < 0) return OUTCOME_FAIL;
    if (test->share >= 1) return OUTCOME_PASS;
    if (tail_within(binomial_lower(test->n, test->share, test->k), question->alpha_pass))
        return OUTCOME_PASS;
    double many = binomial_upper(test->n, test->share, test->k);
    bool enough = test->n >= JUDGE_FAIL_SAMPLES_MIN || many == 0;
    if (enough && tail_within(many, question->alpha_fail)) return OUTCOME_FAIL;
    return OUTCOME_INCONCLUSIVE;
}

static void binomial_judge(const struct question *question, struct answer *answer) {
    answer->test.name = "binomial";
    answer->test.look = question->look;
    answer->outcome = binomial_decide(question, &answer->test);
    answer->test.alpha =
        answer->outcome == OUTCOME_FAIL ? question->alpha_fail : question->alpha_pass;
    answer->confidence = question->confidence;
}

double alpha_low(const struct question *question) {
    return question->claim.upper ? question->alpha_fail : question->alpha_pass;
}

double alpha_high(const struct question *question) {
    return question->claim.upper ? question->alpha_pass : question->alpha_fail;
}

/* The order statistics between which the quantile lies: the largest l with P(Bin(n, p) <= l - 1) <=
 * alpha and the smallest u with P(Bin(n, p) >= u) <= alpha (David and Nagaraja 2003, section 7.1).
 * The claim on the quantile is decided exactly when the interval lies on one side of the bound. */
static void quantile_interval(const struct question *question, const double *sorted, size_t count,
                              struct answer *answer) {
    double p = question->limit->statistic.p;
    size_t from = 0, to = count; /* l is in from..to, 0: none */
    while (from < to) {
        size_t middle = to - (to - from) / 2;
        if (tail_within(binomial_lower(count, p, middle - 1), alpha_low(question)))
            from = middle;
        else
            to = middle - 1;
    }
    if (from > 0) answer->low = sorted[from - 1];
    from = 1;
    to = count + 1; /* u is in from..to, count + 1: none */
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (tail_within(binomial_upper(count, p, middle), alpha_high(question)))
            to = middle;
        else
            from = middle + 1;
    }
    if (from <= count) answer->high = sorted[from - 1];
}

uint64_t count_beyond(const struct claim *claim, const double *samples, size_t count) {
    uint64_t beyond = 0;
    for (size_t i = 0; i < count; i++) beyond += !claim_holds(claim, samples[i]);
    return beyond;
}

void judge_quantile(const struct question *question, const struct series *series,
                    struct answer *answer) {
    double *sorted = malloc(series->count * sizeof *sorted);
    if (!sorted) memory_exhausted();
    memcpy(sorted, series->samples, series->count * sizeof *sorted);
    samples_sort(sorted, series->count);
    answer->observed = quantile_sorted(sorted, series->count, question->limit->statistic.p);
    answer->test.n = series->count;
    answer->test.k = count_beyond(&question->claim, series->samples, series->count);
    answer->test.share = claim_share(question->limit, &question->claim, false);
    binomial_judge(question, answer);
    quantile_interval(question, sorted, series->count, answer);
    free(sorted);
}

/* The share at which a tail of k of n equals alpha, by bisection; tails are monotone in the share.
 */
static double share_where(double (*tail)(uint64_t, double, uint64_t), const struct series *series,
                          double alpha, bool falling) {
    double low = 0, high = 1;
    for (int step = 0; step < 60; step++) {
        double middle = low + (high - low) / 2;
        if ((tail(series->n, middle, series->k) > alpha) == falling)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

void judge_rate(const struct question *question, const struct series *series,
                struct answer *answer) {
    const struct claim *claim = &question->claim;
    answer->observed = (double)series->k / (double)series->n;
    answer->test.n = series->n;
    answer->test.k = claim->upper ? series->k : series->n - series->k;
    answer->test.share = claim_share(question->limit, claim, true);
    binomial_judge(question, answer);
    answer->low =
        series->k == 0 ? 0 : share_where(binomial_upper, series, alpha_low(question), false);
    answer->high = series->k == series->n
                       ? 1
                       : share_where(binomial_lower, series, alpha_high(question), true);
}
