/* The radix sort against qsort, over what doubles can be. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "stats/statistic.h"

static uint64_t next_random(uint64_t *seed) { /* splitmix64 */
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* By value, and -0 before 0: the order samples_sort keeps. */
static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    if (x != y) return x < y ? -1 : 1;
    return (signbit(y) != 0) - (signbit(x) != 0);
}

static void assert_sorts(const double *samples, size_t count) {
    double *expected = malloc((count + 1) * sizeof *expected);
    double *got = malloc((count + 1) * sizeof *got);
    assert_non_null(expected);
    assert_non_null(got);
    memcpy(expected, samples, count * sizeof *expected);
    memcpy(got, samples, count * sizeof *got);
    qsort(expected, count, sizeof *expected, compare_doubles);
    samples_sort(got, count);
    assert_memory_equal(got, expected, count * sizeof *got);
    free(expected);
    free(got);
}

enum { MANY = 20000 };
static const size_t sizes[] = {0, 1, 2, 3, 100, 255, 256, 257, 1000, MANY};

/* Any bits that are a number: both signs, zeros, denormals, infinities. */
static void test_any_bits(void **state) {
    (void)state;
    static double samples[MANY];
    uint64_t seed = 20261120;
    for (size_t i = 0; i < MANY;) {
        uint64_t bits = next_random(&seed);
        memcpy(&samples[i], &bits, sizeof bits);
        if (!isnan(samples[i])) i++;
    }
    for (size_t s = 0; s < array_length(sizes); s++) assert_sorts(samples, sizes[s]);
}

static void test_special_values(void **state) {
    (void)state;
    static const double special[] = {0.0,      -0.0,    DBL_TRUE_MIN, -DBL_TRUE_MIN, DBL_MIN,
                                     -DBL_MIN, DBL_MAX, -DBL_MAX,     INFINITY,      -INFINITY,
                                     1.0,      -1.0,    0.1,          1e-310,        -1e-310};
    static double samples[MANY];
    uint64_t seed = 7;
    for (size_t i = 0; i < MANY; i++)
        samples[i] = special[next_random(&seed) % array_length(special)];
    for (size_t s = 0; s < array_length(sizes); s++) assert_sorts(samples, sizes[s]);
}

/* As measurements are: near each other, many the same. */
static void test_alike(void **state) {
    (void)state;
    static double samples[MANY];
    uint64_t seed = 11;
    for (size_t i = 0; i < MANY; i++) samples[i] = 0.012 + (double)(next_random(&seed) % 50) * 1e-9;
    for (size_t s = 0; s < array_length(sizes); s++) assert_sorts(samples, sizes[s]);
    for (size_t i = 0; i < MANY; i++) samples[i] = 5;
    assert_sorts(samples, MANY);
    for (size_t i = 0; i < MANY; i++) samples[i] = -(double)i;
    assert_sorts(samples, MANY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_bits),
        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
