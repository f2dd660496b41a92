/* Slow: not run under valgrind. */
/*
 * Rates whose events come in bursts, at the boundary, where wrong verdicts are likeliest: a chain
 * of two states, which stays with what it was with probability rho and draws anew otherwise, and
 * autoregressive noise beyond a threshold. Counted over seeded simulations of whole gates, looked
 * at after every run, or once after one load; at most alpha on each side, as the upper 99 %
 * Clopper-Pearson bound on what was counted shows to within 1.3 alpha.
 */
#include "simulated.h"

#include "stats/tails.h"
#include "verdict/change.h"

enum { GATES = 1000, FEW_GATES = 500, MANY_GATES = 4000, CHANGE_GATES = 80, TRIALS_MAX = 200000 };

/* How events come: chain or noise beyond `threshold`. */
struct bursts {
    double rho, share;
    double threshold; /* of noise: the normal quantile of 1 - share; 0: a chain */
    double level;
    bool event;
};

static bool draw_event(struct bursts *bursts, uint64_t *seed) {
    double rho = bursts->rho;
    if (bursts->threshold > 0) {
        bursts->level = rho * bursts->level + sqrt(1 - rho * rho) * normal(seed);
        return bursts->level > bursts->threshold;
    }
    if (uniform(seed) >= rho) bursts->event = uniform(seed) < bursts->share;
    return bursts->event;
}

struct rate_gate {
    double share, rho, threshold, bound;
    bool lower;        /* "at least": of what is no event */
    size_t each, runs; /* trials a run, and runs at most; 1: one load */
    bool mixed;        /* each run tells no order */
};

static void run_add(struct series *series, const struct rate_gate *gate, struct bursts *bursts,
                    uint64_t *seed) {
    uint64_t events = 0;
    size_t from = series->count;
    for (size_t i = 0; i < gate->each; i++) {
        bool event = draw_event(bursts, seed) != gate->lower;
        events += event;
        if (gate->mixed) continue;
        if (series->count == from || series->samples[series->count - 1] != event) {
            series->trials[series->count] = 0;
            series->samples[series->count++] = event;
        }
        series->trials[series->count - 1]++;
    }
    if (gate->mixed) {
        series->trials[series->count] = gate->each;
        series->samples[series->count++] = (double)events / (double)gate->each;
    }
    series->k += events;
    series->n += gate->each;
    series->run_ends[series->runs++] = series->count;
}

static enum outcome rate_gate_run(const struct rate_gate *gate, uint64_t *seed) {
    static double samples[TRIALS_MAX];
    static uint64_t trials[TRIALS_MAX];
    static size_t run_ends[RUNS_MAX];
    static const struct probe load = {.name = "load", .needs = PROBE_ONCE | PROBE_STREAM};
    struct fixture *f = fixture_new(1);
    f->budgets[0].runs = (struct budget_runs){.min = gate->runs == 1 ? 1 : 2, .max = gate->runs};
    if (gate->runs == 1) f->budgets[0].probe = &load;
    if (gate->lower)
        at_least(f, "error_rate.mean", gate->bound);
    else
        at_most(f, "error_rate.mean", gate->bound);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    struct measurement *measurement = &f->measurements[0];
    measurement->runs = 0;
    measurement->count = 1;
    struct series *series = &f->series[0][0];
    *series = (struct series){
        .metric = ERROR_RATE, .samples = samples, .trials = trials, .run_ends = run_ends};
    struct bursts bursts = {gate->rho, gate->share, gate->threshold, normal(seed), false};
    bursts.event = uniform(seed) < gate->share;
    for (size_t wanted = verdicts_wanted(&f->verdicts, 0, NULL); wanted > measurement->runs;
         wanted = verdicts_wanted(&f->verdicts, 0, measurement))
        while (measurement->runs < wanted) {
            run_add(series, gate, &bursts, seed);
            measurement->runs++;
        }
    verdicts_finish(&f->verdicts, f->evidence);
    enum outcome outcome = f->verdicts.budgets[0].rows[0].outcome;
    fixture_free(f);
    return outcome;
}

