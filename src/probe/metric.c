#include "probe/metric.h"

#include <string.h>

#include "base/text.h"

int metric_find(const struct metrics *metrics, const char *name) {
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->items[i]->name, name) == 0) return (int)i;
    return -1;
}

size_t metric_dimensions(const struct probe_metric *metric) {
    size_t count = 0;
    while (metric->dimensions && metric->dimensions[count].name) count++;
    return count;
}

int metric_dimension(const struct probe_metric *metric, const char *name) {
    for (size_t i = 0; metric->dimensions && metric->dimensions[i].name; i++)
        if (strcmp(metric->dimensions[i].name, name) == 0) return (int)i;
    return -1;
}

const char *series_label(struct arena *arena, const struct probe_metric *metric,
                         const struct series *series) {
    size_t count = metric_dimensions(metric);
    /* always a copy: a row keeps it longer than the measurement it came from lives */
    if (count == 1) return text_copy(arena, series->labels[0] ? series->labels[0] : "");
    struct text label = text_begin(arena);
    for (size_t d = 0; d < count && d < METRIC_DIMENSIONS_MAX; d++)
        if (series->labels[d])
            text_add_format(&label, "%s%s:%s", label.length ? " " : "", metric->dimensions[d].name,
                            series->labels[d]);
    return label.data;
}

uint64_t series_count(const struct series *series) {
    return series->whole ? buckets_count(series->whole) : series->count;
}

double series_statistic(const struct series *series, const struct statistic *statistic) {
    return series->whole ? buckets_statistic(series->whole, statistic)
                         : statistic_of(statistic, series->samples, series->count);
}

static void *bytes_copy(struct arena *arena, const void *from, size_t size) {
    void *copy = arena_alloc(arena, size);
    if (size) memcpy(copy, from, size);
    return copy;
}

/* Of tens of thousands of labels, most are of the same file as the one before. */
static struct series series_copy(struct arena *arena, const struct series *from,
                                 const struct series *before, const struct series *copied) {
    struct series copy = *from;
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        bool same = before && before->labels[d] == from->labels[d];
        copy.labels[d] = same ? copied->labels[d] : text_copy(arena, from->labels[d]);
    }
    copy.samples = bytes_copy(arena, from->samples, from->count * sizeof *from->samples);
    copy.run_ends = bytes_copy(arena, from->run_ends, from->runs * sizeof *from->run_ends);
    if (from->trials)
        copy.trials = bytes_copy(arena, from->trials, from->count * sizeof *from->trials);
    if (from->places)
        copy.places = bytes_copy(arena, from->places, from->count * sizeof *from->places);
    if (from->whole) copy.whole = buckets_copy(arena, from->whole);
    return copy;
}

struct measurement *measurement_copy(struct arena *arena, const struct measurement *from) {
    struct measurement *copy = arena_new_object(arena, struct measurement);
    *copy = *from;
    copy->series = arena_alloc(arena, from->count * sizeof *copy->series);
    for (size_t i = 0; i < from->count; i++)
        copy->series[i] = series_copy(arena, &from->series[i], i ? &from->series[i - 1] : NULL,
                                      i ? &copy->series[i - 1] : NULL);
    copy->methods = arena_alloc(arena, from->metrics->count * sizeof *copy->methods);
    for (size_t i = 0; i < from->metrics->count; i++)
        copy->methods[i] = text_copy(arena, from->methods[i]);
    copy->cuts = from->cuts
                     ? bytes_copy(arena, from->cuts, from->metrics->count * sizeof *from->cuts)
                     : NULL;
    copy->doubt = text_copy(arena, from->doubt);
    copy->remedy = text_copy(arena, from->remedy);
    copy->problems = diags_begin(arena);
    diags_join(&copy->problems, &from->problems);
    return copy;
}
