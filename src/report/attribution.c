#include "report/attribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/facing.h"
#include "report/series.h"
#include "verdict/expression.h"

/* One budget's broken limits being explained. */
struct explaining {
    struct arena *arena;
    struct arena *scratch; /* of one question: labels may be tens of thousands, parts are few */
    const struct measurement *head, *base; /**< base: NULL where nothing is known of it */
    const char *incomparable;
    const struct limit *limit;
    struct facing_question *asked; /**< so far, so that nothing is said twice */
    size_t asked_count;
    struct part *parts;
    size_t count;
};

static bool explaining_begin(struct arena *arena, const struct report *report, size_t index,
                             struct explaining *explaining) {
    size_t source = verdict_source(report->set, index);
    const struct report_against *against = report->against;
    *explaining = (struct explaining){.arena = arena};
    explaining->head = report->evidence[source].measurement;
    if (!explaining->head || explaining->head->missing) return false;
    if (!against) return true;
    const struct measurement *base = against->bases[source].measurement;
    if (base && !base->missing) explaining->base = base;
    explaining->incomparable = against->incomparable;
    return true;
}

static const struct probe_metric *metric_of(const struct explaining *explaining, uint32_t number) {
    return explaining->head->metrics->items[number];
}

/* The metric's own labels that the limit is about. */
static struct facing_question own_question(const struct explaining *explaining) {
    const struct limit *limit = explaining->limit;
    return (struct facing_question){
        .metric = limit->metric,
        .named = (1u << metric_dimensions(metric_of(explaining, limit->metric))) - 1,
        .pattern = limit->pattern,
        .statistic = limit->statistical ? &limit->statistic : NULL,
    };
}

/* The labels of a part: dimensions that the broken metric has as well choose among them, and are
 * folded away; of the others the first is what a part is. */
static struct facing_question part_question(const struct explaining *explaining, uint32_t number) {
    const struct probe_metric *broken = metric_of(explaining, explaining->limit->metric);
    const struct probe_metric *part = metric_of(explaining, number);
    struct facing_question question = {.metric = number};
    for (unsigned d = 0; d < metric_dimensions(part); d++) {
        int shared = metric_dimension(broken, part->dimensions[d].name);
        if (shared >= 0)
            question.pattern.globs[d] = explaining->limit->pattern.globs[shared];
        else if (question.named == 0)
            question.named = 1u << d;
    }
    return question;
}

/* What grew is asked of each choice of labels, what is largest once. */
static bool asked_before(struct explaining *explaining, const struct facing_question *question) {
    for (size_t i = 0; i < explaining->asked_count; i++) {
        const struct facing_question *asked = &explaining->asked[i];
        bool same = asked->metric == question->metric && asked->named == question->named;
        for (size_t d = 0; same && explaining->base && d < METRIC_DIMENSIONS_MAX; d++)
            same = text_equal(asked->pattern.globs[d], question->pattern.globs[d]);
        if (same) return true;
    }
    *array_add(explaining->arena, explaining->asked, explaining->asked_count) = *question;
    return false;
}

static const char *kind_words(struct arena *arena, const struct probe_metric *metric,
                              unsigned named) {
    struct text words = text_begin(arena);
    for (size_t d = 0; d < metric_dimensions(metric); d++)
        if (named >> d & 1)
            text_add_format(&words, "%s%s", words.length ? " " : "", metric->dimensions[d].name);
    return words.data;
}

/* Among changes the largest first; among values the largest, or the smallest where higher is
 * better. What does not count comes last. */
