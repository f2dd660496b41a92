#include "verdict/judge.h"

#include <math.h>

#include "stats/eprocess.h"
#include "stats/events.h"
#include "stats/tails.h"

enum judge_method judge_method(const struct limit *limit, const struct probe_metric *metric,
                               bool rate) {
    if (metric->nature == PROBE_EXACT) return JUDGE_EXACT;
    if (limit->kind == LIMIT_WARN) return JUDGE_ESTIMATE;
    if (rate) return JUDGE_RATE;
    switch (limit->statistic.kind) {
    case STATISTIC_QUANTILE:
        return JUDGE_QUANTILE;
    case STATISTIC_MEAN:
        return JUDGE_MEAN;
    case STATISTIC_MIN:
    case STATISTIC_MAX:
    case STATISTIC_STDDEV:
    case STATISTIC_TOTAL:
    case STATISTIC_COUNT:
        break;
    }
    return JUDGE_DESCRIPTIVE;
}

/* Quantiles of a load are judged as they are under watch, as that is what knows of neighbours. */
static bool is_tested_once(enum sampling sampling, bool rate) {
    return sampling == SAMPLING_FIXED || (rate && sampling == SAMPLING_LOAD);
}

uint64_t judge_minimum(const struct limit *limit, const struct probe_metric *metric,
                       const struct proof *proof) {
    struct claim claim;
    if (claim_of(limit, metric, &claim)) return 0;
    switch (judge_method(limit, metric, proof->rate)) {
    case JUDGE_EXACT:
    case JUDGE_DESCRIPTIVE:
    case JUDGE_ESTIMATE:
        return 1;
    case JUDGE_MEAN:
        return JUDGE_BATCHES;
    case JUDGE_QUANTILE:
    case JUDGE_RATE:
        break;
    }
    double share = claim_share(limit, &claim, proof->rate);
    if (is_tested_once(proof->sampling, proof->rate)) return samples_to_prove(share, proof->alpha);
    uint64_t samples = eprocess_minimum(share, proof->alpha);
    return proof->rate ? events_needed(samples, EVENTS_STEP) : samples;
}

static bool all_finite(const double *samples, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(samples[i])) return false;
    return true;
}

/* An exact metric that differs between runs is judged by its worst, so that no order of runs makes
 * it pass. */
static double exact_value(const struct question *question, const struct series *series) {
    const struct limit *limit = question->limit;
    struct statistic worst = {question->claim.upper ? STATISTIC_MAX : STATISTIC_MIN, 0};
    if (series->n > 0) return (double)series->k / (double)series->n;
    return statistic_of(limit->statistical ? &limit->statistic : &worst, series->samples,
                        series->count);
}

static enum outcome compare(const struct question *question, double value) {
    if (claim_holds(&question->claim, value)) return OUTCOME_PASS;
    return question->limit->kind == LIMIT_WARN ? OUTCOME_WARN : OUTCOME_FAIL;
}

static void judge_exact(const struct question *question, const struct series *series,
                        struct answer *answer) {
    answer->observed = answer->low = answer->high = exact_value(question, series);
    answer->outcome = compare(question, answer->observed);
    answer->confidence = 1;
    answer->test.name = "exact";
}

static double estimate_of(const struct question *question, const struct series *series) {
    if (series->n > 0) return (double)series->k / (double)series->n;
    return series_statistic(series, &question->limit->statistic);
}

static void judge_estimate(const struct question *question, const struct series *series,
                           struct answer *answer) {
    answer->observed = estimate_of(question, series);
    answer->outcome = compare(question, answer->observed);
    answer->test = (struct verdict_test){.name = "descriptive", .n = series_count(series)};
}

/* Later runs can take a maximum and a minimum in one direction only. */
static bool more_runs_cannot_mend(const struct question *question) {
    enum statistic_kind kind = question->limit->statistic.kind;
    return question->claim.upper ? kind == STATISTIC_MAX : kind == STATISTIC_MIN;
}

/* Covers exactly the first runs, since the largest of more runs is a larger number. */
static void judge_descriptive(const struct question *question, const struct series *series,
                              struct answer *answer) {
    struct series first = *series;
    if (series->run_ends && series->runs > question->first_runs)
        first.count = series->run_ends[question->first_runs - 1];
    answer->test = (struct verdict_test){.name = "descriptive", .n = series_count(&first)};
    answer->observed = estimate_of(question, &first);
    answer->outcome = compare(question, answer->observed);
    if (first.count == 0) {
        answer->outcome = OUTCOME_ERROR;
        answer->problem = "no samples in the first runs";
    } else if (question->runs < question->first_runs &&
               !(answer->outcome == OUTCOME_FAIL && more_runs_cannot_mend(question))) {
        answer->outcome = OUTCOME_INCONCLUSIVE;
    }
}

