/** What a budget file says that is no mistake, but will cost somebody time. */
#ifndef APP_LINT_REVIEW_H
#define APP_LINT_REVIEW_H

#include "budget/budget.h"

/** Days left from which on a live waiver is warned of; 14 is still warned of. */
enum { LINT_WAIVER_DAYS = 14 };

/**
 * Adds a warning for every selected budget with limits that says no `why`, whose waiver ends
 * within LINT_WAIVER_DAYS, or that asks the same of the same as an earlier one: probe, target,
 * options and limits. Measures nothing and never fails.
 */
void lint_review(const struct budget_set *set, struct diags *diags);

#endif
