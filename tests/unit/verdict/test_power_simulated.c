/* Slow: not run under valgrind. */
/*
 * What gates on correlated samples decide away from the boundary, and how many runs that takes: the
 * tables of docs/statistics.md, which print themselves. Verdicts must hold what is recorded here to
 * within what a few gates more or less can be on another machine's mathematics.
 */
#include "simulated.h"

enum { GATES = 50, LAUNCH_GATES = 400, SLACK = 5 };

static bool near(int count, int recorded) {
    return count >= recorded - SLACK && count <= recorded + SLACK;
}

/* Streams of 40 samples a run, at most 100 runs; `share` lies beyond the bound, 5 % may. */
static const struct {
    double rho, share, bound; /* the normal quantile of 1 - share */
    double (*draw)(uint64_t *seed);
    int pass, fail; /* of GATES */
} streams[] = {
    {0.5, 0.01, 2.3263, leaning_5, 50, 0}, {0.5, 0.02, 2.0537, leaning_5, 49, 0},
    {0.5, 0.10, 1.2816, leaning_5, 0, 50}, {0.5, 0.20, 0.8416, leaning_5, 0, 50},
    {0.8, 0.01, 2.3263, leaning_8, 50, 0}, {0.8, 0.02, 2.0537, leaning_8, 46, 0},
    {0.8, 0.10, 1.2816, leaning_8, 0, 47}, {0.8, 0.20, 0.8416, leaning_8, 0, 50},
    {0.9, 0.01, 2.3263, leaning_9, 45, 0}, {0.9, 0.02, 2.0537, leaning_9, 32, 0},
    {0.9, 0.10, 1.2816, leaning_9, 0, 34}, {0.9, 0.20, 0.8416, leaning_9, 0, 50},
};

static void test_streams(void **state) {
    (void)state;
    uint64_t seed = 20261121;
    size_t others = 0;
    for (size_t i = 0; i < array_length(streams); i++) {
        const struct scenario scenario = {.key = "wall.p95",
                                          .confidence = 0.95,
                                          .bound = streams[i].bound,
                                          .runs_max = 100,
                                          .draw = streams[i].draw,
                                          .each = 40};
        int counts[OUTCOME_COUNT] = {0};
        size_t runs = 0;
        for (int gate = 0; gate < GATES; gate++) counts[run_gate(&scenario, &seed, &runs)]++;
        print_message("| %.1f | %.0f %% | %d %% | %d %% | %.0f |\n", streams[i].rho,
                      100 * streams[i].share, 100 / GATES * counts[OUTCOME_PASS],
                      100 / GATES * counts[OUTCOME_FAIL], (double)runs / GATES);
        others += !near(counts[OUTCOME_PASS], streams[i].pass) ||
                  !near(counts[OUTCOME_FAIL], streams[i].fail);
    }
    assert_int_equal(others, 0);
}

/* One sample a run, each leaning on the one before: a machine whose speed wanders. At the boundary,
 * where every verdict is wrong; a median is decided before any correlation can be seen, and the
 * document says so. */
static const struct {
    const char *key;
    double rho, bound;
    double (*draw)(uint64_t *seed);
    int pass, fail; /* of LAUNCH_GATES */
} launches[] = {
    {"wall.p95", 0.5, 1.6449, leaning_5, 8, 19},  {"wall.p95", 0.8, 1.6449, leaning_8, 2, 39},
    {"wall.p95", 0.9, 1.6449, leaning_9, 0, 56},  {"wall.p95", 0.97, 1.6449, leaning_97, 11, 127},
    {"wall.median", 0.5, 0, leaning_5, 57, 46},   {"wall.median", 0.8, 0, leaning_8, 100, 150},
    {"wall.median", 0.9, 0, leaning_9, 117, 193},
};

static void test_drifting_launches(void **state) {
    (void)state;
    uint64_t seed = 20261121;
    size_t others = 0;
    for (size_t i = 0; i < array_length(launches); i++) {
        const struct scenario scenario = {.key = launches[i].key,
                                          .confidence = 0.95,
                                          .bound = launches[i].bound,
                                          .runs_max = 300,
                                          .draw = launches[i].draw,
                                          .each = 1};
        int counts[OUTCOME_COUNT] = {0};
        size_t runs = 0;
        for (int gate = 0; gate < LAUNCH_GATES; gate++) counts[run_gate(&scenario, &seed, &runs)]++;
        print_message("| %s | %g | %.1f %% | %.1f %% |\n", launches[i].key + 5, launches[i].rho,
                      100.0 * counts[OUTCOME_PASS] / LAUNCH_GATES,
                      100.0 * counts[OUTCOME_FAIL] / LAUNCH_GATES);
        others += !near(counts[OUTCOME_PASS], launches[i].pass) ||
                  !near(counts[OUTCOME_FAIL], launches[i].fail);
    }
    assert_int_equal(others, 0);
}

/* A machine that now does so much and then twice as much, in stretches as long as all that is
 * measured, far within the limit: all samples resemble each other, and none of that is near the
 * limit. It takes no more of them than it would of independent ones. */
static double wandering(uint64_t *seed) {
    static double level;
    level = 0.9995 * level + sqrt(1 - 0.9995 * 0.9995) * normal(seed);
    return exp(0.5 * level + 0.2 * normal(seed));
}

static void test_wandering_far_within(void **state) {
    (void)state;
    const struct scenario rows[] = {
        {"wall.p95", 0.95, 100, false, 1, wandering, 800},
        {"wall.p99", 0.95, 100, false, 1, wandering, 3800},
        {"wall.p99", 0.95, 100, false, 1, wandering, 380},
        {"wall.p95", 0.95, 100, false, 73, wandering, 1},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        uint64_t seed = 20261130;
        size_t runs = 0, passes = 0;
        for (int gate = 0; gate < GATES; gate++)
            passes += run_gate(&rows[i], &seed, &runs) == OUTCOME_PASS;
        print_message("%s of %zu, wandering: %zu of %d pass\n", rows[i].key, rows[i].each, passes,
                      GATES);
        assert_int_equal(passes, GATES);
    }
}

/* What that costs launches that do not lean on each other and lie well within the limit: nothing to
 * speak of. */
static void test_clean_launches(void **state) {
    (void)state;
    static const struct {
        const char *key;
        double bound, most;
    } rows[] = {{"wall.p95", 8, 73}, {"wall.median", 8, 6.1}, {"wall.median", 1, 16}};
    for (size_t i = 0; i < array_length(rows); i++) {
        const struct scenario scenario = {.key = rows[i].key,
                                          .confidence = 0.95,
                                          .bound = rows[i].bound,
                                          .runs_max = 300,
                                          .draw = normal,
                                          .each = 1};
        uint64_t seed = 20261121;
        size_t runs = 0, passes = 0;
        for (int gate = 0; gate < LAUNCH_GATES; gate++)
            passes += run_gate(&scenario, &seed, &runs) == OUTCOME_PASS;
        print_message("%s, clean: %zu of %d pass, %.1f runs\n", rows[i].key, passes, LAUNCH_GATES,
                      (double)runs / LAUNCH_GATES);
        assert_int_equal(passes, LAUNCH_GATES);
        assert_true((double)runs / LAUNCH_GATES <= rows[i].most);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_drifting_launches),
        cmocka_unit_test(test_clean_launches),
        cmocka_unit_test(test_wandering_far_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