/* Every sample lies between the edges, and so does every statistic of where they lie. */
static void judge_between(const struct question *question, const struct series *series,
                          struct answer *answer) {
    enum statistic_kind kind = question->limit->statistic.kind;
    double factor = kind == STATISTIC_TOTAL ? (double)series->count : 1;
    answer->observed = estimate_of(question, series);
    answer->test = (struct verdict_test){.name = "interval", .n = series->count};
    answer->outcome = OUTCOME_INCONCLUSIVE;
    if (kind == STATISTIC_STDDEV) return;
    answer->low = series->low * factor;
    answer->high = series->high * factor;
    answer->outcome = (series->at_low ? claim_judge : claim_judge_between)(
        &question->claim, answer->low, answer->high);
    if (isinf(answer->high)) answer->high = NAN;
}

static bool is_between(const struct question *question, const struct series *series) {
    const struct limit *limit = question->limit;
    bool counts = limit->statistical && limit->statistic.kind == STATISTIC_COUNT;
    return series->between && !counts && limit->kind != LIMIT_WARN;
}

static const char *problem_of(const struct series *series) {
    if (series->n > 0) return series->k > series->n ? "more events than trials" : NULL;
    if (series->count == 0) return "no samples";
    return all_finite(series->samples, series->count) ? NULL : "a value is not a finite number";
}

static struct answer answer_unbounded(const struct question *question) {
    return (struct answer){
        .outcome = compare(question, INFINITY),
        .observed = NAN,
        .headroom = NAN,
        .low = NAN,
        .high = NAN,
        .confidence = 1,
        .unbounded = true,
        .test = {.name = "exact"},
    };
}

/* One launch says nothing of the next. */
static void ask_for_two_runs(const struct question *question, struct answer *answer) {
    if (question->repeatable && question->runs < 2 && answer->outcome == OUTCOME_PASS)
        answer->outcome = OUTCOME_INCONCLUSIVE;
}

/* What the looks of a test that counts them may spend now. */
static struct question question_now(const struct question *question) {
    struct question now = *question;
    now.alpha_pass *= question->spent;
    now.alpha_fail *= question->spent;
    return now;
}

static void judge_tested(enum judge_method method, const struct question *question,
                         const struct series *series, struct answer *answer) {
    struct question now = question_now(question);
    bool rate = method == JUDGE_RATE, once = is_tested_once(question->sampling, rate);
    if (method == JUDGE_MEAN)
        judge_mean(&now, series, answer);
    else if (rate && once)
        judge_rate(&now, series, answer);
    else if (rate)
        judge_rate_sequential(question, series, answer);
    else if (once)
        judge_quantile(&now, series, answer);
    else
        judge_quantile_sequential(question, series, answer);
    ask_for_two_runs(question, answer);
}

struct answer judge_series(const struct question *question, const struct series *series) {
    if (series->unbounded) return answer_unbounded(question);
    struct answer answer = {
        .observed = NAN, .headroom = NAN, .low = NAN, .high = NAN, .confidence = NAN};
    answer.problem = problem_of(series);
    if (answer.problem) {
        answer.outcome = OUTCOME_ERROR;
        return answer;
    }
    enum judge_method method = judge_method(question->limit, question->metric, series->n > 0);
    if (is_between(question, series)) {
        judge_between(question, series, &answer);
        answer.headroom = claim_headroom(&question->claim, answer.observed);
        return answer;
    }
    switch (method) {
    case JUDGE_EXACT:
        judge_exact(question, series, &answer);
        break;
    case JUDGE_QUANTILE:
    case JUDGE_RATE:
    case JUDGE_MEAN:
        judge_tested(method, question, series, &answer);
        break;
    case JUDGE_DESCRIPTIVE:
        judge_descriptive(question, series, &answer);
        break;
    case JUDGE_ESTIMATE:
        judge_estimate(question, series, &answer);
        break;
    }
    if (!isfinite(answer.observed) && answer.outcome != OUTCOME_ERROR) {
        answer.outcome = OUTCOME_ERROR;
        answer.problem = "the statistic overflows";
    }
    answer.headroom = claim_headroom(&question->claim, answer.observed);
    return answer;
}
