/* How many runs are asked for, when samples are looked at, and what each look may spend. */
#include "fixture.h"

#include "verdict/progress.h"

static const struct verdict_row *first_row(const struct fixture *f) {
    return &f->verdicts.budgets[0].rows[0];
}

static void begin(struct fixture *f) {
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
}

/* The measurement after `runs` runs of `each` samples of `metric`, a share of them beyond 1.5. */
static size_t wanted_after(struct fixture *f, uint32_t metric, size_t runs, size_t each,
                           double share) {
    struct measurement *measurement = &f->measurements[0];
    measurement->runs = runs;
    measurement->count = 0;
    size_t count = runs * each, beyond = (size_t)nearbyint(share * (double)count);
    fixture_series(f, metric, NULL, two_values(f, count, beyond, 1, 2), count);
    return verdicts_wanted(&f->verdicts, 0, measurement);
}

static void test_exact_takes_one_run(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 1);
    assert_int_equal(wanted_after(f, GZIP, 1, 1, 0), 0);
    assert_false(verdicts_broken(&f->verdicts, 0));
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(first_row(f)->outcome, OUTCOME_PASS);
    fixture_free(f);
}

static void test_recorded_samples_take_one_run(void **state) {
    (void)state;
    static const struct probe once = {.name = "samples", .needs = PROBE_ONCE};
    struct fixture *f = fixture_new(1);
    f->budgets[0].probe = &once;
    at_most(f, "wall.p95", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 1);
    assert_int_equal(wanted_after(f, WALL, 1, 59, 0), 0);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(first_row(f)->outcome, OUTCOME_PASS);
    assert_int_equal(first_row(f)->test.look, 0);
    assert_true(first_row(f)->test.alpha == 0.05); /* all of it at once */
    fixture_free(f);
}

static void test_fixed_runs(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = 40, .max = 40, .fixed = true};
    at_most(f, "wall.p95", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 40);
    assert_int_equal(wanted_after(f, WALL, 40, 1, 0), 0);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(first_row(f)->outcome, OUTCOME_INCONCLUSIVE); /* 59 are needed */
    assert_string_equal(first_row(f)->settle, "about 19 more runs, beyond runs.max of 40");
    fixture_free(f);
}

/* A p95 is watched from runs.min on, after every run that could decide, with all of alpha, up to
 * runs.max. */
