/* Quantiles, rates, means and descriptive statistics of noisy metrics. */
#include "fixture.h"

#include "stats/tails.h"

/* One row judged by fixed samples: `beyond` of `count` lie at 2, the others at 1, bound 1.5. */
static const struct verdict_row *judge_fixed(struct fixture *f, const char *key, bool upper,
                                             size_t count, size_t beyond) {
    f->budgets[0].runs = (struct budget_runs){.min = count, .max = count, .fixed = true};
    f->measurements[0].runs = count;
    if (upper)
        at_most(f, key, 1.5);
    else
        at_least(f, key, 1.5);
    double *samples = two_values(f, count, beyond, upper ? 1 : 2, upper ? 2 : 1);
    fixture_series(f, f->limits[0][0].metric, NULL, samples, count);
    return fixture_judge(f);
}

static void test_quantile_needs(void **state) {
    (void)state;
    static const struct {
        const char *key;
        double confidence;
        size_t n;
    } rows[] = {
        {"wall.median", 0.95, 5}, {"wall.p90", 0.95, 29},     {"wall.p95", 0.95, 59},
        {"wall.p95", 0.99, 90},   {"wall.p95", 0.995, 104},   {"wall.p99", 0.95, 299},
        {"wall.p99", 0.99, 459},  {"wall.p99.9", 0.95, 2995},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        for (size_t less = 0; less < 2; less++) {
            struct fixture *f = fixture_new(1);
            f->budgets[0].confidence = rows[i].confidence;
            const struct verdict_row *row = judge_fixed(f, rows[i].key, true, rows[i].n - less, 0);
            assert_int_equal(row->outcome, less ? OUTCOME_INCONCLUSIVE : OUTCOME_PASS);
            assert_string_equal(row->test.name, "binomial");
            assert_int_equal(row->test.look, 0);
            assert_true(row->confidence == rows[i].confidence);
            const struct limit *limit = row->limit;
            assert_int_equal(
                verdict_minimum(limit, &metric_rows[WALL], rows[i].confidence, SAMPLING_FIXED),
                rows[i].n);
            fixture_free(f);
        }
}

/* A lower bound on p5 is as hard to prove as an upper one on p95. */
static void test_quantile_from_below(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    assert_int_equal(judge_fixed(f, "wall.p5", false, 59, 0)->outcome, OUTCOME_PASS);
    fixture_free(f);
    f = fixture_new(1);
    assert_int_equal(judge_fixed(f, "wall.p5", false, 58, 0)->outcome, OUTCOME_INCONCLUSIVE);
    fixture_free(f);
    f = fixture_new(1);
    assert_int_equal(judge_fixed(f, "wall.p5", false, 59, 20)->outcome, OUTCOME_FAIL);
    fixture_free(f);
}

/* Every K of n: the verdict is the tails', and the interval lies on the side it says. */
static void test_quantile_by_tails(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 4, 5, 20, 59, 93, 181};
    for (size_t s = 0; s < array_length(sizes); s++)
        for (size_t beyond = 0; beyond <= sizes[s]; beyond++) {
            struct fixture *f = fixture_new(1);
            const struct verdict_row *row = judge_fixed(f, "wall.p95", true, sizes[s], beyond);
            bool few = tail_within(binomial_lower(sizes[s], 0.05, beyond), 0.05);
            bool many = tail_within(binomial_upper(sizes[s], 0.05, beyond), 0.05);
            assert_int_equal(row->outcome, few                     ? OUTCOME_PASS
                                           : many && sizes[s] >= 5 ? OUTCOME_FAIL
                                                                   : OUTCOME_INCONCLUSIVE);
            assert_int_equal(row->test.k, beyond);
            assert_int_equal(row->test.n, sizes[s]);
            assert_true(row->test.share == 0.05 && row->test.alpha == 0.05);
            assert_int_equal(few, row->high == 1); /* all of the interval is below 1.5 */
            assert_int_equal(many, row->low == 2);
            if (!few) assert_true(isnan(row->high) || row->high == 2);
            fixture_free(f);
        }
}

/* p95 at 95 %, n = 100, by direct sums: P(Bin(100, .95) <= 90) = .0282 and <= 91 .0631, so from the
 * 91st; >= 99 .0371 and >= 98 .1183, so to the 99th. */
