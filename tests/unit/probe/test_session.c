#include "fake_probe.h"

#include <math.h>
#include <unistd.h>

#include "probe/labels.h"
#include "probe/session_internal.h"

static void say_plain(struct probe_run *run, unsigned number) {
    assert_true(probe_emit(run, EXACT, 0, 100));
    assert_true(probe_emit(run, EXACT, probe_label(run, "file", "b"), 60));
    assert_true(probe_emit(run, EXACT, probe_label(run, "file", "a"), 40));
    assert_true(probe_emit(run, NOISY, 0, 1 + number));
    assert_true(probe_emit(run, NOISY, 0, 10 + number));
    assert_true(probe_emit_rate(run, SHARE, 0, number, 10));
    probe_method(run, EXACT, "by hand");
}

static void test_samples_by_run(void **state) {
    (void)state;
    struct script script = {.say = say_plain};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_measured(&fake)->missing);
    for (int i = 0; i < 3; i++) assert_true(fake_run(&fake));
    session_close(fake.session);
    const struct measurement *measurement = fake_measured(&fake);
    assert_false(measurement->missing);
    assert_int_equal(measurement->runs, 3);
    assert_int_equal(measurement->count, 5);
    assert_string_equal(measurement->methods[EXACT], "by hand");
    assert_null(measurement->methods[NOISY]);
    const struct series *wall = fake_series(&fake, NOISY, "");
    static const double expected[] = {1, 10, 2, 11, 3, 12};
    assert_int_equal(wall->count, 6);
    assert_memory_equal(wall->samples, expected, sizeof expected);
    for (size_t run = 0; run < 3; run++) assert_int_equal(wall->run_ends[run], 2 * (run + 1));
    const struct series *rate = fake_series(&fake, SHARE, "");
    assert_int_equal(rate->k, 3);
    assert_int_equal(rate->n, 30);
    fake.session = NULL;
    fake_end(&fake);
}

/* Stretches of events that are alike grow; what is mixed stands for itself, in each run anew. */
static void say_in_order(struct probe_run *run, unsigned number) {
    (void)number;
    for (int i = 0; i < 3; i++) probe_emit_rate(run, SHARE, 0, 0, 1);
    for (int i = 0; i < 2; i++) probe_emit_rate(run, SHARE, 0, 5, 5);
    probe_emit_rate(run, SHARE, 0, 0, 0);
    probe_emit_rate(run, SHARE, 0, 1, 4);
    probe_emit_rate(run, SHARE, 0, 1, 4);
    probe_emit_rate(run, SHARE, 0, 0, 7);
}

static void test_order_of_events(void **state) {
    (void)state;
    struct script script = {.say = say_in_order};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_run(&fake) && fake_run(&fake));
    static const double shares[] = {0, 1, 0.25, 0.25, 0, 0, 1, 0.25, 0.25, 0};
    static const uint64_t trials[] = {3, 10, 4, 4, 7, 3, 10, 4, 4, 7};
    const struct series *rate = fake_series(&fake, SHARE, "");
    assert_int_equal(rate->count, 10);
    assert_memory_equal(rate->samples, shares, sizeof shares);
    assert_memory_equal(rate->trials, trials, sizeof trials);
    assert_int_equal(rate->run_ends[0], 5);
    assert_int_equal(rate->k, 24);
    assert_int_equal(rate->n, 56);
    fake_end(&fake);
}

/* More changes than a run has room for: neighbours become one, nothing is lost. */
static void say_many_changes(struct probe_run *run, unsigned number) {
    (void)number;
    for (unsigned i = 0; i < 100000; i++) probe_emit_rate(run, SHARE, 0, i % 2, 1);
}

static void test_bounded_order(void **state) {
    (void)state;
    struct script script = {.say = say_many_changes};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_run(&fake));
    const struct series *rate = fake_series(&fake, SHARE, "");
    assert_true(rate->count <= SLICES_MAX);
    uint64_t trials = 0, events = 0;
    for (size_t i = 0; i < rate->count; i++) {
        trials += rate->trials[i];
        events += (uint64_t)nearbyint(rate->samples[i] * (double)rate->trials[i]);
    }
    assert_int_equal(trials, 100000);
    assert_int_equal(events, 50000);
    assert_int_equal(rate->n, 100000);
    fake_end(&fake);
}

