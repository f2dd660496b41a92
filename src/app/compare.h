/** Comparing two stored reports, metric by metric. */
#ifndef APP_COMPARE_H
#define APP_COMPARE_H

#include "report/comparison.h"

/** Reads both and compares every metric that either holds. Information, no gate: the exit code is 0
 * whatever changed, 3 where no metric is in both, and that of the errors where a report cannot be
 * read; then `comparison->rows` may be NULL. */
int compare_run(struct arena *arena, const char *before, const char *after,
                struct comparison *comparison, struct diags *diags);

#endif
