/** Text to value and value to text, in one place: every quantity is one double in its base unit. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>

#include "base/arena.h"
#include "perfbudget/probe.h"

/** A value with its unit: bytes, seconds, per second, ratio, count. */
struct quantity {
    double value;
    enum probe_unit unit;
    bool bare; /**< written without a unit: fits count, ratio, and bytes, never a time or a rate */
};

/** Why a text is no quantity: both NULL when it is one. `hint` may be NULL. Static or arena text.
 */
struct unit_problem {
    const char *message, *hint;
};

/**
 * Reads one quantity: a decimal number, optionally one blank, optionally a unit (design section 3,
 * "Values"). `kilobyte` is 1000 or 1024 and decides KB, MB, GB; kB is always 1000, KiB, MiB, GiB
 * always 1024. Refused, each with a message that says what to write: nan, inf, hex, exponents
 * beyond double, K, Kb, k, integers above 2^53, thousands separators, anything left over, empty
 * text. Negative numbers parse; who forbids them says so. Independent of the locale.
 */
bool unit_parse(struct arena *arena, const char *text, double kilobyte, struct quantity *quantity,
                struct unit_problem *problem);

/** A plain decimal number, same strictness (but -0 reads as 0); returns false on anything else. */
bool number_parse(const char *text, double *value);

/** As number_parse, times `scale`; rounded once where scale is a power of ten, so that "12.3" read
 * as ms is the same double as the limit `12.3ms`. */
bool number_parse_scaled(const char *text, double scale, double *value);

/** Multiplier and base unit of a unit word alone ("ms", "KB", "/s", "%", "pages", "" for a count).
 */
bool unit_word(const char *word, double kilobyte, double *scale, enum probe_unit *unit);

/** For people: "102.4 KB", "12.3 ms", "1,234/s", "0.12 %". Decimal prefixes, 4 significant digits,
 * but counts and rates whole from 1,000 on. "none" for what is not finite.
 */
const char *unit_show(struct arena *arena, double value, enum probe_unit unit);

/** Exactly readable back by unit_parse with the same unit, as short as that allows: "100000 B",
 * "0.0123 s". */
const char *unit_exact(struct arena *arena, double value, enum probe_unit unit);

/** Short symbol of the base unit for reports: "B", "s", "/s", "B/s", "ratio" -> "1", count -> "".
 */
const char *unit_symbol(enum probe_unit unit);

/** Whether a quantity may stand where `unit` is expected (a bare number fits bytes, counts and
 * ratios). */
bool unit_fits(const struct quantity *quantity, enum probe_unit unit);

/** The shortest decimal text that reads back as the same double; integers below 2^53 without
 * exponent. "none" for what is not finite. */
const char *number_text(struct arena *arena, double value);

/** Exponents of bytes and seconds, for arithmetic on units; counts and ratios are without
 * dimension. */
struct unit_dimension {
    int bytes, seconds;
};
struct unit_dimension unit_dimension_of(enum probe_unit unit);
/** The unit with that dimension, PROBE_RATIO for none; false if no unit has it (a time squared). */
bool unit_of_dimension(struct unit_dimension dimension, enum probe_unit *unit);

#endif
