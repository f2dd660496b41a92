/** Derived budgets: arithmetic over other budgets' statistics, with units checked. */
#ifndef BUDGET_DERIVE_H
#define BUDGET_DERIVE_H

#include "base/units.h"
#include "budget/budget.h"

enum derive_kind {
    DERIVE_NUMBER,
    DERIVE_OPERAND,
    DERIVE_ADD,
    DERIVE_SUBTRACT,
    DERIVE_MULTIPLY,
    DERIVE_DIVIDE
};

/** A node of the expression's tree. */
struct derive_node {
    enum derive_kind kind;
    struct unit_dimension dimension; /**< exponents of bytes and seconds */
    double number;                   /**< DERIVE_NUMBER, base unit */
    size_t budget;                   /**< DERIVE_OPERAND: index of the budget in the set */
    struct limit operand; /**< DERIVE_OPERAND: metric, statistic, pattern (no wildcard) */
    const struct derive_node *left, *right;
};

struct derive {
    const char *text; /**< as written */
    const struct derive_node *root;
    enum probe_unit unit; /**< of the result */
    size_t operands;      /**< how many operands, counted with repetition */
    size_t noisy;         /**< how many of them are noisy */
    size_t nodes;         /**< of the tree, counted with repetition: at most DERIVE_NODES_MAX */
    struct probe_metric metric; /**< the metric `value` of this budget; its statistic is "": it is
                                   one number, and limits on it are not statistical */
};

/** Bounds both the depth of a tree and the work of computing it. */
enum { DERIVE_NODES_MAX = 256 };

/**
 * Parses and resolves an expression against the set. Operands name the budget that measures: `of`
 * is followed, and a derived budget's expression takes its place in the tree, so that
 * DERIVE_OPERAND is always a budget with a probe. The derived budgets it leans on must have been
 * parsed before; cycles are found by the caller. `text` is kept. On failure `derive` is untouched.
 */
bool derive_parse(struct arena *arena, const struct budget_set *set, const char *text,
                  double kilobyte, struct place place, struct derive *derive, struct diags *diags);

#endif
