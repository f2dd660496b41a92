/** What the last report says about the limits of a budget file. */
#ifndef APP_LINT_REPORT_H
#define APP_LINT_REPORT_H

#include "budget/budget.h"

/** A bound is far too loose when it is more than this many times what was measured. */
enum { LINT_LOOSE_TIMES = 10 };

/**
 * Adds a warning for every limit that what `path` (a JSON report of `check`) measured speaks
 * against, each by a check of the table in lint_report.c; measures nothing. Budgets that the report
 * lacks, or did not measure, are left alone. False with an error where the report cannot be read.
 */
bool lint_report(struct arena *arena, const struct budget_set *set, const char *path,
                 struct diags *diags);

#endif
