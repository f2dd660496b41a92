/* Labels: rows with wildcards, "the last written decides", absent labels. */
#include "fixture.h"

static const struct verdict_row *judge_files(struct fixture *f) {
    static const struct {
        const char *label;
        double bytes;
    } files[] = {
        {NULL, 600}, {"app.js", 250}, {"vendor-a.js", 150}, {"vendor-b.js", 90}, {"z.js", 110}};
    for (size_t i = 0; i < array_length(files); i++)
        fixture_value(f, GZIP, files[i].label, files[i].bytes);
    return fixture_judge(f);
}

static void test_a_pattern_is_one_row(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip", 1000);
    at_most(f, "gzip[*]", 100);
    const struct verdict_row *rows = judge_files(f);
    assert_int_equal(rows[0].outcome, OUTCOME_PASS);
    assert_null(rows[0].pattern);
    assert_int_equal(rows[1].outcome, OUTCOME_FAIL);
    assert_string_equal(rows[1].pattern, "*");
    assert_int_equal(rows[1].matched, 4);
    assert_int_equal(rows[1].broken, 3);
    assert_int_equal(rows[1].worst_count, 4);
    assert_string_equal(rows[1].worst[0].label, "app.js");
    assert_string_equal(rows[1].worst[1].label, "vendor-a.js");
    assert_string_equal(rows[1].worst[2].label, "z.js");
    assert_string_equal(rows[1].worst[3].label, "vendor-b.js");
    assert_int_equal(rows[1].worst[3].outcome, OUTCOME_PASS);
    assert_true(rows[1].observed == 250 && rows[1].headroom == -1.5);
    assert_string_equal(rows[1].reason, "3 of 4 broken; app.js: 150.0 % over");
    assert_int_equal(f->verdicts.summary[OUTCOME_FAIL], 1);
    assert_int_equal(f->verdicts.summary[OUTCOME_PASS], 1);
    fixture_free(f);
}

static void test_the_last_written_decides(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip[*]", 120);
    at_most(f, "gzip[vendor-*]", 200);
    at_most(f, "gzip[app.js]", 300);
    const struct verdict_row *rows = judge_files(f);
    assert_int_equal(rows[0].matched, 1); /* z.js alone */
    assert_int_equal(rows[0].outcome, OUTCOME_PASS);
    assert_string_equal(rows[0].reason, "all 1 hold; z.js: 8.3 % headroom");
    assert_int_equal(rows[1].matched, 2);
    assert_int_equal(rows[1].outcome, OUTCOME_PASS);
    assert_int_equal(rows[2].outcome, OUTCOME_PASS);
    assert_string_equal(rows[2].pattern, "app.js");
    fixture_free(f);
}

static void test_all_labels_taken_over(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip[vendor-*]", 1);
    at_most(f, "gzip[app.js]", 1);
    at_most(f, "gzip[*]", 1000);
    const struct verdict_row *rows = judge_files(f);
    assert_int_equal(rows[0].outcome, OUTCOME_SKIPPED);
    assert_string_equal(rows[0].reason, "every label it matches is judged by a later row");
    assert_int_equal(rows[1].outcome, OUTCOME_SKIPPED);
    assert_int_equal(rows[2].outcome, OUTCOME_PASS);
    assert_int_equal(rows[2].matched, 4);
    assert_int_equal(f->verdicts.outcome, OUTCOME_PASS);
    fixture_free(f);
}

/* Another kind, statistic or metric does not take labels over. */
static void test_only_the_same_question_takes_over(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip[*]", 100);
    fixture_limit(f, 0, "gzip[*]", BOUND(LIMIT_WARN, LIMIT_AT_MOST, 1000));
    at_least(f, "gzip[*]", 1);
    at_most(f, "gzip[*].mean", 1000);
    const struct verdict_row *rows = judge_files(f);
    assert_int_equal(rows[0].outcome, OUTCOME_FAIL);
    for (int i = 0; i < 4; i++) assert_int_equal(rows[i].matched, 4);
    fixture_free(f);
}

static void test_nothing_matches(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip[*.css]", 100);
    at_most(f, "gzip[main.js]", 100);
    at_most(f, "ops.mean", 100);
    const struct verdict_row *rows = judge_files(f);
    for (int i = 0; i < 3; i++) assert_int_equal(rows[i].outcome, OUTCOME_ERROR);
    assert_string_equal(rows[0].reason, "nothing matched `*.css`");
    assert_string_equal(rows[1].reason, "`main.js` was not measured");
    assert_string_equal(rows[2].reason, "no samples");
    fixture_free(f);
}

/* Where a dimension is complete, what is absent is 0; a whole that is absent was not measured. */
static void test_absent_is_zero(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "errors[refused]", 0);
    at_most(f, "errors[*]", 0);
    at_least(f, "errors[time\\*out]", 1);
    at_most(f, "errors[time\\*out].p95", 0);
    const struct verdict_row *rows = fixture_judge(f);
    assert_int_equal(rows[0].outcome, OUTCOME_SKIPPED); /* judged by the row after it */
    assert_int_equal(rows[1].outcome, OUTCOME_PASS);
    assert_true(rows[1].observed == 0 && rows[1].matched == 0 && rows[1].worst_count == 0);
    assert_string_equal(rows[1].reason, "no label matches, which counts as 0");
    assert_int_equal(rows[2].outcome, OUTCOME_FAIL);
    assert_int_equal(rows[3].outcome, OUTCOME_PASS);
    assert_string_equal(rows[3].test.name, "exact");
    fixture_free(f);

    f = fixture_new(1);
    at_most(f, "errors", 0);
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_ERROR);
    fixture_free(f);

    f = fixture_new(1); /* nothing was run: nothing is 0 */
    at_most(f, "errors[refused]", 0);
    f->measurements[0].runs = 0;
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_ERROR);
    fixture_free(f);
}

