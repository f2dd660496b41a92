/* Seeded simulations at the margin, where a wrong pass and a wrong fail are likeliest: each may
 * happen in at most alpha of all runs, whatever the noise. The 99 % Clopper-Pearson bound of what
 * was seen has to lie below 1.3 alpha. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/array.h"
#include "stats/tails.h"
#include "verdict/change.h"

/* Many runs of the test that spends all of alpha at once, fewer of the one that takes long. */
enum { TRIALS = 1200, STORED_TRIALS = 20000, PAIRS = 50 };
static const double ALPHA = 0.05, MARGIN = 0.05;

/* splitmix64 (Steele, Lea and Flood 2014) */
static double uniform(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ((double)((z ^ (z >> 31)) >> 12) + 0.5) * 0x1p-52;
}

static double normal(uint64_t *state) {
    return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

enum noise { IID, SPIKED, DRIFTING, BIMODAL, QUANTISED, NOISES };
static const char *const noise_names[] = {"iid", "spiked", "drifting", "bimodal", "quantised"};

/* One run's seconds; `drift` is the machine's state, which lasts from run to run. */
static double run_of(enum noise noise, double true_value, double *drift, uint64_t *state) {
    double value = true_value * exp(0.05 * normal(state));
    switch (noise) {
    case SPIKED:
        return uniform(state) < 0.05 ? value * (1.5 + 1.5 * uniform(state)) : value;
    case DRIFTING:
        *drift = 0.97 * *drift + 0.05 * sqrt(1 - 0.97 * 0.97) * normal(state);
        return value * exp(3 * *drift);
    case BIMODAL:
        return uniform(state) < 0.4 ? value * 1.3 : value;
    case QUANTISED:
        return round(value * 1000) / 1000;
    case IID:
    case NOISES:
        break;
    }
    return value;
}

static const struct limit regression = {.kind = LIMIT_REGRESSION,
                                        .operator= LIMIT_AT_MOST,
                                        .bound = 0.05,
                                        .relative = true,
                                        .statistical = true,
                                        .statistic = {STATISTIC_QUANTILE, 0.5}};
static const struct probe_metric wall = {
    .name = "wall", .unit = PROBE_SECONDS, .better = PROBE_LOWER, .nature = PROBE_NOISY};

static struct change_question question_at(unsigned look, unsigned looks) {
    double share = ALPHA / looks;
    return (struct change_question){.limit = &regression,
                                    .metric = &wall,
                                    .confidence = 1 - ALPHA,
                                    .alpha_pass = share,
                                    .alpha_fail = share,
                                    .look = look};
}

/* One gate run of pairs in random order, looked at as verdict/against.c does. */
static enum outcome paired_run(enum noise noise, double ratio, uint64_t *state) {
    static const size_t looks[] = {10, 15, 22, 33, PAIRS};
    double head[PAIRS], base[PAIRS], drift = normal(state) * 0.05;
    size_t count = 0;
    for (unsigned look = 0; look < array_length(looks); look++) {
        for (; count < looks[look]; count++) {
            double *first = uniform(state) < 0.5 ? head : base;
            double *second = first == head ? base : head;
            first[count] = run_of(noise, first == head ? 0.05 * ratio : 0.05, &drift, state);
            second[count] = run_of(noise, second == head ? 0.05 * ratio : 0.05, &drift, state);
        }
        struct change_question question = question_at(look + 1, array_length(looks));
        struct change_values values = {head, base, count, count};
        struct change change = change_paired(&question, &values);
        if (change.answer.outcome != OUTCOME_INCONCLUSIVE) return change.answer.outcome;
    }
    return OUTCOME_INCONCLUSIVE;
}

/* A stored base of 10 launches against 10, one look. */
static enum outcome stored_run(enum noise noise, double ratio, uint64_t *state) {
    double head[10], base[10], drift = 0;
    for (size_t i = 0; i < 10; i++) {
        base[i] = run_of(noise, 0.05, &drift, state);
        head[i] = run_of(noise, 0.05 * ratio, &drift, state);
    }
    struct change_question question = question_at(0, 1);
    struct change_values values = {head, base, 10, 10};
    return change_stored(&question, &values).answer.outcome;
}

/* Upper 99 % bound on a share of which k of n were seen (Clopper and Pearson 1934). */
static double clopper_pearson(uint64_t n, uint64_t k) {
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (binomial_lower(n, middle, k) > 0.01)
            low = middle;
        else
            high = middle;
    }
    return high;
}

typedef enum outcome run_function(enum noise noise, double ratio, uint64_t *state);

static size_t trials_of(run_function *run) {
    return run == stored_run ? STORED_TRIALS : TRIALS;
}

static void count_outcomes(run_function *run, enum noise noise, double ratio, size_t *outcomes) {
    uint64_t state = 20201120 + (uint64_t)noise;
    for (size_t i = 0; i < trials_of(run); i++) outcomes[run(noise, ratio, &state)]++;
}

