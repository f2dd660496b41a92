/* What verdicts become: severity, waivers, warnings, regressions, missing data, exit codes. */
#include "fixture.h"

/* One noisy row that passes, fails or stays open. */
static void noisy_row(struct fixture *f, enum outcome outcome) {
    f->budgets[0].runs = (struct budget_runs){.min = 100, .max = 100, .fixed = true};
    f->measurements[0].runs = 100;
    at_most(f, "wall.p95", 1.5);
    size_t beyond = outcome == OUTCOME_PASS ? 0 : outcome == OUTCOME_FAIL ? 50 : 5;
    fixture_series(f, WALL, NULL, two_values(f, 100, beyond, 1, 2), 100);
}

static void test_effects(void **state) {
    (void)state;
    static const struct {
        enum outcome outcome;
        enum budget_severity severity;
        enum budget_inconclusive inconclusive;
        enum outcome effect;
    } rows[] = {
        {OUTCOME_PASS, SEVERITY_FAIL, INCONCLUSIVE_BLOCK, OUTCOME_PASS},
        {OUTCOME_PASS, SEVERITY_WARN, INCONCLUSIVE_WARN, OUTCOME_PASS},
        {OUTCOME_FAIL, SEVERITY_FAIL, INCONCLUSIVE_PASS, OUTCOME_FAIL},
        {OUTCOME_FAIL, SEVERITY_WARN, INCONCLUSIVE_BLOCK, OUTCOME_WARN},
        {OUTCOME_INCONCLUSIVE, SEVERITY_FAIL, INCONCLUSIVE_BLOCK, OUTCOME_INCONCLUSIVE},
        {OUTCOME_INCONCLUSIVE, SEVERITY_FAIL, INCONCLUSIVE_WARN, OUTCOME_WARN},
        {OUTCOME_INCONCLUSIVE, SEVERITY_FAIL, INCONCLUSIVE_PASS, OUTCOME_PASS},
        {OUTCOME_INCONCLUSIVE, SEVERITY_WARN, INCONCLUSIVE_BLOCK, OUTCOME_WARN},
        {OUTCOME_INCONCLUSIVE, SEVERITY_WARN, INCONCLUSIVE_PASS, OUTCOME_PASS},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        f->budgets[0].severity = rows[i].severity;
        f->budgets[0].on_inconclusive = rows[i].inconclusive;
        noisy_row(f, rows[i].outcome);
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_int_equal(row->effect, rows[i].effect);
        assert_int_equal(f->verdicts.outcome, rows[i].outcome);
        assert_int_equal(f->verdicts.effect, rows[i].effect);
        assert_int_equal(f->verdicts.summary[rows[i].outcome], 1);
        assert_non_null(row->reason);
        fixture_free(f);
    }
}

static void test_fail_fast_looks_at_effects(void **state) {
    (void)state;
    for (int severity = SEVERITY_FAIL; severity <= SEVERITY_WARN; severity++) {
        struct fixture *f = fixture_new(1);
        f->budgets[0].severity = (enum budget_severity)severity;
        at_most(f, "gzip", 1);
        verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
        assert_false(verdicts_broken(&f->verdicts, 0));
        fixture_value(f, GZIP, NULL, 2);
        verdicts_wanted(&f->verdicts, 0, &f->measurements[0]);
        assert_int_equal(verdicts_broken(&f->verdicts, 0), severity == SEVERITY_FAIL);
        verdicts_finish(&f->verdicts, f->evidence);
        fixture_free(f);
    }
}

static void test_errors_are_never_softened(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].severity = SEVERITY_WARN;
    f->budgets[0].on_inconclusive = INCONCLUSIVE_PASS;
    at_most(f, "gzip", 1);
    assert_int_equal(fixture_judge(f)->effect, OUTCOME_ERROR);
    assert_int_equal(outcome_exit_code(f->verdicts.effect), 3);
    fixture_free(f);
}

