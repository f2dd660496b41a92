#include <math.h>

#include "base/text.h"
#include "verdict/against.h"
#include "verdict/expression.h"
#include "verdict/judge.h"
#include "verdict/loudness.h"
#include "verdict/reason.h"
#include "verdict/row.h"
#include "verdict/schedule.h"

/* A budget's rows, and what they are judged by. */
struct finishing {
    struct verdicts *verdicts;
    const struct evidence *evidence; /**< of the whole set */
    const struct budget *budget;
    size_t source;            /**< index of the measured budget, or of the derived one itself */
    struct estimate estimate; /**< of a derived budget */
};

/* Why a budget has no data; NULL when it has. */
static const char *why_missing(struct arena *arena, const struct evidence *evidence) {
    const struct measurement *measurement = evidence->measurement;
    if (!evidence->started)
        return evidence->stopped ? text_format(arena, "not run: %s", evidence->stopped) : "not run";
    if (!measurement) return "not measured";
    if (!measurement->missing) return NULL;
    for (size_t i = 0; i < measurement->problems.count; i++)
        if (measurement->problems.items[i].level == DIAG_ERROR)
            return text_copy(arena, measurement->problems.items[i].message);
    return "not measured";
}

/* The look that spends what is left, where sampling has ended without one. */
static void close_schedule(struct verdicts *verdicts, size_t index,
                           const struct evidence *evidence) {
    struct verdict_schedule *schedule = &verdicts->schedules[index];
    if (schedule->closed || !evidence->started || !evidence->measurement ||
        evidence->measurement->missing)
        return;
    schedule_look(schedule, true);
    rows_look(verdicts, index, evidence->measurement, verdicts->arena, true);
}

static void judge_derived(struct verdict_row *row, const struct finishing *finishing) {
    const struct estimate *estimate = &finishing->estimate;
    const struct probe_metric *metric = finishing->budget->metrics.items[row->limit->metric];
    struct claim claim;
    const char *problem = claim_of(row->limit, metric, &claim);
    if (!problem) problem = estimate->problem;
    if (problem) {
        row_error(row, problem);
        return;
    }
    bool warn = row->limit->kind == LIMIT_WARN;
    struct answer answer = {.observed = estimate->value,
                            .headroom = claim_headroom(&claim, estimate->value),
                            .low = estimate->low,
                            .high = estimate->high};
    answer.test.name = estimate->exact ? "exact" : warn ? "descriptive" : "interval";
    answer.confidence = estimate->exact                 ? 1
                        : warn || estimate->descriptive ? NAN
                                                        : finishing->budget->confidence;
    if (warn)
        answer.outcome = claim_holds(&claim, estimate->value) ? OUTCOME_PASS : OUTCOME_WARN;
    else
        answer.outcome = claim_judge(&claim, estimate->low, estimate->high);
    row_take(row, &answer);
    row->matched = 1;
    row->broken = answer.outcome == OUTCOME_FAIL || answer.outcome == OUTCOME_WARN;
    row->decided = true;
}

static struct estimate derive_estimate(const struct finishing *finishing, size_t index) {
    struct verdicts *verdicts = finishing->verdicts;
    struct arena *scratch = arena_new();
    struct operand *operands;
    size_t count;
    struct estimate estimate = {.problem = "the expression is too large"};
    if (expression_operands(scratch, verdicts->set, index, &operands, &count)) {
        double noisy = (double)expression_noisy(verdicts->set, operands, count);
        struct expression_request request = {
            .arena = verdicts->arena,
            .verdicts = verdicts,
            .evidence = finishing->evidence,
            .confidence = finishing->budget->confidence,
            .alpha = alpha_of(finishing->budget->confidence) / noisy,
        };
        estimate = expression_evaluate(&request, index);
    }
    arena_free(scratch);
    return estimate;
}

/* One more look at a row, with all that was measured and what alpha its last look may spend. */
static void look_last(struct verdict_row *row, const struct finishing *finishing) {
    if (finishing->budget->derive) {
        judge_derived(row, finishing);
        return;
    }
    struct need need = {.budget = finishing->budget,
                        .alpha = alpha_of(finishing->budget->confidence)};
    struct row_look look = row_look_now(finishing->verdicts, finishing->source, &need,
                                        finishing->evidence[finishing->source].measurement,
                                        finishing->verdicts->arena);
    row_look(row, &look);
}

