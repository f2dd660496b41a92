#include "verdict/expression.h"

#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "verdict/judge.h"
#include "verdict/schedule.h"
#include "verdict/selection.h"

size_t verdict_source(const struct budget_set *set, size_t index) {
    for (size_t steps = 0; steps < set->count && set->budgets[index].of; steps++)
        index = set->budgets[index].source;
    return index;
}

struct collecting {
    struct arena *arena;
    const struct budget_set *set;
    struct operand *operands;
    size_t count, nodes;
};

static bool collect(struct collecting *collecting, const struct derive_node *node, unsigned depth) {
    if (depth > EXPRESSION_DEPTH_MAX || ++collecting->nodes > EXPRESSION_NODES_MAX) return false;
    if (node->kind == DERIVE_NUMBER) return true;
    if (node->kind != DERIVE_OPERAND)
        return collect(collecting, node->left, depth + 1) &&
               collect(collecting, node->right, depth + 1);
    size_t source = verdict_source(collecting->set, node->budget);
    const struct budget *budget = &collecting->set->budgets[source];
    if (budget->derive) return collect(collecting, budget->derive->root, depth + 1);
    *array_add(collecting->arena, collecting->operands, collecting->count) =
        (struct operand){.limit = &node->operand, .source = source};
    return true;
}

bool expression_operands(struct arena *arena, const struct budget_set *set, size_t index,
                         struct operand **operands, size_t *count) {
    struct collecting collecting = {.arena = arena, .set = set};
    bool whole = collect(&collecting, set->budgets[index].derive->root, 0);
    *operands = collecting.operands;
    *count = collecting.count;
    return whole;
}

size_t expression_noisy(const struct budget_set *set, const struct operand *operands,
                        size_t count) {
    size_t noisy = 0;
    for (size_t i = 0; i < count; i++) {
        const struct metrics *metrics = &set->budgets[operands[i].source].metrics;
        noisy += metrics->items[operands[i].limit->metric]->nature == PROBE_NOISY;
    }
    return noisy ? noisy : 1;
}

static struct estimate estimate_problem(const char *problem) {
    return (struct estimate){.value = NAN, .low = NAN, .high = NAN, .problem = problem};
}

static struct estimate estimate_of_answer(const struct expression_request *request,
                                          const struct limit *limit, const struct answer *answer) {
    if (answer->unbounded)
        return estimate_problem(text_format(request->arena, "`%s` has no bound", limit->key));
    if (answer->outcome == OUTCOME_ERROR)
        return estimate_problem(
            text_format(request->arena, "`%s`: %s", limit->key, answer->problem));
    return (struct estimate){.value = answer->observed,
                             .low = answer->low,
                             .high = answer->high,
                             .exact = text_equal(answer->test.name, "exact"),
                             .descriptive = text_equal(answer->test.name, "descriptive") ||
                                            text_equal(answer->test.name, "interval")};
}

static struct answer operand_judge(const struct expression_request *request, size_t source,
                                   const struct limit *limit, const struct series *series) {
    const struct budget *budget = &request->verdicts->set->budgets[source];
    const struct verdict_schedule *schedule = &request->verdicts->schedules[source];
    const struct measurement *measurement = request->evidence[source].measurement;
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    struct question question = {
        .limit = limit,
        .metric = metric,
        .claim = {.operator= LIMIT_AT_MOST, .upper = metric->better != PROBE_HIGHER},
        .confidence = request->confidence,
        .alpha_pass = request->alpha,
        .alpha_fail = request->alpha,
        .spent = schedule->share,
        .sampling = schedule->sampling,
        .operand = true,
        .look = schedule->look,
        .first_runs = schedule_first(schedule, budget),
        .runs = measurement->runs,
    };
    struct answer answer = judge_series(&question, series);
    bool proves = text_equal(answer.test.name, "exact") ||
                  text_equal(answer.test.name, "descriptive") || question.runs >= 2 ||
                  !budget_is_repeatable(budget);
    if (!proves) answer.low = answer.high = NAN; /* one launch says nothing of the next */
    bool covered = question.runs >= question.first_runs;
    if (text_equal(answer.test.name, "descriptive") && covered)
        answer.low = answer.high = answer.observed;
    return answer;
}