static void test_order(void **state) {
    (void)state;
    struct script script = {.say = say_plain};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_run(&fake));
    const struct series *series = fake_measured(&fake)->series;
    assert_null(series[0].labels[0]);
    assert_string_equal(series[1].labels[0], "a");
    assert_string_equal(series[2].labels[0], "b");
    assert_int_equal(series[3].metric, NOISY);
    fake_end(&fake);
}

static void say_late(struct probe_run *run, unsigned number) {
    probe_emit(run, NOISY, probe_label(run, "file", "always"), number);
    if (number == 2) probe_emit(run, NOISY, probe_label(run, "file", "late"), 7);
}

static void test_late_label(void **state) {
    (void)state;
    struct script script = {.say = say_late};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    for (int i = 0; i < 4; i++) assert_true(fake_run(&fake));
    const struct series *late = fake_series(&fake, NOISY, "late");
    static const size_t ends[] = {0, 0, 1, 1};
    assert_int_equal(late->runs, 4);
    assert_memory_equal(late->run_ends, ends, sizeof ends);
    fake_end(&fake);
}

static void say_labels_in_any_order(struct probe_run *run, unsigned number) {
    (void)number;
    probe_label_id one = probe_label_add(run, probe_label(run, "phase", "p"), "request", "r");
    probe_label_id other = probe_label_add(run, probe_label(run, "request", "r"), "phase", "p");
    assert_int_equal(one, other);
    probe_emit(run, TWO, one, 1);
    probe_emit(run, TWO, probe_label(run, "request", "r"), 2);
}

static void test_label_text(void **state) {
    (void)state;
    struct script script = {.say = say_labels_in_any_order};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_run(&fake));
    assert_int_equal(fake_measured(&fake)->count, 2);
    assert_non_null(fake_series(&fake, TWO, "phase:p request:r"));
    assert_non_null(fake_series(&fake, TWO, "request:r"));
    fake_end(&fake);
}

static void say_unwanted(struct probe_run *run, unsigned number) {
    (void)number;
    assert_false(probe_wanted(run, EXACT));
    assert_true(probe_wanted(run, NOISY));
    assert_false(probe_wanted(run, 1000));
    probe_emit(run, EXACT, 0, 5);
}

static void test_nothing_wanted_is_no_data(void **state) {
    (void)state;
    static const bool wanted[FAKE_METRICS] = {[NOISY] = true};
    struct script script = {.say = say_unwanted};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake.plan.wanted = wanted;
    fake_open(&fake);
    assert_false(fake_run(&fake));
    expect_failure(&fake, PROBE_NO_DATA, "gave no data");
    fake_end(&fake);
}

static void say_remarks(struct probe_run *run, unsigned number) {
    probe_emit(run, NOISY, 0, number);
    probe_remark(run, PROBE_WARNING, "the same every time", "h");
    for (unsigned i = 0; i < 60; i++)
        probe_remark(run, PROBE_NOTE,
                     text_format(session_of(run)->arena, "run %u note %u", number, i), NULL);
}

static void test_remarks(void **state) {
    (void)state;
    struct script script = {.say = say_remarks};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    for (int i = 0; i < 3; i++) assert_true(fake_run(&fake));
    const struct diags *problems = &fake_measured(&fake)->problems;
    assert_int_equal(problems->count, SESSION_REMARKS_MAX);
    assert_int_equal(problems->errors, 0);
    assert_int_equal(problems->items[0].level, DIAG_WARNING);
    assert_int_equal(problems->items[1].level, DIAG_NOTE);
    fake_end(&fake);
}

static void say_long_failure(struct probe_run *run, unsigned number) {
    (void)number;
    char *text = probe_memory(run, 5 * SESSION_MESSAGE_MAX);
    memset(text, 'x', 3 * SESSION_MESSAGE_MAX);
    probe_fail(run, PROBE_FAULT_TARGET, text, text);
}

static void test_long_messages_are_cut(void **state) {
    (void)state;
    struct script script = {.say = say_long_failure, .quits = true};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_false(fake_run(&fake));
    const struct diag *diag = &fake_measured(&fake)->problems.items[0];
    assert_int_equal(strlen(diag->message), SESSION_MESSAGE_MAX + 3);
    assert_int_equal(strlen(diag->hint), SESSION_MESSAGE_MAX + 3);
    fake_end(&fake);
}

