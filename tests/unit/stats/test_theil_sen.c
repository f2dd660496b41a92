/* The slope of a series: exact on lines, unbent by outliers, and its interval holds what it says.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include "stats/theil_sen.h"

#include <cmocka.h>

static void a_line_has_its_slope(void **state) {
    (void)state;
    static double x[5000], y[5000];
    for (size_t i = 0; i < 5000; i++) x[i] = (double)i / 10, y[i] = 3 * x[i] - 7;
    for (size_t count = 3; count <= 5000; count = count * 3 + 1) {
        struct slope slope = theil_sen(x, y, count, 2);
        assert_true(fabs(slope.estimate - 3) < 1e-9);
        assert_true(fabs(slope.low - 3) < 1e-9 && fabs(slope.high - 3) < 1e-9);
        assert_int_equal(slope.points, count < THEIL_SEN_POINTS ? count : THEIL_SEN_POINTS);
    }
    assert_true(isnan(theil_sen(x, y, 2, 2).estimate));
}

/* Worked by hand: slopes 1, 1, 4, 1, 11/2, 10 of four points. */
static void the_median_of_all_pairs_is_taken(void **state) {
    (void)state;
    static const double x[] = {0, 1, 2, 3}, y[] = {0, 1, 2, 12};
    struct slope slope = theil_sen(x, y, 4, 0);
    assert_true(slope.estimate == (1 + 4) / 2.0);
}

static void outliers_do_not_bend_it(void **state) {
    (void)state;
    double x[100], y[100];
    for (size_t i = 0; i < 100; i++) x[i] = (double)i, y[i] = i % 10 == 5 ? 1e9 : 2.0 * (double)i;
    assert_true(fabs(theil_sen(x, y, 100, 1.96).estimate - 2) < 0.5);
}

/* Uniform noise in [0, 1), the same in every run. */
static double noise(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 11) / 9007199254740992.0;
}

/* Of 1,000 flat series, the 95 % interval leaves out the truth in about 50. */
static void the_interval_holds_the_truth(void **state) {
    (void)state;
    uint64_t seed = 20261120;
    int missed = 0;
    double x[40], y[40];
    for (int round = 0; round < 1000; round++) {
        for (size_t i = 0; i < 40; i++) x[i] = (double)i, y[i] = noise(&seed);
        struct slope slope = theil_sen(x, y, 40, 1.959964);
        assert_true(slope.low <= slope.estimate && slope.estimate <= slope.high);
        missed += slope.low > 0 || slope.high < 0;
    }
    assert_in_range(missed, 20, 70);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_slope),
        cmocka_unit_test(the_median_of_all_pairs_is_taken),
        cmocka_unit_test(outliers_do_not_bend_it),
        cmocka_unit_test(the_interval_holds_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
