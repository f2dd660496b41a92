/** The number of a limit in the text of its file; private to src/app/ratchet*.c. */
#ifndef APP_RATCHET_NUMBER_H
#define APP_RATCHET_NUMBER_H

#include "app/ratchet.h"

struct ratchet_number {
    size_t offset, length; /**< bytes of the number and its unit */
    const char *blank;     /**< between the two: " " or "" */
    const char *unit;      /**< what stands behind it: "KB", "" */
    double scale;          /**< base units of 1 */
    bool whole;            /**< it can only be a whole number */
};

/** Finds it behind quotes and signs. False where the text there is not the bound: a variable, say.
 */
bool ratchet_number_find(struct arena *arena, const struct ratchet *ratchet,
                         const struct limit *limit, double kilobyte, struct ratchet_number *number);

/** Turns to the next smaller unit where the bound would be less than a tenth of this one: 47.3KB
 * instead of 0.0473MB. */
void ratchet_number_fit(struct ratchet_number *number, double bound, double kilobyte);

/** A bound in base units, rounded away from what was measured to three digits of its unit. */
double ratchet_round(const struct ratchet_number *number, double bound, bool upper);

/** A rounded bound as it is written, with its unit. */
const char *ratchet_number_text(struct arena *arena, const struct ratchet_number *number,
                                double bound);

#endif