/* A waived bound that holds: does the one it stands in for hold as well? */
static void judge_waiver(struct verdict_row *row, const struct finishing *finishing) {
    const struct limit *waived = row->limit;
    if (!waived->waived || row->outcome != OUTCOME_PASS) return;
    if (waived->instead_of && !limit_lacks_baseline(waived->instead_of)) {
        struct limit original = *waived->instead_of;
        original.order = waived->order; /* the same rows come later than both */
        struct verdict_row trial = row_begin(finishing->verdicts->arena, &original);
        look_last(&trial, finishing);
        row->needless = trial.outcome == OUTCOME_PASS;
    }
    if (!row->needless) row->outcome = OUTCOME_WAIVED;
}

/* Labels that turned up after a pattern had passed have not been judged by it. */
static void reopen(struct verdict_row *row, const struct finishing *finishing) {
    const struct measurement *measurement = finishing->evidence[finishing->source].measurement;
    if (!row->limit->pattern.wild || row->outcome != OUTCOME_PASS) return;
    if (row_labels(row, finishing->budget, measurement) <= row->matched) return;
    look_last(row, finishing);
}

static void settle_outcome(struct verdict_row *row, const struct finishing *finishing) {
    const struct budget *budget = finishing->budget;
    const struct evidence *evidence = &finishing->evidence[finishing->source];
    bool derived = finishing->verdicts->set->budgets[finishing->source].derive != NULL;
    struct arena *arena = finishing->verdicts->arena;
    const char *missing = derived ? NULL : why_missing(arena, evidence);
    if (derived && !budget->derive) missing = "a derived value has no measurement";
    if (!budget->selected || missing) *row = row_begin(arena, row->limit);
    if (!budget->selected) {
        row->reason = budget->skipped ? budget->skipped : "not selected";
    } else if (missing) {
        row_error(row, missing);
    } else if (limit_lacks_baseline(row->limit) && finishing->verdicts->options.basis) {
        if (budget->derive)
            against_derived(finishing->verdicts, finishing->evidence, finishing->source, row);
        against_settle(finishing->verdicts, row, budget);
        judge_waiver(row, finishing);
    } else if (limit_lacks_baseline(row->limit)) {
        if (finishing->verdicts->options.require_baseline)
            row_error(row, "no baseline, and one is required");
        else
            row->reason = "no baseline was asked for";
    } else {
        if (budget->derive && !row->decided)
            judge_derived(row, finishing);
        else if (!budget->derive)
            reopen(row, finishing);
        judge_waiver(row, finishing);
    }
    row->decided = true;
}

/* The first measurement a budget leans on that proves nothing, or NULL. */
static const struct measurement *doubted(const struct finishing *finishing) {
    const struct verdicts *verdicts = finishing->verdicts;
    const struct measurement *own = finishing->evidence[finishing->source].measurement;
    if (!finishing->budget->derive) return own && own->doubt ? own : NULL;
    const struct measurement *found = NULL;
    struct arena *scratch = arena_new();
    struct operand *operands;
    size_t count;
    size_t index = (size_t)(finishing->budget - verdicts->set->budgets);
    if (!expression_operands(scratch, verdicts->set, index, &operands, &count)) count = 0;
    for (size_t i = 0; i < count && !found; i++) {
        const struct measurement *operand = finishing->evidence[operands[i].source].measurement;
        if (operand && operand->doubt) found = operand;
    }
    arena_free(scratch);
    return found;
}

/* Numbers that prove nothing neither pass nor fail. */
static void settle_doubt(struct verdict_row *row, const struct finishing *finishing) {
    const struct measurement *measurement = doubted(finishing);
    if (!measurement || row->outcome == OUTCOME_SKIPPED || row->outcome == OUTCOME_ERROR) return;
    row->outcome = OUTCOME_INCONCLUSIVE;
    row->needless = false;
    row->reason = text_copy(finishing->verdicts->arena, measurement->doubt);
    row->settle = text_copy(finishing->verdicts->arena, measurement->remedy);
}

