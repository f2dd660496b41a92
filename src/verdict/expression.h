/** Derived budgets: their expression evaluated with intervals. */
#ifndef VERDICT_EXPRESSION_H
#define VERDICT_EXPRESSION_H

#include "budget/derive.h"
#include "verdict/verdict.h"

/** Bounds on an expression, whatever leans on whatever. */
enum { EXPRESSION_DEPTH_MAX = 256, EXPRESSION_NODES_MAX = 20000 };

/** A budget whose measurement another one judges: itself, or at the end of its `of`. */
size_t verdict_source(const struct budget_set *set, size_t index);

/** One statistic of one measured budget that a derived value needs. */
struct operand {
    const struct limit *limit;
    size_t source; /**< index of the measured budget */
};

/**
 * All measured operands of derived budget `index`, also those of derived budgets it leans on, with
 * repetition. False: too deep or too many; such an expression must not be evaluated.
 */
bool expression_operands(struct arena *arena, const struct budget_set *set, size_t index,
                         struct operand **operands, size_t *count);

/** How many of them are noisy, at least 1: alpha is split among them. */
size_t expression_noisy(const struct budget_set *set, const struct operand *operands, size_t count);

/** A value and where it lies; a point where low equals high. */
struct estimate {
    double value, low, high; /**< NaN ends: not known */
    bool exact;              /**< made of exact operands alone */
    bool descriptive;        /**< some operand carries no confidence */
    const char *problem;     /**< why there is no value; NULL */
};

struct expression_request {
    struct arena *arena; /**< takes the text of a problem */
    const struct verdicts *verdicts;
    const struct evidence *evidence; /**< by budget of the set */
    double confidence;
    double alpha; /**< of each noisy operand on each side, over all looks at it */
};

/**
 * The value of derived budget `index` by interval arithmetic: exact operands are points, noisy ones
 * their interval at alpha as the looks at their samples allow (Bonferroni, so the result holds with
 * the sum). Dividing by what may be 0 is a problem.
 */
struct estimate expression_evaluate(const struct expression_request *request, size_t index);

#endif
