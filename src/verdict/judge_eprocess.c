#include <math.h>
#include <stdlib.h>

#include "stats/dependence.h"
#include "stats/eprocess.h"
#include "verdict/judge_parts.h"

/*
 * Quantiles under watch. A decision takes the evidence of all samples, and, where
 * neighbours in a stream (several samples a run) are correlated, that of every step-th as well: so
 * correlation can only withhold decisions, and the bound on wrong ones holds for exchangeable
 * samples whatever the step. How far apart samples must lie is looked at when a decision is at
 * hand; it only ever grows.
 */

enum outcome eprocess_decide(const struct question *question, double share,
                             struct event_count count) {
    if (share < 0) return OUTCOME_FAIL;
    if (share >= 1) return OUTCOME_PASS;
    if (share == 0) return count.k > 0 ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
    struct evidence_of_share evidence = eprocess(count.n, count.k, share);
    if (eprocess_proves(evidence.below, question->alpha_pass)) return OUTCOME_PASS;
    if (count.n >= JUDGE_FAIL_SAMPLES_MIN && eprocess_proves(evidence.above, question->alpha_fail))
        return OUTCOME_FAIL;
    return OUTCOME_INCONCLUSIVE;
}

/* Several samples a run. */
static bool is_stream(const struct series *series) {
    return series->count > series->runs;
}

static bool has_enough(const struct series *series, size_t step) {
    if (!is_stream(series)) return true;
    return series->count / step >= DEPENDENCE_SAMPLES;
}

/* Always from the first sample on: a start that moved would try every one of them. */
static struct event_count count_steps(const bool *beyond, size_t count, size_t step) {
    struct event_count kept = {0};
    for (size_t i = 0; i < count; i += step) {
        kept.n++;
        kept.k += beyond[i];
    }
    return kept;
}

static bool *flags_of(const struct question *question, const struct series *series) {
    bool *beyond = malloc(series->count * sizeof *beyond);
    if (!beyond) memory_exhausted();
    for (size_t i = 0; i < series->count; i++)
        beyond[i] = !question->operand && !claim_holds(&question->claim, series->samples[i]);
    return beyond;
}

/* Goes on from the step known to one at which the samples look exchangeable, as long as those still
 * decide. */
static enum outcome decide_apart(const struct question *question, const struct stream *stream,
                                 const struct series *series, struct verdict_test *test) {
    enum outcome whole =
        eprocess_decide(question, test->share, count_steps(stream->beyond, stream->count, 1));
    if (whole == OUTCOME_INCONCLUSIVE) return whole;
    for (;;) {
        struct event_count kept = count_steps(stream->beyond, stream->count, test->step);
        if (eprocess_decide(question, test->share, kept) != whole) return OUTCOME_INCONCLUSIVE;
        size_t step = dependence_step(stream, test->step, &test->correlation);
        if (step <= test->step) return has_enough(series, step) ? whole : OUTCOME_INCONCLUSIVE;
        if (step >= stream->count) return OUTCOME_INCONCLUSIVE;
        test->step = step;
    }
}

struct ends {
    double low, high;
};

/* The order statistics between which the quantile lies: those bounds that neither count of samples
 * beyond them would prove or refute. */
static struct ends ends_of(const struct question *question, const double *sorted, size_t count,
                           double share) {
    struct ends ends = {NAN, NAN};
    uint64_t most, least;
    bool proves = eprocess_most(count, share, question->alpha_pass, &most) && most < count;
    bool refutes = count >= JUDGE_FAIL_SAMPLES_MIN &&
                   eprocess_least(count, share, question->alpha_fail, &least);
    bool upper = question->claim.upper;
    if (proves) *(upper ? &ends.high : &ends.low) = sorted[upper ? count - most - 1 : most];
    if (refutes) *(upper ? &ends.low : &ends.high) = sorted[upper ? count - least : least - 1];
    return ends;
}

static struct ends ends_apart(const struct question *question, const struct series *series,
                              size_t step, double share) {
    double *kept = malloc(series->count * sizeof *kept);
    size_t count = 0;
    if (!kept) memory_exhausted();
    for (size_t i = 0; i < series->count; i += step) kept[count++] = series->samples[i];
    samples_sort(kept, count);
    struct ends ends = ends_of(question, kept, count, share);
    free(kept);
    return ends;
}

/* Holds the intervals of all samples and of those kept, as a decision needs both. */
static void fill_interval(const struct question *question, const struct series *series,
                          struct answer *answer) {
    if (!has_enough(series, answer->test.step)) return;
    struct ends whole = ends_apart(question, series, 1, answer->test.share), kept = whole;
    if (answer->test.step > 1)
        kept = ends_apart(question, series, answer->test.step, answer->test.share);
    if (!isnan(whole.low) && !isnan(kept.low)) answer->low = fmin(whole.low, kept.low);
    if (!isnan(whole.high) && !isnan(kept.high)) answer->high = fmax(whole.high, kept.high);
}

void eprocess_fill(const struct question *question, struct event_count kept,
                   struct answer *answer) {
    struct verdict_test *test = &answer->test;
    test->name = "e-process";
    test->n = kept.n;
    test->k = kept.k;
    test->runs = question->runs;
    test->alpha = answer->outcome == OUTCOME_FAIL ? question->alpha_fail : question->alpha_pass;
    answer->confidence = question->confidence;
    if (!(test->share > 0 && test->share < 1)) return;
    struct evidence_of_share evidence = eprocess(kept.n, kept.k, test->share);
    test->log_pass = evidence.below;
    test->log_fail = evidence.above;
}

void judge_quantile_sequential(const struct question *question, const struct series *series,
                               struct answer *answer) {
    bool *beyond = flags_of(question, series);
    const struct stream stream = {series->samples, beyond, series->count, !is_stream(series)};
    struct verdict_test *test = &answer->test;
    const struct statistic *statistic = &question->limit->statistic;
    test->share = claim_share(question->limit, &question->claim, false);
    test->step = question->step > 0 ? question->step : 1;
    test->correlation = NAN;
    answer->outcome = OUTCOME_INCONCLUSIVE;
    if (question->operand) test->step = dependence_step(&stream, test->step, &test->correlation);
    if (!question->operand) answer->outcome = decide_apart(question, &stream, series, test);
    answer->observed = statistic_of(statistic, series->samples, series->count);
    fill_interval(question, series, answer);
    eprocess_fill(question, count_steps(beyond, series->count, test->step), answer);
    free(beyond);
}

enum outcome judge_peek(const struct question *question, const struct series *series) {
    if (series->n > 0) return rate_peek(question, series);
    double share = claim_share(question->limit, &question->claim, false);
    size_t step = question->step > 0 ? question->step : 1;
    if (!has_enough(series, step)) return OUTCOME_INCONCLUSIVE;
    struct event_count whole = {series->count,
                                count_beyond(&question->claim, series->samples, series->count)};
    enum outcome outcome = eprocess_decide(question, share, whole);
    if (step == 1 || outcome == OUTCOME_INCONCLUSIVE) return outcome;
    struct event_count kept = {0};
    for (size_t i = 0; i < series->count; i += step, kept.n++)
        kept.k += !claim_holds(&question->claim, series->samples[i]);
    return eprocess_decide(question, share, kept) == outcome ? outcome : OUTCOME_INCONCLUSIVE;
}
