/** Hand-made budgets and measurements for the verdict tests: no file, no probe, no clock. */
#ifndef TESTS_VERDICT_FIXTURE_H
#define TESTS_VERDICT_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "budget/derive.h"
#include "verdict/verdict.h"

#include <cmocka.h> /* last: its macro `fail` is a word of probe.h */

enum { WALL, GZIP, OPS, ERROR_RATE, ERRORS, LATENCY, PEAK, VALUE, METRICS };
enum { BUDGETS_MAX = 4, LIMITS_MAX = 12, SERIES_MAX = 24 };

static const struct probe_dimension by_file[] = {{.name = "file"}, {0}};
static const struct probe_dimension by_type[] = {{.name = "type", .complete = true}, {0}};
static const struct probe_dimension by_phase[] = {{.name = "phase"}, {.name = "request"}, {0}};

static const struct probe_metric metric_rows[METRICS] = {
    [WALL] = {.name = "wall",
              .unit = PROBE_SECONDS,
              .better = PROBE_LOWER,
              .nature = PROBE_NOISY,
              .fold = PROBE_FOLD_POOL},
    [GZIP] = {.name = "gzip",
              .dimensions = by_file,
              .unit = PROBE_BYTES,
              .better = PROBE_LOWER,
              .fold = PROBE_FOLD_SUM},
    [OPS] = {.name = "ops",
             .unit = PROBE_PER_SECOND,
             .better = PROBE_HIGHER,
             .nature = PROBE_NOISY,
             .fold = PROBE_FOLD_POOL,
             .statistic = "mean"},
    [ERROR_RATE] = {.name = "error_rate",
                    .unit = PROBE_RATIO,
                    .better = PROBE_LOWER,
                    .nature = PROBE_NOISY,
                    .fold = PROBE_FOLD_POOL,
                    .statistic = "mean"},
    [ERRORS] = {.name = "errors",
                .dimensions = by_type,
                .unit = PROBE_COUNT,
                .better = PROBE_LOWER,
                .fold = PROBE_FOLD_SUM,
                .unnamed = "(unknown)"},
    [LATENCY] = {.name = "latency",
                 .dimensions = by_phase,
                 .unit = PROBE_SECONDS,
                 .better = PROBE_LOWER,
                 .nature = PROBE_NOISY,
                 .fold = PROBE_FOLD_POOL},
    [PEAK] = {.name = "peak",
              .unit = PROBE_BYTES,
              .better = PROBE_LOWER,
              .nature = PROBE_NOISY,
              .fold = PROBE_FOLD_MAX,
              .statistic = "max"},
    [VALUE] = {.name = "value", .unit = PROBE_RATIO, .better = PROBE_NEITHER},
};

struct fixture {
    struct arena *arena;
    struct budget_set set;
    struct budget budgets[BUDGETS_MAX];
    struct limit limits[BUDGETS_MAX][LIMITS_MAX];
    struct measurement measurements[BUDGETS_MAX];
    struct series series[BUDGETS_MAX][SERIES_MAX];
    struct evidence evidence[BUDGETS_MAX];
    const struct probe_metric *metrics[METRICS];
    struct metrics table;
    struct verdicts verdicts;
    size_t measuring; /**< the budget that fixture_series adds to */
};

struct bound {
    enum limit_kind kind;
    enum limit_operator sign;
    double value;
};
#define BOUND(...) ((struct bound){__VA_ARGS__})

/* Budgets b0, b1, ..: selected, measured by one run, runs 5..1000, 95 %. */
static struct fixture *fixture_new(size_t budgets) {
    static const char *const ids[] = {"b0", "b1", "b2", "b3"};
    static const struct probe probe = {.name = "test"};
    struct arena *arena = arena_new();
    struct fixture *f = arena_new_object(arena, struct fixture);
    f->arena = arena;
    for (size_t i = 0; i < METRICS; i++) f->metrics[i] = &metric_rows[i];
    f->table = (struct metrics){.items = f->metrics, .count = METRICS};
    f->set = (struct budget_set){.arena = arena, .budgets = f->budgets, .count = budgets};
    for (size_t i = 0; i < budgets; i++) {
        f->budgets[i] = (struct budget){.id = ids[i],
                                        .probe = &probe,
                                        .confidence = 0.95,
                                        .runs = {.min = 5, .max = 1000},
                                        .metrics = f->table,
                                        .limits = f->limits[i],
                                        .selected = true};
        f->measurements[i] = (struct measurement){
            .metrics = &f->table, .series = f->series[i], .runs = 1, .problems = {.arena = arena}};
        f->evidence[i] = (struct evidence){.measurement = &f->measurements[i], .started = true};
    }
    return f;
}

