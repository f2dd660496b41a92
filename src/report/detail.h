/** What a reader needs once a limit is not plainly met: why it exists, what to do, where it stands.
 */
#ifndef REPORT_DETAIL_H
#define REPORT_DETAIL_H

#include "report/sheet.h"

/** Whether budget `index` has anything to explain. */
bool detail_needed(const struct report *report, size_t index);

/** Its block: each row that is not plainly met, its parts, problems, why, fix, owner, waiver. */
void detail_add(struct sheet *sheet, const struct report *report, size_t index);

/** What else is worth knowing: metrics without a limit, how they were obtained, the machine. */
void verbose_add(struct sheet *sheet, const struct report *report);
/** Of every noisy metric with a limit, how its samples are spread, and where the limit lies. */
void histograms_add(struct sheet *sheet, const struct report *report);

#endif