static void test_quantile_interval(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = 100, .max = 100, .fixed = true};
    f->measurements[0].runs = 100;
    at_most(f, "wall.p95", 97.5);
    double *samples = two_values(f, 100, 0, 0, 0);
    for (int i = 0; i < 100; i++) samples[i] = 100 - i;
    fixture_series(f, WALL, NULL, samples, 100);
    const struct verdict_row *row = fixture_judge(f);
    assert_true(row->observed == 95);
    assert_true(row->low == 91 && row->high == 99);
    assert_int_equal(row->outcome, OUTCOME_INCONCLUSIVE);
    assert_non_null(strstr(row->reason, "3 of 100 beyond the limit, 5.0 % allowed"));
    assert_non_null(strstr(row->settle, "more runs, beyond runs.max of 100"));
    fixture_free(f);
}

static void test_identical_samples(void **state) {
    (void)state;
    static const char *const keys[] = {"wall.p95", "wall.mean", "wall.max", "wall.median"};
    for (size_t i = 0; i < array_length(keys); i++)
        for (int strict = 0; strict < 2; strict++) {
            struct fixture *f = fixture_new(1);
            f->budgets[0].runs = (struct budget_runs){.min = 60, .max = 60, .fixed = true};
            f->measurements[0].runs = 60;
            fixture_limit(f, 0, keys[i],
                          BOUND(LIMIT_MAX, strict ? LIMIT_BELOW : LIMIT_AT_MOST, 0.1));
            fixture_series(f, WALL, NULL, two_values(f, 60, 0, 0.1, 0), 60);
            const struct verdict_row *row = fixture_judge(f);
            assert_int_equal(row->outcome, strict ? OUTCOME_FAIL : OUTCOME_PASS);
            assert_true(row->observed == 0.1);
            fixture_free(f);
        }
}

static const struct verdict_row *judge_rate(struct fixture *f, bool upper, double bound, uint64_t k,
                                            uint64_t n) {
    f->budgets[0].runs = (struct budget_runs){.min = 2, .max = 2, .fixed = true};
    f->measurements[0].runs = 2;
    if (upper)
        at_most(f, "error_rate.mean", bound);
    else
        at_least(f, "error_rate.mean", bound);
    struct series *series = fixture_series(f, ERROR_RATE, NULL, NULL, 0);
    series->k = k;
    series->n = n;
    series->runs = (size_t)n; /* one trial a run: launches, which are not thinned */
    return fixture_judge(f);
}

static void test_rates(void **state) {
    (void)state;
    static const struct {
        bool upper;
        double bound;
        uint64_t k, n;
        enum outcome outcome;
    } rows[] = {
        {true, 0.01, 0, 299, OUTCOME_PASS},
        {true, 0.01, 0, 298, OUTCOME_INCONCLUSIVE},
        {true, 0.01, 30, 1000, OUTCOME_FAIL},
        {true, 0.01, 10, 1000, OUTCOME_INCONCLUSIVE},
        {true, 0.01, 9990000, 1000000000, OUTCOME_PASS},
        {true, 0, 0, 1000000, OUTCOME_INCONCLUSIVE}, /* none seen proves nothing */
        {true, 0, 1, 1, OUTCOME_FAIL},               /* one seen refutes it, however few */
        {true, 1, 10, 10, OUTCOME_PASS},
        {true, 0.5, 3, 3, OUTCOME_INCONCLUSIVE}, /* too few to fail */
        {true, 0.5, 5, 5, OUTCOME_FAIL},
        {false, 0.99, 299, 299, OUTCOME_PASS},
        {false, 0.99, 970, 1000, OUTCOME_FAIL},
        {false, 1, 1000, 1000, OUTCOME_INCONCLUSIVE},
        {false, 1, 999, 1000, OUTCOME_FAIL},
        {false, 0, 0, 10, OUTCOME_PASS},
        {false, 1.5, 10, 10, OUTCOME_FAIL},
        {true, 0.01, 11, 10, OUTCOME_ERROR},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        const struct verdict_row *row =
            judge_rate(f, rows[i].upper, rows[i].bound, rows[i].k, rows[i].n);
        assert_int_equal(row->outcome, rows[i].outcome);
        if (rows[i].outcome != OUTCOME_ERROR) {
            assert_true(row->observed == (double)rows[i].k / (double)rows[i].n);
            assert_true(row->low <= row->observed && row->observed <= row->high);
        }
        fixture_free(f);
    }
}