static void test_warnings(void **state) {
    (void)state;
    static const struct {
        const char *key;
        uint32_t metric;
        const char *test;
    } rows[] = {{"gzip", GZIP, "exact"}, {"wall.p99.9", WALL, "descriptive"}};
    for (size_t i = 0; i < array_length(rows); i++)
        for (int broken = 0; broken < 2; broken++) {
            struct fixture *f = fixture_new(1);
            fixture_limit(f, 0, rows[i].key, BOUND(LIMIT_WARN, LIMIT_AT_MOST, broken ? 1 : 2));
            fixture_value(f, rows[i].metric, NULL, 2);
            const struct verdict_row *row = fixture_judge(f);
            assert_int_equal(row->outcome, broken ? OUTCOME_WARN : OUTCOME_PASS);
            assert_int_equal(row->effect, row->outcome);
            assert_string_equal(row->test.name, rows[i].test);
            assert_string_equal(row->reason, broken ? "100.0 % over" : "exactly at the limit");
            assert_int_equal(outcome_exit_code(f->verdicts.effect), 0);
            fixture_free(f);
        }
}

static void test_waivers(void **state) {
    (void)state;
    static const struct {
        double waived, original, observed;
        enum outcome outcome;
        bool needless;
    } rows[] = {
        {200, 100, 150, OUTCOME_WAIVED, false}, {200, 100, 100, OUTCOME_PASS, true},
        {200, 100, 201, OUTCOME_FAIL, false},   {200, NAN, 150, OUTCOME_WAIVED, false},
        {200, NAN, 250, OUTCOME_FAIL, false},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        struct limit *limit = at_most(f, "gzip", rows[i].waived), original = *limit;
        limit->waived = true;
        original.bound = rows[i].original;
        if (!isnan(rows[i].original)) limit->instead_of = &original;
        f->budgets[0].waiver = (struct waiver){.state = WAIVER_LIVE, .until_text = "2027-01-31"};
        fixture_value(f, GZIP, NULL, rows[i].observed);
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_int_equal(row->effect, rows[i].outcome);
        assert_int_equal(row->needless, rows[i].needless);
        if (row->outcome == OUTCOME_WAIVED)
            assert_string_equal(row->reason, "waived until 2027-01-31; 25.0 % headroom");
        if (row->needless)
            assert_string_equal(row->reason,
                                "the limit itself would pass: the waiver is not needed");
        fixture_free(f);
    }
}

static void test_waived_patterns_and_noisy_rows(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    struct limit *limit = at_most(f, "gzip[*]", 100), original = *limit;
    original.bound = 50;
    original.order = 0;
    limit->order = 7; /* a later order than the one it stands in for takes nothing over */
    limit->waived = true;
    limit->instead_of = &original;
    fixture_value(f, GZIP, "a", 40);
    assert_true(fixture_judge(f)->needless);
    fixture_free(f);

    f = fixture_new(1);
    noisy_row(f, OUTCOME_INCONCLUSIVE);
    f->limits[0][0].waived = true;
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_INCONCLUSIVE);
    fixture_free(f);
}

