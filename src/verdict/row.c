#include "verdict/row.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "verdict/judge.h"
#include "verdict/selection.h"

/* "[*]" of "gzip[*].max", without the brackets. */
static const char *pattern_text(struct arena *arena, const struct limit *limit) {
    const char *from = limit->pattern.named ? strchr(limit->key, '[') : NULL;
    const char *to = from ? strrchr(from, ']') : NULL;
    return to ? text_copy_bytes(arena, from + 1, (size_t)(to - from - 1)) : NULL;
}

struct verdict_row row_begin(struct arena *arena, const struct limit *limit) {
    return (struct verdict_row){
        .limit = limit,
        .observed = NAN,
        .headroom = NAN,
        .low = NAN,
        .high = NAN,
        .confidence = NAN,
        .pattern = pattern_text(arena, limit),
        .baseline = limit->has_baseline ? limit->baseline : NAN,
        .change = NAN,
        .change_low = NAN,
        .change_high = NAN,
    };
}

void row_take(struct verdict_row *row, const struct answer *answer) {
    row->outcome = answer->outcome;
    row->observed = answer->observed;
    row->unbounded = answer->unbounded;
    row->headroom = answer->headroom;
    row->low = answer->low;
    row->high = answer->high;
    row->confidence = answer->confidence;
    row->test = answer->test;
    row->reason = answer->problem;
    bool grown = row->limit->kind == LIMIT_REGRESSION || row->limit->kind == LIMIT_IMPROVEMENT;
    if (grown && row->baseline != 0) row->change = answer->observed / row->baseline - 1;
}

void row_error(struct verdict_row *row, const char *reason) {
    row->outcome = OUTCOME_ERROR;
    row->decided = true;
    row->reason = reason;
}

/* Gravest first; among equals the least headroom, and what has no bound before all. */
bool answer_graver(const struct answer *a, const struct answer *b) {
    if (a->outcome != b->outcome) return a->outcome > b->outcome;
    if (a->unbounded != b->unbounded) return a->unbounded;
    if (isnan(a->headroom) || isnan(b->headroom)) return !isnan(b->headroom) && isnan(a->headroom);
    return a->headroom < b->headroom;
}

static bool match_graver(const struct answer *a, const struct verdict_match *b) {
    struct answer other = {.outcome = b->outcome, .headroom = b->headroom};
    return answer_graver(a, &other);
}

/* Keeps the ten worst, the worst first. */
struct verdict_match *row_worst_add(struct verdict_row *row, const struct answer *answer) {
    size_t at = row->worst_count;
    while (at > 0 && match_graver(answer, &row->worst[at - 1])) at--;
    if (at == VERDICT_WORST_MAX) return NULL;
    if (row->worst_count < VERDICT_WORST_MAX) row->worst_count++;
    memmove(&row->worst[at + 1], &row->worst[at],
            (row->worst_count - at - 1) * sizeof row->worst[0]);
    row->worst[at] = (struct verdict_match){
        .observed = answer->observed, .headroom = answer->headroom, .outcome = answer->outcome};
    return &row->worst[at];
}

static bool is_broken(enum outcome outcome) {
    return outcome == OUTCOME_FAIL || outcome == OUTCOME_WARN;
}

/* Judges every label; the row takes the worst. A step that one label needs, all take. */
static void judge_labels(struct verdict_row *row, const struct question *question,
                         const struct selection *selection, struct arena *scratch) {
    struct answer worst = {0};
    row->worst_count = 0;
    row->broken = 0;
    row->matched = selection->absent && row->limit->pattern.named ? 0 : selection->count;
    for (size_t i = 0; i < selection->count; i++) {
        const struct series *series = &selection->items[i];
        struct answer answer = judge_series(question, series);
        if (answer.test.step > row->step) row->step = answer.test.step;
        if (i == 0 || answer_graver(&answer, &worst)) worst = answer;
        row->broken += is_broken(answer.outcome);
        if (!row->limit->pattern.wild || selection->absent) continue;
        struct verdict_match *match = row_worst_add(row, &answer);
        if (match) match->label = series_label(scratch, question->metric, series);
    }
    row_take(row, &worst);
}

/* What a look cannot change any more. Statistics that are compared as they are wait for the last
 * look, as they must cover all that is measured; but what is broken now stays broken. */
static bool is_final(const struct verdict_row *row, const struct row_look *look) {
    if (look->last || row->outcome == OUTCOME_FAIL) return true;
    bool tested = row->test.name && row->test.alpha > 0;
    return tested && row->outcome == OUTCOME_PASS;
}

static void look_at_nothing(struct verdict_row *row, const struct row_look *look, bool taken) {
    row->outcome = taken ? OUTCOME_SKIPPED : OUTCOME_ERROR;
    row->reason = taken ? "every label it matches is judged by a later row" : NULL;
    row->decided = look->last;
}

/* An absent label is the number 0, whatever statistic is asked for. */
static void ask_as_number(struct question *question, struct limit *plain) {
    static const struct probe_metric number = {.nature = PROBE_EXACT};
    *plain = *question->limit;
    plain->statistical = false;
    question->limit = plain;
    question->metric = &number;
}