static void assert_rare(size_t errors, size_t gates, double alpha) {
    double tail = binomial_lower(gates, 1.3 * alpha, errors);
    if (tail > 0.01) fail_msg("%zu wrong verdicts in %zu, alpha %g", errors, gates, alpha);
}

static void count_gates(const struct rate_gate *gate, size_t gates,
                        size_t (*counts)[OUTCOME_COUNT]) {
    uint64_t seed = 20261130;
    memset(counts, 0, sizeof *counts);
    for (size_t i = 0; i < gates; i++) (*counts)[rate_gate_run(gate, &seed)]++;
    print_message("| %s | %.1f | %g %s %g %% | %zu x %zu | %.1f %% | %.1f %% |\n",
                  gate->mixed           ? "chain, order not known"
                  : gate->threshold > 0 ? "noise"
                                        : "chain",
                  gate->rho, 100 * gate->share, gate->lower ? ">=" : "<=", 100 * gate->bound,
                  gate->runs, gate->each, 100.0 * (double)(*counts)[OUTCOME_PASS] / (double)gates,
                  100.0 * (double)(*counts)[OUTCOME_FAIL] / (double)gates);
    assert_int_equal((*counts)[OUTCOME_ERROR] + (*counts)[OUTCOME_SKIPPED], 0);
}

/* Looked at after every run, and once after a load of about as many trials as a pass takes. */
static void test_at_the_boundary(void **state) {
    (void)state;
    static const struct rate_gate rows[] = {
        {.share = 0.05, .rho = 0.5, .bound = 0.05, .each = 40, .runs = 100},
        {.share = 0.05, .rho = 0.8, .bound = 0.05, .each = 40, .runs = 100},
        {.share = 0.05, .rho = 0.9, .bound = 0.05, .each = 40, .runs = 100},
        {.share = 0.05, .rho = 0.9, .bound = 0.95, .each = 40, .runs = 100, .lower = true},
        {.share = 0.05, .rho = 0.9, .bound = 0.05, .each = 40, .runs = 100, .mixed = true},
        {.share = 0.05, .rho = 0.5, .bound = 0.05, .each = 40, .runs = 100, .threshold = 1.6449},
        {.share = 0.05, .rho = 0.8, .bound = 0.05, .each = 40, .runs = 100, .threshold = 1.6449},
        {.share = 0.05, .rho = 0.9, .bound = 0.05, .each = 40, .runs = 100, .threshold = 1.6449},
        {.share = 0.01, .rho = 0.9, .bound = 0.01, .each = 500, .runs = 20},
        {.share = 0.5, .rho = 0.9, .bound = 0.5, .each = 40, .runs = 50},
        {.share = 0.05, .rho = 0.5, .bound = 0.05, .each = 720, .runs = 1},
        {.share = 0.05, .rho = 0.8, .bound = 0.05, .each = 720, .runs = 1},
        {.share = 0.05, .rho = 0.9, .bound = 0.05, .each = 720, .runs = 1},
        {.share = 0.05, .rho = 0.9, .bound = 0.05, .each = 4000, .runs = 1},
        {.share = 0.01, .rho = 0.9, .bound = 0.01, .each = 3700, .runs = 1},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t counts[OUTCOME_COUNT];
        bool near = rows[i].runs == 1 || (rows[i].rho > 0.8 && rows[i].threshold == 0);
        size_t gates = near ? GATES : FEW_GATES;
        count_gates(&rows[i], gates, &counts);
        assert_rare(counts[OUTCOME_PASS], gates, 0.05);
        assert_rare(counts[OUTCOME_FAIL], gates, 0.05);
    }
}

/* A load of no more requests than a pass takes, at the boundary: errors that come one by one pass
 * in at most alpha. In bursts they pass as often as none falls into the load, which no test on it
 * can know; docs/statistics.md has these figures. */
