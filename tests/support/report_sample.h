/** A run with one of everything, made by hand and judged by the real verdicts. */
#ifndef SUPPORT_REPORT_SAMPLE_H
#define SUPPORT_REPORT_SAMPLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "budget/derive.h"
#include "report/report.h"

enum { SAMPLE_BUDGETS = 24, SAMPLE_LIMITS = 8 };

struct sample {
    struct arena *arena;
    struct report report;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts verdicts;
    struct diags diags;
    unsigned long long seed;
};

static const struct probe_dimension sample_file[] = {{"file", "a file", true}, {0}};
static const struct probe_dimension sample_load[] = {
    {"phase", "a phase", false}, {"request", "a request", false}, {0}};
static const struct probe_metric sample_metrics[] = {
    {"gzip", "h", sample_file, PROBE_BYTES, PROBE_LOWER, PROBE_EXACT, PROBE_FOLD_SUM, NULL, NULL,
     NULL},
    {"wall", "h", NULL, PROBE_SECONDS, PROBE_LOWER, PROBE_NOISY, PROBE_FOLD_NONE, NULL, NULL, NULL},
    {"ops", "h", NULL, PROBE_PER_SECOND, PROBE_HIGHER, PROBE_NOISY, PROBE_FOLD_NONE, "mean", NULL,
     NULL},
    {"errors", "h", NULL, PROBE_RATIO, PROBE_LOWER, PROBE_NOISY, PROBE_FOLD_NONE, NULL, NULL, NULL},
    {"memory_maximum", "h", NULL, PROBE_BYTES, PROBE_LOWER, PROBE_EXACT, PROBE_FOLD_NONE, NULL,
     NULL, NULL},
    {"latency", "h", sample_load, PROBE_SECONDS, PROBE_LOWER, PROBE_NOISY, PROBE_FOLD_POOL, "p95",
     NULL, NULL},
    {"files", "h", NULL, PROBE_COUNT, PROBE_LOWER, PROBE_EXACT, PROBE_FOLD_NONE, NULL, NULL, NULL},
};
static const struct probe sample_probe = {.abi = PROBE_ABI,
                                          .name = "sample",
                                          .summary = "s",
                                          .metrics = sample_metrics,
                                          .metric_count = array_length(sample_metrics),
                                          .metric_size = sizeof(struct probe_metric)};

static inline void sample_metrics_all(struct sample *s, struct metrics *metrics) {
    for (size_t i = 0; i < array_length(sample_metrics); i++)
        *array_add(s->arena, metrics->items, metrics->count) = &sample_metrics[i];
}

static inline struct budget *sample_budget(struct sample *s, const char *id) {
    struct budget *budget = &s->set.budgets[s->set.count++];
    if (s->set.count > SAMPLE_BUDGETS) abort();
    *budget = (struct budget){
        .id = id,
        .confidence = 0.95,
        .runs = {.min = 1, .max = 1000},
        .time_limit = 60,
        .timeout = 10,
        .selected = true,
        .file = "budgets/app.yaml",
        .target_text = "dist/*.js",
        .place = {.file = "budgets/app.yaml", .line = (int)s->set.count * 10, .column = 3},
    };
    sample_metrics_all(s, &budget->metrics);
    bool *wanted = arena_alloc(s->arena, budget->metrics.count * sizeof *wanted);
    memset(wanted, true, budget->metrics.count);
    budget->wanted = wanted;
    budget->probe = &sample_probe;
    budget->limits = arena_alloc(s->arena, SAMPLE_LIMITS * sizeof *budget->limits);
    return budget;
}

static inline struct measurement *sample_measurement(struct sample *s, struct budget *budget,
                                                     size_t runs) {
    struct measurement *measurement = arena_new_object(s->arena, struct measurement);
    measurement->metrics = &budget->metrics;
    measurement->methods =
        arena_alloc(s->arena, budget->metrics.count * sizeof *measurement->methods);
    measurement->runs = runs;
    measurement->duration = 0.1234567 * (double)runs;
    measurement->problems = diags_begin(s->arena);
    s->evidence[budget - s->set.budgets] =
        (struct evidence){.measurement = measurement, .started = true};
    return measurement;
}

/** A series without samples yet. Add by metric, ascending. */
static inline struct series *sample_series(struct sample *s, struct measurement *measurement,
                                           const char *metric, const char *first,
                                           const char *second) {
    struct series *series = array_add(s->arena, measurement->series, measurement->count);
    *series = (struct series){.metric = (uint32_t)metric_find(measurement->metrics, metric),
                              .labels = {first, second}};
    return series;
}

static inline void sample_add(struct sample *s, struct series *series, double value) {
    *array_add(s->arena, series->samples, series->count) = value;
    *array_add(s->arena, series->run_ends, series->runs) = series->count;
}

static inline double sample_random(struct sample *s) {
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(s->seed >> 11) / 9007199254740992.0;
}

static inline void sample_noise(struct sample *s, struct series *series, size_t count, double from,
                                double to) {
    for (size_t i = 0; i < count; i++) sample_add(s, series, from + (to - from) * sample_random(s));
}

