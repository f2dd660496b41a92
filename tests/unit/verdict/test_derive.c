/* Derived values: arithmetic on points and intervals, and what they ask of their sources. */
#include "fixture.h"

/* b0 = EXPRESSION over b1 and b2. */
struct expression {
    struct derive derive;
    struct derive_node root, left, right;
};

static struct derive_node operand(struct fixture *f, size_t budget, const char *key) {
    struct limit *limit = fixture_limit(f, budget, key, BOUND(LIMIT_MAX, LIMIT_AT_MOST, 0));
    struct derive_node node = {.kind = DERIVE_OPERAND, .budget = budget, .operand = *limit};
    f->budgets[budget].limit_count--; /* an operand is no row */
    return node;
}

static struct fixture *derive_new(struct expression *e, enum derive_kind kind, const char *left,
                                  const char *right) {
    struct fixture *f = fixture_new(3);
    e->left = operand(f, 1, left);
    e->right = operand(f, 2, right);
    e->root = (struct derive_node){.kind = kind, .left = &e->left, .right = &e->right};
    e->derive = (struct derive){.root = &e->root, .operands = 2};
    f->budgets[0].probe = NULL;
    f->budgets[0].derive = &e->derive;
    f->evidence[0] = (struct evidence){0};
    for (size_t i = 1; i < 3; i++) {
        f->budgets[i].selected = false;
        f->budgets[i].leaned_on = true;
    }
    return f;
}

static void put(struct fixture *f, size_t budget, uint32_t metric, double *samples, size_t runs) {
    f->measurements[budget].runs = runs;
    f->measuring = budget;
    fixture_series(f, metric, NULL, samples, runs);
}

static double *steps(struct fixture *f, size_t count, double from, double step) {
    double *samples = two_values(f, count, 0, 0, 0);
    for (size_t i = 0; i < count; i++) samples[i] = from + step * (double)i;
    return samples;
}

static void test_exact_operands(void **state) {
    (void)state;
    static const struct {
        enum derive_kind kind;
        double value;
    } rows[] = {{DERIVE_ADD, 15}, {DERIVE_SUBTRACT, 9}, {DERIVE_MULTIPLY, 36}, {DERIVE_DIVIDE, 4}};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct expression e;
        struct fixture *f = derive_new(&e, rows[i].kind, "gzip", "gzip");
        at_most(f, "value", rows[i].value);
        fixture_limit(f, 0, "value", BOUND(LIMIT_MAX, LIMIT_BELOW, rows[i].value));
        fixture_limit(f, 0, "value", BOUND(LIMIT_WARN, LIMIT_AT_LEAST, rows[i].value + 1));
        put(f, 1, GZIP, steps(f, 1, 12, 0), 1);
        put(f, 2, GZIP, steps(f, 1, 3, 0), 1);
        const struct verdict_row *verdicts = fixture_judge(f);
        assert_true(verdicts[0].observed == rows[i].value);
        assert_int_equal(verdicts[0].outcome, OUTCOME_PASS);
        assert_int_equal(verdicts[1].outcome, OUTCOME_FAIL);
        assert_int_equal(verdicts[2].outcome, OUTCOME_WARN);
        assert_string_equal(verdicts[0].test.name, "exact");
        assert_true(verdicts[0].confidence == 1);
        fixture_free(f);
    }
}

/* Two medians of fixed runs, at 2.5 % each: the interval of 10 steps from the 2nd to the 9th. */
static void test_intervals(void **state) {
    (void)state;
    static const struct {
        enum derive_kind kind;
        double value, low, high;
    } rows[] = {
        {DERIVE_ADD, 104 + 13, 101 + 11, 108 + 19 - 1},
        {DERIVE_SUBTRACT, 104 - 14, 101 - 18, 108 - 11},
        {DERIVE_MULTIPLY, 104 * 14, 101 * 11, 108 * 18},
        {DERIVE_DIVIDE, 104 / 14.0, 101 / 18.0, 108 / 11.0},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct expression e;
        struct fixture *f = derive_new(&e, rows[i].kind, "wall.median", "wall.median");
        const double step = 1e-9; /* just outside the ends, so that rounding does not count */
        at_most(f, "value", rows[i].high + step);
        at_most(f, "value", rows[i].high - step);
        at_most(f, "value", rows[i].low - step);
        at_least(f, "value", rows[i].low - step);
        for (size_t b = 1; b < 3; b++) {
            f->budgets[b].runs = (struct budget_runs){.min = 10, .max = 10, .fixed = true};
            put(f, b, WALL, steps(f, 10, b == 1 ? 100 : 10, 1), 10);
        }
        const struct verdict_row *v = fixture_judge(f);
        assert_true(fabs(v[0].low - rows[i].low) < 1e-12 && fabs(v[0].high - rows[i].high) < 1e-12);
        assert_int_equal(v[0].outcome, OUTCOME_PASS);
        assert_int_equal(v[1].outcome, OUTCOME_INCONCLUSIVE);
        assert_int_equal(v[2].outcome, OUTCOME_FAIL);
        assert_int_equal(v[3].outcome, OUTCOME_PASS);
        assert_string_equal(v[0].test.name, "interval");
        assert_true(v[0].confidence == 0.95);
        assert_non_null(strstr(v[1].reason, "holds the limit"));
        fixture_free(f);
    }
}

