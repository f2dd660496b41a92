/* How far it is to a decision: means and comparisons, as their next look will see them. */
#include "verdict/progress.h"

#include "simulated.h"

enum { RUNS = 200 };

/* `runs` runs of one sample each. */
static size_t wanted_with(struct fixture *f, double *samples, size_t runs) {
    struct measurement *measurement = &f->measurements[0];
    measurement->runs = runs;
    measurement->count = 0;
    fixture_series(f, WALL, NULL, samples, runs);
    return verdicts_wanted(&f->verdicts, 0, measurement);
}

static struct verdict_progress progress_of(struct fixture *f) {
    struct verdict_progress progress;
    verdicts_progress(&f->verdicts, 0, &f->measurements[0], &progress);
    return progress;
}

static void test_mean(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    double samples[RUNS];
    uint64_t seed = 1;
    for (size_t i = 0; i < RUNS; i++) samples[i] = 10 + normal(&seed);
    at_most(f, "wall.mean", 10.3);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    verdicts_wanted(&f->verdicts, 0, NULL);
    wanted_with(f, samples, 5);
    assert_int_equal(progress_of(f).open, 1); /* too few for an interval */
    assert_true(isnan(progress_of(f).share) && progress_of(f).samples == 5);
    wanted_with(f, samples, 30);
    struct verdict_progress early = progress_of(f);
    assert_string_equal(early.limit->key, "wall.mean");
    assert_false(early.change);
    assert_true(early.share > 0 && early.share <= 1);
    assert_true(early.low < early.observed && early.observed < early.high);
    assert_true(early.runs_more >= 30); /* the first look comes at 60 */
    wanted_with(f, samples, 59);
    assert_true(progress_of(f).share >= early.share);
    for (size_t runs = 60; runs <= RUNS; runs++)
        if (!wanted_with(f, samples, runs)) break;
    assert_null(progress_of(f).limit);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(f->verdicts.budgets[0].rows[0].outcome, OUTCOME_PASS);
    fixture_free(f);
}

static void base_with(struct fixture *f, struct verdict_base *base, double *samples, size_t runs) {
    f->measuring = 1;
    f->measurements[1].runs = runs;
    f->measurements[1].count = 0;
    fixture_series(f, WALL, NULL, samples, runs);
    f->measuring = 0;
    base->measurement = &f->measurements[1];
}

static void test_pairs(void **state) {
    (void)state;
    struct fixture *f = fixture_new(2);
    double head[RUNS], before[RUNS];
    uint64_t seed = 2;
    struct verdict_base bases[2] = {0};
    for (size_t i = 0; i < RUNS; i++) {
        head[i] = 10 * exp(0.05 * normal(&seed));
        before[i] = 10 * exp(0.05 * normal(&seed));
    }
    f->budgets[1].selected = false;
    f->verdicts.options = (struct verdict_options){.basis = BASIS_PAIRED, .bases = bases};
    struct limit *limit =
        fixture_limit(f, 0, "wall.median", BOUND(LIMIT_REGRESSION, LIMIT_AT_MOST, 0.05));
    limit->relative = true;
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    size_t wanted = verdicts_wanted(&f->verdicts, 0, NULL);
    base_with(f, &bases[0], before, 8);
    wanted_with(f, head, 8);
    struct verdict_progress progress = progress_of(f);
    assert_true(progress.change && progress.unit == PROBE_RATIO && progress.samples == 8);
    assert_true(isnan(progress.share)); /* too few for an interval */
    double share = 0;
    for (size_t runs = 10; wanted > 0 && runs <= RUNS; runs++) {
        base_with(f, &bases[0], before, runs);
        wanted = wanted_with(f, head, runs);
        progress = progress_of(f);
        if (wanted == 0) break;
        assert_true(progress.open == 1 && progress.samples == runs);
        if (isnan(progress.low) || isnan(progress.high)) continue;
        assert_true(progress.low < progress.observed && progress.observed < progress.high);
        assert_true(progress.share >= 0 && progress.share <= 1);
        if (!isnan(progress.runs_more)) assert_true(progress.runs_more >= (double)(wanted - runs));
        share = fmax(share, progress.share);
    }
    assert_true(share > 0.1);
    assert_int_equal(wanted, 0);
    assert_null(progress.limit);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
