/* Buckets against the samples they stand for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "stats/buckets.h"

enum { COUNT = 20000 };

static double next_random(uint64_t *seed) { /* splitmix64; 0 to 1 */
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* Times from microseconds to minutes, some alike, some failed. */
static double *times(struct arena *arena, uint64_t seed) {
    double *samples = arena_alloc(arena, COUNT * sizeof *samples);
    for (size_t i = 0; i < COUNT; i++) {
        double random = next_random(&seed);
        samples[i] = random < 0.01   ? 1e9
                     : random < 0.05 ? 0.25
                                     : 1e-6 * exp(18 * next_random(&seed));
    }
    return samples;
}

static struct buckets *filled(struct arena *arena, const double *samples, size_t count) {
    struct buckets *buckets = buckets_new(arena);
    for (size_t i = 0; i < count; i++) buckets_add(buckets, samples[i]);
    return buckets;
}

static void test_quantiles_are_near(void **state) {
    (void)state;
    static const double shares[] = {0.0001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.98, 0.999, 0.9999};
    struct arena *arena = arena_new();
    double *samples = times(arena, 1);
    const struct buckets *buckets = filled(arena, samples, COUNT);
    assert_int_equal(buckets_count(buckets), COUNT);
    double *sorted = arena_alloc(arena, COUNT * sizeof *sorted);
    memcpy(sorted, samples, COUNT * sizeof *sorted);
    samples_sort(sorted, COUNT);
    for (size_t i = 0; i < array_length(shares); i++) {
        double exact = quantile_sorted(sorted, COUNT, shares[i]);
        const struct statistic quantile = {STATISTIC_QUANTILE, shares[i]};
        double near = buckets_statistic(buckets, &quantile);
        assert_true(fabs(near - exact) <= exact / 1024);
    }
    for (uint64_t rank = 0; rank < COUNT; rank += 37) {
        struct bucket_edges edges = buckets_rank(buckets, rank);
        assert_true(edges.low <= sorted[rank] && sorted[rank] <= edges.high);
        assert_true(edges.high - edges.low <= sorted[rank] / 1024);
    }
    arena_free(arena);
}

static void assert_same_moments(const struct buckets *buckets, const double *samples,
                                size_t count) {
    static const enum statistic_kind exact[] = {STATISTIC_MIN, STATISTIC_MAX, STATISTIC_COUNT};
    static const enum statistic_kind near[] = {STATISTIC_MEAN, STATISTIC_TOTAL, STATISTIC_STDDEV};
    for (size_t i = 0; i < array_length(exact); i++) {
        const struct statistic statistic = {exact[i], 0};
        assert_true(buckets_statistic(buckets, &statistic) ==
                    statistic_of(&statistic, samples, count));
    }
    for (size_t i = 0; i < array_length(near); i++) {
        const struct statistic statistic = {near[i], 0};
        double wanted = statistic_of(&statistic, samples, count);
        assert_true(fabs(buckets_statistic(buckets, &statistic) - wanted) <= 1e-12 * fabs(wanted));
    }
}

static void test_moments(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    double *samples = times(arena, 2);
    assert_same_moments(filled(arena, samples, COUNT), samples, COUNT);
    static const double one[] = {0.125};
    assert_same_moments(filled(arena, one, 1), one, 1);
    const struct statistic mean = {STATISTIC_MEAN, 0}, count = {STATISTIC_COUNT, 0};
    assert_true(isnan(buckets_statistic(buckets_new(arena), &mean)));
    assert_true(buckets_statistic(buckets_new(arena), &count) == 0);
    arena_free(arena);
}

static bool lies_beyond(struct buckets_bound bound, double value) {
    if (bound.inclusive && value == bound.bound) return true;
    return bound.upper ? value > bound.bound : value < bound.bound;
}

/* The count that is asked for lies between the two, which differ by one bucket at most. */
static void test_counts_beyond(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    double *samples = times(arena, 3);
    const struct buckets *buckets = filled(arena, samples, COUNT);
    uint64_t seed = 4, straddled = 0;
    for (size_t round = 0; round < 400; round++) {
        double drawn = samples[(size_t)(next_random(&seed) * COUNT)];
        struct buckets_bound bound = {
            round % 5 ? drawn * (0.999 + 0.002 * next_random(&seed)) : drawn, round & 1, round & 2};
        uint64_t least, most, exact = 0;
        buckets_beyond(buckets, bound, &least, &most);
        for (size_t i = 0; i < COUNT; i++) exact += lies_beyond(bound, samples[i]);
        assert_true(least <= exact && exact <= most);
        straddled += least < most;
    }
    assert_true(straddled > 0);
    arena_free(arena);
}

