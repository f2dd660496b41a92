/* What becomes of a budget whose probe fails, or breaks the rules of probe.h. */
#include "fake_probe.h"

#include "probe/session_internal.h"

static void say_well(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, 1);
}

/* Things a probe may not do, and what becomes of the budget. */
static void say_nan(struct probe_run *run, unsigned number) {
    (void)number;
    assert_false(probe_emit(run, NOISY, 0, (double)NAN));
    assert_false(probe_emit(run, NOISY, 0, 1));
}
static void say_infinite(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, (double)-INFINITY);
}
static void say_unknown_metric(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, FAKE_METRICS, 0, 1);
}
static void say_huge_metric(struct probe_run *run, unsigned number) {
    (void)number;
    probe_unbounded(run, UINT32_MAX, 0);
}
static void say_unknown_dimension(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, probe_label(run, "phase", "x"), 1);
}
static void say_no_dimension(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, SHARE, probe_label(run, "file", "x"), 1);
}
static void say_forged_label(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 12345, 1);
}
static void say_twice_the_dimension(struct probe_run *run, unsigned number) {
    (void)number;
    probe_label_add(run, probe_label(run, "file", "x"), "file", "y");
}
static void say_null_label(struct probe_run *run, unsigned number) {
    (void)number;
    probe_label(run, "file", NULL);
}
static void say_label_on_nothing(struct probe_run *run, unsigned number) {
    (void)number;
    probe_label_add(run, 99, "file", "y");
}
static void say_nothing(struct probe_run *run, unsigned number) {
    (void)run, (void)number;
}
static void say_more_errors_than_events(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit_rate(run, SHARE, 0, 2, 1);
}
static void say_outside_of_edges(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit_between(run, NOISY, 0, (struct probe_between){3, 1, 2});
}
static void say_edges_without_number(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit_between(run, NOISY, 0, (struct probe_between){3, (double)NAN, 4});
}
static void say_with_and_without_edges(struct probe_run *run, unsigned number) {
    (void)number;
    assert_true(probe_emit_between(run, NOISY, 0, (struct probe_between){3, 2, (double)INFINITY}));
    assert_true(probe_emit_between(run, NOISY, 0, (struct probe_between){3, 1, 5}));
    probe_emit(run, NOISY, 0, 3);
}
static void say_events_of_bytes(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit_rate(run, EXACT, 0, 1, 2);
}
static void say_events_and_values(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, SHARE, 0, 0.5);
    probe_emit_rate(run, SHARE, 0, 1, 2);
}
static void say_two_exact_values(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, 5);
    probe_emit(run, EXACT, 0, 5);
    probe_emit(run, EXACT, 0, 6);
}
static void say_declared_late(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, 5);
    probe_declare(run, &fake_metrics[EXACT]);
}
static void say_method_of_nothing(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, 5);
    probe_method(run, 77, "magic");
}
static void say_fail(struct probe_run *run, unsigned number) {
    (void)number;
    probe_emit(run, EXACT, 0, 5);
    probe_fail(run, PROBE_FAULT_CRASH, "it fell", "catch it");
    probe_fail(run, PROBE_FAULT_DATA, "a later failure", NULL);
}
static void say_odd_fault(struct probe_run *run, unsigned number) {
    (void)number;
    probe_fail(run, (enum probe_fault)99, "odd", NULL);
}
static void say_no_reason(struct probe_run *run, unsigned number) {
    (void)number;
    probe_fail(run, PROBE_FAULT_TARGET, NULL, NULL);
}

static void test_broken_probes(void **state) {
    (void)state;
    static const struct {
        void (*say)(struct probe_run *run, unsigned number);
        enum diag_code code;
        const char *part;
        bool quits;
    } rows[] = {
        {say_nan, PROBE_CONTRACT, "`wall` that is no finite number", false},
        {say_infinite, PROBE_CONTRACT, "`bytes` that is no finite number", false},
        {say_unknown_metric, PROBE_CONTRACT, "metric number 4", false},
        {say_huge_metric, PROBE_CONTRACT, "metric number 4294967295", false},
        {say_unknown_dimension, PROBE_CONTRACT, "by `phase`", false},
        {say_no_dimension, PROBE_CONTRACT, "by `file`", false},
        {say_forged_label, PROBE_CONTRACT, "label that does not exist", false},
        {say_twice_the_dimension, PROBE_CONTRACT, "a dimension twice", false},
        {say_null_label, PROBE_CONTRACT, "without a value", false},
        {say_label_on_nothing, PROBE_CONTRACT, "built on a label", false},
        {say_nothing, PROBE_NO_DATA, "gave no data", false},
        {say_nothing, PROBE_CONTRACT, "did not say why", true},
        {say_well, PROBE_CONTRACT, "did not say why", true},
        {say_more_errors_than_events, PROBE_CONTRACT, "more events", false},
        {say_events_of_bytes, PROBE_CONTRACT, "no ratio", false},
        {say_outside_of_edges, PROBE_CONTRACT, "outside of its edges", false},
        {say_edges_without_number, PROBE_CONTRACT, "outside of its edges", false},
        {say_with_and_without_edges, PROBE_CONTRACT, "both with edges and without", false},
        {say_events_and_values, PROBE_CONTRACT, "both as events and as values", false},
        {say_two_exact_values, PROBE_NOT_EXACT, "both as 5 and as 6", false},
        {say_declared_late, PROBE_CONTRACT, "outside of check()", false},
        {say_method_of_nothing, PROBE_CONTRACT, "method of a metric", false},
        {say_fail, PROBE_FAILED_CRASH, "it fell", true},
        {say_fail, PROBE_FAILED_CRASH, "it fell", false},
        {say_odd_fault, PROBE_CONTRACT, "odd", true},
        {say_no_reason, PROBE_FAILED_TARGET, "did not say why", true},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct script script = {.say = rows[i].say, .quits = rows[i].quits};
        struct fake fake;
        fake_begin(&fake, script_sample, &script);
        fake_open(&fake);
        assert_false(fake_run(&fake));
        expect_failure(&fake, rows[i].code, rows[i].part);
        assert_int_equal(fake_measured(&fake)->count, 0);
        assert_int_equal(fake_measured(&fake)->runs, 0);
        assert_false(fake_run(&fake));
        assert_int_equal(script.runs, 1);
        fake_end(&fake);
    }
}

