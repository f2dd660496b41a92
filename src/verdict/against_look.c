#include <math.h>

#include "base/text.h"
#include "verdict/against.h"
#include "verdict/change.h"
#include "verdict/run_values.h"
#include "verdict/selection.h"

/* One row with one label of head and its counterpart in the base. */
struct facing {
    const struct against_row *against;
    const struct against_look *look;
    struct change_question question;
    double alpha; /* over all looks */
    const struct series *head, *base;
    struct arena *scratch;
};

static struct change change_problem(const char *problem) {
    return (struct change){.answer = {.outcome = OUTCOME_ERROR,
                                      .observed = NAN,
                                      .headroom = NAN,
                                      .low = NAN,
                                      .high = NAN,
                                      .confidence = NAN,
                                      .problem = problem},
                           .baseline = NAN,
                           .ratio = NAN,
                           .low = NAN,
                           .high = NAN};
}

static bool same_label(const struct series *a, const struct series *b) {
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (!text_equal(a->labels[d], b->labels[d])) return false;
    return true;
}

static const struct series *series_like(const struct selection *selection,
                                        const struct series *series) {
    for (size_t i = 0; i < selection->count; i++)
        if (same_label(&selection->items[i], series)) return &selection->items[i];
    return NULL;
}

static size_t values_dense(double *values, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    return kept;
}

static size_t pairs_dense(double *head, double *base, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(head[i]) || isnan(base[i])) continue;
        head[kept] = head[i];
        base[kept++] = base[i];
    }
    return kept;
}

/* Looked at as often as one likes; the error over all labels is that of one look. */
static struct change change_of_rates(const struct facing *facing) {
    struct change_question question = facing->question;
    question.alpha_fail *= facing->alpha / question.alpha_pass;
    question.alpha_pass = facing->alpha;
    struct change change = change_sides(&question, facing->head, facing->base, SAMPLING_WATCHED);
    bool once = !facing->look->repeatable;
    if (change.answer.outcome == OUTCOME_PASS && !once && facing->look->measurement->runs < 2)
        change.answer.outcome = OUTCOME_INCONCLUSIVE;
    const char *thin =
        change.answer.test.step > 1
            ? text_format(facing->look->keep, " (one in %zu counts)", change.answer.test.step)
            : "";
    change.answer.problem =
        text_format(facing->look->keep, "%llu of %llu, then %llu of %llu%s",
                    (unsigned long long)facing->head->k, (unsigned long long)facing->head->n,
                    (unsigned long long)facing->base->k, (unsigned long long)facing->base->n, thin);
    return change;
}

static struct change change_noisy(const struct facing *facing) {
    const struct limit *limit = facing->question.limit;
    size_t heads = facing->look->measurement->runs, bases = facing->look->base->measurement->runs;
    bool paired = facing->look->basis == BASIS_PAIRED;
    if (facing->head->n > 0 && facing->base->n > 0) return change_of_rates(facing);
    bool once = paired && !facing->look->repeatable && heads < AGAINST_FIRST_PAIRS;
    if (once && facing->head->count > 1 && facing->base->count > 1)
        return change_sides(&facing->question, facing->head, facing->base, facing->look->sampling);
    if (paired && bases < heads) heads = bases;
    if (paired) bases = heads;
    double *head = arena_alloc(facing->scratch, (heads + 1) * sizeof *head);
    double *base = arena_alloc(facing->scratch, (bases + 1) * sizeof *base);
    const char *problem = run_values(limit, facing->head, head, heads);
    if (!problem) problem = run_values(limit, facing->base, base, bases);
    if (problem) return change_problem(problem);
    struct change_values values = {.head = head, .base = base};
    if (paired) {
        values.head_count = values.base_count = pairs_dense(head, base, heads);
        return change_paired(&facing->question, &values);
    }
    values.head_count = values_dense(head, heads);
    values.base_count = values_dense(base, bases);
    return change_stored(&facing->question, &values);
}

static double exact_number(const struct statistic *statistic, const struct series *series) {
    if (series->n > 0) return (double)series->k / (double)series->n;
    return statistic_of(statistic, series->samples, series->count);
}

/* Of an exact metric that differs between runs the worst counts, on both sides. */
static struct change change_of_exact(const struct facing *facing) {
    const struct limit *limit = facing->question.limit;
    bool lower = facing->question.metric->better == PROBE_LOWER;
    const struct statistic worst = {lower ? STATISTIC_MAX : STATISTIC_MIN, 0};
    const struct statistic *statistic = limit->statistical ? &limit->statistic : &worst;
    if (facing->head->between || facing->base->between)
        return change_problem("a value that is known by its edges is not compared with earlier "
                              "code");
    double head = exact_number(statistic, facing->head);
    double base = exact_number(statistic, facing->base);
    if (!isfinite(head) || !isfinite(base)) return change_problem("a value is not a finite number");
    return change_exact(&facing->question, head, base);
}

