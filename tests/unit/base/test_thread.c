#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sched.h>
#include <stdatomic.h>

#include "base/thread.h"

#include <cmocka.h>

enum { COUNT = 1000 };

struct tally {
    atomic_uint done[COUNT];
    atomic_uint begun, together, most;
    struct thread_pool *pool;
};

static void mark(void *context, size_t index) {
    struct tally *tally = context;
    unsigned together = atomic_fetch_add(&tally->together, 1) + 1, most = atomic_load(&tally->most);
    while (together > most && !atomic_compare_exchange_weak(&tally->most, &most, together)) {
    }
    atomic_fetch_add(&tally->done[index], 1);
    sched_yield();
    atomic_fetch_sub(&tally->together, 1);
}

static void every_index_is_worked_on_once(void **state) {
    (void)state;
    for (unsigned size = 0; size < 6; size++) {
        struct tally tally = {0};
        struct thread_pool *pool = thread_pool_new(size);
        thread_for(pool, COUNT, mark, &tally);
        for (size_t i = 0; i < COUNT; i++) assert_int_equal(tally.done[i], 1);
        assert_true(tally.most <= thread_pool_size(pool));
        thread_pool_free(pool);
    }
}

static void lend(void *owner, size_t count, void (*work)(void *context, size_t index),
                 void *context) {
    thread_for(owner, count, work, context);
}

static void a_lent_pool_works_with_the_threads_of_its_owner(void **state) {
    (void)state;
    struct tally tally = {0};
    struct thread_pool *owner = thread_pool_new(2), *pool = thread_pool_lent(lend, owner);
    thread_for(pool, COUNT, mark, &tally);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(tally.done[i], 1);
    assert_true(tally.most <= 2);
    thread_pool_free(pool);
    thread_pool_free(owner);
}

static void nothing_to_do_is_done_at_once(void **state) {
    (void)state;
    struct tally tally = {0};
    struct thread_pool *pool = thread_pool_new(2);
    thread_for(pool, 0, mark, &tally);
    assert_int_equal(tally.most, 0);
    thread_pool_free(pool);
}

static void in_order(void *context, size_t index) {
    struct tally *tally = context;
    assert_int_equal(atomic_fetch_add(&tally->begun, 1), index);
}

static void one_thread_works_in_order(void **state) {
    (void)state;
    struct tally tally = {0};
    struct thread_pool *pool = thread_pool_new(1);
    thread_for(pool, COUNT, in_order, &tally);
    assert_int_equal(tally.begun, COUNT);
    thread_pool_free(pool);
}

enum { OUTER = 10, INNER = COUNT / OUTER };

struct nested {
    struct tally *tally;
    size_t from;
};

static void inner(void *context, size_t index) {
    struct nested *nested = context;
    mark(nested->tally, nested->from + index);
}

static void outer(void *context, size_t index) {
    struct tally *tally = context;
    struct nested nested = {tally, index * INNER};
    thread_for(tally->pool, INNER, inner, &nested);
}

static void calls_inside_calls_share_the_threads(void **state) {
    (void)state;
    for (unsigned size = 1; size < 5; size++) {
        struct tally tally = {.pool = thread_pool_new(size)};
        thread_for(tally.pool, OUTER, outer, &tally);
        for (size_t i = 0; i < COUNT; i++) assert_int_equal(tally.done[i], 1);
        assert_true(tally.most <= size);
        thread_pool_free(tally.pool);
    }
}

static void the_size_is_bounded(void **state) {
    (void)state;
    struct thread_pool *pool = thread_pool_new(1000000);
    assert_true(thread_pool_size(pool) <= 256);
    thread_pool_free(pool);
    pool = thread_pool_new(0);
    assert_true(thread_pool_size(pool) >= 1);
    thread_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_worked_on_once),
        cmocka_unit_test(a_lent_pool_works_with_the_threads_of_its_owner),
        cmocka_unit_test(nothing_to_do_is_done_at_once),
        cmocka_unit_test(one_thread_works_in_order),
        cmocka_unit_test(calls_inside_calls_share_the_threads),
        cmocka_unit_test(the_size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