static void look_with(struct verdict_row *row, const struct row_look *look,
                      struct question *question, struct arena *scratch) {
    struct selection selection =
        selection_make(scratch, look->measurement, look->budget, row->limit);
    if (selection.count == 0) {
        look_at_nothing(row, look, selection.taken > 0);
        return;
    }
    struct limit plain;
    if (selection.absent) ask_as_number(question, &plain);
    question->alpha_fail = look->alpha / (double)selection.count;
    judge_labels(row, question, &selection, scratch);
    for (size_t i = 0; i < row->worst_count; i++)
        row->worst[i].label = text_copy(look->keep, row->worst[i].label);
    row->decided = is_final(row, look);
}

static struct question row_question(const struct verdict_row *row, const struct row_look *look) {
    return (struct question){
        .limit = row->limit,
        .metric = look->budget->metrics.items[row->limit->metric],
        .confidence = look->budget->confidence,
        .alpha_pass = look->alpha,
        .alpha_fail = look->alpha,
        .spent = look->spent,
        .sampling = look->sampling,
        .repeatable = look->repeatable,
        .step = row->step,
        .look = look->look,
        .first_runs = look->first_runs,
        .runs = look->measurement->runs,
    };
}

void row_look(struct verdict_row *row, const struct row_look *look) {
    struct question question = row_question(row, look);
    const char *problem = claim_of(row->limit, question.metric, &question.claim);
    if (problem) {
        row_error(row, problem);
        return;
    }
    struct arena *scratch = arena_new();
    look_with(row, look, &question, scratch);
    arena_free(scratch);
}

size_t row_labels(const struct verdict_row *row, const struct budget *budget,
                  const struct measurement *measurement) {
    struct arena *scratch = arena_new();
    struct selection selection = selection_make(scratch, measurement, budget, row->limit);
    size_t count = selection.absent ? 0 : selection.count;
    arena_free(scratch);
    return count;
}

struct row_look row_look_now(const struct verdicts *verdicts, size_t source,
                             const struct need *need, const struct measurement *measurement,
                             struct arena *keep) {
    const struct verdict_schedule *schedule = &verdicts->schedules[source];
    const struct budget *budget = &verdicts->set->budgets[source];
    return (struct row_look){
        .budget = need->budget,
        .measurement = measurement,
        .alpha = need->alpha,
        .spent = schedule->share,
        .look = schedule->look,
        .sampling = schedule->sampling,
        .repeatable = budget_is_repeatable(budget),
        .first_runs = schedule_first(schedule, budget),
        .last = schedule->closed,
        .keep = keep,
    };
}

void rows_look(struct verdicts *verdicts, size_t index, const struct measurement *measurement,
               struct arena *keep, bool watched) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    for (size_t i = 0; i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (!need->row || need->row->decided) continue;
        if (!watched && need_is_watched(schedule, need, measurement)) continue;
        struct row_look look = row_look_now(verdicts, index, need, measurement, keep);
        row_look(need->row, &look);
    }
}

/* One label that breaks the limit breaks the row; to hold, it takes all of them. */
static bool watch_decides(const struct verdict_row *row, const struct row_look *look,
                          struct arena *scratch) {
    struct question question = row_question(row, look);
    if (claim_of(row->limit, question.metric, &question.claim)) return true;
    struct selection selection =
        selection_make(scratch, look->measurement, look->budget, row->limit);
    size_t holds = 0;
    if (selection.absent) return false;
    question.alpha_fail /= (double)(selection.count ? selection.count : 1);
    for (size_t i = 0; i < selection.count; i++) {
        enum outcome outcome = judge_peek(&question, &selection.items[i]);
        if (outcome == OUTCOME_FAIL) return true;
        holds += outcome == OUTCOME_PASS;
    }
    return holds > 0 && holds == selection.count;
}

/* Only of what has no labels: another one could turn up in any run. */
static size_t row_soonest(const struct verdict_row *row, const struct row_look *look, size_t most) {
    struct question question = row_question(row, look);
    if (question.metric->dimensions || claim_of(row->limit, question.metric, &question.claim))
        return 1;
    struct arena *scratch = arena_new();
    struct selection selection =
        selection_make(scratch, look->measurement, look->budget, row->limit);
    bool told = selection.count == 1 && !selection.absent;
    size_t soonest = told ? judge_soonest(&question, &selection.items[0], most) : 1;
    arena_free(scratch);
    return soonest;
}

size_t rows_soonest(const struct verdicts *verdicts, size_t index,
                    const struct measurement *measurement) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    size_t soonest = SOONEST_MAX;
    for (size_t i = 0; i < schedule->need_count && soonest > 1; i++) {
        const struct need *need = &schedule->needs[i];
        if (!need->row || need->row->decided || !need_is_watched(schedule, need, measurement))
            continue;
        struct row_look look = row_look_now(verdicts, index, need, measurement, NULL);
        size_t runs = row_soonest(need->row, &look, soonest - 1);
        if (runs < soonest) soonest = runs;
    }
    return soonest;
}

void rows_watch(struct verdicts *verdicts, size_t index, const struct measurement *measurement,
                struct arena *keep) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (!need->row || need->row->decided || !need_is_watched(schedule, need, measurement))
            continue;
        struct row_look look = row_look_now(verdicts, index, need, measurement, keep);
        bool unseen = need->row->outcome == OUTCOME_SKIPPED;
        if (unseen || watch_decides(need->row, &look, scratch)) row_look(need->row, &look);
    }
    arena_free(scratch);
}
