#include "fake_probe.h"

#include "probe/conform.h"
#include "probe/session_internal.h"

/* check() that declares the row config points at. */
static bool check_declares(struct probe_run *run) {
    uint32_t number = probe_declare(run, run->config);
    return number != UINT32_MAX;
}

static bool sample_last(struct probe_run *run) {
    return probe_emit(run, FAKE_METRICS, 0, 1);
}

static void test_declared_metric_is_there(void **state) {
    (void)state;
    char name[] = "ops", help[] = "Operations.";
    const struct probe_metric row = {.name = name, .help = help, .dimensions = fake_two};
    struct fake fake;
    fake_begin(&fake, sample_last, &row);
    fake.probe.check = check_declares;
    fake_open(&fake);
    name[0] = help[0] = '?'; /* what was declared is a copy */
    assert_int_equal(fake.metrics.count, FAKE_METRICS + 1);
    assert_int_equal(metric_find(&fake.metrics, "ops"), FAKE_METRICS);
    assert_int_equal(metric_find(&fake.metrics, "bytes"), EXACT);
    assert_int_equal(metric_find(&fake.metrics, "nosuch"), -1);
    const struct probe_metric *ops = fake.metrics.items[FAKE_METRICS];
    assert_string_equal(ops->help, "Operations.");
    assert_int_equal(metric_dimensions(ops), 2);
    assert_int_equal(metric_dimension(ops, "request"), 1);
    assert_int_equal(metric_dimension(ops, "file"), -1);
    assert_ptr_not_equal(ops->dimensions, fake_two);
    assert_true(fake_run(&fake));
    assert_non_null(fake_series(&fake, FAKE_METRICS, ""));
    fake_end(&fake);
}

static const struct probe_dimension five[] = {{"a", "h", false}, {"b", "h", false},
                                              {"c", "h", false}, {"d", "h", false},
                                              {"e", "h", false}, {0}};
static const struct probe_dimension twice[] = {{"a", "h", false}, {"a", "h", false}, {0}};
static const struct probe_dimension shouting[] = {{"FILE", "h", false}, {0}};
static const struct probe_dimension silent[] = {{"file", NULL, false}, {0}};

/* Rows that neither a probe's table nor a declaration may have. */
static const struct {
    struct probe_metric metric;
    const char *part;
} bad_metrics[] = {
    {{.name = NULL, .help = "h"}, "not a lower-case word"},
    {{.name = "", .help = "h"}, "not a lower-case word"},
    {{.name = "Ops", .help = "h"}, "not a lower-case word"},
    {{.name = "1ops", .help = "h"}, "not a lower-case word"},
    {{.name = "ops.rate", .help = "h"}, "not a lower-case word"},
    {{.name = "ops-rate", .help = "h"}, "not a lower-case word"},
    {{.name = "ops[x]", .help = "h"}, "not a lower-case word"},
    {{.name = "a23456789012345678901234567890123456789012345678901234567890123456", .help = "h"},
     "not a lower-case word"},
    {{.name = "median", .help = "h"}, "is a statistic"},
    {{.name = "p95", .help = "h"}, "is a statistic"},
    {{.name = "total", .help = "h"}, "is a statistic"},
    {{.name = "ops", .help = NULL}, "has no help"},
    {{.name = "ops", .help = ""}, "has no help"},
    {{.name = "ops", .help = "h", .unit = (enum probe_unit)99}, "unknown"},
    {{.name = "ops", .help = "h", .unit = (enum probe_unit) - 1}, "unknown"},
    {{.name = "ops", .help = "h", .better = (enum probe_better)3}, "unknown"},
    {{.name = "ops", .help = "h", .nature = (enum probe_nature)2}, "unknown"},
    {{.name = "ops", .help = "h", .fold = (enum probe_fold)4}, "unknown"},
    {{.name = "ops", .help = "h", .statistic = "p100"}, "no statistic"},
    {{.name = "ops", .help = "h", .dimensions = five}, "more than 4 dimensions"},
    {{.name = "ops", .help = "h", .dimensions = twice}, "twice"},
    {{.name = "ops", .help = "h", .dimensions = shouting}, "no lower-case word"},
    {{.name = "ops", .help = "h", .dimensions = silent}, "has no help"},
};