static inline void fixture_free(struct fixture *f) {
    arena_free(f->arena);
}

/* "wall.p95 <= 0.5", "gzip[*] <= 100", "ops.mean > 3": the key decides metric and statistic. */
static struct limit *fixture_limit(struct fixture *f, size_t budget, const char *key,
                                   struct bound bound) {
    struct budget *owner = &f->budgets[budget];
    struct limit *limit = &f->limits[budget][owner->limit_count];
    size_t length = strcspn(key, ".[");
    *limit = (struct limit){.key = key,
                            .text = "bound",
                            .kind = bound.kind,
                            .operator= bound.sign,
                            .bound = bound.value,
                            .order = owner->limit_count++};
    while (strncmp(metric_rows[limit->metric].name, key, length) != 0 ||
           metric_rows[limit->metric].name[length])
        limit->metric++;
    limit->unit = metric_rows[limit->metric].unit;
    const char *open = strchr(key, '['), *close = strrchr(key, ']');
    if (open) {
        limit->pattern.globs[0] = text_copy_bytes(f->arena, open + 1, (size_t)(close - open - 1));
        limit->pattern.named = 1;
        limit->pattern.wild = strpbrk(limit->pattern.globs[0], "*?") != NULL;
    }
    const char *word = strchr(close ? close : key, '.');
    limit->statistical = metric_rows[limit->metric].nature == PROBE_NOISY || word;
    if (limit->statistical)
        assert_true(statistic_parse(word ? word + 1 : "median", &limit->statistic));
    return limit;
}

static inline struct limit *at_most(struct fixture *f, const char *key, double bound) {
    return fixture_limit(f, 0, key, BOUND(LIMIT_MAX, LIMIT_AT_MOST, bound));
}
static inline struct limit *at_least(struct fixture *f, const char *key, double bound) {
    return fixture_limit(f, 0, key, BOUND(LIMIT_MIN, LIMIT_AT_LEAST, bound));
}

/* The series takes `samples` as they stand, spread evenly over the budget's runs. */
static struct series *fixture_series(struct fixture *f, uint32_t metric, const char *label,
                                     double *samples, size_t count) {
    struct measurement *measurement = &f->measurements[f->measuring];
    size_t at = measurement->count++;
    for (; at > 0 && measurement->series[at - 1].metric > metric; at--) /* in metric order */
        measurement->series[at] = measurement->series[at - 1];
    struct series *series = &measurement->series[at];
    *series = (struct series){.metric = metric,
                              .labels = {label},
                              .samples = samples,
                              .count = count,
                              .runs = measurement->runs};
    series->run_ends = arena_alloc(f->arena, measurement->runs * sizeof *series->run_ends);
    for (size_t run = 0; run < measurement->runs; run++)
        series->run_ends[run] = count * (run + 1) / measurement->runs;
    return series;
}

/* `count` samples, `beyond` of them `high` and spread evenly, the others `low`. */
static inline double *two_values(struct fixture *f, size_t count, size_t beyond, double low,
                                 double high) {
    double *samples = arena_alloc(f->arena, (count + 1) * sizeof *samples);
    for (size_t i = 0; i < count; i++) {
        bool is_beyond = (i + 1) * beyond / count > i * beyond / count;
        samples[i] = is_beyond ? high : low;
    }
    return samples;
}

static inline void fixture_value(struct fixture *f, uint32_t metric, const char *label,
                                 double value) {
    fixture_series(f, metric, label, two_values(f, 1, 0, value, 0), 1);
}

/* All at once, as if the samples had been fixed beforehand when the budget says so. */
static inline const struct verdict_row *fixture_judge(struct fixture *f) {
    verdicts_begin(&f->verdicts, f->arena, &f->set, f->verdicts.options);
    verdicts_finish(&f->verdicts, f->evidence);
    return f->set.count > 0 ? f->verdicts.budgets[0].rows : NULL;
}

#endif
