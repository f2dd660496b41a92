#include <string.h>

#include "base/text.h"
#include "probe/conform.h"
#include "probe/metric.h"
#include "stats/statistic.h"

/* [a-z][a-z0-9_]*, also with - where `dash`. */
static bool word_fits(const char *word, bool dash) {
    if (!word || *word < 'a' || *word > 'z' || strlen(word) > PROBE_NAME_MAX) return false;
    const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strspn(word, letters);
    return word[length] == '\0' && (dash || !strchr(word, '-'));
}

static bool statistic_is(const char *word) {
    struct statistic ignored;
    for (size_t i = 0; statistic_words[i]; i++)
        if (strcmp(statistic_words[i], word) == 0) return true;
    return statistic_parse(word, &ignored);
}

static const char *dimensions_conform(struct arena *arena, const struct probe_metric *metric) {
    size_t count = metric_dimensions(metric);
    if (count > METRIC_DIMENSIONS_MAX)
        return text_format(arena, "the metric `%s` has more than %d dimensions", metric->name,
                           METRIC_DIMENSIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct probe_dimension *dimension = &metric->dimensions[i];
        if (!word_fits(dimension->name, true))
            return text_format(arena, "the metric `%s` has a dimension that is no lower-case word",
                               metric->name);
        if (!dimension->help || !*dimension->help)
            return text_format(arena, "the dimension `%s` of the metric `%s` has no help",
                               dimension->name, metric->name);
        if (metric_dimension(metric, dimension->name) != (int)i)
            return text_format(arena, "the metric `%s` has the dimension `%s` twice", metric->name,
                               dimension->name);
    }
    return NULL;
}

const char *metric_conforms(struct arena *arena, const struct probe_metric *metric) {
    const char *name = metric->name;
    if (!word_fits(name, false))
        return text_format(arena,
                           "a metric is named `%s`, not a lower-case word of letters, digits and _",
                           name ? text_format(arena, "%.*s", PROBE_NAME_MAX, name) : "");
    if (statistic_is(name))
        return text_format(arena, "a metric is named `%s`, which is a statistic", name);
    if (!metric->help || !*metric->help)
        return text_format(arena, "the metric `%s` has no help", name);
    if ((unsigned)metric->unit > PROBE_BYTES_PER_SECOND ||
        (unsigned)metric->better > PROBE_HIGHER || (unsigned)metric->nature > PROBE_NOISY ||
        (unsigned)metric->fold > PROBE_FOLD_POOL)
        return text_format(
            arena, "the metric `%s` has a unit, direction, nature or fold that is unknown", name);
    if (metric->statistic && !statistic_is(metric->statistic))
        return text_format(arena, "the metric `%s` is judged by `%s`, which is no statistic", name,
                           text_format(arena, "%.*s", PROBE_NAME_MAX, metric->statistic));
    return dimensions_conform(arena, metric);
}

const char *parts_conform(struct arena *arena, const struct metrics *metrics) {
    for (size_t i = 0; i < metrics->count; i++) {
        const struct probe_metric *metric = metrics->items[i];
        for (size_t p = 0; metric->parts && metric->parts[p]; p++) {
            int number = metric_find(metrics, metric->parts[p]);
            if (number >= 0 && metrics->items[number] != metric &&
                metrics->items[number]->nature == PROBE_EXACT)
                continue;
            return text_format(
                arena, "the metric `%s` is made of `%s`, which is no other exact metric",
                metric->name, text_format(arena, "%.*s", PROBE_NAME_MAX, metric->parts[p]));
        }
    }
    return NULL;
}
