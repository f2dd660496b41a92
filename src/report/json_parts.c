#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/array.h"
#include "base/number.h"
#include "base/text.h"
#include "report/attribution.h"
#include "report/format_json.h"
#include "report/reader.h"
#include "report/series.h"

/* The series of one metric that are one exact number each, the largest first. */
static size_t rank_singles(struct arena *arena, const struct measurement *measurement,
                           uint32_t metric, struct ranked **ranked) {
    size_t count = 0;
    *ranked = arena_alloc(arena, measurement->count * sizeof **ranked);
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        if (series->metric != metric || series->count != 1 || series->n > 0 || series->unbounded)
            continue;
        (*ranked)[count++] = (struct ranked){series, series->samples[0]};
    }
    ranked_sort(*ranked, count);
    return count;
}

static void put_fingerprints(json *object, const struct ranked *ranked, size_t count) {
    bool known = false;
    char text[18];
    for (size_t i = 0; i < count; i++) known |= ranked[i].series->fingerprint != 0;
    if (!known) return;
    json *list = json_put_list(object, "fingerprints");
    for (size_t i = 0; i < count; i++) {
        const struct series *series = ranked[i].series;
        snprintf(text, sizeof text, "%s%" PRIx64, series->nameless ? "~" : "", series->fingerprint);
        json_push_text(list, text);
    }
}

static void push_parts(struct arena *arena, json *list, const struct measurement *measurement,
                       uint32_t metric) {
    const struct probe_metric *row = measurement->metrics->items[metric];
    struct ranked *ranked;
    size_t all = rank_singles(arena, measurement, metric, &ranked), count = all;
    if (all == 0) return;
    double total = 0, cut = measurement->cuts ? measurement->cuts[metric] : 0;
    if (count > REPORT_LABELS_MAX) count = REPORT_LABELS_MAX;
    if (all > count) cut = ranked[count].value;
    for (size_t i = 0; i < all; i++) total += ranked[i].value;
    json *object = json_push(list, json_new_object());
    json_put_text(object, "metric", row->name);
    json_put_number(object, "labels", (double)all);
    json_put_number(object, "total", total);
    json_put_number(object, "cut", cut);
    json *names = json_put_list(object, "names"), *values = json_put_list(object, "values");
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < metric_dimensions(row); d++)
            json_push_text(names, ranked[i].series->labels[d]);
        json_push_number(values, ranked[i].value);
    }
    put_fingerprints(object, ranked, count);
}

void json_put_parts(struct arena *arena, json *object, const struct budget *budget,
                    const struct measurement *measurement) {
    json *list = NULL;
    for (uint32_t i = 0; measurement && i < budget->metrics.count; i++) {
        if (!budget_explains(budget, i)) continue;
        if (!list) list = json_put_list(object, "parts");
        push_parts(arena, list, measurement, i);
    }
}

/* Labels that were too many to be listed: names and values in two flat lists. */
bool read_folded(struct reader *reader, const json *object, const struct metrics *metrics,
                 struct measurement *measurement) {
    const char *metric_name;
    const json *names, *values;
    if (!take_text(reader, object, "metric", &metric_name)) return false;
    int number = metric_find(metrics, metric_name);
    if (number < 0) return reader_wrong(reader, "metric", "is not declared");
    if (!json_get(object, "names")) return true;
    if (!take_list(reader, object, "names", &names) ||
        !take_list(reader, object, "values", &values))
        return false;
    size_t dimensions = metric_dimensions(metrics->items[number]);
    if (json_count(names) != json_count(values) * dimensions)
        return reader_wrong(reader, "names", "do not fit `values`");
    const json *name = json_first(names);
    for (const json *value = json_first(values); value; value = json_next(value)) {
        struct series series = {.metric = (uint32_t)number, .count = 1, .runs = 1};
        for (size_t d = 0; d < dimensions; d++, name = json_next(name))
            series.labels[d] = text_copy(reader->arena, json_text(name, NULL));
        if (!json_is_number(value)) return reader_wrong(reader, "values", "are not all numbers");
        series.samples = arena_new_object(reader->arena, double);
        series.run_ends = arena_new_object(reader->arena, size_t);
        series.samples[0] = json_number(value, NAN);
        series.run_ends[0] = 1;
        *array_add(reader->arena, measurement->series, measurement->count) = series;
    }
    return true;
}

static bool read_fingerprints(struct reader *reader, const json *item, struct series *series,
                              size_t count) {
    const json *list;
    if (!json_get(item, "fingerprints")) return true;
    if (!take_list(reader, item, "fingerprints", &list)) return false;
    if (json_count(list) != count)
        return reader_wrong(reader, "fingerprints", "do not fit `values`");
    for (const json *item_text = json_first(list); item_text; item_text = json_next(item_text)) {
        const char *text = json_text(item_text, "");
        series->nameless = *text == '~';
        if (!number_hex(text + series->nameless, &series->fingerprint))
            return reader_wrong(reader, "fingerprints", "are not all hexadecimal");
        series++;
    }
    return true;
}

static bool read_one(struct reader *reader, const json *item, const struct budget *budget,
                     struct measurement *measurement, double *cuts) {
    const char *name;
    size_t first = measurement->count;
    if (!take_text(reader, item, "metric", &name)) return false;
    int number = metric_find(&budget->metrics, name);
    if (number < 0) return reader_wrong(reader, "metric", "is not declared");
    if (!take_number(reader, item, "cut", &cuts[number]) ||
        !read_folded(reader, item, &budget->metrics, measurement) ||
        !read_fingerprints(reader, item, measurement->series + first, measurement->count - first))
        return false;
    ((bool *)budget->explaining)[number] = true;
    return true;
}

bool read_parts(struct reader *reader, const json *object, const struct budget *budget,
                struct measurement *measurement) {
    const json *list;
    if (!json_get(object, "parts")) return true;
    if (!take_list(reader, object, "parts", &list)) return false;
    double *cuts = arena_alloc(reader->arena, (budget->metrics.count + 1) * sizeof *cuts);
    const char *where = reader->where;
    size_t at = 0;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        reader->where = text_format(reader->arena, "%s.parts[%zu]", where, at++);
        if (!read_one(reader, item, budget, measurement, cuts)) return false;
    }
    reader->where = where;
    measurement->cuts = cuts;
    return true;
}