static void test_shortest_load(void **state) {
    (void)state;
    static const struct rate_gate rows[] = {
        {.share = 0.01, .rho = 0, .bound = 0.01, .each = 299, .runs = 1},
        {.share = 0.01, .rho = 0.5, .bound = 0.01, .each = 299, .runs = 1},
        {.share = 0.01, .rho = 0.9, .bound = 0.01, .each = 299, .runs = 1},
        {.share = 0.01, .rho = 0.5, .bound = 0.01, .each = 600, .runs = 1},
        {.share = 0.01, .rho = 0.9, .bound = 0.01, .each = 3000, .runs = 1},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t counts[OUTCOME_COUNT], gates = rows[i].rho == 0 ? MANY_GATES : GATES;
        count_gates(&rows[i], gates, &counts);
        if (rows[i].rho == 0) assert_rare(counts[OUTCOME_PASS], gates, 0.05);
        assert_rare(counts[OUTCOME_FAIL], gates, 0.05);
    }
}

/* What one load decides away from it: a test that never decides errs never. */
static void test_away_from_it(void **state) {
    (void)state;
    enum { FEWER = 100 };
    static const struct {
        struct rate_gate gate;
        enum outcome right;
        size_t least; /* of FEWER */
    } rows[] = {
        {{.share = 0, .rho = 0, .bound = 0.01, .each = 299, .runs = 1}, OUTCOME_PASS, 100},
        {{.share = 0.0003, .rho = 0, .bound = 0.01, .each = 1000, .runs = 1}, OUTCOME_PASS, 95},
        {{.share = 0.002, .rho = 0, .bound = 0.01, .each = 20000, .runs = 1}, OUTCOME_PASS, 95},
        {{.share = 0.002, .rho = 0.8, .bound = 0.01, .each = 50000, .runs = 1}, OUTCOME_PASS, 68},
        {{.share = 0.05, .rho = 0, .bound = 0.01, .each = 5000, .runs = 1}, OUTCOME_FAIL, 95},
        {{.share = 0.05, .rho = 0.8, .bound = 0.01, .each = 20000, .runs = 1}, OUTCOME_FAIL, 95},
        {{.share = 0.5, .rho = 0, .bound = 0.01, .each = 100, .runs = 1}, OUTCOME_FAIL, 80},
        {{.share = 0.97, .rho = 0, .bound = 0.01, .each = 100, .runs = 1}, OUTCOME_FAIL, 95},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t counts[OUTCOME_COUNT];
        count_gates(&rows[i].gate, FEWER, &counts);
        if (counts[rows[i].right] < rows[i].least)
            fail_msg("row %zu: %zu of %d", i, counts[rows[i].right], FEWER);
    }
}

/* A change of twice as many events, where twice as many are allowed: pairs of runs looked at after
 * 10, 15, .. of them, or one load of each. */
struct change_gate {
    double share, rho;
    size_t each, pairs;
};

static enum outcome change_gate_run(const struct change_gate *gate, uint64_t *seed) {
    static double samples[2][TRIALS_MAX];
    static uint64_t trials[2][TRIALS_MAX];
    static size_t run_ends[2][RUNS_MAX];
    static const struct limit twice = {.kind = LIMIT_REGRESSION,
                                       .bound = 1,
                                       .relative = true,
                                       .statistical = true,
                                       .statistic = {STATISTIC_MEAN, 0}};
    const struct change_question question = {.limit = &twice,
                                             .metric = &metric_rows[ERROR_RATE],
                                             .confidence = 0.95,
                                             .alpha_pass = 0.05,
                                             .alpha_fail = 0.05};
    struct series sides[2];
    struct bursts bursts[2];
    for (int i = 0; i < 2; i++) {
        sides[i] =
            (struct series){.samples = samples[i], .trials = trials[i], .run_ends = run_ends[i]};
        bursts[i] = (struct bursts){.rho = gate->rho, .share = (i + 1) * gate->share};
        bursts[i].event = uniform(seed) < bursts[i].share;
    }
    const struct rate_gate shape = {.each = gate->each};
    for (size_t pairs = 0, look = 10; pairs < gate->pairs;) {
        for (int i = 0; i < 2; i++) run_add(&sides[i], &shape, &bursts[i], seed);
        if (++pairs < look && pairs < gate->pairs) continue;
        look = look * 3 / 2;
        enum outcome outcome =
            change_sides(&question, &sides[1], &sides[0], SAMPLING_WATCHED).answer.outcome;
        if (outcome != OUTCOME_INCONCLUSIVE) return outcome;
    }
    return OUTCOME_INCONCLUSIVE;
}

