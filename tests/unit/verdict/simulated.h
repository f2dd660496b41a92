/** Whole gates on made-up noise, with a seed: what the simulations of wrong verdicts and of power
 * share. */
#ifndef TESTS_VERDICT_SIMULATED_H
#define TESTS_VERDICT_SIMULATED_H

#include "fixture.h"

enum { RUNS_MAX = 1000, SAMPLES_HERE = 4000 };

static inline double uniform(uint64_t *seed) { /* splitmix64 */
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* A normal variable, nearly: the sum of twelve uniform ones. */
static inline double normal(uint64_t *seed) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform(seed);
    return sum;
}

/* A long tail, as waiting times have: mean 1. */
static inline double exponential(uint64_t *seed) {
    return -log1p(-uniform(seed));
}

/* One in twenty is one and a half to three times as slow: mean 1.0625. */
static inline double spikes(uint64_t *seed) {
    double plain = 1 + 0.05 * normal(seed);
    return uniform(seed) < 0.05 ? plain * (1.5 + 1.5 * uniform(seed)) : plain;
}

/* One in three is a second, slower way through the program. */
static inline double bimodal(uint64_t *seed) {
    return (uniform(seed) < 0.33 ? 1.4 : 1) + 0.02 * normal(seed);
}

/* As a clock of one millisecond shows 10 ms of work: 5 % lie beyond 12 ms. */
static inline double quantised(uint64_t *seed) {
    return nearbyint((0.01 + 0.001 * normal(seed) * 1.52) * 1000) / 1000;
}

/* Autoregressive noise: each sample leans on the one before, also across runs. */
static inline double leaning(uint64_t *seed, double rho) {
    static double last;
    last = rho * last + sqrt(1 - rho * rho) * normal(seed);
    return last;
}
static inline double leaning_5(uint64_t *seed) {
    return leaning(seed, 0.5);
}
static inline double leaning_8(uint64_t *seed) {
    return leaning(seed, 0.8);
}
static inline double leaning_9(uint64_t *seed) {
    return leaning(seed, 0.9);
}

/* Half of it is left after 23 samples. */
static inline double leaning_97(uint64_t *seed) {
    return leaning(seed, 0.97);
}

struct scenario {
    const char *key;
    double confidence, bound;
    bool fixed;
    size_t runs_max; /* 1: a load, which says all in one run */
    double (*draw)(uint64_t *seed);
    size_t each; /* samples a run */
};

/* One run of the gate: as many samples as the schedule asks for, then the verdict. Adds how many
 * runs it took. */
static inline enum outcome run_gate(const struct scenario *scenario, uint64_t *seed, size_t *runs) {
    static double samples[SAMPLES_HERE];
    size_t each = scenario->each;
    static size_t run_ends[RUNS_MAX];
    static const struct probe load = {.name = "load", .needs = PROBE_ONCE | PROBE_STREAM};
    struct fixture *f = fixture_new(1);
    if (scenario->runs_max == 1) f->budgets[0].probe = &load;
    f->budgets[0].confidence = scenario->confidence;
    f->budgets[0].runs = (struct budget_runs){
        .min = scenario->fixed || scenario->runs_max == 1 ? scenario->runs_max : 5,
        .max = scenario->runs_max,
        .fixed = scenario->fixed};
    at_most(f, scenario->key, scenario->bound);
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    struct measurement *measurement = &f->measurements[0];
    *measurement = (struct measurement){
        .metrics = &f->table, .series = f->series[0], .count = 1, .problems = {.arena = f->arena}};
    f->series[0][0] = (struct series){.metric = WALL, .samples = samples, .run_ends = run_ends};
    size_t wanted = verdicts_wanted(&f->verdicts, 0, NULL);
    while (wanted > measurement->runs) {
        for (size_t i = measurement->runs; i < wanted; i++) {
            for (size_t j = 0; j < each; j++) samples[i * each + j] = scenario->draw(seed);
            run_ends[i] = (i + 1) * each;
        }
        measurement->runs = f->series[0][0].runs = wanted;
        f->series[0][0].count = wanted * each;
        wanted = verdicts_wanted(&f->verdicts, 0, measurement);
    }
    verdicts_finish(&f->verdicts, f->evidence);
    enum outcome outcome = f->verdicts.budgets[0].rows[0].outcome;
    *runs += measurement->runs;
    fixture_free(f);
    return outcome;
}

#endif