static int part_compare(const void *left, const void *right) {
    const struct part *a = left, *b = right;
    bool changed = a->state != PART_ALONE && a->state != PART_SAME;
    double one = changed ? fabs(a->change) : a->value, two = changed ? fabs(b->change) : b->value;
    bool a_last = isnan(one) || a->state == PART_RENAMED;
    bool b_last = isnan(two) || b->state == PART_RENAMED;
    if (a_last != b_last) return a_last ? 1 : -1;
    bool less_first = !changed && a->by->better == PROBE_HIGHER;
    if (!a_last && one != two) return (one < two) == less_first ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The largest labels of the head. */
static size_t add_largest(const struct explaining *explaining,
                          const struct facing_question *question, enum part_state state,
                          struct part **parts) {
    const struct probe_metric *by = metric_of(explaining, question->metric);
    struct facing_sides sides = facing_select(explaining->scratch, explaining->head, question);
    bool own = question->metric == explaining->limit->metric;
    *parts = arena_alloc(explaining->scratch, (sides.count + 1) * sizeof **parts);
    if (sides.count < (own ? 2 : 1)) return 0;
    for (size_t i = 0; i < sides.count; i++)
        (*parts)[i] = (struct part){
            .name = facing_name(explaining->scratch, by, sides.items[i].series),
            .value = sides.items[i].value,
            .state = state,
            .baseline = state == PART_SAME ? sides.items[i].value : NAN,
            .change = state == PART_SAME ? 0 : NAN,
        };
    return sides.count;
}

/* The changes that are too many to be listed. */
static void add_others(struct explaining *explaining, const struct part *parts, size_t count) {
    struct part others = parts[0];
    others.state = PART_OTHERS;
    others.name = text_format(explaining->arena, "%zu others", count);
    others.was = NULL;
    others.count = count;
    others.value = others.baseline = others.change = others.share = 0;
    for (size_t i = 0; i < count; i++) {
        others.value += parts[i].value;
        others.share += parts[i].share;
        others.baseline += parts[i].baseline;
        others.change += parts[i].change;
    }
    *array_add(explaining->arena, explaining->parts, explaining->count) = others;
}

/* The method that makes the broken metric, where it does not make the part. */
static const char *method_between(const struct explaining *explaining, uint32_t by) {
    const char **methods = explaining->head->methods;
    return methods && !methods[by] ? methods[explaining->limit->metric] : NULL;
}

/* How many labels there are and what they come to: the labels themselves take megabytes. */
static struct facing_sides ask(const struct measurement *measurement,
                               const struct facing_question *question) {
    struct arena *scratch = arena_new();
    struct facing_sides sides = facing_select(scratch, measurement, question);
    sides.items = NULL;
    arena_free(scratch);
    return sides;
}

static void take_parts(struct explaining *explaining, const struct facing_question *question,
                       struct part *parts, size_t count) {
    const struct probe_metric *by = metric_of(explaining, question->metric);
    double total = ask(explaining->head, question).total;
    const char *kind = kind_words(explaining->arena, by, question->named);
    for (size_t i = 0; i < count; i++) {
        parts[i].metric = metric_of(explaining, explaining->limit->metric);
        parts[i].limit = explaining->limit;
        parts[i].by = by;
        parts[i].kind = kind;
        parts[i].count = 1;
        parts[i].before = method_between(explaining, question->metric);
        parts[i].share = total > 0 ? parts[i].value / total : NAN;
    }
    if (count > 1) qsort(parts, count, sizeof *parts, part_compare);
    bool changes = count > 0 && parts[0].state != PART_ALONE && parts[0].state != PART_SAME;
    size_t most = changes ? GROWTH_MAX : ATTRIBUTION_MAX;
    for (size_t i = 0; i < count && i < most; i++) {
        struct part *kept = array_add(explaining->arena, explaining->parts, explaining->count);
        *kept = parts[i];
        kept->name = text_copy(explaining->arena, parts[i].name);
        kept->was = text_copy(explaining->arena, parts[i].was);
    }
    if (changes && count > most) add_others(explaining, parts + most, count - most);
}

/* A single label of the metric's own is the whole, which is said anyway. */
static bool can_be_held(const struct explaining *explaining,
                        const struct facing_question *question) {
    const struct measurement *head = explaining->head, *base = explaining->base;
    if (!facing_comparable(head, base, question->metric, explaining->incomparable)) return false;
    size_t then = ask(base, question).count;
    if (question->metric != explaining->limit->metric) return then > 0;
    return then > 1 || (then == 1 && ask(head, question).count > 1);
}

static void explain_by(struct explaining *explaining, const struct facing_question *question) {
    struct part *parts = NULL;
    size_t count = 0;
    const struct measurement *base = explaining->base;
    if (question->named == 0 || asked_before(explaining, question)) return;
    explaining->scratch = arena_new();
    bool held = base && can_be_held(explaining, question);
    if (held) count = facing_changes(explaining->scratch, explaining->head, base, question, &parts);
    if (count == 0)
        count = add_largest(explaining, question, held ? PART_SAME : PART_ALONE, &parts);
    take_parts(explaining, question, parts, count);
    arena_free(explaining->scratch);
}

static void explain_limit(struct explaining *explaining, const struct limit *limit) {
    explaining->limit = limit;
    const char *const *parts = metric_of(explaining, limit->metric)->parts;
    struct facing_question question = own_question(explaining);
    explain_by(explaining, &question);
    for (size_t i = 0; parts && parts[i]; i++) {
        int number = metric_find(explaining->head->metrics, parts[i]);
        if (number < 0) continue;
        question = part_question(explaining, (uint32_t)number);
        explain_by(explaining, &question);
    }
}

static bool row_is_broken(const struct verdict_row *row) {
    return row->outcome == OUTCOME_FAIL || row->outcome == OUTCOME_WARN ||
           row->outcome == OUTCOME_WAIVED;
}

size_t attribution_make(struct arena *arena, const struct report *report, size_t index,
                        struct part **parts) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    struct explaining explaining;
    *parts = NULL;
    if (!explaining_begin(arena, report, index, &explaining)) return 0;
    for (size_t i = 0; i < verdict->count; i++)
        if (row_is_broken(&verdict->rows[i])) explain_limit(&explaining, verdict->rows[i].limit);
    *parts = explaining.parts;
    return explaining.count;
}

double attribution_change(struct arena *arena, const struct report *report, size_t index,
                          const struct verdict_row *row) {
    struct explaining explaining;
    if (!explaining_begin(arena, report, index, &explaining) || !explaining.base) return NAN;
    explaining.limit = row->limit;
    struct facing_question question = own_question(&explaining);
    const struct probe_metric *metric = metric_of(&explaining, question.metric);
    if (metric->nature != PROBE_EXACT ||
        !facing_comparable(explaining.head, explaining.base, question.metric, NULL))
        return NAN;
    struct facing_sides heads = facing_select(arena, explaining.head, &question);
    struct facing_sides bases = facing_select(arena, explaining.base, &question);
    if (heads.count == 0 || bases.count == 0) return NAN;
    if (heads.count == 1 && bases.count == 1) return heads.items[0].value - bases.items[0].value;
    return heads.total - bases.total;
}