static inline struct limit *sample_limit(struct sample *s, struct budget *budget, const char *key,
                                         enum limit_operator operator, double bound) {
    struct limit *limit = &budget->limits[budget->limit_count];
    *limit = (struct limit){0};
    struct place place = {.file = "budgets/app.yaml",
                          .line = budget->place.line + 1 + (int)budget->limit_count,
                          .column = 7};
    if (!limit_key_read(s->arena, key, &budget->metrics, false, place, limit, &s->diags)) abort();
    limit->place = place;
    limit->kind = operator<= LIMIT_BELOW ? LIMIT_MAX : LIMIT_MIN;
    limit->operator= operator;
    limit->bound = bound;
    limit->unit = budget->metrics.items[limit->metric]->unit;
    limit->text = "100 KB";
    limit->order = budget->limit_count++;
    return limit;
}

static inline void sample_begin(struct sample *s, struct arena *arena) {
    *s = (struct sample){.arena = arena, .seed = 1, .diags = diags_begin(arena)};
    s->set = (struct budget_set){.arena = arena, .project = "mycelium-sync", .root = "/srv/x"};
    s->set.budgets = arena_alloc(arena, SAMPLE_BUDGETS * sizeof *s->set.budgets);
    s->evidence = arena_alloc(arena, SAMPLE_BUDGETS * sizeof *s->evidence);
    static const char *const profiles[] = {"low-end-device"};
    s->set.profiles = (struct probe_texts){profiles, 1};
    *array_add(arena, s->set.files, s->set.file_count) =
        (struct budget_file){.path = "budgets/app.yaml", .sha256 = "ab12"};
}

/** Judges with all samples at once, as fixed. */
static inline void sample_finish(struct sample *s) {
    for (size_t i = 0; i < s->set.count; i++) {
        const struct measurement *measurement = s->evidence[i].measurement;
        struct budget_runs *runs = &s->set.budgets[i].runs;
        if (measurement && measurement->runs)
            *runs = (struct budget_runs){measurement->runs, measurement->runs, true};
    }
    verdicts_begin(&s->verdicts, s->arena, &s->set, (struct verdict_options){0});
    for (size_t i = 0; i < s->set.count; i++) {
        const struct measurement *measurement = s->evidence[i].measurement;
        size_t wanted = verdicts_wanted(&s->verdicts, i, NULL);
        if (wanted && measurement && !measurement->missing)
            verdicts_wanted(&s->verdicts, i, measurement);
    }
    verdicts_finish(&s->verdicts, s->evidence);
    s->report = (struct report){
        .complete = true,
        .exit_code = outcome_exit_code(s->verdicts.effect),
        .started_at = "2026-11-20T10:00:00Z",
        .duration = 12.345678,
        .set = &s->set,
        .evidence = s->evidence,
        .verdicts = &s->verdicts,
        .diags = &s->diags,
    };
    environment_end(environment_begin(s->arena, NULL, false), &s->report.environment);
}

static inline void sample_sizes(struct sample *s) {
    struct budget *budget = sample_budget(s, "bundle-size");
    budget->title = "Bundle size";
    budget->why = "Download speed, mobile experience: most of our users are on the road, and every "
                  "100 KB cost a second there";
    budget->fix = "Run the minifier, feature-gate unused parts";
    budget->owner = "web-team";
    struct measurement *measurement = sample_measurement(s, budget, 1);
    measurement->methods[0] = "zlib 1.2.13 level 9";
    sample_add(s, sample_series(s, measurement, "gzip", "dist/app.js", NULL), 61234);
    sample_add(s, sample_series(s, measurement, "gzip", "dist/vendor-react.js", NULL), 43210);
    sample_add(s, sample_series(s, measurement, "gzip", "dist/vendor-zod.js", NULL), 9012);
    sample_add(s, sample_series(s, measurement, "files", NULL, NULL), 3);
    sample_limit(s, budget, "gzip", LIMIT_AT_MOST, 100000);
    sample_limit(s, budget, "gzip[*]", LIMIT_AT_MOST, 60000);
    sample_limit(s, budget, "gzip[dist/vendor-*]", LIMIT_AT_MOST, 80000);
    sample_limit(s, budget, "gzip[dist/none.js]", LIMIT_AT_MOST, 0);
}

static inline void sample_times(struct sample *s) {
    struct budget *budget = sample_budget(s, "startup");
    budget->title = "Cold start";
    budget->why = "People leave after a second";
    budget->owner = "core";
    struct measurement *measurement = sample_measurement(s, budget, 100);
    sample_noise(s, sample_series(s, measurement, "wall", NULL, NULL), 100, 0.08, 0.12);
    sample_noise(s, sample_series(s, measurement, "ops", NULL, NULL), 100, 900, 1100);
    struct series *errors = sample_series(s, measurement, "errors", NULL, NULL);
    static uint64_t trials[] = {5000, 1, 5000, 1, 5000, 1, 4997};
    for (size_t i = 0; i < 7; i++) *array_add(s->arena, errors->samples, errors->count) = i % 2;
    *array_add(s->arena, errors->run_ends, errors->runs) = errors->count;
    errors->trials = trials;
    errors->k = 3;
    errors->n = 20000;
    sample_limit(s, budget, "wall.p95", LIMIT_AT_MOST, 0.2);
    sample_limit(s, budget, "wall.p99", LIMIT_AT_MOST, 0.2);
    sample_limit(s, budget, "ops.mean", LIMIT_AT_LEAST, 950);
    sample_limit(s, budget, "errors", LIMIT_AT_MOST, 0.01);
    sample_limit(s, budget, "wall.max", LIMIT_BELOW, 0.5);
    sample_limit(s, budget, "wall.p90", LIMIT_AT_MOST, 0.09)->kind = LIMIT_WARN;
    struct limit *limit = sample_limit(s, budget, "wall.median", LIMIT_AT_MOST, 0.05);
    limit->kind = LIMIT_REGRESSION;
    limit->relative = limit->has_baseline = true;
    limit->baseline = 0.08;
}

