/* Timers come due in order and only when they are, however often they were moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/loop.h"

#define TIMERS 500

static uint64_t draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void moved_timers_come_due_in_order(void **state) {
    (void)state;
    struct loop *loop = loop_new(TIMERS);
    uint64_t due[TIMERS], seed = 42, now = 0;
    for (int i = 0; i < TIMERS; i++) due[i] = LOOP_NEVER;
    for (int round = 0; round < 20000; round++) {
        uint32_t timer = (uint32_t)(draw(&seed) % TIMERS);
        due[timer] = draw(&seed) % 8 == 0 ? LOOP_NEVER : now + draw(&seed) % 1000;
        loop_timer_set(loop, timer, due[timer]);
        if (round % 3) continue;
        now += draw(&seed) % 20;
        uint64_t last = 0;
        for (uint32_t one; loop_timer_due(loop, now, &one);) {
            assert_true(due[one] <= now && due[one] >= last);
            last = due[one];
            due[one] = LOOP_NEVER;
        }
        for (int i = 0; i < TIMERS; i++) assert_true(due[i] > now);
    }
    loop_free(loop);
}

static void waiting_ends_with_an_event_or_a_moment(void **state) {
    (void)state;
    struct loop *loop = loop_new(2);
    const struct loop_event *events;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    assert_true(loop_watch(loop, ends[0], 77, LOOP_READ));
    assert_int_equal(loop_wait(loop, 0, &events), 0);
    uint64_t soon = clock_now() + 2000000;
    loop_timer_set(loop, 1, soon);
    assert_int_equal(loop_wait(loop, LOOP_NEVER, &events), 0);
    assert_true(clock_now() >= soon);
    uint32_t timer = 9;
    assert_true(loop_timer_due(loop, clock_now(), &timer));
    assert_int_equal(timer, 1);
    assert_false(loop_timer_due(loop, UINT64_MAX - 1, &timer));
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(loop_wait(loop, LOOP_NEVER, &events), 1);
    assert_int_equal(events[0].id, 77);
    assert_int_equal(events[0].what & LOOP_READ, LOOP_READ);
    loop_forget(loop, ends[0]);
    assert_int_equal(loop_wait(loop, 0, &events), 0);
    close(ends[0]);
    close(ends[1]);
    loop_free(loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moved_timers_come_due_in_order),
        cmocka_unit_test(waiting_ends_with_an_event_or_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
