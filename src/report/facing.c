#include "report/facing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/series.h"

/* The measurement with only those series of the metric that match and name all that is asked. */
static struct measurement matching(struct arena *arena, const struct measurement *measurement,
                                   const struct facing_question *question) {
    struct measurement kept = *measurement;
    kept.series = NULL;
    kept.count = 0;
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        if (series->metric != question->metric || !label_pattern_match(&question->pattern, series))
            continue;
        *array_add(arena, kept.series, kept.count) = *series;
    }
    return kept;
}

struct facing_sides facing_select(struct arena *arena, const struct measurement *measurement,
                                  const struct facing_question *question) {
    const struct probe_metric *metric = measurement->metrics->items[question->metric];
    struct measurement kept = matching(arena, measurement, question);
    struct facing_sides sides = {.total = metric->fold == PROBE_FOLD_SUM ? 0 : NAN};
    struct series *found;
    size_t count;
    measurement_select(arena, &kept, question->metric, question->named, &found, &count);
    sides.items = arena_alloc(arena, count * sizeof *sides.items);
    for (size_t i = 0; i < count; i++) {
        double value = series_value(metric, &found[i], question->statistic);
        if (isnan(value)) continue;
        sides.items[sides.count++] = (struct facing_side){&found[i], value};
        sides.total += value;
    }
    return sides;
}

bool facing_comparable(const struct measurement *head, const struct measurement *base,
                       uint32_t metric, const char *incomparable) {
    if (head->metrics->items[metric]->nature == PROBE_NOISY) return !incomparable;
    const char *now = head->methods ? head->methods[metric] : NULL;
    const char *then = base->methods ? base->methods[metric] : NULL;
    return text_equal(now, then);
}

static int labels_compare(const struct series *a, const struct series *b) {
    for (int d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        if (!a->labels[d] || !b->labels[d]) continue; /* both name the same dimensions */
        int order = strcmp(a->labels[d], b->labels[d]);
        if (order) return order;
    }
    return 0;
}

static double cut_of(const struct measurement *measurement, uint32_t metric) {
    return measurement->cuts ? measurement->cuts[metric] : 0;
}

const char *facing_name(struct arena *arena, const struct probe_metric *metric,
                        const struct series *series) {
    const char *only = NULL;
    size_t count = 0;
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        if (series->labels[d]) only = series->labels[d];
        count += series->labels[d] != NULL;
    }
    return count == 1 ? text_copy(arena, only) : series_label(arena, metric, series);
}

/* A part, and what it is known by when its name changed. */
struct candidate {
    struct part part;
    uint64_t fingerprint;
};

struct candidates {
    struct arena *arena;
    const struct measurement *head, *base;
    const struct facing_question *question;
    struct candidate *items;
    size_t count;
};

static void add(struct candidates *list, const struct series *named, const struct part *part) {
    struct candidate *candidate = array_add(list->arena, list->items, list->count);
    *candidate = (struct candidate){*part, named->fingerprint};
    candidate->part.name =
        facing_name(list->arena, list->head->metrics->items[list->question->metric], named);
}

static bool adds_up(const struct candidates *list) {
    return list->head->metrics->items[list->question->metric]->fold == PROBE_FOLD_SUM;
}

/* A label that only the head has. What a stored report left out for its size was at most `cut`. */
static void add_new(struct candidates *list, const struct facing_side *side) {
    double cut = cut_of(list->base, list->question->metric);
    if (side->value <= cut) return;
    double before = cut > 0 ? cut : adds_up(list) ? 0 : NAN;
    add(list, side->series,
        &(struct part){.value = side->value,
                       .state = cut > 0 ? PART_RISEN : PART_NEW,
                       .baseline = before,
                       .change = side->value - before});
}

static void add_gone(struct candidates *list, const struct facing_side *side) {
    if (side->value <= cut_of(list->head, list->question->metric)) return;
    double now = adds_up(list) ? 0 : NAN;
    add(list, side->series,
        &(struct part){
            .value = 0, .state = PART_GONE, .baseline = side->value, .change = now - side->value});
}

static void add_both(struct candidates *list, const struct facing_side *head,
                     const struct facing_side *base) {
    if (head->value == base->value) return;
    add(list, head->series,
        &(struct part){.value = head->value,
                       .state = PART_CHANGED,
                       .baseline = base->value,
                       .change = head->value - base->value});
}

static int by_fingerprint(const void *left, const void *right) {
    const struct candidate *a = *(struct candidate *const *)left;
    const struct candidate *b = *(struct candidate *const *)right;
    if (a->fingerprint != b->fingerprint) return a->fingerprint < b->fingerprint ? -1 : 1;
    return a < b ? -1 : a > b;
}

static struct candidate **of_state(const struct candidates *list, bool gone, size_t *count) {
    struct candidate **found = arena_alloc(list->arena, (list->count + 1) * sizeof *found);
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct candidate *candidate = &list->items[i];
        if (candidate->fingerprint && (candidate->part.state == PART_GONE) == gone &&
            candidate->part.state != PART_CHANGED)
            found[(*count)++] = candidate;
    }
    if (*count > 1) qsort(found, *count, sizeof *found, by_fingerprint);
    return found;
}

/* What came under one name and went under another, and is the same. */
static void find_renamed(const struct candidates *list) {
    size_t news, olds;
    struct candidate **new = of_state(list, false, &news), **old = of_state(list, true, &olds);
    for (size_t n = 0, o = 0; n < news && o < olds;) {
        if (new[n]->fingerprint != old[o]->fingerprint) {
            if (new[n]->fingerprint < old[o]->fingerprint)
                n++;
            else
                o++;
            continue;
        }
        struct part *is = &new[n++]->part, *was = &old[o++]->part;
        if (is->value != was->baseline) continue;
        is->state = PART_RENAMED;
        is->baseline = is->value;
        is->change = 0;
        is->was = was->name;
        was->name = NULL;
    }
}

size_t facing_changes(struct arena *arena, const struct measurement *head,
                      const struct measurement *base, const struct facing_question *question,
                      struct part **parts) {
    struct facing_sides heads = facing_select(arena, head, question);
    struct facing_sides bases = facing_select(arena, base, question);
    struct candidates list = {arena, head, base, question, NULL, 0};
    for (size_t h = 0, b = 0; h < heads.count || b < bases.count;) {
        int order = h == heads.count ? 1
                    : b == bases.count
                        ? -1
                        : labels_compare(heads.items[h].series, bases.items[b].series);
        if (order < 0)
            add_new(&list, &heads.items[h++]);
        else if (order > 0)
            add_gone(&list, &bases.items[b++]);
        else
            add_both(&list, &heads.items[h++], &bases.items[b++]);
    }
    find_renamed(&list);
    size_t count = 0;
    *parts = arena_alloc(arena, (list.count + 1) * sizeof **parts);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].part.name) (*parts)[count++] = list.items[i].part;
    return count;
}
