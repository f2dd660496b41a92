#include "probes/prometheus_query.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "probes/prometheus_text.h"

enum { NAMED_MAX = 5, SHOWN_BYTES = 300 };

static const char during[] = "{{during}}";

bool prometheus_asks_for_during(const char *query) {
    return strstr(query, during) != NULL;
}

const char *prometheus_filled(struct arena *arena, const char *query, double seconds) {
    struct text filled = text_begin(arena);
    for (const char *next; (next = strstr(query, during)); query = next + strlen(during)) {
        text_add_bytes(&filled, query, (size_t)(next - query));
        text_add_format(&filled, "%.0fs", fmax(1, ceil(seconds)));
    }
    text_add(&filled, query);
    return filled.data;
}

static bool refuse(const char **problem, const char *why) {
    *problem = why;
    return false;
}

static const char *shown(struct arena *arena, const char *text) {
    return text_inert(arena, text_copy_bytes(arena, text, strnlen(text, SHOWN_BYTES)));
}

/* [time, "value"] */
static bool point_take(struct arena *arena, const json *point, struct prometheus_points *points,
                       const char **problem) {
    const json *at = json_is_list(point) ? json_first(point) : NULL;
    const char *text = at ? json_text(json_next(at), NULL) : NULL;
    double value;
    if (!text || !json_is_number(at) || !prometheus_number(text, strlen(text), &value))
        return refuse(problem, "the answer holds a value that is no number");
    if (!isfinite(value))
        return refuse(problem, isnan(value) ? "the value is NaN: there was nothing to compute it "
                                              "from"
                                            : "the value is infinite");
    if (points->count == PROMETHEUS_POINTS_MAX)
        return refuse(problem, "the answer holds more points than are allowed");
    *array_add(arena, points->items, points->count) = value;
    return true;
}

static bool points_take(struct arena *arena, const json *list, struct prometheus_points *points,
                        const char **problem) {
    if (!json_is_list(list)) return refuse(problem, "the answer holds a series without values");
    for (const json *point = json_first(list); point; point = json_next(point))
        if (!point_take(arena, point, points, problem)) return false;
    return true;
}

static void name_add(struct text *names, const json *metric) {
    text_add(names, json_text(json_get(metric, "__name__"), ""));
    size_t count = 0;
    for (const json *label = json_first(metric); label; label = json_next(label))
        if (!text_equal(json_name(label), "__name__"))
            text_add_format(names, "%s%s=\"%s\"", count++ ? "," : "{", json_name(label),
                            json_text(label, ""));
    text_add(names, count ? "}" : names->length ? "" : "{}");
}

static bool several(struct arena *arena, const json *result, const char **problem) {
    struct text names = text_begin(arena);
    size_t count = json_count(result), named = 0;
    for (const json *series = json_first(result); series && named < NAMED_MAX;
         series = json_next(series)) {
        if (named++) text_add(&names, ", ");
        name_add(&names, json_get(series, "metric"));
    }
    return refuse(problem,
                  text_format(arena, "the query gives %zu series: %s%s", count,
                              text_inert(arena, names.data), count > named ? ", ..." : ""));
}

static bool result_read(struct arena *arena, const json *data, struct prometheus_points *points,
                        const char **problem) {
    const char *type = json_text(json_get(data, "resultType"), "");
    const json *result = json_get(data, "result");
    if (text_equal(type, "scalar")) return point_take(arena, result, points, problem);
    bool matrix = text_equal(type, "matrix");
    if (!matrix && !text_equal(type, "vector"))
        return refuse(problem, "the query gives neither a number nor series");
    if (json_count(result) == 0)
        return refuse(problem, "the query gives no series: no such metric, or no samples in its "
                               "range");
    if (json_count(result) > 1) return several(arena, result, problem);
    const json *series = json_first(result);
    if (json_get(series, "histogram") || json_get(series, "histograms"))
        return refuse(problem, "the query gives a native histogram, and no number");
    return matrix ? points_take(arena, json_get(series, "values"), points, problem)
                  : point_take(arena, json_get(series, "value"), points, problem);
}

static void warnings_take(struct arena *arena, const json *list, struct prometheus_points *points) {
    struct text all = text_begin(arena);
    for (const json *one = json_first(list); one; one = json_next(one))
        text_add_format(&all, "%s%s", all.length ? "; " : "", shown(arena, json_text(one, "")));
    if (all.length) points->warnings = all.data;
}

static bool document_read(struct arena *arena, const json *document,
                          struct prometheus_points *points, const char **problem) {
    if (text_equal(json_text(json_get(document, "status"), ""), "error"))
        return refuse(problem,
                      text_format(arena, "the server says: %s",
                                  shown(arena, json_text(json_get(document, "error"), "error"))));
    if (!text_equal(json_text(json_get(document, "status"), ""), "success"))
        return refuse(problem, "the answer is not that of a Prometheus server");
    warnings_take(arena, json_get(document, "warnings"), points);
    return result_read(arena, json_get(document, "data"), points, problem) &&
           (points->count > 0 || refuse(problem, "the query gives no points"));
}

bool prometheus_answer(struct arena *arena, const char *bytes, size_t length,
                       struct prometheus_points *points, const char **problem) {
    const char *why = NULL;
    *points = (struct prometheus_points){0};
    json *document = json_read(arena, bytes, length, &why);
    if (!document) return refuse(problem, text_format(arena, "the answer is no JSON: %s", why));
    bool good = json_is_object(document)
                    ? document_read(arena, document, points, problem)
                    : refuse(problem, "the answer is not that of a Prometheus server");
    json_free(document);
    return good;
}
