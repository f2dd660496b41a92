/** Time: monotonic for durations, wall clock for stamps only. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/** CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_now(void);

/** Seconds between two values of clock_now. */
static inline double clock_seconds(uint64_t from, uint64_t to) {
    return (double)(to - from) / 1e9;
}

/** Seconds as nanoseconds; 0 for negative ones, and at most thirty years, far from where the sum
 * with clock_now would wrap. */
uint64_t clock_nanoseconds(double seconds);

/** The wall clock now, as "2026-11-20T10:00:00Z" (UTC). */
const char *clock_stamp(struct arena *arena);

/** Today in UTC as days since 1970-01-01. PERFBUDGET_TODAY=YYYY-MM-DD in the environment replaces
 * it in tests. */
int64_t clock_today(void);

/** Days since 1970-01-01 of "YYYY-MM-DD" (a real date of the Gregorian calendar); false otherwise.
 */
bool clock_date_parse(const char *text, int64_t *days);

#endif
