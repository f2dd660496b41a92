/* How small a change a number of pairs can tell, against the interval that the judge computes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "stats/signed_rank.h"
#include "stats/statistic.h"
#include "verdict/run_values.h"

enum { RUNS = 200, PAIRS = 40, TRIALS = 400 };
static const double ALPHA = 0.01;

/* splitmix64 (Steele, Lea and Flood 2014) */
static double uniform(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 12) + 0.5) * 0x1p-52;
}

static double normal(uint64_t *state) {
    return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

static double run_of(double spread, uint64_t *state) {
    return 0.2 * exp(spread * normal(state));
}

/* Half the width of the interval of paired runs, on the average of many gates. */
static double half_width(double spread, uint64_t *state) {
    double sum = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double ratios[PAIRS];
        for (int i = 0; i < PAIRS; i++)
            ratios[i] = log(run_of(spread, state) / run_of(spread, state));
        samples_sort(ratios, PAIRS);
        struct rank_interval interval = hodges_lehmann_interval(ratios, PAIRS, ALPHA);
        sum += (interval.high - interval.low) / 2;
    }
    return expm1(sum / TRIALS);
}

static void the_noise_is_what_the_interval_leaves_open(void **state) {
    (void)state;
    static const double spreads[] = {0.005, 0.05, 0.2};
    uint64_t seed = 20261121;
    for (size_t s = 0; s < sizeof spreads / sizeof *spreads; s++) {
        double values[RUNS];
        for (int i = 0; i < RUNS; i++) values[i] = run_of(spreads[s], &seed);
        double noise = run_values_noise(values, RUNS, PAIRS, ALPHA);
        double seen = half_width(spreads[s], &seed);
        print_message("spread %.3f: noise %.5f, half width %.5f\n", spreads[s], noise, seen);
        assert_true(noise > 0.85 * seen && noise < 1.15 * seen);
        assert_true(run_values_noise(values, RUNS, 4 * PAIRS, ALPHA) < 0.55 * noise);
        assert_true(run_values_noise(values, RUNS, PAIRS, ALPHA / 10) > noise);
    }
}

/* A spike is no scatter; most values alike leave the standard deviation. */
static void few_spikes_do_not_count_unless_all_else_is_equal(void **state) {
    (void)state;
    static const double spiked[] = {10, 11, 10, 12, 11, 10, 11, 900};
    static const double equal[] = {10, 10, 10, 10, 10, 10, 10, 10};
    static const double nearly[] = {10, 10, 10, 10, 10, 10, 10, 20};
    assert_true(run_values_noise(spiked, 8, PAIRS, ALPHA) < 0.1);
    assert_true(run_values_noise(equal, 8, PAIRS, ALPHA) == 0);
    assert_true(run_values_noise(nearly, 8, PAIRS, ALPHA) > 0.05);
}

static void what_says_nothing_is_nan(void **state) {
    (void)state;
    static const double few[] = {1, 2, 3, 4}, zero[] = {1, 2, 0, 4, 5}, below[] = {1, 2, -1, 4, 5};
    assert_true(isnan(run_values_noise(few, 4, PAIRS, ALPHA)));
    assert_true(isnan(run_values_noise(zero, 5, PAIRS, ALPHA)));
    assert_true(isnan(run_values_noise(below, 5, PAIRS, ALPHA)));
    assert_true(isnan(run_values_noise(few, 4, 1, ALPHA)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_noise_is_what_the_interval_leaves_open),
        cmocka_unit_test(few_spikes_do_not_count_unless_all_else_is_equal),
        cmocka_unit_test(what_says_nothing_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