static void test_written_baselines(void **state) {
    (void)state;
    static const struct {
        const char *key;
        enum limit_kind kind;
        bool relative;
        double bound, floor, baseline, observed;
        enum outcome outcome;
    } rows[] = {
        {"gzip", LIMIT_REGRESSION, true, 0.05, 0, 1000, 1050, OUTCOME_PASS},
        {"gzip", LIMIT_REGRESSION, true, 0.05, 0, 1000, 1051, OUTCOME_FAIL},
        {"gzip", LIMIT_REGRESSION, true, 0.05, 100, 1000, 1100, OUTCOME_PASS},
        {"gzip", LIMIT_REGRESSION, true, 0.05, 100, 1000, 1101, OUTCOME_FAIL},
        {"gzip", LIMIT_REGRESSION, false, 16, 0, 1000, 1016, OUTCOME_PASS},
        {"gzip", LIMIT_REGRESSION, false, 16, 0, 1000, 1017, OUTCOME_FAIL},
        {"gzip", LIMIT_REGRESSION, false, 16, 0, 0, 16, OUTCOME_PASS},
        {"gzip", LIMIT_REGRESSION, true, 0.05, 0, 0, 0, OUTCOME_ERROR},
        {"gzip", LIMIT_REGRESSION, true, 0.05, 8, 0, 8, OUTCOME_PASS},
        {"gzip", LIMIT_IMPROVEMENT, true, 0.375, 0, 1000, 625, OUTCOME_PASS},
        {"gzip", LIMIT_IMPROVEMENT, true, 0.375, 0, 1000, 626, OUTCOME_FAIL},
        {"gzip", LIMIT_IMPROVEMENT, true, 0.05, 100, 1000, 901, OUTCOME_FAIL},
        {"ops.mean", LIMIT_REGRESSION, true, 0.1, 0, 1000, 900, OUTCOME_PASS},
        {"ops.mean", LIMIT_REGRESSION, true, 0.1, 0, 1000, 899, OUTCOME_FAIL},
        {"ops.mean", LIMIT_IMPROVEMENT, true, 0.1, 0, 1000, 1100, OUTCOME_PASS},
        {"ops.mean", LIMIT_IMPROVEMENT, false, 200, 0, 1000, 1100, OUTCOME_FAIL},
        {"value", LIMIT_REGRESSION, true, 0.1, 0, 1, 1, OUTCOME_ERROR},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        f->budgets[0].runs = (struct budget_runs){.min = 20, .max = 20, .fixed = true};
        f->measurements[0].runs = 20;
        struct limit *limit =
            fixture_limit(f, 0, rows[i].key, BOUND(rows[i].kind, LIMIT_AT_MOST, rows[i].bound));
        limit->relative = rows[i].relative;
        limit->floor = rows[i].floor;
        limit->has_baseline = true;
        limit->baseline = rows[i].baseline;
        fixture_series(f, limit->metric, NULL, two_values(f, 20, 0, rows[i].observed, 0), 20);
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, rows[i].outcome);
        assert_true(row->baseline == rows[i].baseline);
        if (rows[i].outcome != OUTCOME_ERROR && rows[i].baseline != 0)
            assert_true(row->change == rows[i].observed / rows[i].baseline - 1);
        else
            assert_true(isnan(row->change));
        fixture_free(f);
    }
}

static void test_no_baseline(void **state) {
    (void)state;
    for (int required = 0; required < 2; required++) {
        struct fixture *f = fixture_new(1);
        fixture_limit(f, 0, "gzip", BOUND(LIMIT_REGRESSION, LIMIT_AT_MOST, 0.05))->relative = true;
        at_most(f, "gzip", 10);
        fixture_value(f, GZIP, NULL, 2);
        f->verdicts.options.require_baseline = required;
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, required ? OUTCOME_ERROR : OUTCOME_SKIPPED);
        assert_string_equal(row->reason, required ? "no baseline, and one is required"
                                                  : "no baseline was asked for");
        assert_int_equal(f->verdicts.outcome, required ? OUTCOME_ERROR : OUTCOME_PASS);
        fixture_free(f);
    }
}

/* Every way of not having measured. */
static void test_missing(void **state) {
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct fixture *f = fixture_new(1);
        static const char *const reasons[] = {"not run", "not run: cancelled", "not measured",
                                              "the command ended with status 3"};
        at_most(f, "gzip", 10);
        at_most(f, "errors[refused]", 0);
        fixture_limit(f, 0, "gzip", BOUND(LIMIT_REGRESSION, LIMIT_AT_MOST, 5));
        fixture_value(f, GZIP, NULL, 2); /* what there is does not count */
        if (way < 2) f->evidence[0].started = false;
        if (way == 1) f->evidence[0].stopped = "cancelled";
        if (way == 2) f->evidence[0].measurement = NULL;
        struct diag problems[] = {{.level = DIAG_WARNING, .message = "slow"},
                                  {.level = DIAG_ERROR, .message = reasons[3]}};
        if (way == 3) {
            f->measurements[0].missing = true;
            f->measurements[0].problems.items = problems;
            f->measurements[0].problems.count = 2;
        }
        const struct verdict_row *rows = fixture_judge(f);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(rows[i].outcome, OUTCOME_ERROR);
            assert_string_equal(rows[i].reason, reasons[way]);
        }
        assert_int_equal(outcome_exit_code(f->verdicts.effect), 3);
        fixture_free(f);
    }
}

