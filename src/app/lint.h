/** What a budget file says wrong beyond its syntax, found without measuring anything. */
#ifndef APP_LINT_H
#define APP_LINT_H

#include "budget/budget.h"

/**
 * Adds an error (or a warning, for `check`) for every limit that can never be proven within its
 * budget's runs, or with the samples its probe expects: its minimum comes from the judging code
 * itself. Limits of metrics that may give
 * many samples a run (those that options declare) are left alone. Returns true when nothing was
 * found.
 */
bool lint_limits(const struct budget_set *set, enum diag_level level, struct diags *diags);

#endif
