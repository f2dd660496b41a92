#include "verdict/selection.h"

#include <math.h>
#include <string.h>

#include "base/array.h"

static bool same_question(const struct limit *a, const struct limit *b) {
    return a->metric == b->metric && a->kind == b->kind && a->pattern.named == b->pattern.named &&
           a->statistical == b->statistical &&
           (!a->statistical ||
            (a->statistic.kind == b->statistic.kind && a->statistic.p == b->statistic.p));
}

static bool judged_later(const struct budget *budget, const struct limit *limit,
                         const struct series *series) {
    if (!budget || limit->pattern.named == 0) return false;
    for (size_t i = 0; i < budget->limit_count; i++) {
        const struct limit *other = &budget->limits[i];
        if (other->order > limit->order && same_question(limit, other) &&
            label_pattern_match(&other->pattern, series))
            return true;
    }
    return false;
}

/* Whether every dimension the pattern names says that an absent label is 0. */
static bool absent_is_zero(const struct probe_metric *metric, unsigned named) {
    if (named == 0) return false; /* the whole is measured or it is not */
    for (unsigned d = 0; metric->dimensions && metric->dimensions[d].name; d++)
        if (named >> d & 1 && !metric->dimensions[d].complete) return false;
    return true;
}

static const char *glob_unescape(struct arena *arena, const char *glob) {
    char *label = arena_alloc(arena, strlen(glob) + 1), *to = label;
    for (; *glob; glob++) {
        if (*glob == '\\' && glob[1]) glob++;
        *to++ = *glob;
    }
    return label;
}

static struct series zero_series(struct arena *arena, const struct limit *limit) {
    struct series zero = {.metric = limit->metric, .count = 1, .runs = 1};
    zero.samples = arena_new_object(arena, double);
    zero.run_ends = arena_new_object(arena, size_t);
    zero.run_ends[0] = 1;
    for (unsigned d = 0; d < METRIC_DIMENSIONS_MAX && !limit->pattern.wild; d++)
        if (limit->pattern.named >> d & 1 && limit->pattern.globs[d])
            zero.labels[d] = glob_unescape(arena, limit->pattern.globs[d]);
    return zero;
}

/** What the labels hold that stand for what nothing names, of those the limit is about otherwise.
 */
static double unnamed_in(const struct series *found, size_t count,
                         const struct probe_metric *metric, const struct limit *limit) {
    struct label_pattern pattern = limit->pattern;
    double held = 0;
    if (!metric->unnamed || !pattern.globs[0]) return 0;
    pattern.globs[0] = metric->unnamed;
    for (size_t i = 0; i < count; i++) {
        if (found[i].count == 0 || !label_pattern_match(&pattern, &found[i])) continue;
        double value = series_statistic(&found[i], &(struct statistic){.kind = STATISTIC_MAX});
        held = metric->fold == PROBE_FOLD_SUM ? held + value : fmax(held, value);
    }
    return held;
}

/** A series that may be larger by `more`: bounds that lie there decide nothing. Comparisons with
 * earlier code, where as much is unknown, and warnings are about what is known. */
static struct series widen(const struct series *series, const struct limit *limit, double more) {
    struct series wide = *series;
    if (more <= 0 || wide.count == 0 || (limit->kind != LIMIT_MAX && limit->kind != LIMIT_MIN))
        return wide;
    wide.low = series_statistic(series, &(struct statistic){.kind = STATISTIC_MIN});
    wide.high = series_statistic(series, &(struct statistic){.kind = STATISTIC_MAX}) + more;
    wide.between = wide.at_low = true;
    return wide;
}

/** By how much a label that is there may be larger. */
static double widens_by(const struct probe_metric *metric, const struct series *series,
                        double unnamed) {
    bool own = !metric->unnamed || strpbrk(metric->unnamed, "*?") ||
               strcmp(series->labels[0] ? series->labels[0] : "", metric->unnamed) == 0;
    return own ? 0 : unnamed;
}

static void selection_add(struct arena *arena, struct selection *selection,
                          const struct budget *budget, const struct limit *limit,
                          const struct series *series) {
    if (judged_later(budget, limit, series))
        selection->taken++;
    else
        *array_add(arena, selection->items, selection->count) = *series;
}

struct selection selection_make(struct arena *arena, const struct measurement *measurement,
                                const struct budget *budget, const struct limit *limit) {
    struct selection selection = {0};
    struct series *found = NULL;
    size_t count = 0;
    measurement_select(arena, measurement, limit->metric, limit->pattern.named, &found, &count);
    const struct probe_metric *metric = measurement->metrics->items[limit->metric];
    double unnamed = unnamed_in(found, count, metric, limit);
    for (size_t i = 0; i < count; i++) {
        if (!label_pattern_match(&limit->pattern, &found[i])) continue;
        struct series series = widen(&found[i], limit, widens_by(metric, &found[i], unnamed));
        selection_add(arena, &selection, budget, limit, &series);
    }
    if (selection.count > 0 || selection.taken > 0 || measurement->runs == 0) return selection;
    if (!absent_is_zero(metric, limit->pattern.named)) return selection;
    struct series zero = zero_series(arena, limit);
    zero = widen(&zero, limit, unnamed);
    selection.absent = true;
    if (limit->pattern.wild)
        *array_add(arena, selection.items, selection.count) = zero;
    else
        selection_add(arena, &selection, budget, limit, &zero);
    return selection;
}
