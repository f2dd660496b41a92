/* Values of which only the edges of their bucket are known. */
#include "fixture.h"
#include "verdict/claim.h"

static void test_claims(void **state) {
    (void)state;
    static const struct {
        enum limit_operator sign;
        double bound, low, high;
        enum outcome outcome;
    } rows[] = {
        /* the value lies above low, and not above high */
        {LIMIT_AT_MOST, 0.3, 0.1, 0.2, OUTCOME_PASS},
        {LIMIT_AT_MOST, 0.2, 0.1, 0.2, OUTCOME_PASS},
        {LIMIT_AT_MOST, 0.15, 0.1, 0.2, OUTCOME_INCONCLUSIVE},
        {LIMIT_AT_MOST, 0.1, 0.1, 0.2, OUTCOME_FAIL},
        {LIMIT_AT_MOST, 0.05, 0.1, 0.2, OUTCOME_FAIL},
        {LIMIT_BELOW, 0.2, 0.1, 0.2, OUTCOME_INCONCLUSIVE},
        {LIMIT_BELOW, 0.1, 0.1, 0.2, OUTCOME_FAIL},
        {LIMIT_AT_LEAST, 0.1, 0.1, 0.2, OUTCOME_PASS},
        {LIMIT_AT_LEAST, 0.15, 0.1, 0.2, OUTCOME_INCONCLUSIVE},
        {LIMIT_AT_LEAST, 0.2, 0.1, 0.2, OUTCOME_INCONCLUSIVE},
        {LIMIT_AT_LEAST, 0.25, 0.1, 0.2, OUTCOME_FAIL},
        {LIMIT_ABOVE, 0.1, 0.1, 0.2, OUTCOME_PASS},
        {LIMIT_ABOVE, 0.2, 0.1, 0.2, OUTCOME_FAIL},
        {LIMIT_AT_MOST, 5, 0.2, INFINITY, OUTCOME_INCONCLUSIVE},
        {LIMIT_AT_MOST, 0.2, 0.2, INFINITY, OUTCOME_FAIL},
        {LIMIT_AT_LEAST, 0.2, 0.2, INFINITY, OUTCOME_PASS},
        {LIMIT_AT_LEAST, 5, 0.2, INFINITY, OUTCOME_INCONCLUSIVE},
        {LIMIT_AT_MOST, 0.2, 0.2, 0.2, OUTCOME_PASS}, /* no bucket: known */
        {LIMIT_BELOW, 0.2, 0.2, 0.2, OUTCOME_FAIL},
        {LIMIT_AT_MOST, 0.2, NAN, 0.2, OUTCOME_INCONCLUSIVE},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        bool upper = rows[i].sign == LIMIT_AT_MOST || rows[i].sign == LIMIT_BELOW;
        const struct claim claim = {rows[i].sign, rows[i].bound, upper};
        assert_int_equal(claim_judge_between(&claim, rows[i].low, rows[i].high), rows[i].outcome);
    }
}

static struct series *put_between(struct fixture *f, const char *label, double low, double high) {
    double *samples = two_values(f, 1, 0, (low + high) / 2, 0);
    struct series *series = fixture_series(f, LATENCY, label, samples, 1);
    series->between = true;
    series->low = low;
    series->high = high;
    return series;
}

static enum outcome judged(const char *key, double bound, bool exact) {
    static const struct probe once = {.name = "test", .needs = PROBE_ONCE};
    struct fixture *f = fixture_new(1);
    f->budgets[0].probe = &once;
    f->budgets[0].runs = (struct budget_runs){.min = 1, .max = 1, .fixed = true};
    struct limit *limit = at_most(f, key, bound);
    if (exact) limit->statistical = false;
    put_between(f, NULL, 0.1, 0.2);
    enum outcome outcome = fixture_judge(f)->outcome;
    fixture_free(f);
    return outcome;
}

/* Whatever says where samples lie, lies between the edges; a spread is not known from them. */
static void test_statistics(void **state) {
    (void)state;
    static const char *const keys[] = {"latency.max",    "latency.min", "latency.mean",
                                       "latency.median", "latency.p95", "latency.total"};
    for (size_t i = 0; i < array_length(keys); i++) {
        assert_int_equal(judged(keys[i], 0.2, false), OUTCOME_PASS);
        assert_int_equal(judged(keys[i], 0.16, false), OUTCOME_INCONCLUSIVE);
        assert_int_equal(judged(keys[i], 0.1, false), OUTCOME_FAIL);
    }
    assert_int_equal(judged("latency.stddev", 1, false), OUTCOME_INCONCLUSIVE);
    assert_int_equal(judged("latency.count", 1, false), OUTCOME_PASS);
}

/* Pooled labels: the edges around all of them, known ones included. */
static void test_pooled(void **state) {
    (void)state;
    static const struct {
        double bound;
        enum outcome outcome;
    } rows[] = {{0.4, OUTCOME_PASS},
                {0.35, OUTCOME_INCONCLUSIVE},
                {0.04, OUTCOME_FAIL},
                {0.05, OUTCOME_INCONCLUSIVE}};
    for (size_t i = 0; i < array_length(rows); i++) {
        static const struct probe once = {.name = "test", .needs = PROBE_ONCE};
        struct fixture *f = fixture_new(1);
        f->budgets[0].probe = &once;
        f->budgets[0].runs = (struct budget_runs){.min = 1, .max = 1, .fixed = true};
        at_most(f, "latency.max", rows[i].bound);
        put_between(f, "a", 0.3, 0.4);
        fixture_value(f, LATENCY, "b", 0.05);
        assert_int_equal(fixture_judge(f)->outcome, rows[i].outcome);
        fixture_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_pooled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