static void test_rate_interval(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    const struct verdict_row *row = judge_rate(f, true, 0.2, 10, 100);
    /* Clopper and Pearson, 90 % two-sided, 10 of 100: 0.0553 to 0.1638 (tables) */
    assert_true(fabs(row->low - 0.0553) < 0.0001 && fabs(row->high - 0.1638) < 0.0001);
    assert_true(fabs(binomial_upper(100, row->low, 10) - 0.05) < 1e-9);
    assert_true(fabs(binomial_lower(100, row->high, 10) - 0.05) < 1e-9);
    fixture_free(f);
    f = fixture_new(1);
    row = judge_rate(f, true, 0, 0, 1000);
    assert_string_equal(row->reason, "a share of 0 can never be proven");
    assert_non_null(strstr(row->settle, "`errors: 0`"));
    fixture_free(f);
}

/* 20 batches of 3: means 1..20, so mean 10.5, deviation 5.916, error 1.3229; t(.95, 19) = 1.7291.
 */
static void test_mean(void **state) {
    (void)state;
    static const struct {
        bool upper;
        double bound;
        enum outcome outcome;
    } rows[] = {
        {true, 12.79, OUTCOME_PASS},        {true, 12.78, OUTCOME_INCONCLUSIVE},
        {true, 8.22, OUTCOME_INCONCLUSIVE}, {true, 8.21, OUTCOME_FAIL},
        {false, 8.21, OUTCOME_PASS},        {false, 12.79, OUTCOME_FAIL},
        {false, 10, OUTCOME_INCONCLUSIVE},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        f->budgets[0].runs = (struct budget_runs){.min = 60, .max = 60, .fixed = true};
        f->measurements[0].runs = 60;
        if (rows[i].upper)
            at_most(f, "ops.mean", rows[i].bound);
        else
            at_least(f, "ops.mean", rows[i].bound);
        double *samples = two_values(f, 60, 0, 0, 0);
        for (int j = 0; j < 60; j++) samples[j] = j / 3 + 1 + (j % 3 - 1) * 0.25;
        fixture_series(f, OPS, NULL, samples, 60);
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_string_equal(row->test.name, "student");
        assert_int_equal(row->test.batches, 20);
        assert_true(fabs(row->test.mean - 10.5) < 1e-12 && fabs(row->observed - 10.5) < 1e-12);
        assert_true(fabs(row->test.error - sqrt(35 / 20.0)) < 1e-12);
        assert_true(fabs(row->low - 8.2125) < 0.0005 && fabs(row->high - 12.7875) < 0.0005);
        fixture_free(f);
    }
}

static void test_mean_needs_twenty(void **state) {
    (void)state;
    for (size_t n = 19; n <= 21; n++) {
        struct fixture *f = fixture_new(1);
        const struct verdict_row *row = judge_fixed(f, "wall.mean", true, n, 0);
        assert_int_equal(row->outcome, n < 20 ? OUTCOME_INCONCLUSIVE : OUTCOME_PASS);
        if (n < 20) assert_string_equal(row->reason, "19 samples, a mean needs 20");
        fixture_free(f);
    }
}

/* The first five runs of ten: the sixth, larger one does not count. */
static void test_descriptive(void **state) {
    (void)state;
    static const struct {
        const char *key;
        double bound, observed;
        enum outcome outcome;
    } rows[] = {
        {"wall.max", 5, 5, OUTCOME_PASS},
        {"wall.max", 4.9, 5, OUTCOME_FAIL},
        {"wall.total", 15, 15, OUTCOME_PASS},
        {"wall.count", 4, 5, OUTCOME_FAIL},
        {"wall.stddev", 1.58, 1.5811388300841898, OUTCOME_FAIL},
        {"wall.stddev", 1.59, 1.5811388300841898, OUTCOME_PASS},
        {"wall.min", 0.5, 1, OUTCOME_FAIL},
        {"wall.min", 1, 1, OUTCOME_PASS},
    };
    static double samples[] = {1, 2, 3, 4, 5, 100, 0, 100, 0, 100};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        f->measurements[0].runs = 10;
        at_most(f, rows[i].key, rows[i].bound);
        fixture_series(f, WALL, NULL, samples, 10);
        const struct verdict_row *row = fixture_judge(f);
        assert_true(fabs(row->observed - rows[i].observed) < 1e-15);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_string_equal(row->test.name, "descriptive");
        assert_true(isnan(row->confidence) && isnan(row->low) && isnan(row->high));
        fixture_free(f);
    }
}