/* Nor does a change of times that comes of waiting. */
static void settle_loudness(struct verdict_row *row, const struct finishing *finishing) {
    const struct verdicts *verdicts = finishing->verdicts;
    const char *settle = NULL;
    const char *why = change_drowned(verdicts->arena, &verdicts->options,
                                     &verdicts->set->budgets[finishing->source], row, &settle);
    if (!why) return;
    row->outcome = OUTCOME_INCONCLUSIVE;
    row->needless = false;
    row->reason = row->reason ? text_format(verdicts->arena, "%s; %s", row->reason, why) : why;
    row->settle = settle;
}

/* What the exit code follows. Where a broken limit only warns, an unproven one cannot block. */
static enum outcome effect_of(const struct budget *budget, enum outcome outcome) {
    bool mild = budget->severity == SEVERITY_WARN;
    if (outcome == OUTCOME_FAIL && mild) return OUTCOME_WARN;
    if (outcome != OUTCOME_INCONCLUSIVE) return outcome;
    switch (budget->on_inconclusive) {
    case INCONCLUSIVE_WARN:
        return OUTCOME_WARN;
    case INCONCLUSIVE_PASS:
        return OUTCOME_PASS;
    case INCONCLUSIVE_BLOCK:
        break;
    }
    return mild ? OUTCOME_WARN : OUTCOME_INCONCLUSIVE;
}

static void finish_row(struct verdict_row *row, const struct finishing *finishing) {
    struct verdicts *verdicts = finishing->verdicts;
    settle_outcome(row, finishing);
    settle_doubt(row, finishing);
    settle_loudness(row, finishing);
    row->effect = effect_of(finishing->budget, row->outcome);
    for (size_t i = 0; i < row->worst_count; i++)
        row->worst[i].label = text_copy(verdicts->arena, row->worst[i].label);
    struct reason_request request = {
        .arena = verdicts->arena,
        .budget = finishing->budget,
        .source = &verdicts->set->budgets[finishing->source],
        .evidence = finishing->budget->derive ? NULL : &finishing->evidence[finishing->source],
    };
    if (row->reason && row->settle) return; /* doubted, or drowned */
    if (!row->reason) row->reason = reason_text(&request, row);
    row->settle = reason_settle(&request, row);
}

static void finish_budget(struct verdicts *verdicts, const struct evidence *evidence,
                          size_t index) {
    struct budget_verdict *verdict = &verdicts->budgets[index];
    struct finishing finishing = {.verdicts = verdicts,
                                  .evidence = evidence,
                                  .budget = verdict->budget,
                                  .source = verdict_source(verdicts->set, index)};
    if (verdict->budget->derive && verdict->budget->selected && verdict->count > 0)
        finishing.estimate = derive_estimate(&finishing, index);
    for (size_t i = 0; i < verdict->count; i++) {
        struct verdict_row *row = &verdict->rows[i];
        finish_row(row, &finishing);
        verdicts->summary[row->outcome]++;
        if (row->outcome > verdict->outcome) verdict->outcome = row->outcome;
        if (row->effect > verdict->effect) verdict->effect = row->effect;
    }
}

void verdicts_finish(struct verdicts *verdicts, const struct evidence *evidence) {
    for (size_t i = 0; i < verdicts->set->count; i++) {
        close_schedule(verdicts, i, &evidence[i]);
        against_close(verdicts, i, &evidence[i]);
    }
    for (size_t i = 0; i < verdicts->set->count; i++) {
        finish_budget(verdicts, evidence, i);
        const struct budget_verdict *verdict = &verdicts->budgets[i];
        if (verdict->outcome > verdicts->outcome) verdicts->outcome = verdict->outcome;
        if (verdict->effect > verdicts->effect) verdicts->effect = verdict->effect;
    }
    for (size_t i = 0; i < verdicts->set->count; i++) {
        arena_free(verdicts->schedules[i].labels);
        verdicts->schedules[i].labels = NULL;
        arena_free(verdicts->against[i].keep);
        verdicts->against[i].keep = NULL;
    }
    if (verdicts->outcome == OUTCOME_SKIPPED)
        verdicts->outcome = verdicts->effect = OUTCOME_ERROR; /* nothing was judged */
}
