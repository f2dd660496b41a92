#include "fake_set.h"

#include <unistd.h>

static bool act_fail(struct probe_run *run, struct behaviour *self) {
    (void)self;
    return probe_fail(run, PROBE_FAULT_CRASH, "it fell", NULL);
}

static bool act_until_stopped(struct probe_run *run, struct behaviour *self) {
    (void)self;
    while (!probe_stopped(run)) {
    }
    return probe_fail(run, PROBE_FAULT_TIMEOUT, "out of time", NULL);
}

static void test_evidence(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        struct fake_set fake;
        fake_begin(&fake, threads);
        fake.wanted = 3;
        fake_add(&fake, "good", &loud_probe);
        fake_add(&fake, "bad", &loud_probe);
        fake.behaviours[1].act = act_fail;
        fake_add(&fake, "skipped", &loud_probe)->selected = false;
        fake_add(&fake, "quiet", &quiet_probe);
        assert_true(fake_execute(&fake));
        assert_true(fake.evidence[0].started);
        assert_null(fake.evidence[0].stopped);
        assert_false(fake.evidence[0].measurement->missing);
        assert_int_equal(fake.evidence[0].measurement->runs, 3);
        assert_int_equal(fake.evidence[0].measurement->series[0].count, 3);
        assert_ptr_equal(fake.evidence[0].measurement->metrics, &fake.budgets[0].metrics);
        assert_true(fake.evidence[1].measurement->missing);
        assert_string_equal(fake.evidence[1].measurement->problems.items[0].message, "it fell");
        assert_int_equal(fake.behaviours[1].runs, 1);
        assert_false(fake.evidence[2].started);
        assert_null(fake.evidence[2].measurement);
        assert_int_equal(fake.evidence[3].measurement->runs, 3);
        fake_end(&fake);
    }
}

/* Waits for company, so that it only ends when others do run beside it. */
static bool act_wait_for_another(struct probe_run *run, struct behaviour *self) {
    while (atomic_load(&self->journal->most) < 2)
        if (probe_stopped(run)) return probe_fail(run, PROBE_FAULT_TIMEOUT, "alone", NULL);
    return true;
}

static void test_side_by_side(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 4);
    for (int i = 0; i < 8; i++) {
        fake_add(&fake, text_format(fake.arena, "b%d", i), &loud_probe);
        fake.behaviours[i].act = act_wait_for_another;
    }
    assert_true(fake_execute(&fake));
    for (int i = 0; i < 8; i++) assert_false(fake.evidence[i].measurement->missing);
    assert_true(atomic_load(&fake.journal.most) <= 4);
    fake_end(&fake);
}

static bool act_alone(struct probe_run *run, struct behaviour *self) {
    (void)run;
    assert_int_equal(atomic_load(&self->journal->running), 1);
    return true;
}

static void test_quiet_runs_alone_and_last(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 4);
    fake_add(&fake, "q", &quiet_probe);
    fake_add(&fake, "s", &spawning_probe);
    fake.behaviours[0].act = fake.behaviours[1].act = act_alone;
    for (int i = 0; i < 6; i++) fake_add(&fake, text_format(fake.arena, "b%d", i), &loud_probe);
    assert_true(fake_execute(&fake));
    assert_int_equal(atomic_load(&fake.journal.count), 8);
    assert_string_equal(fake.journal.ids[6], "q");
    assert_string_equal(fake.journal.ids[7], "s");
    fake_end(&fake);
}

/* Asks for 2, then 5, then no more; notes what it was shown. */
struct asker {
    size_t shown[8];
    size_t count;
    bool missing;
};

static size_t asker_wanted(void *context, size_t budget, const struct measurement *measurement) {
    struct asker *asker = context;
    (void)budget;
    if (!measurement) return 2;
    asker->missing = measurement->missing;
    asker->shown[asker->count++] = measurement->runs;
    return measurement->runs == 2 ? 5 : 0;
}

