/* Slow: not run under valgrind. */
/*
 * A regression of a derived value, the ratio of two medians, against measured earlier code: at the
 * margin, where a wrong pass and a wrong fail are likeliest, neither may happen in more than alpha
 * of seeded gates; away from it the gate decides.
 */
#include "simulated.h"

#include "stats/tails.h"

enum { GATES = 600, RUNS = 60 };

static const struct probe_metric value_better = {
    .name = "value", .unit = PROBE_RATIO, .better = PROBE_HIGHER, .nature = PROBE_NOISY};

static struct derive_node operand(struct fixture *f, size_t budget) {
    struct limit *limit =
        fixture_limit(f, budget, "wall.median", BOUND(LIMIT_MAX, LIMIT_AT_MOST, 0));
    struct derive_node node = {.kind = DERIVE_OPERAND, .budget = budget, .operand = *limit};
    f->budgets[budget].limit_count--; /* an operand is no row */
    return node;
}

/* One side of one operand: runs of one sample, 5 % of noise about the median. */
static void draw(struct fixture *f, struct measurement *measurement, double median,
                 uint64_t *seed) {
    struct series *series = arena_new_object(f->arena, struct series);
    *measurement = (struct measurement){.metrics = &f->table,
                                        .series = series,
                                        .count = 1,
                                        .runs = RUNS,
                                        .problems = {.arena = f->arena}};
    *series = (struct series){.metric = WALL, .count = RUNS, .runs = RUNS};
    series->samples = arena_alloc(f->arena, RUNS * sizeof *series->samples);
    series->run_ends = arena_alloc(f->arena, RUNS * sizeof *series->run_ends);
    for (size_t i = 0; i < RUNS; i++) {
        series->samples[i] = median * exp(0.05 * normal(seed));
        series->run_ends[i] = i + 1;
    }
}

/* b0 = b1 / b2, higher is better, may be 20 % less than in the base, where it is 2. */
static enum outcome gate(double ratio, uint64_t *seed) {
    struct fixture *f = fixture_new(3);
    struct derive_node left = operand(f, 1), right = operand(f, 2);
    struct derive_node root = {.kind = DERIVE_DIVIDE, .left = &left, .right = &right};
    struct derive derive = {.root = &root, .operands = 2};
    struct verdict_base bases[3] = {0};
    struct measurement earlier[3];
    const struct probe_metric *metrics[METRICS];
    memcpy(metrics, f->metrics, sizeof metrics);
    metrics[VALUE] = &value_better;
    f->budgets[0].probe = NULL;
    f->budgets[0].derive = &derive;
    f->budgets[0].metrics = (struct metrics){.items = metrics, .count = METRICS};
    f->evidence[0] = (struct evidence){0};
    for (size_t i = 1; i < 3; i++) {
        f->budgets[i].selected = false;
        f->budgets[i].leaned_on = true;
        draw(f, &f->measurements[i], i == 1 ? 2 * ratio : 1, seed);
        draw(f, &earlier[i], i == 1 ? 2 : 1, seed);
        bases[i].measurement = &earlier[i];
    }
    struct limit *limit =
        fixture_limit(f, 0, "value", BOUND(LIMIT_REGRESSION, LIMIT_AT_LEAST, 0.2));
    limit->relative = true;
    f->verdicts.options = (struct verdict_options){.basis = BASIS_PAIRED, .bases = bases};
    enum outcome outcome = fixture_judge(f)->outcome;
    fixture_free(f);
    return outcome;
}

static void count(double ratio, size_t (*counts)[OUTCOME_COUNT]) {
    uint64_t seed = 20261203;
    memset(counts, 0, sizeof *counts);
    for (size_t i = 0; i < GATES; i++) (*counts)[gate(ratio, &seed)]++;
    print_message("%g of the base: %zu pass, %zu fail of %d\n", ratio, (*counts)[OUTCOME_PASS],
                  (*counts)[OUTCOME_FAIL], GATES);
    assert_int_equal((*counts)[OUTCOME_ERROR] + (*counts)[OUTCOME_SKIPPED], 0);
}

static void test_at_the_margin(void **state) {
    (void)state;
    size_t counts[OUTCOME_COUNT];
    count(0.8, &counts);
    assert_true(binomial_lower(GATES, 1.3 * 0.05, counts[OUTCOME_PASS]) <= 0.01);
    assert_true(binomial_lower(GATES, 1.3 * 0.05, counts[OUTCOME_FAIL]) <= 0.01);
}

static void test_decides(void **state) {
    (void)state;
    size_t counts[OUTCOME_COUNT];
    count(1, &counts);
    assert_true(counts[OUTCOME_PASS] >= GATES * 98 / 100);
    count(0.6, &counts);
    assert_true(counts[OUTCOME_FAIL] >= GATES * 98 / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_the_margin),
        cmocka_unit_test(test_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