static void test_faults(void **state) {
    (void)state;
    static const struct {
        enum probe_fault fault;
        const char *word;
        enum diag_class class;
    } rows[] = {
        {PROBE_FAULT_TARGET, "probe-target", DIAG_UNMEASURED},
        {PROBE_FAULT_CRASH, "probe-crash", DIAG_UNMEASURED},
        {PROBE_FAULT_TIMEOUT, "probe-timeout", DIAG_UNMEASURED},
        {PROBE_FAULT_DATA, "probe-data", DIAG_UNMEASURED},
        {PROBE_FAULT_CANCELLED, "probe-cancelled", DIAG_UNMEASURED},
        {PROBE_FAULT_REFUSED, "probe-refused", DIAG_POLICY},
        {PROBE_FAULT_SYSTEM, "probe-system", DIAG_UNMEASURED},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct script script = {.say = say_nothing};
        struct fake fake;
        fake_begin(&fake, script_sample, &script);
        fake_open(&fake);
        /* what a probe says in open() counts as well */
        probe_fail(&fake.session->run, rows[i].fault, "m", "h");
        const struct diag *diag = &fake_measured(&fake)->problems.items[0];
        assert_string_equal(diag_codes[diag->code].word, rows[i].word);
        assert_int_equal(diag_codes[diag->code].class, rows[i].class);
        assert_string_equal(diag->hint, "h");
        assert_false(fake_run(&fake));
        assert_int_equal(script.runs, 0);
        fake_end(&fake);
    }
}

/* Later runs that go wrong: what came before is kept, the run itself leaves nothing. */
static void say_well_then_fail(struct probe_run *run, unsigned number) {
    probe_emit(run, NOISY, 0, number);
    probe_emit_rate(run, SHARE, 0, 1, 4);
    if (number < 2) return;
    probe_emit(run, NOISY, probe_label(run, "file", "new"), 1);
    probe_unbounded(run, NOISY, 0);
    probe_fail(run, PROBE_FAULT_CRASH, "third time", NULL);
}

static void test_failed_run_leaves_nothing(void **state) {
    (void)state;
    struct script script = {.say = say_well_then_fail};
    struct fake fake;
    fake_begin(&fake, script_sample, &script);
    fake_open(&fake);
    assert_true(fake_run(&fake));
    assert_true(fake_run(&fake));
    assert_false(fake_run(&fake));
    expect_failure(&fake, PROBE_FAILED_CRASH, "third time");
    assert_int_equal(fake_measured(&fake)->runs, 2);
    assert_int_equal(fake_measured(&fake)->count, 2);
    const struct series *wall = fake_series(&fake, NOISY, "");
    assert_int_equal(wall->count, 2);
    assert_int_equal(wall->runs, 2);
    assert_false(wall->unbounded);
    assert_int_equal(fake_series(&fake, SHARE, "")->n, 8);
    fake_end(&fake);
}

static void say_changing_bytes(struct probe_run *run, unsigned number) {
    probe_emit(run, EXACT, 0, number < 2 ? 5 : 6);
}
static void say_vanishing_file(struct probe_run *run, unsigned number) {
    probe_emit(run, EXACT, probe_label(run, "file", "a"), 5);
    if (number < 2) probe_emit(run, EXACT, probe_label(run, "file", "b"), 5);
}
static void say_appearing_file(struct probe_run *run, unsigned number) {
    probe_emit(run, EXACT, probe_label(run, "file", "a"), 5);
    if (number >= 2) probe_emit(run, EXACT, probe_label(run, "file", "b"), 5);
}
static void say_sometimes_unbounded(struct probe_run *run, unsigned number) {
    if (number < 2) probe_emit(run, EXACT, 0, 5);
    if (number >= 2) probe_unbounded(run, EXACT, 0);
}

static void test_exact_means_exact(void **state) {
    (void)state;
    static const struct {
        void (*say)(struct probe_run *run, unsigned number);
        const char *part;
    } rows[] = {
        {say_changing_bytes, "`bytes` both as 5 and as 6"},
        {say_vanishing_file, "`bytes[b]` in some runs"},
        {say_appearing_file, "`bytes[b]` in some runs"},
        {say_sometimes_unbounded, "`bytes` in some runs"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct script script = {.say = rows[i].say};
        struct fake fake;
        fake_begin(&fake, script_sample, &script);
        fake_open(&fake);
        assert_true(fake_run(&fake));
        assert_true(fake_run(&fake));
        assert_false(fake_run(&fake));
        expect_failure(&fake, PROBE_NOT_EXACT, rows[i].part);
        assert_int_equal(fake_measured(&fake)->runs, 2);
        fake_end(&fake);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_probes),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_failed_run_leaves_nothing),
        cmocka_unit_test(test_exact_means_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
