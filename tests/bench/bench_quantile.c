/*
 * How long p50, p90, p95, p99 and p99.9 of 10^6 samples take: one sort and five look-ups, and once
 * more through statistic_of, which sorts a copy each time. Goal: the first under 150 ms.
 *
 * Build (from the root of the repository, all in one line) and run without arguments:
 *   cc -O2 -std=gnu17 -D_GNU_SOURCE -Iinclude -Isrc -o bench_quantile
 *      tests/bench/bench_quantile.c src/stats/statistic.c src/stats/moments.c src/stats/sort.c
 *      src/base/arena.c src/base/text.c -lm
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/statistic.h"

enum { SAMPLES = 1000000, ROUNDS = 7 };
static const double shares[] = {0.5, 0.9, 0.95, 0.99, 0.999};
enum { SHARES = sizeof shares / sizeof *shares };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Latencies: log-normal around 12 ms, in whole nanoseconds. */
static void fill(double *samples) {
    uint64_t seed = 20261120;
    for (size_t i = 0; i < SAMPLES; i++) {
        double sum = 0;
        for (int j = 0; j < 12; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            sum += (double)(seed >> 11) / 9007199254740992.0;
        }
        samples[i] = floor(0.012 * exp(0.3 * (sum - 6)) * 1e9) / 1e9;
    }
}

static double time_sorted(const double *samples, double *work, double *check) {
    memcpy(work, samples, SAMPLES * sizeof *work);
    double from = now();
    samples_sort(work, SAMPLES);
    for (size_t i = 0; i < SHARES; i++) *check += quantile_sorted(work, SAMPLES, shares[i]);
    return now() - from;
}

static double time_single(const double *samples, double *check) {
    double from = now();
    for (size_t i = 0; i < SHARES; i++) {
        struct statistic statistic = {STATISTIC_QUANTILE, shares[i]};
        *check += statistic_of(&statistic, samples, SAMPLES);
    }
    return now() - from;
}

int main(void) {
    double *samples = malloc(SAMPLES * sizeof *samples), *work = malloc(SAMPLES * sizeof *work);
    if (!samples || !work) return 1;
    double sorted[ROUNDS], single[ROUNDS], check = 0;
    fill(samples);
    for (int round = 0; round < ROUNDS; round++) {
        sorted[round] = time_sorted(samples, work, &check);
        single[round] = time_single(samples, &check);
    }
    samples_sort(sorted, ROUNDS);
    samples_sort(single, ROUNDS);
    printf("%d percentiles of %d samples: median %.1f ms (min %.1f), one by one %.1f ms\n", SHARES,
           SAMPLES, sorted[ROUNDS / 2], sorted[0], single[ROUNDS / 2]);
    free(samples);
    free(work);
    return check > 0 ? 0 : 1;
}
