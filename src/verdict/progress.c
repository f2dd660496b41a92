#include "verdict/progress.h"

#include <math.h>

#include "base/text.h"
#include "verdict/against.h"
#include "verdict/change.h"
#include "verdict/reason.h"
#include "verdict/row.h"

/* What is asked of one open row: all that its kinds differ in. */
struct distance {
    double share;     /* of what a decision takes */
    double runs_more; /* NaN: hardly any number */
};

/* By logarithms, as evidence grows in proportion to samples. */
static struct distance distance_of_evidence(const struct verdict_test *test, size_t runs) {
    double most = fmax(test->log_pass, test->log_fail) / -log(test->alpha);
    struct distance distance = {.share = fmin(fmax(most, 0), 1), .runs_more = NAN};
    if (test->n > 0)
        distance.runs_more =
            ceil((settle_count(test) - (double)test->n) * (double)runs / (double)test->n);
    return distance;
}

/* An interval has to shrink from half its width until it fits between the estimate and the bound,
 * which takes the square of that in samples. */
static struct distance distance_of_interval(double half, double apart, size_t runs) {
    struct distance distance = {NAN, NAN};
    if (!(half > 0) || !isfinite(half) || !isfinite(apart)) return distance;
    double share = apart / half * (apart / half);
    distance.share = fmin(share, 1);
    if (apart > 0) distance.runs_more = ceil((double)runs / share) - (double)runs;
    return distance;
}

/* No decision comes before the next look. */
static void wait_for_look(struct distance *distance, size_t look_at, size_t runs) {
    double least = look_at > runs ? (double)(look_at - runs) : 1;
    if (!isnan(distance->runs_more)) distance->runs_more = fmax(distance->runs_more, least);
}

/* What is further from its decision. */
static bool further(double share, const struct verdict_progress *than) {
    return !than->limit || (!isnan(share) && (isnan(than->share) || share < than->share));
}

static void take(struct verdict_progress *progress, const struct verdict_row *row,
                 struct distance distance) {
    bool change = row->basis != BASIS_NONE;
    progress->open++;
    if (!further(distance.share, progress)) return;
    progress->limit = row->limit;
    progress->change = change;
    progress->unit = change ? PROBE_RATIO : row->limit->unit;
    progress->samples = row->test.n;
    progress->observed = change ? row->change : row->observed;
    progress->low = change ? row->change_low : row->low;
    progress->high = change ? row->change_high : row->high;
    progress->share = distance.share;
    progress->runs_more = distance.runs_more;
}

static struct distance distance_of_mean(const struct need *need, const struct verdict_row *row,
                                        size_t runs) {
    struct claim claim;
    struct distance none = {NAN, NAN};
    if (claim_of(row->limit, need->metric, &claim)) return none;
    return distance_of_interval((row->high - row->low) / 2, fabs(row->observed - claim.bound),
                                runs);
}

/* A mean is looked at as its next look will: with the share of alpha that one may spend. */
static void look_at_mean(const struct verdicts *verdicts, size_t index, const struct need *need,
                         const struct measurement *measurement, struct verdict_progress *progress) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    struct verdict_row row = *need->row;
    struct arena *scratch = arena_new();
    struct row_look look = row_look_now(verdicts, index, need, measurement, scratch);
    look.spent = ldexp(FIRST_LOOK_SHARE, -(int)schedule->look);
    row_look(&row, &look);
    bool mean = text_equal(row.test.name, "student");
    if (mean) {
        struct distance distance = distance_of_mean(need, &row, measurement->runs);
        wait_for_look(&distance, schedule->look_at, measurement->runs);
        take(progress, &row, distance);
    }
    arena_free(scratch);
}

static void look_at_evidence(const struct verdicts *verdicts, size_t index, const struct need *need,
                             const struct measurement *measurement,
                             struct verdict_progress *progress) {
    struct verdict_row row = *need->row;
    struct arena *scratch = arena_new();
    struct row_look look = row_look_now(verdicts, index, need, measurement, scratch);
    row_look(&row, &look);
    if (row.outcome == OUTCOME_INCONCLUSIVE && text_equal(row.test.name, "e-process"))
        take(progress, &row, distance_of_evidence(&row.test, measurement->runs));
    arena_free(scratch);
}

static struct distance distance_of_change(const struct against_row *against,
                                          const struct verdict_row *row, size_t runs) {
    const struct change_question question = {
        .limit = row->limit, .metric = against->budget->metrics.items[row->limit->metric]};
    double allowed = change_claim(&question, row->baseline).bound / row->baseline - 1;
    double half = (log1p(row->change_high) - log1p(row->change_low)) / 2;
    return distance_of_interval(half, fabs(log1p(row->change) - log1p(allowed)), runs);
}

/* Pairs as their next look will see them. */
static void look_at_change(const struct verdicts *verdicts, size_t index,
                           const struct against_row *against, const struct measurement *measurement,
                           struct verdict_progress *progress) {
    const struct against *all = &verdicts->against[index];
    struct verdict_row row = *against->row;
    struct arena *scratch = arena_new();
    const struct against_look look = {
        .measurement = measurement,
        .base = &verdicts->options.bases[index],
        .basis = verdicts->options.basis,
        .incomparable = verdicts->options.incomparable,
        .share = 1.0 / all->looks,
        .look = all->look + 1,
        .repeatable = budget_is_repeatable(&verdicts->set->budgets[index]),
        .sampling = verdicts->schedules[index].sampling,
        .keep = scratch,
    };
    const struct against_row copy = {&row, against->budget};
    against_look(&copy, &look);
    bool noisy = copy.budget->metrics.items[row.limit->metric]->nature == PROBE_NOISY;
    if (noisy && row.test.n > 0) {
        struct distance distance = distance_of_change(&copy, &row, measurement->runs);
        wait_for_look(&distance, all->next, measurement->runs);
        take(progress, &row, distance);
    }
    arena_free(scratch);
}

static void look_at_changes(const struct verdicts *verdicts, size_t index,
                            const struct measurement *measurement,
                            struct verdict_progress *progress) {
    const struct against *against = &verdicts->against[index];
    bool compares = verdicts->options.basis != BASIS_NONE && !against->closed && against->looks > 0;
    for (size_t i = 0; compares && i < against->count; i++)
        if (!against->rows[i].row->decided)
            look_at_change(verdicts, index, &against->rows[i], measurement, progress);
}

void verdicts_progress(const struct verdicts *verdicts, size_t index,
                       const struct measurement *measurement, struct verdict_progress *progress) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    *progress = (struct verdict_progress){
        .observed = NAN, .low = NAN, .high = NAN, .share = NAN, .runs_more = NAN};
    if (!measurement || measurement->missing || measurement->runs == 0) return;
    bool open = schedule->sampling != SAMPLING_FIXED && !schedule->closed;
    for (size_t i = 0; open && i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (!need->row || need->row->decided || need->metric->nature == PROBE_EXACT) continue;
        if (need_is_watched(schedule, need, measurement))
            look_at_evidence(verdicts, index, need, measurement, progress);
        else
            look_at_mean(verdicts, index, need, measurement, progress);
    }
    look_at_changes(verdicts, index, measurement, progress);
}
