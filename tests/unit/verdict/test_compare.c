/* Exact metrics, boundaries, and what is not a number. */
#include <float.h>

#include "fixture.h"

static const struct verdict_row *judge_exact(struct fixture *f, enum limit_operator sign,
                                             double bound, double value) {
    bool upper = sign == LIMIT_AT_MOST || sign == LIMIT_BELOW;
    fixture_limit(f, 0, "gzip", BOUND(upper ? LIMIT_MAX : LIMIT_MIN, sign, bound));
    fixture_value(f, GZIP, NULL, value);
    return fixture_judge(f);
}

static void test_bounds(void **state) {
    (void)state;
    const double above = nextafter(1000, INFINITY), below = nextafter(1000, 0);
    const struct {
        enum limit_operator sign;
        double value;
        enum outcome outcome;
    } rows[] = {
        {LIMIT_AT_MOST, below, OUTCOME_PASS},  {LIMIT_AT_MOST, 1000, OUTCOME_PASS},
        {LIMIT_AT_MOST, above, OUTCOME_FAIL},  {LIMIT_BELOW, below, OUTCOME_PASS},
        {LIMIT_BELOW, 1000, OUTCOME_FAIL},     {LIMIT_BELOW, above, OUTCOME_FAIL},
        {LIMIT_AT_LEAST, below, OUTCOME_FAIL}, {LIMIT_AT_LEAST, 1000, OUTCOME_PASS},
        {LIMIT_AT_LEAST, above, OUTCOME_PASS}, {LIMIT_ABOVE, below, OUTCOME_FAIL},
        {LIMIT_ABOVE, 1000, OUTCOME_FAIL},     {LIMIT_ABOVE, above, OUTCOME_PASS},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        const struct verdict_row *row = judge_exact(f, rows[i].sign, 1000, rows[i].value);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_int_equal(row->effect, rows[i].outcome);
        assert_string_equal(row->test.name, "exact");
        assert_true(row->confidence == 1 && row->observed == rows[i].value);
        assert_true(row->low == row->observed && row->high == row->observed);
        assert_int_equal(row->matched, 1);
        assert_int_equal(row->broken, rows[i].outcome == OUTCOME_FAIL);
        fixture_free(f);
    }
}

static void test_large_counts_stay_apart(void **state) {
    (void)state;
    const double limits[] = {2147483648.0, 4294967296.0, 9007199254740991.0, 1.0};
    for (size_t i = 0; i < array_length(limits); i++) {
        struct fixture *f = fixture_new(1);
        double above = limits[i] == 1 ? 1.0000000000000002 : limits[i] + 1;
        assert_int_equal(judge_exact(f, LIMIT_AT_MOST, limits[i], above)->outcome, OUTCOME_FAIL);
        fixture_free(f);
        f = fixture_new(1);
        assert_int_equal(judge_exact(f, LIMIT_AT_MOST, limits[i], limits[i])->outcome,
                         OUTCOME_PASS);
        fixture_free(f);
    }
}

