#include "report/attribution.h"

#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "report/series.h"

size_t report_source(const struct budget_set *set, size_t index) {
    for (size_t step = 0; step < set->count && set->budgets[index].of; step++)
        index = set->budgets[index].source;
    return index;
}

static const char *dimension_words(struct arena *arena, const struct probe_metric *metric) {
    struct text words = text_begin(arena);
    for (size_t d = 0; d < metric_dimensions(metric); d++)
        text_add_format(&words, "%s%s", d ? " " : "", metric->dimensions[d].name);
    return words.data;
}

static size_t rank_labels(struct arena *arena, const struct measurement *measurement,
                          const struct limit *limit, struct ranked **ranked) {
    const struct probe_metric *metric = measurement->metrics->items[limit->metric];
    const struct statistic *statistic = limit->statistical ? &limit->statistic : NULL;
    unsigned all = (1u << metric_dimensions(metric)) - 1;
    struct series *found = NULL;
    size_t count = 0, kept = 0;
    measurement_select(arena, measurement, limit->metric, all, &found, &count);
    *ranked = NULL;
    for (size_t i = 0; i < count; i++) {
        double value = series_value(metric, &found[i], statistic);
        if (isnan(value) || !label_pattern_match(&limit->pattern, &found[i])) continue;
        *array_add(arena, *ranked, kept) = (struct ranked){&found[i], value};
    }
    ranked_sort(*ranked, kept);
    return kept;
}

static double ranked_total(const struct probe_metric *metric, const struct ranked *ranked,
                           size_t count) {
    double total = 0;
    if (metric->fold != PROBE_FOLD_SUM) return NAN;
    for (size_t i = 0; i < count; i++) total += ranked[i].value;
    return total > 0 ? total : NAN;
}

static bool already_ranked(const struct part *parts, size_t count,
                           const struct probe_metric *metric) {
    for (size_t i = 0; i < count; i++)
        if (parts[i].metric == metric) return true;
    return false;
}

static void parts_add(struct arena *arena, const struct measurement *measurement,
                      const struct limit *limit, struct part **parts, size_t *count) {
    const struct probe_metric *metric = measurement->metrics->items[limit->metric];
    if (metric_dimensions(metric) == 0 || already_ranked(*parts, *count, metric)) return;
    struct ranked *ranked;
    size_t labels = rank_labels(arena, measurement, limit, &ranked);
    if (labels < 2) return;
    double total = ranked_total(metric, ranked, labels);
    for (size_t i = 0; i < labels && i < ATTRIBUTION_MAX; i++) {
        const struct ranked *next = &ranked[metric->better == PROBE_HIGHER ? labels - 1 - i : i];
        *array_add(arena, *parts, *count) = (struct part){
            .metric = metric,
            .kind = dimension_words(arena, metric),
            .name = series_label(arena, metric, next->series),
            .value = next->value,
            .share = next->value / total,
        };
    }
}

static bool row_is_broken(const struct verdict_row *row) {
    return row->outcome == OUTCOME_FAIL || row->outcome == OUTCOME_WARN ||
           row->outcome == OUTCOME_WAIVED;
}

size_t attribution_make(struct arena *arena, const struct report *report, size_t index,
                        struct part **parts) {
    size_t count = 0;
    const struct measurement *measurement =
        report->evidence[report_source(report->set, index)].measurement;
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    *parts = NULL;
    if (!measurement || measurement->missing) return 0;
    for (size_t i = 0; i < verdict->count; i++)
        if (row_is_broken(&verdict->rows[i]))
            parts_add(arena, measurement, verdict->rows[i].limit, parts, &count);
    return count;
}