static void mark(void *context, size_t index) {
    ((unsigned char *)context)[index]++;
}

static void say_parallel(struct probe_run *run, unsigned number) {
    (void)number;
    unsigned char *marks = probe_memory(run, 1000);
    probe_parallel(run, 1000, mark, marks);
    double once = 0;
    for (size_t i = 0; i < 1000; i++) once += marks[i] == 1;
    probe_emit(run, EXACT, 0, once);
}

static void test_parallel(void **state) {
    (void)state;
    for (unsigned threads = 0; threads <= 4; threads += 2) {
        struct script script = {.say = say_parallel};
        struct fake fake;
        fake_begin(&fake, script_sample, &script);
        struct thread_pool *pool = threads ? thread_pool_new(threads) : NULL;
        fake.plan.pool = pool;
        fake_open(&fake);
        assert_true(fake_run(&fake));
        assert_true(fake_series(&fake, EXACT, "")->samples[0] == 1000);
        fake_end(&fake);
        thread_pool_free(pool);
    }
}

static void say_until_stopped(struct probe_run *run, unsigned number) {
    (void)number;
    while (!probe_stopped(run)) {
    }
    probe_fail(run, PROBE_FAULT_CANCELLED, "stopped", NULL);
}

static void test_stops_at_the_deadline(void **state) {
    (void)state;
    struct script script = {.say = say_until_stopped, .quits = true};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    uint64_t deadline = clock_now() + 5000000;
    assert_false(session_run(fake.session, deadline));
    assert_true(clock_now() >= deadline);
    fake_end(&fake);
}

static void test_stops_when_cancelled(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct script script = {.say = say_until_stopped, .quits = true};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake.plan.cancel_fd = ends[0];
    fake_open(&fake);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_false(fake_run(&fake)); /* without a cancel it would never return */
    expect_failure(&fake, PROBE_FAILED_CANCELLED, "stopped");
    fake_end(&fake);
    close(ends[0]);
    close(ends[1]);
}

static void say_endless_stream(struct probe_run *run, unsigned number) {
    (void)number;
    size_t count = 0;
    while (probe_emit(run, NOISY, 0, 1)) count++;
    assert_true(count > 0);
}

static void test_emit_says_when_to_stop(void **state) {
    (void)state;
    struct script script = {.say = say_endless_stream};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(session_run(fake.session, clock_now() + 1000000));
    fake_end(&fake);
}

static void test_too_many_samples(void **state) {
    (void)state;
    struct script script = {.say = say_endless_stream};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    fake.session->record.samples[NOISY] = SAMPLES_MAX - 100;
    assert_false(fake_run(&fake));
    expect_failure(&fake, PROBE_CONTRACT, "more than 10000000 samples");
    fake_end(&fake);
}

static bool close_marks(struct probe_run *run) {
    return probe_fail(run, PROBE_FAULT_TARGET, "cannot open", NULL);
}

static void count_close(struct probe_run *run) {
    ++*(unsigned *)run->config;
}

static void test_close_follows_a_failed_open(void **state) {
    (void)state;
    unsigned closed = 0;
    struct fake fake;
    fake_begin(&fake, script_sample, &closed);
    fake.probe.open = close_marks;
    fake.probe.close = count_close;
    fake_open(&fake);
    expect_failure(&fake, PROBE_FAILED_TARGET, "cannot open");
    assert_false(fake_run(&fake));
    session_close(fake.session);
    assert_int_equal(closed, 1);
    fake.session = NULL;
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_by_run),
        cmocka_unit_test(test_order_of_events),
        cmocka_unit_test(test_bounded_order),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_late_label),
        cmocka_unit_test(test_label_text),
        cmocka_unit_test(test_nothing_wanted_is_no_data),
        cmocka_unit_test(test_remarks),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_stops_at_the_deadline),
        cmocka_unit_test(test_stops_when_cancelled),
        cmocka_unit_test(test_emit_says_when_to_stop),
        cmocka_unit_test(test_too_many_samples),
        cmocka_unit_test(test_close_follows_a_failed_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