/* Only the estimate and its interval are used of the answer: the claim is none. */
static struct estimate operand_evaluate(const struct expression_request *request, size_t source,
                                        const struct limit *limit) {
    const struct budget *budget = &request->verdicts->set->budgets[source];
    const struct evidence *evidence = &request->evidence[source];
    if (!evidence->started || !evidence->measurement || evidence->measurement->missing)
        return estimate_problem(text_format(request->arena, "`%s` was not measured", budget->id));
    struct arena *scratch = arena_new();
    struct selection selection = selection_make(scratch, evidence->measurement, NULL, limit);
    struct estimate estimate;
    if (selection.count != 1) {
        estimate = estimate_problem(
            text_format(request->arena, "`%s.%s` was not measured", budget->id, limit->key));
    } else if (selection.absent && !selection.items[0].between) {
        estimate = (struct estimate){.exact = true};
    } else {
        struct answer answer = operand_judge(request, source, limit, &selection.items[0]);
        estimate = estimate_of_answer(request, limit, &answer);
    }
    arena_free(scratch);
    return estimate;
}

static struct estimate product_of(const struct estimate *a, const struct estimate *b) {
    double corners[] = {a->low * b->low, a->low * b->high, a->high * b->low, a->high * b->high};
    struct estimate product = {.value = a->value * b->value, .low = corners[0], .high = corners[0]};
    for (size_t i = 1; i < array_length(corners); i++) {
        product.low = fmin(product.low, corners[i]);
        product.high = fmax(product.high, corners[i]);
    }
    if (isnan(a->low) || isnan(a->high) || isnan(b->low) || isnan(b->high))
        product.low = product.high = NAN;
    return product;
}

/* An open end may be anything, so 0 may lie there. */
static struct estimate quotient_of(const struct estimate *a, const struct estimate *b) {
    if (b->value == 0) return estimate_problem("division by zero");
    bool open = isnan(b->low) || isnan(b->high);
    if (!open && b->low <= 0 && b->high >= 0)
        return estimate_problem("division by zero may happen: the interval of the divisor holds 0");
    struct estimate inverse = {.value = b->value, .low = NAN, .high = NAN};
    if (!open) inverse = (struct estimate){.value = 1, .low = 1 / b->high, .high = 1 / b->low};
    struct estimate quotient = product_of(a, &inverse);
    quotient.value = a->value / b->value;
    if (b->low == b->high && a->low == a->high) quotient.low = quotient.high = quotient.value;
    return quotient;
}

static struct estimate combine(enum derive_kind kind, const struct estimate *a,
                               const struct estimate *b) {
    switch (kind) {
    case DERIVE_ADD:
        return (struct estimate){
            .value = a->value + b->value, .low = a->low + b->low, .high = a->high + b->high};
    case DERIVE_SUBTRACT:
        return (struct estimate){
            .value = a->value - b->value, .low = a->low - b->high, .high = a->high - b->low};
    case DERIVE_MULTIPLY:
        return product_of(a, b);
    case DERIVE_DIVIDE:
        return quotient_of(a, b);
    case DERIVE_NUMBER:
    case DERIVE_OPERAND:
        break;
    }
    return estimate_problem("not an operation");
}

static struct estimate evaluate(const struct expression_request *request,
                                const struct derive_node *node, unsigned depth) {
    if (depth > EXPRESSION_DEPTH_MAX) return estimate_problem("the expression is too deep");
    if (node->kind == DERIVE_NUMBER)
        return (struct estimate){
            .value = node->number, .low = node->number, .high = node->number, .exact = true};
    if (node->kind == DERIVE_OPERAND) {
        const struct budget_set *set = request->verdicts->set;
        size_t source = verdict_source(set, node->budget);
        const struct derive *derive = set->budgets[source].derive;
        return derive ? evaluate(request, derive->root, depth + 1)
                      : operand_evaluate(request, source, &node->operand);
    }
    struct estimate left = evaluate(request, node->left, depth + 1);
    if (left.problem) return left;
    struct estimate right = evaluate(request, node->right, depth + 1);
    if (right.problem) return right;
    struct estimate result = combine(node->kind, &left, &right);
    result.exact = left.exact && right.exact;
    result.descriptive = left.descriptive || right.descriptive;
    if (!result.problem && !isfinite(result.value))
        return estimate_problem("the value is not a finite number");
    return result;
}

struct estimate expression_evaluate(const struct expression_request *request, size_t index) {
    return evaluate(request, request->verdicts->set->budgets[index].derive->root, 0);
}
