/* Words, quantiles, moments. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "stats/statistic.h"

static void test_words(void **state) {
    (void)state;
    static const struct {
        const char *text, *word;
        enum statistic_kind kind;
        double p;
    } rows[] = {
        {"min", "min", STATISTIC_MIN, 0},
        {"max", "max", STATISTIC_MAX, 0},
        {"mean", "mean", STATISTIC_MEAN, 0},
        {"median", "median", STATISTIC_QUANTILE, 0.5},
        {"p50", "median", STATISTIC_QUANTILE, 0.5},
        {"p50.0", "median", STATISTIC_QUANTILE, 0.5},
        {"p1", "p1", STATISTIC_QUANTILE, 0.01},
        {"p0.1", "p0.1", STATISTIC_QUANTILE, 0.001},
        {"p7", "p7", STATISTIC_QUANTILE, 0.07},
        {"p95", "p95", STATISTIC_QUANTILE, 0.95},
        {"p99.9", "p99.9", STATISTIC_QUANTILE, 0.999},
        {"p99.90", "p99.9", STATISTIC_QUANTILE, 0.999},
        {"p99.99", "p99.99", STATISTIC_QUANTILE, 0.9999},
        {"p99.05", "p99.05", STATISTIC_QUANTILE, 0.9905},
        {"p99.9999", "p99.9999", STATISTIC_QUANTILE, 0.999999},
        {"stddev", "stddev", STATISTIC_STDDEV, 0},
        {"total", "total", STATISTIC_TOTAL, 0},
        {"count", "count", STATISTIC_COUNT, 0},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++) {
        struct statistic statistic;
        assert_true(statistic_parse(rows[i].text, &statistic));
        assert_int_equal(statistic.kind, rows[i].kind);
        assert_true(statistic.p == rows[i].p);
        assert_string_equal(statistic_word(arena, &statistic), rows[i].word);
    }
    for (size_t i = 0; statistic_words[i]; i++) {
        struct statistic statistic;
        assert_true(statistic_parse(statistic_words[i], &statistic));
        assert_string_equal(statistic_word(arena, &statistic), statistic_words[i]);
    }
    arena_free(arena);
}

static void test_words_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"",       "p",     "p0",        "p0.0",  "p100", "p05",
                                       "p9a",    "p-5",   "p 95",      "p95 ",  "P95",  "p.5",
                                       "p95.",   "p1e1",  "p99.99999", "p99,9", "avg",  "Median",
                                       "p9.9.9", "p00.5", "wall",      "nan",   "pinf"};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct statistic statistic = {STATISTIC_COUNT, 42};
        assert_false(statistic_parse(rows[i], &statistic));
        assert_true(statistic.kind == STATISTIC_COUNT && statistic.p == 42);
    }
}

/* Definition 1: the smallest sample with at least a share p of all at or below it. */
static void test_quantile_definition(void **state) {
    (void)state;
    double sorted[200];
    for (int i = 0; i < 200; i++) sorted[i] = i + 1;
    for (size_t n = 1; n <= 200; n++)
        for (int percent = 1; percent <= 99; percent++) {
            /* in integers: smallest k with 100 k >= percent n */
            size_t k = ((size_t)percent * n + 99) / 100;
            assert_true(quantile_sorted(sorted, n, percent / 100.0) == (double)k);
        }
    assert_true(quantile_sorted(sorted, 100, 0.07) == 7); /* ceil(0.07 * 100) is 8 in doubles */
    assert_true(quantile_sorted(sorted, 1, 0.999) == 1);
    const double steps[] = {1, 1, 1, 5};
    assert_true(quantile_sorted(steps, 4, 0.75) == 1 && quantile_sorted(steps, 4, 0.76) == 5);
}

static void test_mean_and_deviation(void **state) {
    (void)state;
    const double plain[] = {2, 4, 4, 4, 5, 5, 7, 9};
    assert_true(samples_mean(plain, 8) == 5);
    assert_true(fabs(samples_stddev(plain, 8) - sqrt(32.0 / 7)) < 1e-15);
    assert_true(samples_stddev(plain, 1) == 0);
    const double cancelling[] = {1, 1e100, 1, -1e100};
    assert_true(samples_total(cancelling, 4) == 2 && samples_mean(cancelling, 4) == 0.5);
    const double huge[] = {DBL_MAX, DBL_MAX, DBL_MAX}; /* the sum overflows, the mean need not */
    assert_true(samples_mean(huge, 3) == DBL_MAX && samples_stddev(huge, 3) == 0);
    assert_true(isinf(samples_total(huge, 3)));
    const double wide[] = {-1e300, 1e300};
    assert_true(isfinite(samples_stddev(wide, 2)));
    double equal[1000];
    for (size_t n = 1; n <= 1000; n++) {
        equal[n - 1] = 0.1;
        assert_true(samples_mean(equal, n) == 0.1 && samples_stddev(equal, n) == 0);
    }
}

static void test_statistic_of_any_order(void **state) {
    (void)state;
    const double samples[] = {3, 1, 2, 5, 4};
    static const struct {
        const char *word;
        double value;
    } rows[] = {{"min", 1}, {"max", 5}, {"mean", 3},   {"median", 3},
                {"p80", 4}, {"p81", 5}, {"total", 15}, {"count", 5}};
    struct statistic statistic;
    for (size_t i = 0; i < array_length(rows); i++) {
        assert_true(statistic_parse(rows[i].word, &statistic));
        assert_true(statistic_of(&statistic, samples, 5) == rows[i].value);
        double none = statistic_of(&statistic, samples, 0);
        assert_true(statistic.kind == STATISTIC_COUNT ? none == 0 : isnan(none));
    }
    assert_true(samples[0] == 3 && samples[4] == 4); /* untouched */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_refused),
        cmocka_unit_test(test_quantile_definition),
        cmocka_unit_test(test_mean_and_deviation),
        cmocka_unit_test(test_statistic_of_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