static void test_ten_worst(void **state) {
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                        "i", "j", "k", "l", "m", "n", "o"};
    struct fixture *f = fixture_new(1);
    at_most(f, "gzip[*]", 8);
    for (size_t i = 0; i < array_length(names); i++)
        fixture_value(f, GZIP, names[i], (double)((i * 7) % 15 + 1));
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->matched, 15);
    assert_int_equal(row->broken, 7);
    assert_int_equal(row->worst_count, VERDICT_WORST_MAX);
    for (size_t i = 0; i < VERDICT_WORST_MAX; i++)
        assert_true(row->worst[i].observed == (double)(15 - i));
    fixture_free(f);
}

/* Each of m labels may break the row by chance, so each gets alpha / m to fail with; all must pass
 * for a pass, so each has all of alpha for that. */
static void test_noisy_labels_share_alpha(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = 2, .max = 2, .fixed = true};
    f->measurements[0].runs = 2;
    at_most(f, "latency[*].p95", 1.5);
    /* P(Bin(100, .05) >= 10) = .0282: broken alone, not proven among two */
    fixture_series(f, LATENCY, "a", two_values(f, 100, 10, 1, 2), 100);
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_FAIL);
    fixture_series(f, LATENCY, "b", two_values(f, 59, 0, 1, 2), 59);
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_INCONCLUSIVE);
    assert_int_equal(row->worst[1].outcome, OUTCOME_PASS);
    assert_non_null(strstr(row->reason, "phase:a: 10 of 100 beyond"));
    f->series[0][0].samples = two_values(f, 100, 20, 1, 2);
    row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_FAIL);
    assert_true(row->test.alpha == 0.025);
    fixture_free(f);
}

/* A label that turns up after the decision has to pass as well. */
static void test_late_labels_are_judged(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "latency[*].p95", 1.5);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    verdicts_wanted(&f->verdicts, 0, NULL);
    f->measurements[0].runs = 80;
    fixture_series(f, LATENCY, "a", two_values(f, 80, 0, 1, 2), 80);
    assert_int_equal(verdicts_wanted(&f->verdicts, 0, &f->measurements[0]), 0);
    assert_int_equal(f->verdicts.budgets[0].rows[0].outcome, OUTCOME_PASS);
    fixture_series(f, LATENCY, "b", two_values(f, 50, 50, 1, 2), 50);
    verdicts_finish(&f->verdicts, f->evidence);
    assert_int_equal(f->verdicts.budgets[0].rows[0].outcome, OUTCOME_FAIL);
    assert_string_equal(f->verdicts.budgets[0].rows[0].worst[0].label, "phase:b");
    fixture_free(f);
}

/* What nothing names may be of any label: only bounds beyond that decide. */
static void test_unnamed_may_be_anything(void **state) {
    (void)state;
    static const struct {
        const char *key;
        double bound;
        enum outcome outcome;
        double low, high;
    } rows[] = {
        {"errors[refused]", 4, OUTCOME_INCONCLUSIVE, 0, 5},
        {"errors[refused]", 0, OUTCOME_INCONCLUSIVE, 0, 5},
        {"errors[refused]", 5, OUTCOME_PASS, 0, 5},
        {"errors[ref*]", 4, OUTCOME_INCONCLUSIVE, 0, 5},
        {"errors[reset]", 1, OUTCOME_FAIL, 2, 7},
        {"errors[reset]", 2, OUTCOME_INCONCLUSIVE, 2, 7},
        {"errors[reset]", 7, OUTCOME_PASS, 2, 7},
        {"errors[(unknown)]", 5, OUTCOME_PASS, 5, 5},
        {"errors[(unknown)]", 4, OUTCOME_FAIL, 5, 5},
        {"errors", 7, OUTCOME_PASS, 7, 7}, /* the whole is known */
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        at_most(f, rows[i].key, rows[i].bound);
        fixture_value(f, ERRORS, NULL, 7);
        fixture_value(f, ERRORS, "reset", 2);
        fixture_value(f, ERRORS, "(unknown)", 5);
        const struct verdict_row *row = fixture_judge(f);
        if (row->outcome != rows[i].outcome)
            print_message("%s <= %g\n", rows[i].key, rows[i].bound);
        assert_int_equal(row->outcome, rows[i].outcome);
        if (rows[i].low < rows[i].high) {
            assert_true(row->low == rows[i].low && row->high == rows[i].high);
        }
        fixture_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pattern_is_one_row),
        cmocka_unit_test(test_the_last_written_decides),
        cmocka_unit_test(test_all_labels_taken_over),
        cmocka_unit_test(test_only_the_same_question_takes_over),
        cmocka_unit_test(test_nothing_matches),
        cmocka_unit_test(test_absent_is_zero),
        cmocka_unit_test(test_unnamed_may_be_anything),
        cmocka_unit_test(test_ten_worst),
        cmocka_unit_test(test_noisy_labels_share_alpha),
        cmocka_unit_test(test_late_labels_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
