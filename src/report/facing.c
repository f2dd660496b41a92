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
    size_t most = 0;
    for (size_t i = 0; i < measurement->count; i++)
        most += measurement->series[i].metric == question->metric;
    kept.series = arena_alloc(arena, most * sizeof *kept.series);
    kept.count = 0;
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        if (series->metric == question->metric && label_pattern_match(&question->pattern, series))
            kept.series[kept.count++] = *series;
    }
    return kept;
}

struct facing_sides facing_select(struct arena *arena, const struct measurement *measurement,
                                  const struct facing_question *question) {
    const struct probe_metric *metric = measurement->metrics->items[question->metric];
    struct arena *scratch = arena_new();
    struct measurement kept = matching(scratch, measurement, question);
    struct facing_sides sides = {.total = metric->fold == PROBE_FOLD_SUM ? 0 : NAN};
    struct series *found;
    size_t count;
    measurement_select(arena, &kept, question->metric, question->named, &found, &count);
    arena_free(scratch); /* what is found is copied, but for labels and samples */
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

/* A label of one side that the other does not have like this. */
struct loose {
    const struct facing_side *side;
    const struct facing_side *twin; /* of the same label on the other side; NULL: none */
    bool matched;                   /* its content is on the other side */
};

struct looses {
    struct loose *items;
    size_t count;
};

struct comparing {
    struct arena *arena;
    const struct facing_question *question;
    const struct probe_metric *metric;
    double head_cut, base_cut; /* see struct measurement */
    struct looses heads, bases;
    struct part *parts;
    size_t count;
};

static void add_loose(struct comparing *comparing, struct looses *looses,
                      const struct facing_side *side, const struct facing_side *twin) {
    *array_add(comparing->arena, looses->items, looses->count) = (struct loose){side, twin, false};
}

/* Labels that both have with the same value are out, but for those that only count. */
static void find_loose(struct comparing *comparing, const struct facing_sides *heads,
                       const struct facing_sides *bases) {
    for (size_t h = 0, b = 0; h < heads->count || b < bases->count;) {
        const struct facing_side *head = h < heads->count ? &heads->items[h] : NULL;
        const struct facing_side *base = b < bases->count ? &bases->items[b] : NULL;
        int order = !head ? 1 : !base ? -1 : labels_compare(head->series, base->series);
        h += order <= 0;
        b += order >= 0;
        if (order == 0 && (head->series->nameless || base->series->nameless)) {
            if (head->series->fingerprint == base->series->fingerprint) continue;
            add_loose(comparing, &comparing->heads, head, NULL);
            add_loose(comparing, &comparing->bases, base, NULL);
        } else if (order == 0 && head->value != base->value) {
            add_loose(comparing, &comparing->heads, head, base);
            add_loose(comparing, &comparing->bases, base, head);
        } else if (order != 0) {
            add_loose(comparing, order < 0 ? &comparing->heads : &comparing->bases,
                      order < 0 ? head : base, NULL);
        }
    }
}

static void add_part(struct comparing *comparing, const struct facing_side *named,
                     const struct part *part) {
    struct part *added = array_add(comparing->arena, comparing->parts, comparing->count);
    *added = *part;
    added->name = facing_name(comparing->arena, comparing->metric, named->series);
}

static int by_content(const void *left, const void *right) {
    const struct loose *a = *(struct loose *const *)left, *b = *(struct loose *const *)right;
    uint64_t one = a->side->series->fingerprint, two = b->side->series->fingerprint;
    if (one != two) return one < two ? -1 : 1;
    if (a->side->value != b->side->value) return a->side->value < b->side->value ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* A name that both sides have is the same thing, whatever its content. */
static struct loose **with_content(struct arena *arena, const struct looses *looses,
                                   size_t *count) {
    struct loose **found = arena_alloc(arena, (looses->count + 1) * sizeof *found);
    *count = 0;
    for (size_t i = 0; i < looses->count; i++)
        if (looses->items[i].side->series->fingerprint && !looses->items[i].twin)
            found[(*count)++] = &looses->items[i];
    if (*count > 1) qsort(found, *count, sizeof *found, by_content);
    return found;
}

/* What is on both sides under names that the other side has not got was renamed, or only moved
 * where a name says nothing. */
static void match(struct comparing *comparing, struct loose *head, struct loose *base) {
    bool counts = head->side->series->nameless || base->side->series->nameless;
    head->matched = base->matched = true;
    if (counts) return;
    add_part(comparing, head->side,
             &(struct part){
                 .value = head->side->value,
                 .state = PART_RENAMED,
                 .baseline = head->side->value,
                 .was = facing_name(comparing->arena, comparing->metric, base->side->series)});
}

static void match_contents(struct comparing *comparing) {
    size_t heads, bases;
    struct loose **head = with_content(comparing->arena, &comparing->heads, &heads);
    struct loose **base = with_content(comparing->arena, &comparing->bases, &bases);
    for (size_t h = 0, b = 0; h < heads && b < bases;) {
        const struct series *one = head[h]->side->series, *two = base[b]->side->series;
        if (one->fingerprint == two->fingerprint && head[h]->side->value == base[b]->side->value)
            match(comparing, head[h++], base[b++]);
        else if (one->fingerprint < two->fingerprint ||
                 (one->fingerprint == two->fingerprint &&
                  head[h]->side->value < base[b]->side->value))
            h++;
        else
            b++;
    }
}

/* A label that only the head has. What a stored report left out for its size was at most the cut.
 */
static void add_new(struct comparing *comparing, const struct facing_side *side) {
    double cut = comparing->base_cut;
    bool adds_up = comparing->metric->fold == PROBE_FOLD_SUM;
    if (side->value <= cut) return;
    double before = cut > 0 ? cut : adds_up ? 0 : NAN;
    add_part(comparing, side,
             &(struct part){.value = side->value,
                            .state = cut > 0 ? PART_RISEN : PART_NEW,
                            .baseline = before,
                            .change = side->value - before});
}

static void add_gone(struct comparing *comparing, const struct facing_side *side) {
    if (side->value <= comparing->head_cut) return;
    double now = comparing->metric->fold == PROBE_FOLD_SUM ? 0 : NAN;
    add_part(
        comparing, side,
        &(struct part){.state = PART_GONE, .baseline = side->value, .change = now - side->value});
}

static void add_changed(struct comparing *comparing, const struct facing_side *head,
                        const struct facing_side *base) {
    add_part(comparing, head,
             &(struct part){.value = head->value,
                            .state = PART_CHANGED,
                            .baseline = base->value,
                            .change = head->value - base->value});
}

/* All that only counts and is not on the other side, together: which of them is which is not
 * known. Where labels were left out, neither is the sum. */
static void add_nameless(struct comparing *comparing) {
    double now = 0, then = 0;
    size_t count = 0;
    for (size_t i = 0; i < comparing->heads.count; i++) {
        const struct loose *loose = &comparing->heads.items[i];
        if (loose->matched || !loose->side->series->nameless) continue;
        now += loose->side->value;
        count++;
    }
    for (size_t i = 0; i < comparing->bases.count; i++) {
        const struct loose *loose = &comparing->bases.items[i];
        if (!loose->matched && loose->side->series->nameless) then += loose->side->value;
    }
    bool known = comparing->metric->fold == PROBE_FOLD_SUM && comparing->head_cut == 0 &&
                 comparing->base_cut == 0;
    if (!known || now == then) return;
    *array_add(comparing->arena, comparing->parts, comparing->count) =
        (struct part){.name = text_format(comparing->arena, "(%zu without a name)", count),
                      .value = now,
                      .state = PART_CHANGED,
                      .baseline = then,
                      .change = now - then};
}

static void add_rest(struct comparing *comparing) {
    for (size_t i = 0; i < comparing->heads.count; i++) {
        const struct loose *loose = &comparing->heads.items[i];
        if (loose->matched || loose->side->series->nameless) continue;
        if (loose->twin)
            add_changed(comparing, loose->side, loose->twin);
        else
            add_new(comparing, loose->side);
    }
    for (size_t i = 0; i < comparing->bases.count; i++) {
        const struct loose *loose = &comparing->bases.items[i];
        if (!loose->matched && !loose->twin && !loose->side->series->nameless)
            add_gone(comparing, loose->side);
    }
    add_nameless(comparing);
}

size_t facing_changes(struct arena *arena, const struct measurement *head,
                      const struct measurement *base, const struct facing_question *question,
                      struct part **parts) {
    struct facing_sides heads = facing_select(arena, head, question);
    struct facing_sides bases = facing_select(arena, base, question);
    struct comparing comparing = {.arena = arena,
                                  .question = question,
                                  .metric = head->metrics->items[question->metric],
                                  .head_cut = cut_of(head, question->metric),
                                  .base_cut = cut_of(base, question->metric)};
    find_loose(&comparing, &heads, &bases);
    match_contents(&comparing);
    add_rest(&comparing);
    *parts = comparing.parts;
    return comparing.count;
}
