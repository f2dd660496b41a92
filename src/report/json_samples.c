#include <math.h>
#include <string.h>

#include "base/array.h"
#include "report/format_json.h"

static bool is_noisy(const struct measurement *measurement, uint32_t metric) {
    return measurement->metrics->items[metric]->nature == PROBE_NOISY;
}

struct json_samples json_samples_begin(const struct measurement *measurement, uint32_t metric) {
    struct json_samples samples = {.left = REPORT_SAMPLES_MAX, .step = 1};
    size_t total = 0, labels = 0;
    bool one_run = is_noisy(measurement, metric);
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        if (series->metric != metric) continue;
        total += series->count;
        labels++;
        one_run = one_run && series->runs == 1 && series->n == 0; /* rates keep their order */
    }
    if (one_run && total > REPORT_SAMPLES_MAX && labels < REPORT_SAMPLES_MAX)
        samples.step = total / (REPORT_SAMPLES_MAX - labels) + 1;
    samples.gaps = labels > 1;
    return samples;
}

static void put_run_ends(json *object, const struct series *series) {
    bool one_each = series->count == series->runs;
    for (size_t r = 0; r < series->runs && one_each; r++) one_each = series->run_ends[r] == r + 1;
    if (one_each || !series->run_ends) return;
    json *ends = json_put_list(object, "run_ends");
    for (size_t r = 0; r < series->runs; r++) json_push_number(ends, (double)series->run_ends[r]);
}

/* Of every `step`-th sample, as the samples themselves. */
static void put_gaps(const struct json_samples *samples, json *object,
                     const struct series *series) {
    if (!samples->gaps || !series->places) return;
    json *gaps = json_put_list(object, "gaps");
    uint64_t next = 0;
    for (size_t i = 0; i < series->count; i += samples->step) {
        json_push_number(gaps, (double)(series->places[i] - next));
        next = series->places[i] + 1;
    }
}

static void put_buckets(json *object, const struct buckets *whole) {
    json *buckets = json_put_object(object, "buckets");
    json *from = json_put_list(buckets, "from"), *counts = json_put_list(buckets, "counts");
    struct bucket bucket;
    for (uint32_t at = 0; buckets_next(whole, &at, &bucket);) {
        json_push_number(from, fmax(bucket.low, 0));
        json_push_number(counts, (double)bucket.count);
    }
}

/* What is left out one by one is there in buckets. */
static void put_thinned(struct json_samples *samples, json *object, const struct series *series) {
    struct arena *scratch = arena_new();
    struct buckets *whole = series->whole;
    if (!whole) {
        whole = buckets_new(scratch);
        for (size_t i = 0; i < series->count; i++) buckets_add(whole, series->samples[i]);
    }
    size_t stride = series->whole ? series->stride : 1;
    json_put_number(object, "stride", (double)(stride * samples->step));
    json *list = json_put_list(object, "samples");
    for (size_t i = 0; i < series->count; i += samples->step)
        json_push_number(list, series->samples[i]);
    put_gaps(samples, object, series);
    put_buckets(object, whole);
    arena_free(scratch);
}

void json_put_samples(struct json_samples *samples, json *object, const struct series *series) {
    if (series->whole || samples->step > 1) {
        put_thinned(samples, object, series);
        return;
    }
    json *list = json_put_list(object, "samples");
    size_t count = series->count < samples->left ? series->count : samples->left;
    for (size_t i = 0; i < count; i++) json_push_number(list, series->samples[i]);
    samples->left -= count;
    if (count < series->count) return;
    put_gaps(samples, object, series);
    put_run_ends(object, series);
}

static const struct {
    const char *name;
    struct statistic statistic;
} summary[] = {
    {"min", {STATISTIC_MIN, 0}},           {"max", {STATISTIC_MAX, 0}},
    {"mean", {STATISTIC_MEAN, 0}},         {"stddev", {STATISTIC_STDDEV, 0}},
    {"median", {STATISTIC_QUANTILE, 0.5}}, {"p90", {STATISTIC_QUANTILE, 0.9}},
    {"p95", {STATISTIC_QUANTILE, 0.95}},   {"p99", {STATISTIC_QUANTILE, 0.99}},
};

/* Sorted once for all quantiles. */
void json_put_summary(json *object, const struct series *series) {
    struct arena *scratch = arena_new();
    double *sorted = series->whole ? NULL : arena_alloc(scratch, series->count * sizeof *sorted);
    if (sorted) {
        memcpy(sorted, series->samples, series->count * sizeof *sorted);
        samples_sort(sorted, series->count);
    }
    for (size_t i = 0; i < array_length(summary); i++) {
        const struct statistic *statistic = &summary[i].statistic;
        bool quantile = sorted && statistic->kind == STATISTIC_QUANTILE;
        json_put_number(object, summary[i].name,
                        quantile ? quantile_sorted(sorted, series->count, statistic->p)
                                 : series_statistic(series, statistic));
    }
    arena_free(scratch);
}