static void check_margin(run_function *run, enum noise noise) {
    size_t outcomes[OUTCOME_COUNT] = {0};
    count_outcomes(run, noise, 1 + MARGIN, outcomes);
    size_t trials = trials_of(run);
    print_message("%-9s at the margin: %4zu pass, %4zu fail of %zu\n", noise_names[noise],
                  outcomes[OUTCOME_PASS], outcomes[OUTCOME_FAIL], trials);
    assert_true(clopper_pearson(trials, outcomes[OUTCOME_PASS]) <= 1.3 * ALPHA);
    assert_true(clopper_pearson(trials, outcomes[OUTCOME_FAIL]) <= 1.3 * ALPHA);
}

static void test_pairs_at_the_margin(void **state) {
    (void)state;
    for (enum noise noise = IID; noise < NOISES; noise++) check_margin(paired_run, noise);
}

/* Drift between sessions is what a stored baseline cannot see, so it is not asked to. */
static void test_stored_at_the_margin(void **state) {
    (void)state;
    for (enum noise noise = IID; noise < NOISES; noise++)
        if (noise != DRIFTING) check_margin(stored_run, noise);
}

/* The tests must also decide: the same code passes, a gross regression fails. */
static void test_pairs_decide(void **state) {
    (void)state;
    for (enum noise noise = IID; noise < NOISES; noise++) {
        size_t same[OUTCOME_COUNT] = {0}, slower[OUTCOME_COUNT] = {0};
        count_outcomes(paired_run, noise, 1, same);
        count_outcomes(paired_run, noise, 1.4, slower);
        print_message("%-9s same code: %4zu pass, %zu fail; +40 %%: %4zu fail, %zu pass\n",
                      noise_names[noise], same[OUTCOME_PASS], same[OUTCOME_FAIL],
                      slower[OUTCOME_FAIL], slower[OUTCOME_PASS]);
        assert_true(same[OUTCOME_FAIL] <= TRIALS / 100);
        assert_true(slower[OUTCOME_FAIL] >= TRIALS * 95 / 100);
        assert_int_equal(slower[OUTCOME_PASS], 0);
    }
}

static void test_zeros(void **state) {
    (void)state;
    const double zeros[12] = {0}, ones[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct change_question question = question_at(0, 1);
    struct change change = change_paired(&question, &(struct change_values){zeros, zeros, 12, 12});
    assert_int_equal(change.answer.outcome, OUTCOME_PASS);
    assert_int_equal(change.zeros, 24);
    change = change_paired(&question, &(struct change_values){ones, zeros, 12, 12});
    assert_int_equal(change.answer.outcome, OUTCOME_FAIL);
    change = change_paired(&question, &(struct change_values){zeros, ones, 12, 12});
    assert_int_equal(change.answer.outcome, OUTCOME_PASS);
    change = change_stored(&question, &(struct change_values){zeros, zeros, 12, 12});
    assert_int_equal(change.answer.outcome, OUTCOME_PASS);
}

/* A change below the floor never counts, however sure it is. */
static void test_floor(void **state) {
    (void)state;
    double head[12], base[12];
    for (size_t i = 0; i < 12; i++) {
        base[i] = 0.001 * (1 + 0.01 * (double)i);
        head[i] = 1.5 * base[i];
    }
    struct limit floored = regression;
    struct change_question question = question_at(0, 1);
    const struct change_values values = {head, base, 12, 12};
    assert_int_equal(change_paired(&question, &values).answer.outcome, OUTCOME_FAIL);
    floored.floor = 0.01;
    question.limit = &floored;
    assert_int_equal(change_paired(&question, &values).answer.outcome, OUTCOME_PASS);
    assert_int_equal(change_stored(&question, &values).answer.outcome, OUTCOME_PASS);
}

/* Fewer than three launches of either side prove nothing. */
static void test_launches(void **state) {
    (void)state;
    const double head[] = {9, 9.1, 9.2, 9.3, 9.1, 9.2, 9.3}, base[] = {1, 1.1, 1.05};
    struct change_question question = question_at(0, 1);
    struct change change = change_stored(&question, &(struct change_values){head, base, 7, 2});
    assert_int_equal(change.answer.outcome, OUTCOME_INCONCLUSIVE);
    assert_true(isnan(change.low));
    change = change_stored(&question, &(struct change_values){base, head, 2, 7});
    assert_int_equal(change.answer.outcome, OUTCOME_INCONCLUSIVE);
    change = change_stored(&question, &(struct change_values){base, head, 3, 7});
    assert_int_equal(change.answer.outcome, OUTCOME_PASS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_at_the_margin),
        cmocka_unit_test(test_stored_at_the_margin),
        cmocka_unit_test(test_pairs_decide),
        cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_floor),
        cmocka_unit_test(test_launches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
