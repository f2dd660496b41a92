/** What a report says of waivers: how long they last, and whether they are still needed. */
#ifndef REPORT_WAIVERS_H
#define REPORT_WAIVERS_H

#include "verdict/verdict.h"

/** Whether a live waiver stands in for limits that would all be met without it, as measured now. */
bool waiver_needless(const struct budget_verdict *verdict);

/** "until 2026-12-01, 10 days left: New index", "expired after 2025-12-01, 355 days ago, ..";
 * NULL where the budget has none. Foreign text in it is not made inert. */
const char *waiver_text(struct arena *arena, const struct budget_verdict *verdict);

#endif
