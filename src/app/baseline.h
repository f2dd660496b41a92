/** Stored reports as baselines: what they measured, for the budgets at hand, and whether their
 * times can be compared with those of this machine. */
#ifndef APP_BASELINE_H
#define APP_BASELINE_H

#include "report/report.h"

/** A measurement of a stored report with the metric numbers of another set's budget. */
const struct measurement *measurement_renumbered(struct arena *arena,
                                                 const struct measurement *from,
                                                 const struct budget *budget);

/** Bases by budget of `stored`, wanted for those of `set`. */
struct bases_request {
    const struct budget_set *set, *stored;
    const struct verdict_base *bases;
};
struct verdict_base *bases_renumbered(struct arena *arena, const struct bases_request *request);

/** What a report measured, by budget of `set` (NULL where it did not), and the report itself. NULL
 * with an error where it cannot be read. */
struct verdict_base *baseline_bases(struct arena *arena, const char *path,
                                    const struct budget_set *set, struct report *report,
                                    struct diags *diags);

/** A report as the baseline of a set's budgets. NULL with an error where it cannot be read. */
struct report_against *baseline_read(struct arena *arena, const char *path,
                                     const struct budget_set *set, const struct environment *here,
                                     struct diags *diags);

/** What differs between two machines, as one phrase; NULL: nothing that is known to matter. */
const char *environment_differences(struct arena *arena, const struct environment *then,
                                    const struct environment *now);

/** Hands what a run is compared with to the verdicts. `against` may be NULL. */
void against_options(const struct report_against *against, struct verdict_options *options);

#endif
