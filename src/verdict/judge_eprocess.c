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
 *
 * A machine that is now faster and now slower, far within the limit, makes all samples of a stream
 * resemble each other for as long as it is so, and says nothing of what lies beyond the limit. So a
 * stream may also be judged as rates are: by the events alone that samples lie beyond, of which one
 * in ten counts at most. And where the limit lies far from all there was, nothing is thinned.
 *
 * Of a stream that was too long to be kept, all samples are counted in buckets, and one of each
 * `stride` is there in its order. The evidence of all comes from the buckets, where the one that
 * the bound lies in counts against passing and against failing. What lies between the samples kept
 * is not known to be uncorrelated, so those always have to decide likewise.
 */

static enum outcome decide_buckets(const struct question *question, double share,
                                   const struct buckets *whole) {
    const struct claim *claim = &question->claim;
    bool strict = claim->operator== LIMIT_BELOW || claim->operator== LIMIT_ABOVE;
    struct event_count least = {.n = buckets_count(whole)}, most = least;
    buckets_beyond(whole, (struct buckets_bound){claim->bound, claim->upper, strict}, &least.k,
                   &most.k);
    enum outcome outcome = eprocess_decide(question, share, most);
    return eprocess_decide(question, share, least) == outcome ? outcome : OUTCOME_INCONCLUSIVE;
}

/* Several samples a run. */
static bool is_stream(const struct series *series) {
    return series->count > series->runs;
}

static bool has_enough(const struct series *series, size_t step) {
    if (!is_stream(series)) return true;
    return series->count / step >= DEPENDENCE_SAMPLES;
}

/* Which samples count. Always from the first one on: a start that moved would try every one. */
struct thinning {
    size_t step;
    bool events; /* about every step-th, see events_apart */
};

static size_t kept_at(struct thinning thinning, size_t number) {
    return thinning.events ? events_needed(number + 1, thinning.step) - 1 : number * thinning.step;
}

static struct event_count count_kept(const struct stream *stream, struct thinning thinning) {
    struct event_count kept = {0};
    for (size_t i; (i = kept_at(thinning, kept.n)) < stream->count; kept.n++)
        kept.k += stream->beyond[i];
    return kept;
}

static bool *flags_of(const struct question *question, const struct series *series) {
    bool *beyond = malloc(series->count * sizeof *beyond);
    if (!beyond) memory_exhausted();
    for (size_t i = 0; i < series->count; i++)
        beyond[i] = !question->operand && !claim_holds(&question->claim, series->samples[i]);
    return beyond;
}

static enum outcome decide_whole(const struct question *question, const struct stream *stream,
                                 const struct series *series, double share) {
    if (series->whole) return decide_buckets(question, share, series->whole);
    return eprocess_decide(question, share, count_kept(stream, (struct thinning){1, false}));
}

/* Goes on from the step known to one at which the samples look exchangeable, as long as those still
 * decide as all of them did. */
static enum outcome decide_apart(const struct question *question, const struct stream *stream,
                                 enum outcome whole, struct verdict_test *test) {
    for (;;) {
        struct event_count kept = count_kept(stream, (struct thinning){test->step, false});
        if (eprocess_decide(question, test->share, kept) != whole) return OUTCOME_INCONCLUSIVE;
        size_t step = dependence_step(stream, test->step, &test->correlation);
        if (step <= test->step) return whole;
        if (step >= stream->count) return OUTCOME_INCONCLUSIVE;
        test->step = step;
    }
}

/* As a rate whose events are the samples beyond: a slice for each stretch of samples that all are,
 * or all are not. */
static enum outcome decide_events(const struct question *question, const struct stream *stream,
                                  enum outcome whole, struct verdict_test *test) {
    double *shares = malloc(stream->count * sizeof *shares);
    uint64_t *trials = calloc(stream->count, sizeof *trials);
    if (!shares || !trials) memory_exhausted();
    size_t slices = 0;
    for (size_t i = 0; i < stream->count; i++) {
        if (i == 0 || stream->beyond[i] != stream->beyond[i - 1])
            shares[slices++] = stream->beyond[i];
        trials[slices - 1]++;
    }
    const struct events events = {shares, trials, slices, false};
    enum outcome outcome = events_decide(question, &events, test);
    free(shares);
    free(trials);
    return outcome == whole ? whole : OUTCOME_INCONCLUSIVE;
}

/* Whether the bound lies so far from all samples that they would have to wander several times as
 * far as they were ever seen to: then it does not matter that they do. */
static bool is_far(const struct claim *claim, const struct series *series) {
    double middle = series_statistic(series, &(struct statistic){STATISTIC_QUANTILE, 0.5});
    double most = series_statistic(series, &(struct statistic){STATISTIC_MAX, 0});
    double least = series_statistic(series, &(struct statistic){STATISTIC_MIN, 0});
    double seen = claim->bound > middle ? most - middle : middle - least;
    return fabs(claim->bound - middle) > JUDGE_FAR * seen;
}

