#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "report/reader.h"
#include "stats/events.h"

static bool read_labels(struct reader *reader, const json *object,
                        const struct probe_metric *metric, struct series *series) {
    const json *labels;
    if (!take_object(reader, object, "labels", &labels)) return false;
    for (const json *label = json_first(labels); label; label = json_next(label)) {
        int dimension = metric_dimension(metric, json_name(label));
        if (dimension < 0 || dimension >= METRIC_DIMENSIONS_MAX || !json_is_text(label))
            return reader_wrong(reader, "labels", "do not fit the metric");
        series->labels[dimension] = text_copy(reader->arena, json_text(label, ""));
    }
    return true;
}

static bool read_rate(struct reader *reader, const json *object, struct series *series) {
    size_t k, n;
    if (!json_get(object, "n")) return true;
    if (!take_count(reader, object, "k", &k) || !take_count(reader, object, "n", &n)) return false;
    if (k > n) return reader_wrong(reader, "k", "is larger than `n`");
    series->k = k;
    series->n = n;
    return true;
}

/* The order of the events of a rate: it must come to its `k` of `n`. */
static bool read_trials(struct reader *reader, const json *object, struct series *series) {
    const json *list = json_get(object, "trials");
    if (!list) return true;
    size_t at = 0;
    double sum = 0;
    if (json_count(list) != series->count)
        return reader_wrong(reader, "trials", "do not fit `samples`");
    series->trials = arena_alloc(reader->arena, (series->count + 1) * sizeof *series->trials);
    for (const json *item = json_first(list); item; item = json_next(item), at++) {
        double trials = json_number(item, NAN), share = series->samples[at];
        sum += trials;
        if (!(trials >= 1 && sum <= (double)series->n) || trials != floor(trials))
            return reader_wrong(reader, "trials", "are no counts, or more than `n`");
        if (!(share >= 0 && share <= 1)) return reader_wrong(reader, "samples", "are no shares");
        series->trials[at] = (uint64_t)trials;
    }
    const struct events events = {series->samples, series->trials, series->count, false};
    struct event_count all = events_all(&events);
    return (all.n == series->n && all.k == series->k) ||
           reader_wrong(reader, "trials", "do not come to `k` of `n`");
}

static bool read_edges(struct reader *reader, const json *object, struct series *series) {
    const json *list;
    if (!json_get(object, "between")) return true;
    if (!take_list(reader, object, "between", &list)) return false;
    const json *low = json_first(list), *high = low ? json_next(low) : NULL;
    series->low = json_number(low, NAN);
    series->high = json_is_null(high) ? (double)INFINITY : json_number(high, NAN);
    series->between = true;
    return series->low <= series->high ||
           reader_wrong(reader, "between", "is not a smaller and a larger number");
}

static bool read_series(struct reader *reader, const json *object, const struct metrics *metrics,
                        struct measurement *measurement) {
    const char *name;
    struct series series = {.samples = arena_new_object(reader->arena, double),
                            .run_ends = arena_new_object(reader->arena, size_t)};
    bool cut = false;
    if (!take_text(reader, object, "metric", &name)) return false;
    int number = metric_find(metrics, name);
    if (number < 0) return reader_wrong(reader, "metric", "is not declared");
    series.metric = (uint32_t)number;
    series.unbounded = json_flag(json_get(object, "unbounded"), false);
    if (!read_labels(reader, object, metrics->items[number], &series) ||
        !take_count(reader, object, "count", &series.count) ||
        !read_rate(reader, object, &series) || !read_edges(reader, object, &series))
        return false;
    if (!read_samples(reader, object, &series, &cut)) return false;
    if (cut) {
        diag_warning(&measurement->problems, REPORT_SAMPLES, NO_PLACE, NULL,
                     "the report does not hold all %zu samples of `%s`", series.count, name);
        return true;
    }
    if (!read_trials(reader, object, &series)) return false;
    const char *method = json_text(json_get(object, "method"), NULL);
    if (method) measurement->methods[number] = text_copy(reader->arena, method);
    *array_add(reader->arena, measurement->series, measurement->count) = series;
    return true;
}

/* measurement_select looks for the series of a metric side by side. */
static void sort_by_metric(struct reader *reader, struct measurement *measurement) {
    size_t metrics = measurement->metrics->count;
    size_t *next = arena_alloc(reader->arena, (metrics + 1) * sizeof *next);
    struct series *sorted = arena_alloc(reader->arena, measurement->count * sizeof *sorted);
    for (size_t i = 0; i < measurement->count; i++) next[measurement->series[i].metric + 1]++;
    for (size_t m = 1; m <= metrics; m++) next[m] += next[m - 1];
    for (size_t i = 0; i < measurement->count; i++)
        sorted[next[measurement->series[i].metric]++] = measurement->series[i];
    measurement->series = sorted;
}

bool read_all_series(struct reader *reader, const json *object, const struct budget *budget,
                     struct measurement *measurement) {
    const struct metrics *metrics = &budget->metrics;
    const json *list, *others;
    const char *where = reader->where;
    size_t at = 0;
    /* what was worked out of its parts is checked, and worked out again when it is asked for */
    struct measurement aside = {.metrics = metrics, .methods = measurement->methods};
    aside.problems = diags_begin(reader->arena);
    if (!take_list(reader, object, "metrics", &list) ||
        !take_list(reader, object, "others", &others))
        return false;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        reader->where = text_format(reader->arena, "%s.metrics[%zu]", where, at++);
        bool folded = json_flag(json_get(item, "folded"), false);
        if (!read_series(reader, item, metrics, folded ? &aside : measurement)) return false;
    }
    at = 0;
    for (const json *item = json_first(others); item; item = json_next(item)) {
        reader->where = text_format(reader->arena, "%s.others[%zu]", where, at++);
        if (!read_folded(reader, item, metrics, measurement)) return false;
    }
    reader->where = where;
    if (!read_parts(reader, object, budget, measurement)) return false;
    sort_by_metric(reader, measurement);
    return true;
}

bool read_evidence(struct reader *reader, const json *object, const struct budget *budget,
                   struct evidence *evidence) {
    const json *sampling;
    double duration;
    if (!take_object(reader, object, "sampling", &sampling) ||
        !take_flag(reader, sampling, "started", &evidence->started) ||
        !take_text_or_null(reader, sampling, "stopped", &evidence->stopped) ||
        !take_number_or_null(reader, object, "duration", &duration))
        return false;
    if (isnan(duration) || !budget->probe) return true;
    struct measurement *measurement = arena_new_object(reader->arena, struct measurement);
    measurement->metrics = &budget->metrics;
    measurement->duration = duration;
    measurement->methods =
        arena_alloc(reader->arena, (budget->metrics.count + 1) * sizeof *measurement->methods);
    measurement->doubt = text_copy(reader->arena, json_text(json_get(sampling, "doubt"), NULL));
    measurement->remedy = text_copy(reader->arena, json_text(json_get(sampling, "remedy"), NULL));
    evidence->measurement = measurement;
    if (!take_count(reader, object, "runs", &measurement->runs) ||
        !take_flag(reader, object, "missing", &measurement->missing) ||
        !take_diagnostics(reader, object, &measurement->problems) ||
        !read_estimates(reader, object, measurement) ||
        !read_all_series(reader, object, budget, measurement))
        return false;
    return true;
}
