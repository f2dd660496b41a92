/* The signed-rank test and what is made of it, against enumeration and brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/signed_rank.h"
#include "stats/statistic.h"
#include "stats/welch.h"

enum { MOST = 12, SEEDS = 40 };

/* splitmix64 (Steele, Lea and Flood 2014) */
static uint64_t next_bits(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double rank_of(const double *values, size_t count, size_t at) {
    double below = 0, equal = 0;
    for (size_t i = 0; i < count; i++) {
        below += fabs(values[i]) < fabs(values[at]);
        equal += fabs(values[i]) == fabs(values[at]);
    }
    return below + (equal + 1) / 2;
}

/* The share of all 2^n ways to set the signs whose sum is at least as large. */
static double enumerated(const double *values, size_t count) {
    double kept[MOST], ranks[MOST], seen = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i] != 0) kept[n++] = values[i];
    for (size_t i = 0; i < n; i++) {
        ranks[i] = rank_of(kept, n, i);
        if (kept[i] > 0) seen += ranks[i];
    }
    size_t ways = 0;
    for (size_t signs = 0; signs < (size_t)1 << n; signs++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            if (signs >> i & 1) sum += ranks[i];
        ways += sum >= seen;
    }
    return (double)ways / (double)((size_t)1 << n);
}

/* Every set of signs of distinct sizes, and random ones with ties and zeros. */
static void test_tails_agree_with_enumeration(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (size_t n = 1; n <= MOST; n++) {
        for (size_t signs = 0; signs<(size_t)1 << n; signs += n> 9 ? 37 : 1) {
            double values[MOST];
            for (size_t i = 0; i < n; i++) values[i] = (signs >> i & 1 ? 1 : -1) * (double)(i + 1);
            assert_true(fabs(signed_rank_upper(values, n) - enumerated(values, n)) < 1e-12);
        }
        for (int round = 0; round < SEEDS; round++) {
            double values[MOST], mirrored[MOST];
            for (size_t i = 0; i < n; i++) {
                values[i] = (double)(next_bits(&seed) % 9) - 4;
                mirrored[i] = -values[i];
            }
            assert_true(fabs(signed_rank_upper(values, n) - enumerated(values, n)) < 1e-12);
            assert_true(fabs(signed_rank_lower(values, n) - enumerated(mirrored, n)) < 1e-12);
        }
    }
}

static void test_nothing_says_nothing(void **state) {
    (void)state;
    const double zeros[] = {0, 0, 0};
    assert_true(signed_rank_upper(zeros, 3) == 1);
    assert_true(signed_rank_lower(zeros, 3) == 1);
    assert_true(signed_rank_upper(zeros, 0) == 1);
}

/* Chances of each rank sum of n distinct sizes, by adding one rank after another. */
static double exact_tail(size_t n, size_t from) {
    size_t most = n * (n + 1) / 2;
    double *chances = calloc(most + 1, sizeof *chances), tail = 0;
    assert_non_null(chances);
    chances[0] = 1;
    for (size_t rank = 1; rank <= n; rank++)
        for (size_t s = most + 1; s-- > 0;)
            chances[s] = (chances[s] + (s >= rank ? chances[s - rank] : 0)) / 2;
    for (size_t s = from; s <= most; s++) tail += chances[s];
    free(chances);
    return tail;
}

/* Beyond the exact form, tails are near the exact ones, and rather too large than too small. */
static void test_normal_approximation(void **state) {
    (void)state;
    enum { COUNT = SIGNED_RANK_EXACT + 1 };
    for (size_t negative = 25; negative <= 50; negative += 5) {
        double values[COUNT];
        size_t sum = 0;
        for (size_t i = 0; i < COUNT; i++) {
            bool positive = i * 37 % COUNT >= negative;
            values[i] = (positive ? 1.0 : -1.0) * (double)(i + 1);
            if (positive) sum += i + 1;
        }
        double exact = exact_tail(COUNT, sum);
        double tail = signed_rank_upper(values, COUNT);
        assert_true(tail > 0.99 * exact && tail < 1.3 * exact + 2e-6);
    }
}

static int double_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_walsh_averages_agree_with_brute_force(void **state) {
    (void)state;
    uint64_t seed = 11;
    for (size_t n = 1; n <= 40; n++) {
        double values[40], all[820];
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            values[i] = ((double)(next_bits(&seed) % 2001) - 1000) / (n % 3 ? 64 : 700);
        samples_sort(values, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i; j < n; j++) all[count++] = values[i] / 2 + values[j] / 2;
        qsort(all, count, sizeof *all, double_compare);
        for (size_t k = 1; k <= count; k++) assert_true(walsh_average(values, n, k) == all[k - 1]);
        double middle = (all[(count - 1) / 2] + all[count / 2]) / 2;
        assert_true(fabs(hodges_lehmann(values, n) - middle) < 1e-12);
    }
}

/* The interval holds a value exactly where the test does not refuse it. */
static void test_interval_inverts_the_test(void **state) {
    (void)state;
    uint64_t seed = 13;
    for (size_t n = 4; n <= 30; n += 2) {
        double values[30], shifted[30];
        for (size_t i = 0; i < n; i++) values[i] = (double)(next_bits(&seed) >> 12) / 1e12;
        samples_sort(values, n);
        struct rank_interval found = hodges_lehmann_interval(values, n, 0.05);
        if (n < 5) assert_true(isnan(found.low) && isnan(found.high));
        if (isnan(found.low)) continue;
        for (int side = -1; side <= 1; side += 2) {
            double end = side < 0 ? found.low : found.high;
            for (int within = -1; within <= 1; within += 2) {
                for (size_t i = 0; i < n; i++)
                    shifted[i] = values[i] - (end - side * within * 1e-9);
                double tail =
                    side < 0 ? signed_rank_upper(shifted, n) : signed_rank_lower(shifted, n);
                assert_int_equal(tail <= 0.05, within < 0);
            }
        }
    }
}

/* Reference values worked out by hand: variances 2.5 and 10 over 5 each. */
static void test_welch(void **state) {
    (void)state;
    const double a[] = {1, 2, 3, 4, 5}, b[] = {2, 4, 6, 8, 10}, same[] = {3, 3};
    struct welch welch = welch_of(a, 5, b, 5);
    assert_true(welch.difference == -3);
    assert_true(fabs(welch.error - sqrt(2.5)) < 1e-12);
    assert_true(fabs(welch.freedom - 6.25 / ((0.25 + 4) / 4)) < 1e-9);
    welch = welch_of(same, 2, same, 2);
    assert_true(welch.freedom == 0 && welch_margin(&welch, 0.05) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tails_agree_with_enumeration),
        cmocka_unit_test(test_nothing_says_nothing),
        cmocka_unit_test(test_normal_approximation),
        cmocka_unit_test(test_walsh_averages_agree_with_brute_force),
        cmocka_unit_test(test_interval_inverts_the_test),
        cmocka_unit_test(test_welch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