static void test_reasons(void **state) {
    (void)state;
    static const struct {
        enum limit_operator sign;
        double bound, value, headroom;
        const char *reason;
    } rows[] = {
        {LIMIT_AT_MOST, 100000, 123456, -0.23456, "23.5 % over"},
        {LIMIT_AT_MOST, 100000, 88000, 0.12, "12.0 % headroom"},
        {LIMIT_AT_LEAST, 1000, 800, -0.2, "20.0 % under"},
        {LIMIT_AT_LEAST, 1000, 1250, 0.25, "25.0 % headroom"},
        {LIMIT_AT_MOST, 1000, 1000, 0, "exactly at the limit"},
        {LIMIT_BELOW, 1000, 1000, 0, "at the limit, must be below"},
        {LIMIT_ABOVE, 1000, 1000, 0, "at the limit, must be above"},
        {LIMIT_AT_MOST, 100000, 100001, -0.00001, "less than 0.1 % over"},
        {LIMIT_AT_MOST, 10, 500, -49, "50 times the limit"},
        {LIMIT_AT_MOST, 0, 0, NAN, "exactly at the limit"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        const struct verdict_row *row = judge_exact(f, rows[i].sign, rows[i].bound, rows[i].value);
        assert_string_equal(row->reason, rows[i].reason);
        assert_null(row->settle);
        if (isnan(rows[i].headroom))
            assert_true(isnan(row->headroom));
        else
            assert_true(fabs(row->headroom - rows[i].headroom) < 1e-12);
        fixture_free(f);
    }
    struct fixture *f = fixture_new(1);
    const struct verdict_row *row = judge_exact(f, LIMIT_AT_MOST, 0, 3);
    assert_int_equal(row->outcome, OUTCOME_FAIL);
    assert_non_null(strstr(row->reason, "over 0"));
    fixture_free(f);
}

static void test_unbounded(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip", 100);
    at_least(f, "gzip", 100);
    fixture_limit(f, 0, "gzip", BOUND(LIMIT_WARN, LIMIT_BELOW, 90));
    fixture_series(f, GZIP, NULL, NULL, 0)->unbounded = true;
    const struct verdict_row *rows = fixture_judge(f);
    assert_int_equal(rows[0].outcome, OUTCOME_FAIL);
    assert_string_equal(rows[0].reason, "no maximum");
    assert_true(rows[0].unbounded && isnan(rows[0].observed) && isnan(rows[0].headroom));
    assert_int_equal(rows[1].outcome, OUTCOME_PASS);
    assert_int_equal(rows[2].outcome, OUTCOME_WARN);
    fixture_free(f);
}

/* Never a pass: no number, no sample, no sum. */
static void test_not_a_number_is_an_error(void **state) {
    (void)state;
    static const char *const keys[] = {"gzip",     "wall.p95",   "wall.mean",
                                       "wall.max", "wall.total", "wall.stddev"};
    static const double values[] = {NAN, INFINITY, -INFINITY};
    for (size_t key = 0; key < array_length(keys); key++)
        for (size_t i = 0; i <= array_length(values); i++)
            for (int upper = 0; upper < 2; upper++) {
                struct fixture *f = fixture_new(1);
                if (upper)
                    at_most(f, keys[key], 1);
                else
                    at_least(f, keys[key], -1);
                f->measurements[0].runs = 5;
                double *samples = two_values(f, 100, 1, 0.5, i < 3 ? values[i] : 0);
                fixture_series(f, f->limits[0][0].metric, NULL, samples, i < 3 ? 100 : 0);
                const struct verdict_row *row = fixture_judge(f);
                assert_int_equal(row->outcome, OUTCOME_ERROR);
                assert_int_equal(f->verdicts.effect, OUTCOME_ERROR);
                assert_string_equal(row->reason,
                                    i < 3 ? "a value is not a finite number" : "no samples");
                fixture_free(f);
            }
}

static void test_overflow(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.total", DBL_MAX);
    at_most(f, "wall.mean", DBL_MAX);
    f->measurements[0].runs = 5;
    fixture_series(f, WALL, NULL, two_values(f, 40, 0, DBL_MAX, 0), 40);
    const struct verdict_row *rows = fixture_judge(f);
    assert_int_equal(rows[0].outcome, OUTCOME_ERROR);
    assert_string_equal(rows[0].reason, "the statistic overflows");
    assert_int_equal(rows[1].outcome, OUTCOME_PASS); /* the mean of huge samples is one of them */
    assert_true(rows[1].observed == DBL_MAX);
    fixture_free(f);
}

static void test_bound_that_is_no_number(void **state) {
    (void)state;
    static const double bounds[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < array_length(bounds); i++) {
        struct fixture *f = fixture_new(1);
        assert_int_equal(judge_exact(f, LIMIT_AT_MOST, bounds[i], 1)->outcome, OUTCOME_ERROR);
        fixture_free(f);
    }
}

/* An exact metric that is not: the worst value counts, whatever the order. */
static void test_exact_values_that_differ(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip", 100);
    at_least(f, "gzip", 100);
    at_most(f, "gzip.mean", 100);
    f->measurements[0].runs = 3;
    static double samples[] = {90, 105, 99};
    fixture_series(f, GZIP, NULL, samples, 3);
    const struct verdict_row *rows = fixture_judge(f);
    assert_true(rows[0].observed == 105 && rows[0].outcome == OUTCOME_FAIL);
    assert_true(rows[1].observed == 90 && rows[1].outcome == OUTCOME_FAIL);
    assert_true(rows[2].observed == 98 && rows[2].outcome == OUTCOME_PASS);
    assert_string_equal(rows[2].test.name, "exact");
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_large_counts_stay_apart),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_unbounded),
        cmocka_unit_test(test_not_a_number_is_an_error),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_bound_that_is_no_number),
        cmocka_unit_test(test_exact_values_that_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