static inline void sample_leaning(struct sample *s) {
    struct budget *budget = sample_budget(s, "startup-again");
    budget->probe = NULL;
    budget->of = "startup";
    budget->source = (size_t)(budget_find(&s->set, "startup") - s->set.budgets);
    budget->severity = SEVERITY_WARN;
    sample_limit(s, budget, "wall.median", LIMIT_AT_MOST, 0.05);

    static struct derive derive;
    budget = sample_budget(s, "speedup");
    budget->probe = NULL;
    struct place place = budget->place;
    if (!derive_parse(s->arena, &s->set, "bundle-size.gzip / 1KB", 1024, place, &derive, &s->diags))
        abort();
    budget->derive = &derive;
    budget->target_text = derive.text;
    budget->metrics = (struct metrics){0};
    *array_add(s->arena, budget->metrics.items, budget->metrics.count) = &derive.metric;
    sample_limit(s, budget, "value", LIMIT_AT_LEAST, 100);
}

static inline void sample_waived(struct sample *s) {
    struct budget *budget = sample_budget(s, "throughput");
    budget->waiver = (struct waiver){.state = WAIVER_LIVE,
                                     .until = 20849,
                                     .until_text = "2027-01-31",
                                     .reason = "New index, see #123",
                                     .days_left = 72,
                                     .place = budget->place};
    struct measurement *measurement = sample_measurement(s, budget, 40);
    sample_noise(s, sample_series(s, measurement, "ops", NULL, NULL), 40, 840, 860);
    static struct limit before;
    struct limit *limit = sample_limit(s, budget, "ops.mean", LIMIT_AT_LEAST, 1000);
    before = *limit;
    limit->bound = 800;
    limit->waived = true;
    limit->instead_of = &before;
}

static inline void sample_broken(struct sample *s) {
    struct budget *budget = sample_budget(s, "wasm");
    struct measurement *measurement = sample_measurement(s, budget, 1);
    sample_series(s, measurement, "memory_maximum", NULL, NULL)->unbounded = true;
    sample_limit(s, budget, "memory_maximum", LIMIT_AT_MOST, 6553600);

    budget = sample_budget(s, "crashed");
    budget->why = "It must not";
    measurement = sample_measurement(s, budget, 0);
    measurement->missing = true;
    diag_error(&measurement->problems, FILE_OPEN, budget->place, "build it first",
               "cannot start `./bench`: No such file or directory");
    sample_limit(s, budget, "wall.p95", LIMIT_AT_MOST, 0.2);

    budget = sample_budget(s, "nightly");
    budget->selected = false;
    budget->skipped = "not in --only";
    sample_limit(s, budget, "wall.p95", LIMIT_AT_MOST, 0.2);
}

static inline void sample_load_phases(struct sample *s) {
    struct budget *budget = sample_budget(s, "api");
    struct measurement *measurement = sample_measurement(s, budget, 2);
    static const char *const requests[] = {"get /", "list", "order"};
    for (size_t i = 0; i < array_length(requests); i++) {
        struct series *series = sample_series(s, measurement, "latency", "peak", requests[i]);
        for (int n = 0; n < 120; n++)
            *array_add(s->arena, series->samples, series->count) =
                0.001 * (double)(i + 1) * (1 + sample_random(s));
        *array_add(s->arena, series->run_ends, series->runs) = series->count / 2;
        *array_add(s->arena, series->run_ends, series->runs) = series->count;
    }
    sample_limit(s, budget, "latency", LIMIT_AT_MOST, 0.004);
    sample_limit(s, budget, "latency[phase:* request:*].p90", LIMIT_AT_MOST, 0.01);
    sample_limit(s, budget, "latency[phase:peak request:get\\ /].median", LIMIT_AT_MOST, 0.01);
    sample_limit(s, budget, "latency[phase:none request:*].median", LIMIT_AT_MOST, 0.01);
}

/** Everything: pass, warn, waived, inconclusive, fail, error, skipped. */
static inline void sample_all(struct sample *s, struct arena *arena) {
    sample_begin(s, arena);
    sample_sizes(s);
    sample_times(s);
    sample_leaning(s);
    sample_waived(s);
    sample_broken(s);
    sample_load_phases(s);
    sample_finish(s);
}

#endif
