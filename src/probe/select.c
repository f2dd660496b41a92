#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "probe/metric.h"
#include "probe/pool.h"

static const struct statistic least = {STATISTIC_MIN, 0}, most = {STATISTIC_MAX, 0};

/* What is being put together: the series of one metric that name at least the dimensions asked for.
 */
struct selecting {
    struct arena *arena;
    const struct measurement *measurement;
    const struct probe_metric *metric;
    unsigned named;
    const struct series **items;
    size_t count;
};

static unsigned labels_named(const struct series *series) {
    unsigned named = 0;
    for (unsigned d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (series->labels[d]) named |= 1u << d;
    return named;
}

static int named_compare(unsigned named, const struct series *a, const struct series *b) {
    for (unsigned d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        if (!(named >> d & 1)) continue;
        int order = strcmp(a->labels[d], b->labels[d]);
        if (order) return order;
    }
    return 0;
}

/* By what is named, then the least finely labelled first, then as in the measurement. */
static int selected_compare(const void *left, const void *right, void *context) {
    const struct selecting *selecting = context;
    const struct series *a = *(const struct series *const *)left;
    const struct series *b = *(const struct series *const *)right;
    int order = named_compare(selecting->named, a, b);
    if (order) return order;
    unsigned a_named = labels_named(a), b_named = labels_named(b);
    int a_bits = __builtin_popcount(a_named), b_bits = __builtin_popcount(b_named);
    if (a_bits != b_bits) return a_bits < b_bits ? -1 : 1;
    if (a_named != b_named) return a_named < b_named ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Index of the first series of that metric or a later one. */
static size_t series_from(const struct measurement *measurement, uint32_t metric) {
    size_t from = 0, to = measurement->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (measurement->series[middle].metric < metric)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* A measurement has its series in order of all labels, which mostly is the order asked for. */
static bool in_order(struct selecting *selecting) {
    for (size_t i = 1; i < selecting->count; i++)
        if (selected_compare(&selecting->items[i - 1], &selecting->items[i], selecting) > 0)
            return false;
    return true;
}

static void selecting_collect(struct selecting *selecting, uint32_t metric) {
    const struct measurement *measurement = selecting->measurement;
    for (size_t i = series_from(measurement, metric);
         i < measurement->count && measurement->series[i].metric == metric; i++) {
        const struct series *series = &measurement->series[i];
        if ((labels_named(series) & selecting->named) == selecting->named)
            *array_add(selecting->arena, selecting->items, selecting->count) = series;
    }
    if (!in_order(selecting))
        qsort_r(selecting->items, selecting->count, sizeof *selecting->items, selected_compare,
                selecting);
}

/* Samples the folded series has in one run: all, or as many as the label with the most. */
static size_t folded_length(const struct series *const *items, size_t count, size_t run,
                            bool join) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        size_t own = run_length(items[i], run);
        if (join)
            length += own;
        else if (own > length)
            length = own;
    }
    return length;
}

static bool all_ordered(const struct series *const *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!items[i]->trials) return false;
    return true;
}

static void fold_each(const struct series *const *items, size_t count, size_t run, bool largest,
                      double *out) {
    size_t done = 0; /* samples of `out` that hold something */
    for (size_t i = 0; i < count; i++) {
        size_t from = run_start(items[i], run), length = run_length(items[i], run);
        for (size_t s = 0; s < length; s++) {
            double sample = items[i]->samples[from + s];
            if (s >= done)
                out[s] = sample;
            else if (!largest)
                out[s] += sample;
            else if (sample > out[s])
                out[s] = sample;
        }
        if (length > done) done = length;
    }
}

