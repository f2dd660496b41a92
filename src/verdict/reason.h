/** What people read of a row: why it came out so, and what would settle it. */
#ifndef VERDICT_REASON_H
#define VERDICT_REASON_H

#include "verdict/verdict.h"

struct reason_request {
    struct arena *arena;
    const struct budget *budget;     /**< whose row it is */
    const struct budget *source;     /**< whose runs they are */
    const struct evidence *evidence; /**< of the source; NULL: derived */
};

/** One phrase for a row that has none yet: "23.5 % over". */
const char *reason_text(const struct reason_request *request, const struct verdict_row *row);

/**
 * What would settle an inconclusive row: "about 140 more runs", from the share seen so far at the
 * error of its last look. NULL for other rows and where nothing can be said.
 */
const char *reason_settle(const struct reason_request *request, const struct verdict_row *row);

/** About so many kept samples would decide a binomial test or e-process at the share seen so far;
 * NaN: hardly any number. */
double settle_count(const struct verdict_test *test);

#endif