static void test_asks_when_what_was_wanted_is_there(void **state) {
    (void)state;
    struct fake_set fake;
    struct asker asker = {0};
    fake_begin(&fake, 1);
    fake_add(&fake, "a", &quiet_probe);
    fake.request.wanted = asker_wanted;
    fake.request.context = &asker;
    assert_true(fake_execute(&fake));
    assert_int_equal(asker.count, 2);
    assert_int_equal(asker.shown[0], 2);
    assert_int_equal(asker.shown[1], 5);
    assert_int_equal(fake.evidence[0].measurement->runs, 5);
    assert_null(fake.evidence[0].stopped);
    fake_end(&fake);
}

static bool act_fail_third(struct probe_run *run, struct behaviour *self) {
    return self->runs == 3 ? act_fail(run, self) : true;
}

static void test_asks_after_a_failure(void **state) {
    (void)state;
    struct fake_set fake;
    struct asker asker = {0};
    fake_begin(&fake, 1);
    fake_add(&fake, "a", &quiet_probe);
    fake.behaviours[0].act = act_fail_third;
    fake.request.wanted = asker_wanted;
    fake.request.context = &asker;
    assert_true(fake_execute(&fake));
    assert_int_equal(asker.count, 2);
    assert_true(asker.missing);
    assert_int_equal(fake.behaviours[0].runs, 3);
    fake_end(&fake);
}

static void test_never_beyond_runs_max(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake.wanted = 100;
    fake_add(&fake, "a", &quiet_probe)->runs.max = 7;
    assert_true(fake_execute(&fake));
    assert_int_equal(fake.behaviours[0].runs, 7);
    assert_string_equal(fake.evidence[0].stopped, "runs.max");
    assert_false(fake.evidence[0].measurement->missing);
    fake_end(&fake);
}

static bool act_slow(struct probe_run *run, struct behaviour *self) {
    (void)run, (void)self;
    usleep(20000);
    return true;
}

static void test_time_limit(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake.wanted = 100000;
    struct budget *budget = fake_add(&fake, "a", &quiet_probe);
    budget->time_limit = 0.3;
    budget->runs.max = 100000;
    fake.behaviours[0].act = act_slow;
    assert_true(fake_execute(&fake));
    assert_string_equal(fake.evidence[0].stopped, "time limit");
    assert_true(fake.behaviours[0].runs <= 15);
    fake_end(&fake);
}

/* Whatever the limits, the first run has its chance. */
static void test_no_time_at_all(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_add(&fake, "a", &quiet_probe)->time_limit = 0;
    fake.behaviours[0].act = act_until_stopped;
    assert_true(fake_execute(&fake));
    assert_true(fake.evidence[0].measurement->missing);
    assert_int_equal(fake.evidence[0].measurement->problems.errors, 1);
    fake_end(&fake);
}

static void test_timeout_of_a_run(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_add(&fake, "a", &quiet_probe)->timeout = 0.005;
    fake.behaviours[0].act = act_until_stopped;
    fake_add(&fake, "b", &quiet_probe);
    assert_true(fake_execute(&fake));
    assert_true(fake.evidence[0].measurement->missing);
    assert_int_equal(fake.evidence[0].measurement->problems.items[0].code, PROBE_FAILED_TIMEOUT);
    assert_false(fake.evidence[1].measurement->missing);
    fake_end(&fake);
}

static int cancel_ends[2];

static bool act_cancel(struct probe_run *run, struct behaviour *self) {
    if (self->runs < 3) return true;
    assert_int_equal(write(cancel_ends[1], "x", 1), 1);
    while (!probe_stopped(run)) {
    }
    return probe_fail(run, PROBE_FAULT_CANCELLED, "interrupted", NULL);
}

