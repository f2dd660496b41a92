#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/attribution.h"
#include "report/format_json.h"
#include "report/series.h"
#include "report/words.h"

/* One metric of a measurement on its way out. */
struct metric_view {
    struct arena *arena;
    const struct measurement *measurement;
    const struct probe_metric *metric;
    uint32_t number;
    struct json_samples samples;
    const bool *dropped; /* by series of the measurement */
};

static void put_labels(json *object, const struct probe_metric *metric,
                       const struct series *series) {
    json *labels = json_put_object(object, "labels");
    for (size_t d = 0; d < metric_dimensions(metric); d++)
        if (series->labels[d]) json_put_text(labels, metric->dimensions[d].name, series->labels[d]);
}

static void put_trials(json *object, const struct series *series) {
    json *trials = json_put_list(object, "trials");
    for (size_t i = 0; i < series->count; i++) json_push_number(trials, (double)series->trials[i]);
}

static bool is_single(const struct metric_view *view, const struct series *series) {
    return view->metric->nature == PROBE_EXACT && series->count == 1 && series->runs == 1 &&
           series->n == 0 && !series->unbounded && !series->between;
}

static void put_values(struct metric_view *view, json *object, const struct series *series) {
    bool rate = series->n > 0, exact = view->metric->nature == PROBE_EXACT;
    if (series->unbounded) json_put_flag(object, "unbounded", true);
    if (series->between) {
        json *edges = json_put_list(object, "between");
        json_push_number(edges, series->low);
        json_push_number(edges, series->high); /* infinite: null */
    }
    if (rate) {
        json_put_number(object, "k", (double)series->k);
        json_put_number(object, "n", (double)series->n);
    }
    if (rate || exact || series->unbounded)
        json_put_number(object, "value", series_value(view->metric, series, NULL));
    if (series->count == 0 || is_single(view, series)) return;
    if (!exact && !rate && !series->unbounded) json_put_summary(object, series);
    json_put_samples(&view->samples, object, series);
    if (series->trials) put_trials(object, series);
}

/* A rate with more slices than the report has room for is written without their order. */
static struct series series_fitting(const struct metric_view *view, const struct series *series) {
    struct series fitting = *series;
    if (series->trials && series->count > view->samples.left) {
        fitting.count = fitting.runs = 0;
        fitting.trials = NULL;
    }
    return fitting;
}

static json *push_series(struct metric_view *view, json *list, const struct series *whole,
                         const char *method) {
    const struct series fitting = series_fitting(view, whole), *series = &fitting;
    json *object = json_push(list, json_new_object());
    json_put_text(object, "metric", view->metric->name);
    put_labels(object, view->metric, series);
    json_put_text(object, "unit", words_unit.items[view->metric->unit]);
    json_put_text(object, "better", words_better.items[view->metric->better]);
    json_put_text(object, "nature", words_nature.items[view->metric->nature]);
    json_put_number(object, "count", (double)series_count(series));
    put_values(view, object, series);
    if (method) json_put_text(object, "method", method);
    return object;
}

/* Marks the labels beyond the REPORT_LABELS_MAX largest. Returns how many. */
static size_t drop_small_labels(struct metric_view *view, bool *dropped) {
    struct ranked *ranked = arena_alloc(view->arena, view->measurement->count * sizeof *ranked);
    size_t labelled = 0;
    for (size_t i = 0; i < view->measurement->count; i++) {
        const struct series *series = &view->measurement->series[i];
        if (series->metric != view->number || series_is_whole(series)) continue;
        ranked[labelled++] = (struct ranked){.series = series};
    }
    if (labelled <= REPORT_LABELS_MAX) return 0;
    for (size_t i = 0; i < labelled; i++)
        ranked[i].value = series_value(view->metric, ranked[i].series, NULL);
    ranked_sort(ranked, labelled);
    for (size_t i = REPORT_LABELS_MAX; i < labelled; i++)
        dropped[ranked[i].series - view->measurement->series] = true;
    return labelled - REPORT_LABELS_MAX;
}

/* Names and numbers of what was folded, in two flat lists, so that `judge` sees all of them. */
static void put_folded(const struct metric_view *view, json *object) {
    json *names = json_put_list(object, "names"), *values = json_put_list(object, "values");
    for (size_t i = 0; i < view->measurement->count; i++) {
        const struct series *series = &view->measurement->series[i];
        if (series->metric != view->number || !view->dropped[i] || !is_single(view, series))
            continue;
        for (size_t d = 0; d < metric_dimensions(view->metric); d++)
            json_push_borrowed(names, series->labels[d]);
        json_push_number(values, series->samples[0]);
    }
}

static void push_others(const struct metric_view *view, json *list, size_t count, bool judged) {
    double total = 0, largest = NAN;
    for (size_t i = 0; i < view->measurement->count; i++) {
        const struct series *series = &view->measurement->series[i];
        if (series->metric != view->number || !view->dropped[i]) continue;
        double value = series_value(view->metric, series, NULL);
        total += isnan(value) ? 0 : value;
        largest = fmax(largest, value);
    }
    json *object = json_push(list, json_new_object());
    json_put_text(object, "metric", view->metric->name);
    json_put_number(object, "labels", (double)count);
    json_put_number(object, "total", total);
    json_put_number(object, "largest", largest);
    if (judged) put_folded(view, object);
}

