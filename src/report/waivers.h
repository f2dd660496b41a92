/** What a report says of waivers: how long they last, and whether they are still needed. */
#ifndef REPORT_WAIVERS_H
#define REPORT_WAIVERS_H

#include "report/report.h"

/** Whether a live waiver stands in for limits that would all be met without it, as measured now. */
bool waiver_needless(const struct budget_verdict *verdict);

/** "until 2026-12-01, 10 days left: New index", "expired after 2025-12-01, 355 days ago, ..";
 * NULL where the budget has none. Foreign text in it is not made inert. */
const char *waiver_text(struct arena *arena, const struct budget_verdict *verdict);

/** The waiver of a budget that was judged. */
struct report_waiver {
    const struct budget *budget;
    const char *text;      /**< waiver_text(); not inert */
    const char *state;     /**< "live", "needless", "expired" */
    enum diag_level level; /**< NOTE while it is needed, WARNING once it is not */
    bool told;             /**< by a finding: a row of its budget that is not plainly met */
};

/** All of them, in the order of the report. */
size_t report_waivers(struct arena *arena, const struct report *report,
                      struct report_waiver **waivers);

#endif
