/* Events in their order: counts, blocks, bursts, and correlation against one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/array.h"
#include "stats/dependence.h"
#include "stats/events.h"

/* 3 without, 2 events, 1 without, 4 events, 10 without. */
static const double shares[] = {0, 1, 0, 1, 0};
static const uint64_t trials[] = {3, 2, 1, 4, 10};
static const struct events some = {shares, trials, 5, false};
static const struct events others = {shares, trials, 5, true};

static void assert_count(struct event_count count, uint64_t n, uint64_t k) {
    assert_int_equal(count.n, n);
    assert_int_equal(count.k, k);
}

static void test_counts(void **state) {
    (void)state;
    assert_count(events_all(&some), 20, 6);
    assert_count(events_all(&others), 20, 14);
    assert_count(events_apart(&some, 1), 20, 6);
    assert_count(events_apart(&some, 3), 8, 1); /* 0 2 5 7 10 13 15 18 */
    assert_count(events_apart(&others, 3), 8, 7);
    assert_count(events_apart(&some, 100), 1, 0);
    assert_count(events_blocks(&some, 4), 6, 2);  /* 3-6 and 7-9 of 0 3 7 10 14 18 */
    assert_count(events_blocks(&some, 10), 3, 2); /* 0-8, 9-18, 19 */
    assert_count(events_blocks(&others, 10), 3, 3);
    assert_int_equal(events_needed(6, 4), 19);
    assert_int_equal(events_needed(5, 1), 5);
    assert_int_equal(events_needed(0, 4), 0);
    assert_int_equal(events_bursts(&some, 1), 2);
    assert_int_equal(events_bursts(&some, 2), 1);
    assert_int_equal(events_bursts(&others, 1), 3);
}

/* Of slices without order the share counts. */
static void test_mixed(void **state) {
    (void)state;
    static const double share[] = {0.03, 0};
    static const uint64_t thousand[] = {1000, 1000};
    const struct events mixed = {share, thousand, 2, false};
    assert_true(events_mixed(&mixed));
    assert_false(events_mixed(&some));
    assert_count(events_all(&mixed), 2000, 30);
    assert_count(events_apart(&mixed, 20), 102, 2); /* 1.53 */
    double first;
    const struct events one = {share, thousand, 1, false};
    assert_int_equal(events_step(&one, 20, &first), 20); /* nothing can be seen */
    assert_true(fabs(first) < 0.01);
    assert_int_equal(events_step(&mixed, 20, &first), 20);
}

/* The same events one by one, in the way of stats/dependence.c. */
static double plain_correlation(const bool *flags, size_t count, size_t lag) {
    double mean = 0, products = 0, squares = 0;
    for (size_t i = 0; i < count; i++) mean += flags[i];
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) squares += (flags[i] - mean) * (flags[i] - mean);
    for (size_t i = lag; i < count; i++) products += (flags[i] - mean) * (flags[i - lag] - mean);
    return products / squares * (double)count / (double)(count - lag);
}

/* Every fifth request fails: every tenth would meet all of them or none. */
static void test_regular(void **state) {
    (void)state;
    double share[400];
    uint64_t length[400];
    for (size_t i = 0; i < 400; i++) {
        share[i] = i % 2;
        length[i] = i % 2 ? 1 : 4;
    }
    const struct events events = {share, length, 400, false};
    struct event_count kept = events_apart(&events, 10);
    assert_true(kept.n > 100 && kept.n < 106);
    assert_true(kept.k > 18 && kept.k < 24);
}

static void test_step(void **state) {
    (void)state;
    enum { COUNT = 6000 };
    static bool flags[COUNT];
    static double share[COUNT];
    static uint64_t length[COUNT];
    struct events events = {share, length, 0, false};
    uint64_t seed = 1;
    bool event = false;
    for (size_t i = 0; i < COUNT; i++) { /* bursts of about 8 */
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned draw = (unsigned)(seed >> 40) % 1000;
        event = event ? draw < 875 : draw < 10;
        flags[i] = event;
        if (events.slices == 0 || share[events.slices - 1] != event) share[events.slices++] = event;
        length[events.slices - 1]++;
    }
    double first;
    size_t step = events_step(&events, 1, &first);
    assert_true(fabs(first - plain_correlation(flags, COUNT, 1)) < 1e-9);
    assert_true(step > 10 && step < 100);
    for (size_t lag = 1; lag < step && lag < DEPENDENCE_FINE; lag++)
        assert_true(dependence_seen(plain_correlation(flags, COUNT, lag), (double)(COUNT - lag),
                                    DEPENDENCE_ERRORS));
    assert_false(dependence_seen(plain_correlation(flags, COUNT, step), (double)(COUNT - step),
                                 DEPENDENCE_ERRORS));
    const struct events inverse = {share, length, events.slices, true};
    assert_int_equal(events_step(&inverse, 1, &first), step);
}

/* Slices that know no order, but differ from each other, as runs with good and bad days do. */
static void test_slices_that_differ(void **state) {
    (void)state;
    double share[40], first;
    uint64_t length[40];
    for (size_t i = 0; i < array_length(share); i++) {
        share[i] = i % 2 ? 0.3 : 0.02;
        length[i] = 100;
    }
    const struct events events = {share, length, 40, false};
    assert_true(events_step(&events, 20, &first) > 30);
    assert_true(first > DEPENDENCE_SLIGHT);
}

static void test_too_few(void **state) {
    (void)state;
    double first;
    const double four[] = {0, 1, 0};
    const uint64_t length[] = {500, 4, 500};
    const struct events events = {four, length, 3, false};
    assert_int_equal(events_step(&events, 10, &first), 10);
    assert_true(isnan(first));
    const double all[] = {1};
    const uint64_t hundred[] = {100};
    const struct events certain = {all, hundred, 1, false};
    assert_int_equal(events_step(&certain, 10, &first), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_regular),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_slices_that_differ),
        cmocka_unit_test(test_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