static void test_cancel(void **state) {
    (void)state;
    struct fake_set fake;
    assert_int_equal(pipe(cancel_ends), 0);
    fake_begin(&fake, 1);
    fake.wanted = 10;
    fake.request.cancel_fd = cancel_ends[0];
    fake_add(&fake, "before", &quiet_probe);
    fake_add(&fake, "hit", &quiet_probe);
    fake.behaviours[1].act = act_cancel;
    fake_add(&fake, "never", &quiet_probe);
    assert_false(fake_execute(&fake));
    assert_int_equal(fake.evidence[0].measurement->runs, 10);
    assert_true(fake.evidence[1].started);
    assert_true(fake.evidence[1].measurement->missing);
    assert_int_equal(fake.evidence[1].measurement->runs, 2);
    assert_false(fake.evidence[2].started);
    assert_null(fake.evidence[2].measurement);
    assert_string_equal(fake.evidence[2].stopped, "cancelled");
    fake_end(&fake);
    close(cancel_ends[0]);
    close(cancel_ends[1]);
}

static bool act_cancel_quietly(struct probe_run *run, struct behaviour *self) {
    (void)run;
    return self->runs != 2 || write(cancel_ends[1], "x", 1) == 1;
}

/* Between runs: what was measured until then stands. */
static void test_cancel_between_runs(void **state) {
    (void)state;
    struct fake_set fake;
    assert_int_equal(pipe(cancel_ends), 0);
    fake_begin(&fake, 1);
    fake.wanted = 10;
    fake.request.cancel_fd = cancel_ends[0];
    fake_add(&fake, "hit", &quiet_probe);
    fake.behaviours[0].act = act_cancel_quietly;
    assert_false(fake_execute(&fake));
    assert_false(fake.evidence[0].measurement->missing);
    assert_int_equal(fake.evidence[0].measurement->runs, 2);
    assert_string_equal(fake.evidence[0].stopped, "cancellation");
    fake_end(&fake);
    close(cancel_ends[0]);
    close(cancel_ends[1]);
}

static bool enough_after_bad(void *context, size_t budget) {
    const struct fake_set *fake = context;
    return strcmp(fake->budgets[budget].id, "bad") == 0;
}

static void test_fail_fast(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake.request.enough = enough_after_bad;
    fake_add(&fake, "good", &quiet_probe);
    fake_add(&fake, "bad", &quiet_probe);
    fake_add(&fake, "spared", &quiet_probe);
    assert_true(fake_execute(&fake));
    assert_true(fake.evidence[1].started);
    assert_false(fake.evidence[2].started);
    assert_string_equal(fake.evidence[2].stopped, "--fail-fast");
    assert_int_equal(fake.behaviours[2].runs, 0);
    fake_end(&fake);
}

struct audience {
    atomic_bool inside;
    unsigned kinds[RUN_BUDGET_ENDED + 1];
    size_t last_total;
};

static void audience_hear(void *context, const struct run_event *event) {
    struct audience *audience = context;
    assert_false(atomic_exchange(&audience->inside, true));
    audience->kinds[event->kind]++;
    audience->last_total = event->total;
    assert_true(event->position >= 1 && event->position <= event->total);
    assert_true((event->kind == RUN_BUDGET_STARTED) == (event->measurement == NULL));
    atomic_store(&audience->inside, false);
}

static void test_observer_hears_one_at_a_time(void **state) {
    (void)state;
    struct fake_set fake;
    struct audience audience = {0};
    fake_begin(&fake, 4);
    fake.wanted = 50;
    fake.request.observe = audience_hear;
    fake.request.observer = &audience;
    for (int i = 0; i < 8; i++) fake_add(&fake, text_format(fake.arena, "b%d", i), &loud_probe);
    assert_true(fake_execute(&fake));
    assert_int_equal(audience.kinds[RUN_BUDGET_STARTED], 8);
    assert_int_equal(audience.kinds[RUN_PROGRESS], 400);
    assert_int_equal(audience.kinds[RUN_BUDGET_ENDED], 8);
    assert_int_equal(audience.last_total, 8);
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_quiet_runs_alone_and_last),
        cmocka_unit_test(test_asks_when_what_was_wanted_is_there),
        cmocka_unit_test(test_asks_after_a_failure),
        cmocka_unit_test(test_never_beyond_runs_max),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_no_time_at_all),
        cmocka_unit_test(test_timeout_of_a_run),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_between_runs),
        cmocka_unit_test(test_fail_fast),
        cmocka_unit_test(test_observer_hears_one_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