/* Outside of what was seen nothing is in doubt. */
static void test_bounds_outside(void **state) {
    (void)state;
    static const double values[] = {0.1, 0.1001, 0.1002};
    struct arena *arena = arena_new();
    const struct buckets *buckets = filled(arena, values, 3);
    uint64_t least, most;
    buckets_beyond(buckets, (struct buckets_bound){0.1002, true, false}, &least, &most);
    assert_int_equal(least, 0);
    assert_int_equal(most, 0);
    buckets_beyond(buckets, (struct buckets_bound){0.1, false, false}, &least, &most);
    assert_int_equal(most, 0);
    buckets_beyond(buckets, (struct buckets_bound){0.09999, true, true}, &least, &most);
    assert_int_equal(least, 3);
    arena_free(arena);
}

/* What no bucket of its own is for: 0, negative, tiny and huge values. */
static void test_extremes(void **state) {
    (void)state;
    static const double values[] = {-3, 0, 1e-12, 0.5, 1e15};
    struct arena *arena = arena_new();
    const struct buckets *buckets = filled(arena, values, 5);
    assert_same_moments(buckets, values, 5);
    assert_true(buckets_rank(buckets, 0).low == -3);
    assert_true(buckets_rank(buckets, 4).high == 1e15);
    uint64_t least, most;
    buckets_beyond(buckets, (struct buckets_bound){1, true, false}, &least, &most);
    assert_int_equal(least, 1);
    assert_int_equal(most, 1);
    arena_free(arena);
}

static void assert_same(const struct buckets *a, const struct buckets *b) {
    struct bucket one, two;
    uint32_t at = 0, other = 0;
    assert_int_equal(buckets_count(a), buckets_count(b));
    while (buckets_next(a, &at, &one)) {
        assert_true(buckets_next(b, &other, &two));
        assert_true(one.low == two.low && one.count == two.count);
    }
    assert_false(buckets_next(b, &other, &two));
}

static void test_merge_and_copy(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    double *samples = times(arena, 5);
    struct buckets *first = filled(arena, samples, 7000), *whole = filled(arena, samples, COUNT);
    const struct buckets *second = filled(arena, samples + 7000, COUNT - 7000);
    buckets_merge(first, second);
    buckets_merge(first, buckets_new(arena));
    assert_same(first, whole);
    assert_same_moments(first, samples, COUNT);
    struct arena *other = arena_new();
    struct buckets *copy = buckets_copy(other, whole);
    buckets_add(copy, 1);
    assert_int_equal(buckets_count(whole), COUNT);
    assert_int_equal(buckets_count(copy), COUNT + 1);
    arena_free(other);
    arena_free(arena);
}

/* As reports keep them. */
static void test_restore(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    double *samples = times(arena, 6);
    samples[0] = 0;
    const struct buckets *buckets = filled(arena, samples, COUNT);
    struct buckets *again = buckets_new(arena);
    struct bucket bucket;
    for (uint32_t at = 0; buckets_next(buckets, &at, &bucket);) {
        bucket.low = fmax(bucket.low, 0);
        buckets_restore(again, &bucket);
    }
    struct buckets_moments moments;
    double *const to[] = {&moments.least, &moments.most, &moments.mean, &moments.stddev};
    static const enum statistic_kind kinds[] = {STATISTIC_MIN, STATISTIC_MAX, STATISTIC_MEAN,
                                                STATISTIC_STDDEV};
    for (size_t i = 0; i < array_length(kinds); i++)
        *to[i] = buckets_statistic(buckets, &(struct statistic){kinds[i], 0});
    buckets_restore_moments(again, &moments);
    assert_same(again, buckets);
    assert_same_moments(again, samples, COUNT);
    arena_free(arena);
}

/* A load of hours fits in half a megabyte. */
static void test_memory(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct buckets *buckets = buckets_new(arena);
    uint64_t seed = 7;
    for (size_t i = 0; i < 300000; i++) buckets_add(buckets, 1e-9 * exp(41 * next_random(&seed)));
    assert_true(arena_used(arena) < 600000);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_are_near),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_counts_beyond),
        cmocka_unit_test(test_bounds_outside),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_merge_and_copy),
        cmocka_unit_test(test_restore),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
