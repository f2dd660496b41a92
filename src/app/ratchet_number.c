#include "app/ratchet_number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"

enum { DIGITS = 3 };

/* The byte a place begins at; columns count characters. */
static size_t place_offset(const struct ratchet *ratchet, const struct place *place) {
    size_t at = 0;
    for (int line = 1; line < place->line && at < ratchet->length; at++)
        line += ratchet->bytes[at] == '\n';
    for (int column = 1; column < place->column && at < ratchet->length; column++) {
        unsigned point;
        size_t size = text_utf8_length(ratchet->bytes + at, ratchet->length - at, &point);
        at += size ? size : 1;
    }
    return at;
}

bool ratchet_number_find(struct arena *arena, const struct ratchet *ratchet,
                         const struct limit *limit, double kilobyte,
                         struct ratchet_number *number) {
    const char *bytes = ratchet->bytes, *const signs = "'\"<>= ";
    size_t at = place_offset(ratchet, &limit->place), end = 0;
    double value = 0;
    enum probe_unit unit;
    while (at < ratchet->length && bytes[at] && strchr(signs, bytes[at])) at++;
    for (end = at; end < ratchet->length; end++)
        if (!isdigit((unsigned char)bytes[end]) && bytes[end] != '.') break;
    const char *digits = text_copy_bytes(arena, bytes + at, end - at);
    bool blank = end < ratchet->length && bytes[end] == ' ';
    size_t length = strcspn(bytes + end + blank, "'\" ,}\t\r\n#");
    *number = (struct ratchet_number){.offset = at,
                                      .length = end - at + (length ? blank + length : 0),
                                      .blank = blank && length ? " " : "",
                                      .unit = text_copy_bytes(arena, bytes + end + blank, length)};
    if (!number_parse(digits, &value) || !unit_word(number->unit, kilobyte, &number->scale, &unit))
        return false;
    number->whole = limit->unit == PROBE_COUNT || (limit->unit == PROBE_BYTES && !*number->unit) ||
                    strcmp(number->unit, "B") == 0;
    return fabs(value * number->scale - limit->bound) <= 1e-9 * fabs(limit->bound);
}

void ratchet_number_fit(struct ratchet_number *number, double bound, double kilobyte) {
    static const char *const smaller[][2] = {
        {"GB", "MB"}, {"MB", "KB"}, {"KB", "B"},  {"kB", "B"}, {"GiB", "MiB"}, {"MiB", "KiB"},
        {"KiB", "B"}, {"h", "min"}, {"min", "s"}, {"s", "ms"}, {"ms", "us"},
    };
    enum probe_unit unit;
    for (size_t i = 0; i < array_length(smaller); i++)
        if (bound < number->scale / 10 && strcmp(number->unit, smaller[i][0]) == 0) {
            number->unit = smaller[i][1];
            unit_word(number->unit, kilobyte, &number->scale, &unit);
            number->whole = strcmp(number->unit, "B") == 0;
        }
}

/* Digits behind the point that three digits in all leave. */
static int decimals_of(const struct ratchet_number *number, double bound) {
    double digits = floor(log10(bound / number->scale));
    return number->whole || digits >= DIGITS - 1 ? 0 : (int)(DIGITS - 1 - digits);
}

double ratchet_round(const struct ratchet_number *number, double bound, bool upper) {
    double digits = floor(log10(bound / number->scale)) - (DIGITS - 1);
    double step = pow(10, number->whole ? fmax(digits, 0) : digits);
    double steps = bound / number->scale / step;
    /* what is a whole number of steps but for the last bits is one */
    steps = upper ? ceil(steps * (1 - 1e-12)) : floor(steps * (1 + 1e-12));
    return steps * step * number->scale;
}

const char *ratchet_number_text(struct arena *arena, const struct ratchet_number *number,
                                double bound) {
    struct text text = text_begin(arena);
    text_add_format(&text, "%.*f", decimals_of(number, bound), bound / number->scale);
    if (strchr(text.data, '.')) {
        while (text.data[text.length - 1] == '0') text.data[--text.length] = '\0';
        if (text.data[text.length - 1] == '.') text.data[--text.length] = '\0';
    }
    return text_format(arena, "%s%s%s", text.data, number->blank, number->unit);
}