/* A budget that passed its first look and crashed later is not measured. */
static void test_crash_after_a_decision(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    noisy_row(f, OUTCOME_PASS);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    verdicts_wanted(&f->verdicts, 0, &f->measurements[0]);
    assert_int_equal(f->verdicts.budgets[0].rows[0].outcome, OUTCOME_PASS);
    f->measurements[0].missing = true;
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, &f->measurements[0]), 0);
    assert_true(verdicts_broken(&f->verdicts, 0));
    verdicts_finish(&f->verdicts, f->evidence);
    const struct verdict_row *row = &f->verdicts.budgets[0].rows[0];
    assert_int_equal(row->outcome, OUTCOME_ERROR);
    assert_true(isnan(row->observed) && !row->test.name);
    fixture_free(f);
}

static void test_a_failed_budget_is_not_sampled_on(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 1.5);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, NULL), 5);
    f->measurements[0].missing = true;
    f->measurements[0].runs = 2;
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, &f->measurements[0]), 0);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(f->verdicts.effect, OUTCOME_ERROR);
    fixture_free(f);
}

static void test_everything_skipped(void **state) {
    (void)state;
    struct fixture *f = fixture_new(2);
    at_most(f, "gzip", 10);
    f->budgets[0].selected = f->budgets[1].selected = false;
    f->budgets[0].skipped = "enabled: false";
    fixture_value(f, GZIP, NULL, 2);
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_SKIPPED);
    assert_string_equal(row->reason, "enabled: false");
    assert_int_equal(f->verdicts.budgets[0].outcome, OUTCOME_SKIPPED);
    assert_int_equal(f->verdicts.budgets[1].outcome, OUTCOME_SKIPPED); /* without rows */
    assert_int_equal(f->verdicts.outcome, OUTCOME_ERROR);
    assert_int_equal(f->verdicts.effect, OUTCOME_ERROR);
    fixture_free(f);
    f = fixture_new(0);
    fixture_judge(f);
    assert_int_equal(f->verdicts.effect, OUTCOME_ERROR);
    fixture_free(f);
}

static void test_the_worst_counts(void **state) {
    (void)state;
    struct fixture *f = fixture_new(2);
    noisy_row(f, OUTCOME_INCONCLUSIVE);
    fixture_limit(f, 1, "gzip", BOUND(LIMIT_MAX, LIMIT_AT_MOST, 1));
    f->measuring = 1;
    fixture_series(f, GZIP, NULL, two_values(f, 1, 0, 2, 0), 1);
    fixture_judge(f);
    assert_int_equal(f->verdicts.outcome, OUTCOME_FAIL);
    assert_int_equal(outcome_exit_code(f->verdicts.effect), 1);
    f->budgets[1].severity = SEVERITY_WARN;
    fixture_judge(f);
    assert_int_equal(f->verdicts.outcome, OUTCOME_FAIL);
    assert_int_equal(outcome_exit_code(f->verdicts.effect), 6);
    fixture_free(f);
}

static void test_exit_codes_and_words(void **state) {
    (void)state;
    static const struct {
        const char *word;
        int code;
    } rows[OUTCOME_COUNT] = {{"skipped", 3},      {"pass", 0}, {"warn", 0}, {"waived", 0},
                             {"inconclusive", 6}, {"fail", 1}, {"error", 3}};
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_string_equal(outcome_words[i], rows[i].word);
        assert_int_equal(outcome_exit_code((enum outcome)i), rows[i].code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effects),
        cmocka_unit_test(test_fail_fast_looks_at_effects),
        cmocka_unit_test(test_errors_are_never_softened),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_waivers),
        cmocka_unit_test(test_waived_patterns_and_noisy_rows),
        cmocka_unit_test(test_written_baselines),
        cmocka_unit_test(test_no_baseline),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_crash_after_a_decision),
        cmocka_unit_test(test_a_failed_budget_is_not_sampled_on),
        cmocka_unit_test(test_everything_skipped),
        cmocka_unit_test(test_the_worst_counts),
        cmocka_unit_test(test_exit_codes_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
