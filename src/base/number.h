/** Decimal text to double and back, correctly rounded and independent of the locale; units.c stands
 * on it. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** Largest integer up to which every integer is a double: 2^53. */
#define NUMBER_LARGEST_INTEGER 9007199254740992.0

enum number_fault {
    NUMBER_FINE,
    NUMBER_TOO_LARGE, /**< beyond double, or an integer above 2^53 */
    NUMBER_TOO_SMALL, /**< digits other than 0, but nearer to 0 than any double */
    NUMBER_TOO_LONG,  /**< more than 128 bytes */
};

/** Bytes of the longest prefix that is a number by the grammar of RFC 8259, section 6; 0 for none.
 */
size_t number_scan(const char *text);

/** The value of `length` scanned bytes times 10^shift, rounded once. -0 becomes 0. */
enum number_fault number_value(const char *text, size_t length, int shift, double *value);

/** One to sixteen digits 0-9a-f, as fingerprints are written; false for anything else. */
bool number_hex(const char *text, uint64_t *value);

/** Shortest decimal text of value times 10^shift that reads back the same; finite values only. */
const char *number_decimal(struct arena *arena, double value, int shift);

#endif