static void test_watched_from_the_first_runs_on(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs.max = 200;
    at_most(f, "wall.p95", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    size_t looks = 0;
    for (size_t runs = 5, next; runs > 0; runs = next, looks++) {
        next = wanted_after(f, WALL, runs, 1, 0.05);
        assert_true(runs < 200 ? next > runs && next <= 200 : next == 0);
        assert_int_equal(first_row(f)->decided, runs == 200);
    }
    assert_true(looks > 20); /* a few runs in a row beyond the limit would decide */
    verdicts_finish(&f->verdicts, f->evidence);
    const struct verdict_row *row = first_row(f);
    assert_int_equal(row->outcome, OUTCOME_INCONCLUSIVE);
    assert_string_equal(row->test.name, "e-process");
    assert_true(row->test.alpha == 0.05 && row->test.runs == 200 && row->test.n == 200);
    assert_non_null(strstr(row->reason, "10 of 200 beyond the limit, 5.0 % allowed"));
    fixture_free(f);
}

static void end(struct fixture *f) {
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

/* Whether that many runs, so many of them beyond the limit, decide at a first look. */
static bool decides(size_t runs, size_t beyond) {
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = runs, .max = 1000};
    at_most(f, "wall.p95", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    wanted_after(f, WALL, runs, 1, (double)beyond / (double)runs);
    bool decided = first_row(f)->decided;
    end(f);
    return decided;
}

/* Whatever the runs before the next look give, none could have decided; those up to it can. */
static void test_no_look_is_too_late_or_too_early(void **state) {
    (void)state;
    static const size_t rows[][2] = {{5, 0},  {5, 1},  {20, 0},  {20, 3},  {60, 0},
                                     {70, 0}, {60, 2}, {100, 1}, {150, 4}, {300, 12}};
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t n = rows[i][0], k = rows[i][1];
        struct fixture *f = fixture_new(1);
        f->budgets[0].runs = (struct budget_runs){.min = n, .max = 1000};
        at_most(f, "wall.p95", 1.5);
        begin(f);
        verdicts_wanted(&f->verdicts, 0, NULL);
        size_t next = wanted_after(f, WALL, n, 1, (double)k / (double)n);
        end(f);
        assert_true(next > n);
        for (size_t runs = n + 1; runs < next; runs++)
            assert_false(decides(runs, k) || decides(runs, k + runs - n));
        assert_true(decides(next, k) || decides(next, k + next - n));
    }
}

/* The limit that can be decided first decides when all are looked at; and where a run may give
 * several samples, or labels, that is after each. */
static void test_the_soonest_of_all_limits_counts(void **state) {
    (void)state;
    for (int each = 1; each <= 2; each++) {
        struct fixture *f = fixture_new(1);
        at_most(f, "wall.p99", 1.5);
        begin(f);
        verdicts_wanted(&f->verdicts, 0, NULL);
        size_t alone = wanted_after(f, WALL, 60, (size_t)each, 0);
        end(f);
        f = fixture_new(1);
        at_most(f, "wall.p99", 1.5);
        at_most(f, "wall.median", 3);
        f->budgets[0].runs.min = 4;
        begin(f);
        verdicts_wanted(&f->verdicts, 0, NULL);
        size_t both = wanted_after(f, WALL, 4, (size_t)each, 0);
        end(f);
        assert_true(each == 1 ? alone > 61 && both < 10 : alone == 61 && both == 5);
    }
}

/* Of many samples a look each run would cost more than it gives: every hundredth. */
static void test_watched_less_often_where_samples_are_many(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    assert_int_equal(wanted_after(f, WALL, 40, 100, 0.05), 41);
    assert_int_equal(wanted_after(f, WALL, 500, 100, 0.05), 505);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

/* Means have looks that double: 1/2, 1/4, 1/8, .. of alpha, and the last takes what is left. */
static void test_looks_of_a_mean_double(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.mean", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    static double samples[1000]; /* 1 and 2 by turns, in runs of 1, 2, .. that no batch evens out */
    for (size_t i = 0, left = 1, length = 1; i < array_length(samples); i++) {
        samples[i] = length % 2 ? 1 : 2;
        if (--left == 0) left = ++length;
    }
    static const size_t looks[] = {5, 60, 120, 240, 480, 960, 1000};
    for (size_t i = 0; i < array_length(looks); i++) {
        bool last = i + 1 == array_length(looks);
        f->measurements[0].runs = looks[i];
        f->measurements[0].count = 0;
        fixture_series(f, WALL, NULL, samples, looks[i]);
        assert_int_equal(verdicts_wanted(&f->verdicts, 0, &f->measurements[0]),
                         last ? 0 : looks[i + 1]);
        if (i == 0) continue;
        assert_int_equal(first_row(f)->decided, last);
        assert_int_equal(first_row(f)->test.look, i);
        assert_true(first_row(f)->test.alpha == 0.05 * ldexp(1, -(int)(last ? i - 1 : i)));
    }
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

/* A budget's limits share its runs: sampling goes on until each is decided. */
static void test_limits_share_samples(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.median", 1.5);
    at_most(f, "wall.p95", 1.5);
    at_most(f, "wall.mean", 1.5);
    begin(f);
    size_t runs = verdicts_wanted(&f->verdicts, 0, NULL), last = runs;
    for (size_t next; (next = wanted_after(f, WALL, runs, 1, 0)) > 0; runs = next) last = next;
    assert_int_equal(last, 72); /* p95; the mean was decided at 60, the median at 6 */
    verdicts_finish(&f->verdicts, f->evidence);
    const struct verdict_row *rows = first_row(f);
    assert_int_equal(rows[0].test.runs, 6);
    assert_int_equal(rows[1].test.runs, 72);
    assert_int_equal(rows[2].test.n, 60);
    for (size_t i = 0; i < 3; i++) assert_int_equal(rows[i].outcome, OUTCOME_PASS);
    fixture_free(f);
}

/* One run of many samples proves nothing of the next run. */
static void test_one_run_never_passes(void **state) {
    (void)state;
    static const char *const keys[] = {"wall.p95", "wall.mean"};
    for (size_t i = 0; i < array_length(keys); i++)
        for (int fixed = 0; fixed < 2; fixed++) {
            struct fixture *f = fixture_new(1);
            f->budgets[0].runs = (struct budget_runs){.min = 1, .max = 1, .fixed = fixed};
            at_most(f, keys[i], 1.5);
            begin(f);
            verdicts_wanted(&f->verdicts, 0, NULL);
            assert_int_equal(wanted_after(f, WALL, 1, 1000, 0), 0);
            verdicts_finish(&f->verdicts, f->evidence);
            assert_int_equal(first_row(f)->outcome, OUTCOME_INCONCLUSIVE);
            assert_string_equal(first_row(f)->reason, "one run only: the next may differ");
            fixture_free(f);
        }
}

/* How far it is to a decision, before each. */
static void test_progress(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 1.5);
    at_most(f, "wall.median", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    struct verdict_progress progress;
    double before = 0;
    for (size_t runs = 5; runs < 72; runs++) {
        wanted_after(f, WALL, runs, 1, 0);
        verdicts_progress(&f->verdicts, 0, &f->measurements[0], &progress);
        assert_int_equal(progress.open, runs < 6 ? 2 : 1);
        assert_string_equal(progress.limit->key, "wall.p95");
        assert_true(progress.share > before && progress.share < 1);
        assert_true(progress.samples == runs && progress.observed == 1 && isnan(progress.high));
        assert_true(progress.runs_more >= 1 && progress.runs_more <= 73 - (double)runs + 3);
        before = progress.share;
    }
    wanted_after(f, WALL, 72, 1, 0);
    verdicts_progress(&f->verdicts, 0, &f->measurements[0], &progress);
    assert_null(progress.limit);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

static void test_decisions_end_sampling_and_are_final(void **state) {
    (void)state;
    static const struct {
        double share;
        enum outcome outcome;
    } rows[] = {{0, OUTCOME_PASS}, {0.5, OUTCOME_FAIL}};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        at_most(f, "wall.p95", 1.5);
        begin(f);
        verdicts_wanted(&f->verdicts, 0, NULL);
        wanted_after(f, WALL, 5, 1, rows[i].share);
        assert_int_equal(wanted_after(f, WALL, 72, 1, rows[i].share), 0);
        assert_int_equal(verdicts_broken(&f->verdicts, 0), rows[i].outcome == OUTCOME_FAIL);
        struct verdict_row decided = *first_row(f);
        assert_true(decided.decided && decided.outcome == rows[i].outcome);
        wanted_after(f, WALL, 300, 1, 1 - rows[i].share); /* contradicts, too late */
        verdicts_finish(&f->verdicts, f->evidence);
        assert_int_equal(first_row(f)->outcome, rows[i].outcome);
        assert_int_equal(first_row(f)->test.n, 72);
        assert_int_equal(first_row(f)->test.k, decided.test.k);
        fixture_free(f);
    }
}

static void test_samples_a_run(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p99", 1.5); /* 367 samples */
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    assert_int_equal(wanted_after(f, WALL, 5, 30, 0), 6);
    assert_int_equal(wanted_after(f, WALL, 12, 30, 0), 13);
    assert_int_equal(wanted_after(f, WALL, 13, 30, 0), 0);
    assert_int_equal(first_row(f)->outcome, OUTCOME_PASS);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
    f = fixture_new(1);
    at_most(f, "wall.p99", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    assert_int_equal(wanted_after(f, WALL, 5, 100, 0), 0); /* the first runs are enough */
    assert_int_equal(first_row(f)->test.runs, 5);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

/* A mean is first looked at with three samples a batch, though fixed samples do with one. */
static void test_mean(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.mean", 1.5);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    assert_int_equal(wanted_after(f, WALL, 5, 2, 0), 30);
    assert_int_equal(wanted_after(f, WALL, 30, 2, 0.45), 60);
    assert_int_equal(wanted_after(f, WALL, 60, 2, 0), 0);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(first_row(f)->outcome, OUTCOME_PASS);
    assert_int_equal(first_row(f)->test.look, 2);
    fixture_free(f);
}

static void test_no_more_than_the_maximum(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs.max = 72;
    at_most(f, "wall.p95", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    assert_int_equal(wanted_after(f, WALL, 71, 1, 0), 72);
    assert_int_equal(wanted_after(f, WALL, 72, 1, 0), 0);
    assert_int_equal(first_row(f)->outcome, OUTCOME_PASS);
    verdicts_finish(&f->verdicts, f->evidence);
    fixture_free(f);
}

/* Warnings and descriptive statistics are no reason to sample on. */
static void test_what_does_not_prolong(void **state) {
    (void)state;
    static const char *const keys[] = {"wall.max", "wall.total"};
    for (size_t i = 0; i <= array_length(keys); i++) {
        struct fixture *f = fixture_new(1);
        if (i < array_length(keys))
            at_most(f, keys[i], 1.5);
        else
            fixture_limit(f, 0, "wall.p99", BOUND(LIMIT_WARN, LIMIT_AT_MOST, 1.5));
        begin(f);
        assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
        assert_int_equal(wanted_after(f, WALL, 5, 1, 0.2), 0);
        verdicts_finish(&f->verdicts, f->evidence);
        fixture_free(f);
    }
}

/* No number of requests proves an error rate of 0. */
static void test_a_rate_of_zero_is_not_sampled_for(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "error_rate.mean", 0);
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    f->measurements[0].runs = 5;
    struct series *series = fixture_series(f, ERROR_RATE, NULL, NULL, 0);
    series->n = 500;
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, &f->measurements[0]), 0);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(first_row(f)->outcome, OUTCOME_INCONCLUSIVE);
    fixture_free(f);
}

/* Out of time: the closing look takes all that is there. */
static void test_time_is_over(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 1.5);
    begin(f);
    verdicts_wanted(&f->verdicts, 0, NULL);
    assert_true(wanted_after(f, WALL, 72, 1, 0.05) < 100);
    f->measurements[0].runs = 100;
    f->measurements[0].count = 0;
    fixture_series(f, WALL, NULL, two_values(f, 100, 2, 1, 2), 100);
    f->evidence[0].stopped = "time limit";
    verdicts_finish(&f->verdicts, f->evidence);
    const struct verdict_row *row = first_row(f);
    assert_int_equal(row->outcome, OUTCOME_INCONCLUSIVE);
    assert_true(row->test.alpha == 0.05 && row->test.n == 100);
    assert_non_null(strstr(row->settle, "(stopped by time limit)"));
    fixture_free(f);
}

static void test_near_the_limit_nothing_settles(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = 100, .max = 100, .fixed = true};
    at_most(f, "wall.p95", 1.5);
    begin(f);
    wanted_after(f, WALL, 100, 1, 0.05);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_string_equal(first_row(f)->settle, "hardly more runs: it lies too near the limit");
    fixture_free(f);
}

static void test_leaning_rows_prolong_the_source(void **state) {
    (void)state;
    struct fixture *f = fixture_new(2);
    at_most(f, "wall.max", 5);
    f->budgets[1].probe = NULL;
    f->budgets[1].of = "b0";
    f->budgets[1].source = 0;
    f->budgets[1].confidence = 0.99;
    fixture_limit(f, 1, "wall.p95", BOUND(LIMIT_MAX, LIMIT_AT_MOST, 1.5));
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    assert_int_equal(wanted_after(f, WALL, 106, 1, 0), 107); /* p95 at 1 % */
    assert_int_equal(wanted_after(f, WALL, 107, 1, 0), 0);
    f->evidence[1] = (struct evidence){0};
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(f->verdicts.budgets[1].rows[0].outcome, OUTCOME_PASS);
    assert_true(f->verdicts.budgets[1].rows[0].confidence == 0.99);
    assert_int_equal(f->verdicts.budgets[0].outcome, OUTCOME_PASS);
    fixture_free(f);
}

static void test_not_selected_takes_no_run(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 1.5);
    f->budgets[0].selected = false;
    begin(f);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 0);
    f->budgets[0].leaned_on = true;
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 1);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_takes_one_run),
        cmocka_unit_test(test_recorded_samples_take_one_run),
        cmocka_unit_test(test_fixed_runs),
        cmocka_unit_test(test_watched_from_the_first_runs_on),
        cmocka_unit_test(test_no_look_is_too_late_or_too_early),
        cmocka_unit_test(test_the_soonest_of_all_limits_counts),
        cmocka_unit_test(test_watched_less_often_where_samples_are_many),
        cmocka_unit_test(test_looks_of_a_mean_double),
        cmocka_unit_test(test_limits_share_samples),
        cmocka_unit_test(test_one_run_never_passes),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_decisions_end_sampling_and_are_final),
        cmocka_unit_test(test_samples_a_run),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_no_more_than_the_maximum),
        cmocka_unit_test(test_what_does_not_prolong),
        cmocka_unit_test(test_a_rate_of_zero_is_not_sampled_for),
        cmocka_unit_test(test_time_is_over),
        cmocka_unit_test(test_near_the_limit_nothing_settles),
        cmocka_unit_test(test_leaning_rows_prolong_the_source),
        cmocka_unit_test(test_not_selected_takes_no_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