/* Stopped after 3 of 5 runs: what is broken stays broken, nothing passes. */
static void test_descriptive_stopped_early(void **state) {
    (void)state;
    static double samples[] = {1, 2, 3};
    struct fixture *f = fixture_new(1);
    f->measurements[0].runs = 3;
    f->evidence[0].stopped = "time limit";
    at_most(f, "wall.max", 5);
    at_most(f, "wall.max", 2)->key = "wall.max ";
    at_least(f, "wall.min", 2);
    at_most(f, "wall.stddev", 0.1);
    fixture_series(f, WALL, NULL, samples, 3);
    const struct verdict_row *rows = fixture_judge(f);
    assert_int_equal(rows[0].outcome, OUTCOME_INCONCLUSIVE);
    assert_int_equal(rows[1].outcome, OUTCOME_FAIL);
    assert_int_equal(rows[2].outcome, OUTCOME_FAIL);
    assert_int_equal(rows[3].outcome, OUTCOME_INCONCLUSIVE);
    assert_string_equal(rows[0].settle, "all 5 runs");
    fixture_free(f);
}

static void test_minimum(void **state) {
    (void)state;
    static const struct {
        const char *key;
        double bound;
        enum sampling sampling;
        uint64_t minimum;
    } rows[] = {
        {"gzip", 100, SAMPLING_WATCHED, 1},
        {"gzip.p95", 100, SAMPLING_WATCHED, 1},
        {"wall.max", 1, SAMPLING_WATCHED, 1},
        {"wall.mean", 1, SAMPLING_WATCHED, 20},
        {"wall.p95", 1, SAMPLING_FIXED, 59},
        {"wall.p95", 1, SAMPLING_WATCHED, 72}, /* by the e-process */
        {"wall.p95", 1, SAMPLING_LOAD, 72},
        {"wall.p99", 1, SAMPLING_WATCHED, 367},
        {"error_rate.mean", 0, SAMPLING_WATCHED, 0},
        {"error_rate.mean", 0.01, SAMPLING_WATCHED, 3521}, /* 367, of which one in ten counts */
        {"error_rate.mean", 0.01, SAMPLING_FIXED, 299},
        {"error_rate.mean", 0.001, SAMPLING_LOAD, 2995}, /* so 3,000 requests do */
        {"error_rate.p95", 0, SAMPLING_FIXED, 0},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        struct limit *limit = at_most(f, rows[i].key, rows[i].bound);
        const struct probe_metric *metric = &metric_rows[limit->metric];
        assert_int_equal(verdict_minimum(limit, metric, 0.95, rows[i].sampling), rows[i].minimum);
        limit->kind = LIMIT_WARN; /* a warning is never the reason to sample */
        assert_int_equal(verdict_minimum(limit, metric, 0.95, rows[i].sampling), 1);
        fixture_free(f);
    }
    struct fixture *f = fixture_new(1);
    struct limit *limit = at_least(f, "error_rate.mean", 1); /* 100 % of successes */
    assert_int_equal(verdict_minimum(limit, &metric_rows[ERROR_RATE], 0.95, SAMPLING_FIXED), 0);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile_needs),
        cmocka_unit_test(test_quantile_from_below),
        cmocka_unit_test(test_quantile_by_tails),
        cmocka_unit_test(test_quantile_interval),
        cmocka_unit_test(test_identical_samples),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_rate_interval),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_mean_needs_twenty),
        cmocka_unit_test(test_descriptive),
        cmocka_unit_test(test_descriptive_stopped_early),
        cmocka_unit_test(test_minimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