/* The whole of an exact metric that was only measured by label: what a limit without a label
 * judges. Said to be folded, so that it is not read back as a measurement beside its parts. */
static void push_whole(struct metric_view *view, json *metrics, const char *method) {
    struct series *found;
    size_t count;
    const struct measurement *measurement = view->measurement;
    if (view->metric->nature != PROBE_EXACT || !metric_dimensions(view->metric)) return;
    for (size_t i = 0; i < measurement->count; i++)
        if (measurement->series[i].metric == view->number &&
            series_is_whole(&measurement->series[i]))
            return;
    measurement_select(view->arena, measurement, view->number, 0, &found, &count);
    if (count != 1) return;
    json_put_flag(push_series(view, metrics, &found[0], method), "folded", true);
}

static void push_metric(struct metric_view *view, json *metrics, json *others, bool judged) {
    const struct measurement *measurement = view->measurement;
    bool *dropped = arena_alloc(view->arena, measurement->count * sizeof *dropped);
    size_t folded = drop_small_labels(view, dropped);
    const char *method = measurement->methods ? measurement->methods[view->number] : NULL;
    view->dropped = dropped;
    push_whole(view, metrics, method);
    for (size_t i = 0; i < measurement->count; i++)
        if (measurement->series[i].metric == view->number && !dropped[i])
            push_series(view, metrics, &measurement->series[i], method);
    if (folded) push_others(view, others, folded, judged);
}

static bool metric_is_used(const struct budget *budget, const struct measurement *measurement,
                           uint32_t number) {
    if (number == 0) return true; /* bare statistics of expressions mean it */
    for (size_t i = 0; i < budget->limit_count; i++)
        if (budget->limits[i].metric == number) return true;
    for (size_t i = 0; measurement && i < measurement->count; i++)
        if (measurement->series[i].metric == number) return true;
    return budget->wanted && budget->wanted[number];
}

static void push_declared(json *list, const struct probe_metric *metric) {
    json *object = json_push(list, json_new_object());
    json_put_text(object, "metric", metric->name);
    json_put_text(object, "unit", words_unit.items[metric->unit]);
    json_put_text(object, "better", words_better.items[metric->better]);
    json_put_text(object, "nature", words_nature.items[metric->nature]);
    json_put_text(object, "fold", words_fold.items[metric->fold]);
    json_put_text(object, "statistic", metric->statistic);
    if (metric->parts) {
        json *parts = json_put_list(object, "parts");
        for (size_t i = 0; metric->parts[i]; i++) json_push_text(parts, metric->parts[i]);
    }
    if (metric->unnamed) json_put_text(object, "unnamed", metric->unnamed);
    json *dimensions = json_put_list(object, "dimensions");
    for (size_t d = 0; d < metric_dimensions(metric); d++) {
        json *dimension = json_push(dimensions, json_new_object());
        json_put_text(dimension, "name", metric->dimensions[d].name);
        json_put_flag(dimension, "complete", metric->dimensions[d].complete);
    }
}

static void put_metric(const struct budget *budget, const struct measurement *measurement,
                       uint32_t number, json *lists[2]) {
    if (!measurement || measurement->count == 0 || budget_explains(budget, number)) return;
    struct arena *scratch = arena_new(); /* of tens of thousands of labels */
    struct metric_view view = {
        .arena = scratch,
        .measurement = measurement,
        .metric = budget->metrics.items[number],
        .number = number,
        .samples = json_samples_begin(measurement, number),
    };
    push_metric(&view, lists[0], lists[1], budget->wanted && budget->wanted[number]);
    arena_free(scratch);
}

void json_put_measurement(struct arena *arena, json *object, const struct budget *budget,
                          const struct measurement *measurement) {
    json *declared = json_put_list(object, "declared");
    json *metrics = json_put_list(object, "metrics");
    json *lists[2] = {metrics, json_put_list(object, "others")};
    for (uint32_t i = 0; i < budget->metrics.count; i++) {
        const struct probe_metric *metric = budget->metrics.items[i];
        if (!budget->of && metric_is_used(budget, measurement, i)) push_declared(declared, metric);
        put_metric(budget, measurement, i, lists);
    }
    json_put_parts(arena, object, budget, measurement);
}

void json_put_needed(struct arena *arena, json *object, const struct budget *budget,
                     const struct measurement *measurement) {
    json *metrics = json_put_list(object, "metrics");
    json *lists[2] = {metrics, json_put_list(object, "others")};
    for (uint32_t i = 0; i < budget->metrics.count; i++)
        if (budget->wanted && budget->wanted[i]) put_metric(budget, measurement, i, lists);
    json_put_parts(arena, object, budget, measurement);
}
