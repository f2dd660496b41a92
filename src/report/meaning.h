/** What an exit code and a summary mean, in a few words. */
#ifndef REPORT_MEANING_H
#define REPORT_MEANING_H

#include "report/report.h"

/** "a limit is broken", "all limits are met": why the run ended with its exit code. */
const char *exit_meaning(struct arena *arena, const struct report *report);

/** "2 fail, 1 warn, 12 pass"; "nothing was judged". */
const char *report_counts(struct arena *arena, const struct report *report);

/** "The machine was loud: load 7.2 on 2 cores.", where that may be why something timed failed or
 * was not proven; NULL: it was not, or nothing was. */
const char *report_loudness(struct arena *arena, const struct report *report);

/** Whether every row was skipped, or there was none. */
bool nothing_judged(const struct verdicts *verdicts);

/** Whether some row's reason is this message already: a problem often is why a row could not be
 * judged, and need not be said twice. */
bool reason_tells(const struct budget_verdict *verdict, const char *message);

#endif