/* By the samples or, of a stream, by the events alone: whichever decides, or keeps more. */
static enum outcome decide(const struct question *question, const struct stream *stream,
                           const struct series *series, struct verdict_test *test,
                           struct thinning *thinning) {
    enum outcome whole = decide_whole(question, stream, series, test->share);
    *thinning = (struct thinning){test->step, false};
    if (whole == OUTCOME_INCONCLUSIVE) return whole;
    if (has_enough(series, 1) && is_far(&question->claim, series)) {
        *thinning = (struct thinning){1, false};
        test->step = 1;
        return whole;
    }
    size_t stride = series->whole ? series->stride : 1;
    size_t least = stride < EVENTS_STEP ? (EVENTS_STEP + stride - 1) / stride : 2;
    struct verdict_test alone = *test;
    if (alone.step < least) alone.step = least;
    enum outcome outcome = decide_apart(question, stream, whole, test);
    if (!has_enough(series, test->step)) outcome = OUTCOME_INCONCLUSIVE;
    *thinning = (struct thinning){test->step, false};
    if (outcome != OUTCOME_INCONCLUSIVE || !is_stream(series)) return outcome;
    outcome = decide_events(question, stream, whole, &alone);
    if (!has_enough(series, alone.step)) outcome = OUTCOME_INCONCLUSIVE;
    if (outcome == OUTCOME_INCONCLUSIVE && alone.step >= test->step) return outcome;
    alone.correlation = test->correlation;
    *test = alone;
    *thinning = (struct thinning){alone.step, true};
    return outcome;
}

struct ends {
    double low, high;
};

/* Samples in ascending order: one by one, or in buckets. */
struct ordered {
    const double *sorted;
    const struct buckets *whole; /* NULL: sorted */
    uint64_t count;
};

/* The sample of that rank, or the edge of its bucket away from the quantile. */
static double order_low(const struct ordered *ordered, uint64_t rank) {
    return ordered->whole ? buckets_rank(ordered->whole, rank).low : ordered->sorted[rank];
}

static double order_high(const struct ordered *ordered, uint64_t rank) {
    return ordered->whole ? buckets_rank(ordered->whole, rank).high : ordered->sorted[rank];
}

/* The order statistics between which the quantile lies: those bounds that neither count of samples
 * beyond them would prove or refute. */
static struct ends ends_of(const struct question *question, const struct ordered *ordered,
                           double share) {
    struct ends ends = {NAN, NAN};
    uint64_t most, least, count = ordered->count;
    bool proves = eprocess_most(count, share, question->alpha_pass, &most) && most < count;
    bool refutes = count >= JUDGE_FAIL_SAMPLES_MIN &&
                   eprocess_least(count, share, question->alpha_fail, &least);
    if (question->claim.upper) {
        if (proves) ends.high = order_high(ordered, count - most - 1);
        if (refutes) ends.low = order_low(ordered, count - least);
    } else {
        if (proves) ends.low = order_low(ordered, most);
        if (refutes) ends.high = order_high(ordered, least - 1);
    }
    return ends;
}

static struct ends ends_apart(const struct question *question, const struct series *series,
                              struct thinning thinning, double share) {
    double *kept = malloc(series->count * sizeof *kept);
    size_t count = 0;
    if (!kept) memory_exhausted();
    for (size_t i; (i = kept_at(thinning, count)) < series->count;)
        kept[count++] = series->samples[i];
    samples_sort(kept, count);
    struct ends ends = ends_of(question, &(struct ordered){kept, NULL, count}, share);
    free(kept);
    return ends;
}

/* Holds the intervals of all samples and of those kept, as a decision needs both. */
static void fill_interval(const struct question *question, const struct series *series,
                          struct thinning thinning, struct answer *answer) {
    if (!has_enough(series, thinning.step)) return;
    double share = answer->test.share;
    struct ends whole, kept;
    if (series->whole)
        whole = ends_of(
            question, &(struct ordered){NULL, series->whole, buckets_count(series->whole)}, share);
    else
        whole = ends_apart(question, series, (struct thinning){1, false}, share);
    kept = whole;
    if (thinning.step > 1 || series->whole) kept = ends_apart(question, series, thinning, share);
    if (!isnan(whole.low) && !isnan(kept.low)) answer->low = fmin(whole.low, kept.low);
    if (!isnan(whole.high) && !isnan(kept.high)) answer->high = fmax(whole.high, kept.high);
}

void judge_quantile_sequential(const struct question *question, const struct series *series,
                               struct answer *answer) {
    bool *beyond = flags_of(question, series);
    const struct stream stream = {series->samples, beyond, series->count, !is_stream(series)};
    struct verdict_test *test = &answer->test;
    const struct statistic *statistic = &question->limit->statistic;
    test->share = claim_share(question->limit, &question->claim, false);
    size_t stride = series->whole ? series->stride : 1;
    test->step = question->step > stride ? (question->step + stride - 1) / stride : 1;
    test->correlation = NAN;
    if (question->operand) test->step = dependence_step(&stream, test->step, &test->correlation);
    struct thinning thinning = {test->step, false};
    answer->outcome = OUTCOME_INCONCLUSIVE;
    if (!question->operand) answer->outcome = decide(question, &stream, series, test, &thinning);
    answer->observed = series_statistic(series, statistic);
    fill_interval(question, series, thinning, answer);
    eprocess_fill(question, count_kept(&stream, thinning), answer);
    test->step *= stride;
    free(beyond);
}

enum outcome judge_peek(const struct question *question, const struct series *series) {
    if (series->n > 0) return rate_peek(question, series);
    double share = claim_share(question->limit, &question->claim, false);
    if (series->whole) return decide_buckets(question, share, series->whole);
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