static void fold_samples(struct arena *arena, const struct series *const *items, size_t count,
                         enum probe_fold fold, struct series *out) {
    const struct pooled pooled = {items, count};
    bool join = fold == PROBE_FOLD_POOL || out->n > 0;
    out->run_ends = arena_alloc(arena, out->runs * sizeof *out->run_ends);
    for (size_t run = 0; run < out->runs; run++)
        out->run_ends[run] = out->count += folded_length(items, count, run, join);
    out->samples = arena_alloc(arena, out->count * sizeof *out->samples);
    if (out->n > 0 && all_ordered(items, count))
        out->trials = arena_alloc(arena, out->count * sizeof *out->trials);
    for (size_t run = 0; run < out->runs; run++) {
        double *samples = out->samples + run_start(out, run);
        if (out->trials) pool_trials(&pooled, run, out->trials + run_start(out, run));
        if (join)
            pool_samples(&pooled, run, samples);
        else
            fold_each(items, count, run, fold == PROBE_FOLD_MAX, samples);
    }
}

/* Labels of a metric are thinned alike: where one is counted in buckets, so are the others. */
static void fold_buckets(struct arena *arena, const struct series *const *items, size_t count,
                         struct series *out) {
    for (size_t i = 0; i < count; i++) {
        if (!items[i]->whole) continue;
        if (!out->whole) out->whole = buckets_new(arena);
        buckets_merge(out->whole, items[i]->whole);
        out->stride = items[i]->stride;
    }
}

/* Of labels that are known by edges and such that are known: the edges around all, or their sum.
 * The lower one is none of the values. */
static void fold_edges(const struct series *const *items, size_t count, enum probe_fold fold,
                       struct series *out) {
    out->low = fold == PROBE_FOLD_SUM ? 0 : (double)INFINITY;
    out->high = fold == PROBE_FOLD_SUM ? 0 : -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        const struct series *one = items[i];
        if (one->count == 0) continue;
        double low = one->between ? one->low : nextafter(series_statistic(one, &least), -INFINITY);
        double high = one->between ? one->high : series_statistic(one, &most);
        out->low = fold == PROBE_FOLD_SUM ? out->low + low : fmin(out->low, low);
        out->high = fold == PROBE_FOLD_SUM ? out->high + high : fmax(out->high, high);
    }
}

static struct series series_fold(const struct selecting *selecting,
                                 const struct series *const *items, size_t count) {
    struct series folded = {.metric = items[0]->metric, .runs = items[0]->runs};
    for (unsigned d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (selecting->named >> d & 1) folded.labels[d] = items[0]->labels[d];
    for (size_t i = 0; i < count; i++) {
        folded.k += items[i]->k;
        folded.n += items[i]->n;
        folded.unbounded |= items[i]->unbounded;
        folded.between |= items[i]->between;
        folded.fingerprint += items[i]->fingerprint;
        folded.nameless |= items[i]->nameless;
        if (items[i]->runs > folded.runs) folded.runs = items[i]->runs;
    }
    fold_samples(selecting->arena, items, count, selecting->metric->fold, &folded);
    fold_buckets(selecting->arena, items, count, &folded);
    if (folded.between) fold_edges(items, count, selecting->metric->fold, &folded);
    return folded;
}

void measurement_select(struct arena *arena, const struct measurement *measurement, uint32_t metric,
                        unsigned named, struct series **found, size_t *count) {
    struct selecting selecting = {.arena = arena,
                                  .measurement = measurement,
                                  .metric = measurement->metrics->items[metric],
                                  .named = named};
    *found = NULL;
    *count = 0;
    selecting_collect(&selecting, metric);
    *found = arena_alloc(arena, selecting.count * sizeof **found);
    for (size_t i = 0, next; i < selecting.count; i = next) {
        const struct series *first = selecting.items[i];
        unsigned nearest = labels_named(first);
        size_t alike = 0; /* those labelled just as finely, which are to be folded */
        for (next = i;
             next < selecting.count && named_compare(named, first, selecting.items[next]) == 0;
             next++)
            if (labels_named(selecting.items[next]) == nearest) alike++;
        if (nearest == named)
            (*found)[(*count)++] = *first;
        else if (selecting.metric->fold != PROBE_FOLD_NONE)
            (*found)[(*count)++] = series_fold(&selecting, &selecting.items[i], alike);
    }
}