static void test_change_at_the_margin(void **state) {
    (void)state;
    static const struct change_gate rows[] = {
        {0.05, 0, 200, 50},   {0.05, 0.5, 200, 50},  {0.05, 0.8, 200, 50},
        {0.05, 0.9, 200, 50}, {0.05, 0.9, 20000, 1}, {0.3, 0.9, 200, 50},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        size_t counts[OUTCOME_COUNT] = {0};
        uint64_t seed = 20261201;
        for (size_t gate = 0; gate < CHANGE_GATES; gate++)
            counts[change_gate_run(&rows[i], &seed)]++;
        print_message("| %.1f | %g %% to %g %% | %zu x %zu | %.1f %% | %.1f %% |\n", rows[i].rho,
                      100 * rows[i].share, 200 * rows[i].share, rows[i].pairs, rows[i].each,
                      100.0 * counts[OUTCOME_PASS] / CHANGE_GATES,
                      100.0 * counts[OUTCOME_FAIL] / CHANGE_GATES);
        assert_rare(counts[OUTCOME_PASS], CHANGE_GATES, 0.05);
        assert_rare(counts[OUTCOME_FAIL], CHANGE_GATES, 0.05);
    }
}

/* The same share passes a margin of 100 %, four times as much fails. */
static void test_change_decides(void **state) {
    (void)state;
    size_t passes = 0, fails = 0;
    uint64_t seed = 20261202;
    static double samples[3][TRIALS_MAX];
    static uint64_t trials[3][TRIALS_MAX];
    static size_t run_ends[3][1];
    static const double shares[] = {0.02, 0.02, 0.08};
    const struct limit twice = {.kind = LIMIT_REGRESSION, .bound = 1, .relative = true};
    const struct change_question question = {.limit = &twice,
                                             .metric = &metric_rows[ERROR_RATE],
                                             .alpha_pass = 0.05,
                                             .alpha_fail = 0.05};
    enum { FEW = 30 };
    for (size_t gate = 0; gate < FEW; gate++) {
        struct series sides[3];
        for (int i = 0; i < 3; i++) {
            sides[i] = (struct series){
                .samples = samples[i], .trials = trials[i], .run_ends = run_ends[i]};
            struct bursts bursts = {.rho = 0.5, .share = shares[i]};
            run_add(&sides[i], &(struct rate_gate){.each = 100000}, &bursts, &seed);
        }
        passes += change_sides(&question, &sides[1], &sides[0], SAMPLING_WATCHED).answer.outcome ==
                  OUTCOME_PASS;
        fails += change_sides(&question, &sides[2], &sides[0], SAMPLING_WATCHED).answer.outcome ==
                 OUTCOME_FAIL;
    }
    print_message("same share: %zu pass, four times: %zu fail of %d\n", passes, fails, FEW);
    assert_true(passes >= FEW * 8 / 10 && fails >= FEW * 8 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_the_boundary), cmocka_unit_test(test_shortest_load),
        cmocka_unit_test(test_away_from_it),    cmocka_unit_test(test_change_at_the_margin),
        cmocka_unit_test(test_change_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
