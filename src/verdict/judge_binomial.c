#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/tails.h"
#include "verdict/judge_parts.h"

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
