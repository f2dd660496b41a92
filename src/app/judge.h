/** Judging stored measurements again, by replaying the looks that were made while they came in. */
#ifndef APP_JUDGE_H
#define APP_JUDGE_H

#include "app/outputs.h"
#include "budget/budget.h"

struct judge_request {
    const char *path; /**< of the JSON report; "-": standard input */
    const struct budget_request
        *budget; /**< judge by these files instead; NULL: the report's own limits */
    struct outputs_request outputs;
    bool report_only;
    struct verdict_options verdict;
};

/**
 * Reads the report, judges its measurements and writes `outputs`. The verdicts of an unchanged
 * report come out as they were; where they do not, a warning says so. Returns the exit code;
 * `report->set` is NULL when nothing could be judged.
 */
int judge_run(struct arena *arena, const struct judge_request *request, struct report *report,
              struct diags *diags);

#endif
