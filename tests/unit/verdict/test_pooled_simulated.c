/* Slow: not run under valgrind. */
/*
 * Wrong verdicts on loads of several requests, pooled, at the boundary: what slows the target slows
 * all of its requests, so samples of different labels lean on each other as neighbours of one label
 * do. In the order in which they came errors are as rare as of one label alone; label after label,
 * as many slow stretches would be counted as there are labels.
 */
#include "simulated.h"

#include "stats/tails.h"

enum { TRIALS = 300, SAMPLES = 4000, LABELS = 8 };

/* Any label, as requests of a scenario come in no fixed order. */
static void deal(struct fixture *f, uint64_t *seed, double (*draw)(uint64_t *), bool places) {
    static const char *const names[LABELS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct series *series[LABELS];
    for (size_t l = 0; l < LABELS; l++) {
        double *samples = arena_alloc(f->arena, SAMPLES * sizeof *samples);
        series[l] = fixture_series(f, LATENCY, names[l], samples, 0);
        series[l]->places = arena_alloc(f->arena, SAMPLES * sizeof *series[l]->places);
    }
    for (size_t i = 0; i < SAMPLES; i++) {
        struct series *of = series[(size_t)(uniform(seed) * LABELS)];
        of->places[of->count] = i;
        of->samples[of->count++] = draw(seed);
        of->run_ends[0] = of->count;
    }
    for (size_t l = 0; l < LABELS && !places; l++) series[l]->places = NULL;
}

static void count_outcomes(const struct scenario *scenario, bool places,
                           size_t (*counts)[OUTCOME_COUNT]) {
    static const struct probe load = {.name = "load", .needs = PROBE_ONCE | PROBE_STREAM};
    uint64_t seed = 20261130;
    memset(counts, 0, sizeof *counts);
    for (size_t i = 0; i < TRIALS; i++) {
        struct fixture *f = fixture_new(1);
        f->budgets[0].probe = &load;
        f->budgets[0].runs = (struct budget_runs){.min = 1, .max = 1};
        at_most(f, scenario->key, scenario->bound);
        deal(f, &seed, scenario->draw, places);
        (*counts)[fixture_judge(f)->outcome]++;
        fixture_free(f);
    }
    assert_int_equal((*counts)[OUTCOME_ERROR] + (*counts)[OUTCOME_SKIPPED], 0);
}

/* More than 1.3 alpha would have shown more errors with 99 %. */
static bool is_rare(size_t errors) {
    return binomial_lower(TRIALS, 1.3 * 0.05, errors) <= 0.01;
}

static void test_at_the_boundary(void **state) {
    (void)state;
    static const struct scenario rows[] = {
        {.key = "latency.p95", .bound = 1.6449, .draw = leaning_9},
        {.key = "latency.p95", .bound = 1.6449, .draw = leaning_97},
        {.key = "latency.median", .bound = 0, .draw = leaning_97},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t counts[2][OUTCOME_COUNT];
        for (size_t places = 0; places < 2; places++)
            count_outcomes(&rows[i], places, &counts[places]);
        print_message("%s, row %zu: %zu pass, %zu fail of %d; label after label %zu and %zu\n",
                      rows[i].key, i, counts[1][OUTCOME_PASS], counts[1][OUTCOME_FAIL], TRIALS,
                      counts[0][OUTCOME_PASS], counts[0][OUTCOME_FAIL]);
        assert_true(is_rare(counts[1][OUTCOME_PASS]) && is_rare(counts[1][OUTCOME_FAIL]));
        assert_false(is_rare(counts[0][OUTCOME_PASS]) && is_rare(counts[0][OUTCOME_FAIL]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_at_the_boundary)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
