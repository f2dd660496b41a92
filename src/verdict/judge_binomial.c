#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/tails.h"
#include "verdict/judge_parts.h"

/*
 * "Q_p <= b" says: at most a share 1 - p of samples lies beyond b. With K of n beyond, the claim is
 * proven when so few would be unlikely at just that share, P(Bin(n, 1 - p) <= K) <= alpha, and
 * refuted when so many would be, P(Bin(n, 1 - p) >= K) <= alpha (Clopper and Pearson 1934). Exact
 * for samples of any distribution, as long as they are exchangeable.
 */
enum outcome binomial_decide(const struct question *question, double share,
                             struct event_count count) {
    if (share < 0) return OUTCOME_FAIL;
    if (share >= 1) return OUTCOME_PASS;
    if (tail_within(binomial_lower(count.n, share, count.k), question->alpha_pass))
        return OUTCOME_PASS;
    double many = binomial_upper(count.n, share, count.k);
    bool enough = count.n >= JUDGE_FAIL_SAMPLES_MIN || many == 0;
    if (enough && tail_within(many, question->alpha_fail)) return OUTCOME_FAIL;
    return OUTCOME_INCONCLUSIVE;
}

void binomial_fill(const struct question *question, struct event_count kept,
                   struct answer *answer) {
    answer->test.name = "binomial";
    answer->test.n = kept.n;
    answer->test.k = kept.k;
    answer->test.look = question->look;
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
    struct event_count beyond = {series->count,
                                 count_beyond(&question->claim, series->samples, series->count)};
    answer->test.share = claim_share(question->limit, &question->claim, false);
    answer->outcome = binomial_decide(question, answer->test.share, beyond);
    binomial_fill(question, beyond, answer);
    quantile_interval(question, sorted, series->count, answer);
    free(sorted);
}
