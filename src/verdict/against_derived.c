#include <math.h>

#include "base/text.h"
#include "verdict/against.h"
#include "verdict/change.h"
#include "verdict/expression.h"

/* One derived row, and both sides of it. */
struct deriving {
    const struct verdicts *verdicts;
    const struct evidence *evidence; /* of head, by budget */
    const struct budget *budget;
    size_t index;
    struct operand *operands;
    size_t count;
    struct arena *scratch;
};

static bool is_noisy(const struct deriving *deriving, const struct operand *operand) {
    const struct budget *source = &deriving->verdicts->set->budgets[operand->source];
    return source->metrics.items[operand->limit->metric]->nature == PROBE_NOISY;
}

/* An outcome without numbers; the reason is kept. */
static bool undecided(struct verdict_row *row, enum outcome outcome, const char *reason) {
    row->outcome = outcome;
    row->reason = reason;
    return false;
}

/* Whether the base has all that the value is made of; else the row says why not. */
static bool base_is_there(const struct deriving *deriving, struct verdict_row *row) {
    const struct verdict_base *bases = deriving->verdicts->options.bases;
    for (size_t i = 0; i < deriving->count; i++) {
        const struct verdict_base *base = &bases[deriving->operands[i].source];
        if (base->problem) return undecided(row, OUTCOME_ERROR, base->problem);
        if (!base->measurement || base->measurement->missing)
            return undecided(row, OUTCOME_SKIPPED, "new");
    }
    return true;
}

/* Why what was measured cannot be held against each other; NULL: it can. */
static const char *why_not(const struct deriving *deriving) {
    const struct verdict_options *options = &deriving->verdicts->options;
    struct arena *arena = deriving->verdicts->arena;
    for (size_t i = 0; i < deriving->count; i++) {
        const struct operand *operand = &deriving->operands[i];
        const struct measurement *head = deriving->evidence[operand->source].measurement;
        const struct measurement *base = options->bases[operand->source].measurement;
        uint32_t number = operand->limit->metric;
        if (options->bases[operand->source].other) return options->bases[operand->source].other;
        if (!is_noisy(deriving, operand)) {
            const char *now = head->methods ? head->methods[number] : NULL;
            const char *then = base->methods ? base->methods[number] : NULL;
            if (!text_equal(now, then))
                return text_format(arena, "`%s` was measured by another method",
                                   operand->limit->key);
            continue;
        }
        if (options->basis != BASIS_STORED) continue;
        if (options->incomparable) return options->incomparable;
        size_t fewest = head->runs < base->runs ? head->runs : base->runs;
        if (fewest < CHANGE_LAUNCHES_MIN)
            return text_format(arena, "%zu launches of `%s`, %d are needed on both sides", fewest,
                               operand->limit->key, CHANGE_LAUNCHES_MIN);
    }
    return NULL;
}

static struct estimate side_of(const struct deriving *deriving, const struct evidence *evidence) {
    double noisy =
        (double)expression_noisy(deriving->verdicts->set, deriving->operands, deriving->count);
    const struct expression_request request = {
        .arena = deriving->verdicts->arena,
        .verdicts = deriving->verdicts,
        .evidence = evidence,
        .confidence = deriving->budget->confidence,
        .alpha = alpha_of(deriving->budget->confidence) / noisy / 2,
    };
    return expression_evaluate(&request, deriving->index);
}

static struct evidence *base_evidence(const struct deriving *deriving) {
    size_t count = deriving->verdicts->set->count;
    struct evidence *evidence = arena_alloc(deriving->scratch, (count + 1) * sizeof *evidence);
    for (size_t i = 0; i < count; i++) {
        evidence[i].measurement = deriving->verdicts->options.bases[i].measurement;
        evidence[i].started = evidence[i].measurement != NULL;
    }
    return evidence;
}

static void compare(const struct deriving *deriving, struct verdict_row *row) {
    struct estimate now = side_of(deriving, deriving->evidence);
    struct estimate then = side_of(deriving, base_evidence(deriving));
    if (now.problem || then.problem) {
        undecided(row, OUTCOME_ERROR, now.problem ? now.problem : then.problem);
        return;
    }
    double alpha = alpha_of(deriving->budget->confidence);
    const struct change_question question = {
        .limit = row->limit,
        .metric = deriving->budget->metrics.items[row->limit->metric],
        .confidence = deriving->budget->confidence,
        .alpha_pass = alpha,
        .alpha_fail = alpha,
    };
    const struct change_side head = {now.value, now.low, now.high};
    const struct change_side base = {then.value, then.low, then.high};
    bool exact = now.exact && then.exact;
    struct change change = exact ? change_exact(&question, now.value, then.value)
                                 : change_between(&question, &head, &base);
    const char *undecidable = why_not(deriving);
    if (undecidable) change.answer.outcome = OUTCOME_INCONCLUSIVE;
    change.answer.problem = undecidable;
    row_take_change(row, &change);
    row->matched = 1;
    row->broken = row->outcome == OUTCOME_FAIL;
}

void against_derived(const struct verdicts *verdicts, const struct evidence *evidence, size_t index,
                     struct verdict_row *row) {
    struct deriving deriving = {.verdicts = verdicts,
                                .evidence = evidence,
                                .budget = &verdicts->set->budgets[index],
                                .index = index,
                                .scratch = arena_new()};
    if (!expression_operands(deriving.scratch, verdicts->set, index, &deriving.operands,
                             &deriving.count))
        undecided(row, OUTCOME_ERROR, "the expression is too large");
    else if (base_is_there(&deriving, row))
        compare(&deriving, row);
    row->decided = true;
    arena_free(deriving.scratch);
}
