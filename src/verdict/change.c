#include "verdict/change.h"

#include <math.h>
#include <string.h>

#include "stats/signed_rank.h"
#include "stats/tails.h"
#include "stats/welch.h"

/* Stands for a ratio without end: far beyond the logarithm of any double, yet finite. */
static const double ENDLESS = 1e4;

struct change change_begin(const struct change_question *question, const char *test) {
    return (struct change){
        .answer = {.outcome = OUTCOME_INCONCLUSIVE,
                   .observed = NAN,
                   .headroom = NAN,
                   .low = NAN,
                   .high = NAN,
                   .confidence = question->confidence,
                   .test = {.name = test, .look = question->look}},
        .baseline = NAN,
        .ratio = NAN,
        .low = NAN,
        .high = NAN,
    };
}

struct claim change_claim(const struct change_question *question, double baseline) {
    struct limit limit = *question->limit;
    struct claim claim = {0};
    limit.has_baseline = true;
    limit.baseline = baseline;
    if (claim_of(&limit, question->metric, &claim)) {
        limit.relative = false;
        limit.bound = 0;
        claim_of(&limit, question->metric, &claim);
    }
    return claim;
}

static double middle_of(struct arena *scratch, const double *values, size_t count) {
    double *sorted = arena_alloc(scratch, (count + 1) * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    samples_sort(sorted, count);
    return quantile_sorted(sorted, count, 0.5);
}

static double least_of(const struct change_values *values) {
    double least = INFINITY;
    for (size_t i = 0; i < values->head_count; i++) least = fmin(least, values->head[i]);
    for (size_t i = 0; i < values->base_count; i++) least = fmin(least, values->base[i]);
    return least;
}

static double log_ratio(double above, double below) {
    if (above <= 0 && below <= 0) return 0;
    if (below <= 0) return ENDLESS;
    if (above <= 0) return -ENDLESS;
    return fmax(-ENDLESS, fmin(ENDLESS, log(above / below)));
}

/* How far a value lies beyond what its partner allows; positive is broken. */
static double excess(const struct change_question *question, double head, double base,
                     bool ratios) {
    struct claim claim = change_claim(question, base);
    double over = claim.upper ? head - claim.bound : claim.bound - head;
    if (!ratios) return over;
    if (head == 0 && base == 0 && over == 0) return -ENDLESS; /* nothing became nothing */
    return claim.upper ? log_ratio(head, claim.bound) : log_ratio(fmax(claim.bound, 0), head);
}

static void take_signs(const struct change_question *question, const double *excesses, size_t count,
                       struct change *change) {
    struct verdict_test *test = &change->answer.test;
    bool fails = tail_within(signed_rank_upper(excesses, count), question->alpha_fail);
    bool passes = tail_within(signed_rank_lower(excesses, count), question->alpha_pass);
    test->n = count;
    test->alpha = fails ? question->alpha_fail : question->alpha_pass;
    if (passes) change->answer.outcome = OUTCOME_PASS;
    if (fails && count >= JUDGE_FAIL_SAMPLES_MIN) change->answer.outcome = OUTCOME_FAIL;
}

/* The size of the change, whatever the margin. */
static void estimate_pairs(struct arena *scratch, const struct change_values *values, bool ratios,
                           double alpha, struct change *change) {
    size_t count = values->head_count;
    double *sorted = arena_alloc(scratch, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = ratios ? log_ratio(values->head[i], values->base[i])
                           : values->head[i] - values->base[i];
    samples_sort(sorted, count);
    struct rank_interval interval = hodges_lehmann_interval(sorted, count, alpha);
    double middle = hodges_lehmann(sorted, count), scale = fabs(change->baseline);
    change->ratio = ratios ? expm1(middle) : middle / scale;
    change->low = ratios ? expm1(interval.low) : interval.low / scale;
    change->high = ratios ? expm1(interval.high) : interval.high / scale;
}

static size_t zeros_among(const struct change_values *values) {
    size_t zeros = 0;
    for (size_t i = 0; i < values->head_count; i++) zeros += values->head[i] == 0;
    for (size_t i = 0; i < values->base_count; i++) zeros += values->base[i] == 0;
    return zeros;
}

void change_headroom(const struct change_question *question, struct change *change) {
    struct claim claim = change_claim(question, change->baseline);
    change->answer.headroom = claim_headroom(&claim, change->answer.observed);
}

struct change change_paired(const struct change_question *question,
                            const struct change_values *values) {
    struct change change = change_begin(question, "signed-rank");
    size_t count = values->head_count;
    if (count == 0) return change;
    struct arena *scratch = arena_new();
    bool ratios = least_of(values) >= 0;
    double *excesses = arena_alloc(scratch, count * sizeof *excesses);
    for (size_t i = 0; i < count; i++)
        excesses[i] = excess(question, values->head[i], values->base[i], ratios);
    change.baseline = middle_of(scratch, values->base, count);
    change.answer.observed = middle_of(scratch, values->head, count);
    if (ratios) change.zeros = zeros_among(values);
    take_signs(question, excesses, count, &change);
    estimate_pairs(scratch, values, ratios, fmin(question->alpha_pass, question->alpha_fail),
                   &change);
    change_headroom(question, &change);
    arena_free(scratch);
    return change;
}

/* Welch on one scale: `limit` is how large a difference the limit allows on it. */
static void decide_welch(const struct change_question *question, const struct welch *welch,
                         const struct claim *claim, double limit, struct change *change) {
    double pass = welch_margin(welch, question->alpha_pass);
    double fail = welch_margin(welch, question->alpha_fail);
    double inside = claim->upper ? limit - welch->difference : welch->difference - limit;
    size_t fewest = change->answer.test.n;
    change->answer.test.alpha = question->alpha_pass;
    if (inside - pass > 0) change->answer.outcome = OUTCOME_PASS;
    if (inside + fail < 0 && fewest >= JUDGE_FAIL_SAMPLES_MIN) {
        change->answer.outcome = OUTCOME_FAIL;
        change->answer.test.alpha = question->alpha_fail;
    }
}

static const double *logarithms(struct arena *scratch, const double *values, size_t count) {
    double *logs = arena_alloc(scratch, count * sizeof *logs);
    for (size_t i = 0; i < count; i++) logs[i] = log(values[i]);
    return logs;
}

static void stored_ratios(struct arena *scratch, const struct change_question *question,
                          const struct change_values *values, struct change *change) {
    const double *base = logarithms(scratch, values->base, values->base_count);
    const double *head = logarithms(scratch, values->head, values->head_count);
    struct welch welch = welch_of(head, values->head_count, base, values->base_count);
    double typical = exp(samples_mean(base, values->base_count));
    struct claim claim = change_claim(question, typical);
    double margin = welch_margin(&welch, fmin(question->alpha_pass, question->alpha_fail));
    change->ratio = expm1(welch.difference);
    change->low = expm1(welch.difference - margin);
    change->high = expm1(welch.difference + margin);
    /* a bound of 0 or less, where higher is better, allows every loss */
    double limit = claim.bound > 0 ? log(claim.bound / typical) : -ENDLESS;
    decide_welch(question, &welch, &claim, limit, change);
}

static void stored_differences(const struct change_question *question,
                               const struct change_values *values, struct change *change) {
    struct welch welch =
        welch_of(values->head, values->head_count, values->base, values->base_count);
    double typical = samples_mean(values->base, values->base_count), scale = fabs(typical);
    struct claim claim = change_claim(question, typical);
    double margin = welch_margin(&welch, fmin(question->alpha_pass, question->alpha_fail));
    change->ratio = welch.difference == 0 ? 0 : welch.difference / scale;
    if (scale > 0) {
        change->low = (welch.difference - margin) / scale;
        change->high = (welch.difference + margin) / scale;
    }
    decide_welch(question, &welch, &claim, claim.bound - typical, change);
    bool nothing = welch.difference == 0 && welch.error == 0 && claim.bound >= typical;
    if (nothing && claim.upper) change->answer.outcome = OUTCOME_PASS;
}

struct change change_stored(const struct change_question *question,
                            const struct change_values *values) {
    struct change change = change_begin(question, "welch");
    size_t head = values->head_count, base = values->base_count;
    if (head == 0 || base == 0) return change;
    struct arena *scratch = arena_new();
    change.baseline = middle_of(scratch, values->base, base);
    change.answer.observed = middle_of(scratch, values->head, head);
    change.ratio = change.baseline != 0 ? change.answer.observed / change.baseline - 1 : NAN;
    change.answer.test.n = head < base ? head : base;
    if (head >= CHANGE_LAUNCHES_MIN && base >= CHANGE_LAUNCHES_MIN) {
        if (least_of(values) > 0) {
            stored_ratios(scratch, question, values, &change);
        } else {
            change.zeros = zeros_among(values);
            stored_differences(question, values, &change);
        }
    }
    change_headroom(question, &change);
    arena_free(scratch);
    return change;
}

struct change change_exact(const struct change_question *question, double head, double base) {
    struct change change = change_begin(question, "exact");
    struct claim claim = change_claim(question, base);
    change.answer.observed = head;
    change.answer.confidence = 1;
    change.baseline = base;
    change.ratio = head == base ? 0 : base != 0 ? (head - base) / fabs(base) : NAN;
    change.answer.outcome = claim_holds(&claim, head) ? OUTCOME_PASS : OUTCOME_FAIL;
    change_headroom(question, &change);
    return change;
}