/* Why the two cannot be held against each other, which is no verdict on either. */
static const char *why_undecided(const struct facing *facing) {
    const struct against_look *look = facing->look;
    uint32_t number = facing->question.limit->metric;
    const struct measurement *head = look->measurement, *base = look->base->measurement;
    if (look->base->other) return look->base->other;
    if (facing->question.metric->nature == PROBE_EXACT) {
        const char *now = head->methods ? head->methods[number] : NULL;
        const char *then = base->methods ? base->methods[number] : NULL;
        if (text_equal(now, then)) return NULL;
        return text_format(look->keep, "measured by another method: then %s, now %s",
                           then ? then : "not named", now ? now : "not named");
    }
    if (look->basis == BASIS_STORED && look->incomparable) return look->incomparable;
    if (look->basis != BASIS_STORED) return NULL;
    if (base->runs < CHANGE_LAUNCHES_MIN)
        return text_format(look->keep, "the baseline has %zu launches, %d are needed", base->runs,
                           CHANGE_LAUNCHES_MIN);
    if (head->runs < CHANGE_LAUNCHES_MIN)
        return text_format(look->keep, "%zu launches, %d are needed", head->runs,
                           CHANGE_LAUNCHES_MIN);
    return NULL;
}

static struct change change_unbounded(const struct facing *facing) {
    if (facing->head->unbounded && facing->base->unbounded) {
        struct change same = change_problem(NULL);
        same.answer.outcome = OUTCOME_PASS;
        same.answer.unbounded = true;
        return same;
    }
    return change_problem("one of both has no bound");
}

static struct change change_facing(const struct facing *facing) {
    if (facing->head->unbounded || facing->base->unbounded) return change_unbounded(facing);
    bool exact = facing->question.metric->nature == PROBE_EXACT;
    struct change change = exact ? change_of_exact(facing) : change_noisy(facing);
    if (change.answer.outcome == OUTCOME_ERROR) return change;
    const char *undecided = why_undecided(facing);
    if (undecided) {
        change.answer.outcome = OUTCOME_INCONCLUSIVE;
        change.answer.problem = undecided;
        if (facing->look->base->other)
            facing->against->row->settle = "a baseline that measured the same, or `--against`";
        if (!exact) change.low = change.high = NAN;
    } else if (change.zeros > 0) {
        change.answer.problem =
            text_format(facing->look->keep, "%zu of the values are 0", change.zeros);
    }
    return change;
}

static bool change_graver(const struct change *a, const struct change *b) {
    return answer_graver(&a->answer, &b->answer);
}

/* All labels that both sides have; the row takes the worst of them. */
static void look_at_labels(struct facing *facing, const struct selection *heads,
                           const struct selection *bases) {
    struct verdict_row *row = facing->against->row;
    struct change worst = {0};
    size_t judged = 0;
    row->worst_count = 0;
    row->broken = 0;
    for (size_t i = 0; i < heads->count; i++) {
        facing->head = &heads->items[i];
        facing->base = series_like(bases, facing->head);
        if (!facing->base) continue;
        struct change change = change_facing(facing);
        if (judged++ == 0 || change_graver(&change, &worst)) worst = change;
        row->broken += change.answer.outcome == OUTCOME_FAIL;
        if (!row->limit->pattern.wild || heads->absent) continue;
        struct verdict_match *match = row_worst_add(row, &change.answer);
        if (match)
            match->label = series_label(facing->look->keep, facing->question.metric, facing->head);
    }
    row->matched = judged;
    if (judged > 0) {
        row_take_change(row, &worst);
        return;
    }
    row->outcome = heads->count > 0 ? OUTCOME_SKIPPED : OUTCOME_ERROR;
    row->reason = heads->count > 0   ? "new"
                  : heads->taken > 0 ? "judged by a later row"
                                     : "was not measured";
}

static void look_with_base(struct facing *facing) {
    const struct against_look *look = facing->look;
    const struct budget *budget = facing->against->budget;
    const struct limit *limit = facing->against->row->limit;
    struct selection heads = selection_make(facing->scratch, look->measurement, budget, limit);
    struct selection bases =
        selection_make(facing->scratch, look->base->measurement, budget, limit);
    facing->alpha = alpha_of(budget->confidence);
    double alpha = facing->alpha * look->share;
    facing->question.alpha_pass = alpha;
    facing->question.alpha_fail = alpha / (double)(heads.count ? heads.count : 1);
    look_at_labels(facing, &heads, &bases);
}

void against_look(const struct against_row *against, const struct against_look *look) {
    struct verdict_row *row = against->row;
    const struct budget *budget = against->budget;
    row->reason = NULL;
    if (!look->base->measurement || look->base->measurement->missing) {
        row->outcome = look->base->problem ? OUTCOME_ERROR : OUTCOME_SKIPPED;
        row->reason = look->base->problem ? look->base->problem : "new";
        row->decided = true;
        return;
    }
    struct facing facing = {.against = against, .look = look, .scratch = arena_new()};
    facing.question = (struct change_question){
        .limit = row->limit,
        .metric = budget->metrics.items[row->limit->metric],
        .confidence = budget->confidence,
        .look = look->look,
    };
    look_with_base(&facing);
    arena_free(facing.scratch);
    bool judged = row->outcome == OUTCOME_PASS || row->outcome == OUTCOME_FAIL;
    row->decided = look->last || judged || row->outcome == OUTCOME_ERROR;
}