static void test_division_by_zero(void **state) {
    (void)state;
    struct expression e;
    struct fixture *f = derive_new(&e, DERIVE_DIVIDE, "gzip", "gzip");
    at_most(f, "value", 1);
    put(f, 1, GZIP, steps(f, 1, 12, 0), 1);
    put(f, 2, GZIP, steps(f, 1, 0, 0), 1);
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_ERROR);
    assert_string_equal(f->verdicts.budgets[0].rows[0].reason, "division by zero");
    fixture_free(f);

    f = derive_new(&e, DERIVE_DIVIDE, "gzip", "wall.median");
    at_most(f, "value", 1e9);
    f->budgets[2].runs = (struct budget_runs){.min = 10, .max = 10, .fixed = true};
    put(f, 1, GZIP, steps(f, 1, 12, 0), 1);
    put(f, 2, WALL, steps(f, 10, -2, 1), 10);
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_ERROR);
    assert_non_null(strstr(f->verdicts.budgets[0].rows[0].reason, "division by zero may happen"));
    fixture_free(f);
}

static void test_operands_that_are_missing(void **state) {
    (void)state;
    struct expression e;
    for (int way = 0; way < 4; way++) {
        struct fixture *f = derive_new(&e, DERIVE_ADD, "gzip", "gzip");
        at_most(f, "value", 100);
        put(f, 1, GZIP, steps(f, 1, 12, 0), 1);
        if (way != 0) put(f, 2, GZIP, steps(f, 1, 12, 0), 1);
        if (way == 1) f->measurements[2].missing = true;
        if (way == 2) f->evidence[2].started = false;
        if (way == 3) f->series[2][0].unbounded = true;
        const struct verdict_row *row = fixture_judge(f);
        assert_int_equal(row->outcome, OUTCOME_ERROR);
        assert_string_equal(row->reason, way == 0   ? "`b2.gzip` was not measured"
                                         : way == 3 ? "`gzip` has no bound"
                                                    : "`b2` was not measured");
        fixture_free(f);
    }
}

/* Median at 95 %, two noisy operands, first of several looks: 1.25 % on each side takes 7 runs. */
static void test_sources_are_sampled_enough(void **state) {
    (void)state;
    struct expression e;
    struct fixture *f = derive_new(&e, DERIVE_DIVIDE, "wall.median", "wall.median");
    at_most(f, "value", 100);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    for (size_t b = 1; b < 3; b++) {
        assert_int_equal(verdicts_wanted(&f->verdicts, b, NULL), 5);
        put(f, b, WALL, steps(f, 7, 10, 1), 5);
        assert_int_equal(verdicts_wanted(&f->verdicts, b, &f->measurements[b]), 7);
        f->measurements[b].count = 0;
        put(f, b, WALL, steps(f, 7, 10, 1), 7);
        assert_int_equal(verdicts_wanted(&f->verdicts, b, &f->measurements[b]), 0);
    }
    verdicts_finish(&f->verdicts, f->evidence);
    const struct verdict_row *row = &f->verdicts.budgets[0].rows[0];
    assert_int_equal(row->outcome, OUTCOME_PASS);
    assert_true(row->low == 10 / 16.0 && row->high == 1.6);
    assert_int_equal(f->verdicts.budgets[1].outcome, OUTCOME_SKIPPED);
    fixture_free(f);
}

static void test_too_few_samples_decide_nothing(void **state) {
    (void)state;
    struct expression e;
    struct fixture *f = derive_new(&e, DERIVE_ADD, "wall.median", "gzip");
    at_most(f, "value", 1e9);
    put(f, 1, WALL, steps(f, 3, 10, 1), 3);
    put(f, 2, GZIP, steps(f, 1, 1, 0), 1);
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_INCONCLUSIVE);
    assert_string_equal(row->reason, "too few samples for an interval");
    assert_non_null(row->settle);
    fixture_free(f);
}

/* A maximum carries no confidence, nor does what is made of it. */
static void test_descriptive_operands(void **state) {
    (void)state;
    struct expression e;
    struct fixture *f = derive_new(&e, DERIVE_SUBTRACT, "peak.max", "gzip");
    at_most(f, "value", 13);
    put(f, 1, PEAK, steps(f, 5, 10, 1), 5);
    put(f, 2, GZIP, steps(f, 1, 1, 0), 1);
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_PASS);
    assert_true(row->observed == 13 && isnan(row->confidence));
    f->measurements[1].runs = 4; /* of the 5 it is about */
    assert_int_equal(fixture_judge(f)->outcome, OUTCOME_INCONCLUSIVE);
    fixture_free(f);
}

/* b0 = b3 / 2 and b3 = b1 + b2; and a cycle, which loading refuses, ends as an error here. */
static void test_derived_from_derived(void **state) {
    (void)state;
    struct expression e;
    struct fixture *f = derive_new(&e, DERIVE_ADD, "gzip", "gzip");
    f->set.count = 4;
    f->budgets[3] = f->budgets[0];
    f->budgets[3].id = "b3";
    f->budgets[3].limit_count = 0;
    f->budgets[3].metrics = f->table;
    struct derive_node inner = operand(f, 3, "value");
    struct derive_node two = {.kind = DERIVE_NUMBER, .number = 2};
    struct derive_node half = {.kind = DERIVE_DIVIDE, .left = &inner, .right = &two};
    struct derive outer = {.root = &half};
    f->budgets[0].derive = &outer;
    at_most(f, "value", 10);
    put(f, 1, GZIP, steps(f, 1, 12, 0), 1);
    put(f, 2, GZIP, steps(f, 1, 8, 0), 1);
    const struct verdict_row *row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_PASS);
    assert_true(row->observed == 10);
    inner.budget = 0;
    row = fixture_judge(f);
    assert_int_equal(row->outcome, OUTCOME_ERROR);
    assert_string_equal(row->reason, "the expression is too large");
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_operands),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_division_by_zero),
        cmocka_unit_test(test_operands_that_are_missing),
        cmocka_unit_test(test_sources_are_sampled_enough),
        cmocka_unit_test(test_too_few_samples_decide_nothing),
        cmocka_unit_test(test_descriptive_operands),
        cmocka_unit_test(test_derived_from_derived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