static void expect_refused(struct fake *fake, const char *part) {
    struct diags diags = diags_begin(fake->arena);
    struct metrics untouched = fake->metrics;
    assert_false(session_check(fake->arena, &fake->plan, &fake->metrics, &diags));
    assert_int_equal(diags.errors, 1);
    assert_int_equal(diags.items[0].place.line, 3);
    assert_int_equal(diags_exit_code(&diags), DIAG_CONFIG);
    if (!strstr(diags.items[0].message, part))
        fail_msg("message `%s` lacks `%s`", diags.items[0].message, part);
    assert_memory_equal(&untouched, &fake->metrics, sizeof untouched);
}

static void test_bad_declarations(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(bad_metrics); i++) {
        struct fake fake;
        fake_begin(&fake, sample_last, &bad_metrics[i].metric);
        fake.probe.check = check_declares;
        expect_refused(&fake, bad_metrics[i].part);
        fake_end(&fake);
    }
}

static void test_declared_name_is_taken(void **state) {
    (void)state;
    struct fake fake;
    fake_begin(&fake, sample_last, &fake_metrics[NOISY]);
    fake.probe.check = check_declares;
    expect_refused(&fake, "`wall` is there already");
    fake_end(&fake);
}

static bool check_declares_for_ever(struct probe_run *run) {
    for (unsigned i = 0;; i++) {
        const struct probe_metric row = {.name = text_format(session_of(run)->arena, "m%u", i),
                                         .help = "h"};
        if (probe_declare(run, &row) == UINT32_MAX) return true;
        assert_true(i < 2 * SESSION_DECLARED_MAX);
    }
}

static bool check_refuses(struct probe_run *run) {
    return probe_fail(run, PROBE_FAULT_DATA, "`pattern` needs a group", "Write ( ) around it.");
}

static bool check_sulks(struct probe_run *run) {
    (void)run;
    return false;
}

static bool check_emits(struct probe_run *run) {
    probe_emit(run, EXACT, probe_label(run, "file", "a"), 1);
    return true;
}

static void test_bad_checks(void **state) {
    (void)state;
    static const struct {
        bool (*check)(struct probe_run *run);
        enum diag_code code;
        const char *part;
    } rows[] = {
        {check_declares_for_ever, PROBE_DECLARED, "more than 1000"},
        {check_refuses, PROBE_OPTIONS, "needs a group"},
        {check_sulks, PROBE_CONTRACT, "did not say why"},
        {check_emits, PROBE_CONTRACT, "outside of sample()"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fake fake;
        fake_begin(&fake, sample_last, NULL);
        fake.probe.check = rows[i].check;
        struct diags diags = diags_begin(fake.arena);
        assert_false(session_check(fake.arena, &fake.plan, &fake.metrics, &diags));
        assert_string_equal(diag_codes[diags.items[0].code].word, diag_codes[rows[i].code].word);
        assert_non_null(strstr(diags.items[0].message, rows[i].part));
        fake_end(&fake);
    }
}

static bool check_remarks(struct probe_run *run) {
    probe_remark(run, PROBE_WARNING, "old option", NULL);
    assert_true(probe_wanted(run, EXACT));
    assert_false(probe_stopped(run));
    assert_non_null(probe_memory(run, 10));
    probe_method(run, EXACT, "ignored here");
    return true;
}

static void test_services_while_checking(void **state) {
    (void)state;
    struct fake fake;
    fake_begin(&fake, sample_last, NULL);
    fake.probe.check = check_remarks;
    struct diags diags = diags_begin(fake.arena);
    assert_true(session_check(fake.arena, &fake.plan, &fake.metrics, &diags));
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.items[0].level, DIAG_WARNING);
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_declared_metric_is_there), cmocka_unit_test(test_bad_declarations),
        cmocka_unit_test(test_declared_name_is_taken),   cmocka_unit_test(test_bad_checks),
        cmocka_unit_test(test_services_while_checking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
