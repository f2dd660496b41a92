/** How far sampling has come, for those who wait. */
#ifndef VERDICT_PROGRESS_H
#define VERDICT_PROGRESS_H

#include "verdict/verdict.h"

/** How far an undecided budget has come. */
struct verdict_progress {
    const struct limit *limit; /**< of the row that is furthest from a decision; NULL: none open */
    enum probe_unit unit;
    bool change; /**< it compares with earlier code: observed, low and high are the change, a share
                  */
    size_t open; /**< undecided rows that more samples can decide */
    uint64_t samples; /**< of that row; of pairs, how many */
    double observed;  /**< its estimate; NaN: none */
    double low, high; /**< its interval; NaN: open end */
    double share;     /**< of the evidence, or of the samples, that a decision takes, 0..1; NaN
                         where it is not known */
    double runs_more; /**< about so many further runs would decide, not before the next look; NaN:
                         hardly any number */
};

/** Looks at the rows of budget `index` alone and changes nothing; for the thread that asks
 * verdicts_wanted for it. */
void verdicts_progress(const struct verdicts *verdicts, size_t index,
                       const struct measurement *measurement, struct verdict_progress *progress);

#endif
