#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/text.h"
#include "base/units.h"

enum { SIGNIFICANT_DIGITS = 4 };

/* From `from` on a value is shown as value / scale and this symbol; the last row that fits counts.
 */
struct show_row {
    double from, scale;
    const char *symbol;
};

static const struct show_row byte_rows[] = {
    {0, 1, " B"}, {1e3, 1e3, " KB"}, {1e6, 1e6, " MB"}, {1e9, 1e9, " GB"}};
static const struct show_row second_rows[] = {{0, 1e-9, " ns"},    {1e-6, 1e-6, " \u00b5s"},
                                              {1e-3, 1e-3, " ms"}, {1, 1, " s"},
                                              {120, 60, " min"},   {7200, 3600, " h"}};

/* Rounded to the digits that are shown, so that 999.99 KB becomes 1 MB and not 1000 KB. */
static double rounded(double value) {
    if (value == 0) return 0;
    double scale = pow(10, SIGNIFICANT_DIGITS - 1 - floor(log10(fabs(value))));
    return isfinite(scale) && scale > 0 ? round(value * scale) / scale : value;
}

static const char *grouped(struct arena *arena, double whole) {
    char digits[400];
    int count = snprintf(digits, sizeof digits, "%.0f", fabs(whole));
    struct text made = text_begin(arena);
    if (whole < 0) text_add_char(&made, '-');
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) text_add_char(&made, ',');
        text_add_char(&made, digits[i]);
    }
    return made.data;
}

/* From 1,000 on whole and grouped, below with the significant digits. */
static const char *short_number(struct arena *arena, double value) {
    if (fabs(value) >= 1e15) return number_text(arena, value);
    if (fabs(rounded(value)) >= 1000 || value == floor(value)) return grouped(arena, round(value));
    return number_text(arena, rounded(value));
}

static const char *scaled(struct arena *arena, double value, const struct show_row *rows,
                          size_t count) {
    const struct show_row *row = rows;
    double shown = fabs(rounded(value));
    for (size_t i = 1; i < count; i++)
        if (shown >= rows[i].from) row = &rows[i];
    if (value == 0) row = rows[0].scale < 1 ? &rows[3] : rows; /* 0 s, not 0 ns */
    return text_format(arena, "%s%s", short_number(arena, rounded(value / row->scale)),
                       row->symbol);
}

const char *unit_show(struct arena *arena, double value, enum probe_unit unit) {
    if (!isfinite(value)) return "none";
    switch (unit) {
    case PROBE_COUNT:
        return short_number(arena, value);
    case PROBE_BYTES:
        return scaled(arena, value, byte_rows, array_length(byte_rows));
    case PROBE_SECONDS:
        return scaled(arena, value, second_rows, array_length(second_rows));
    case PROBE_RATIO:
        return text_format(arena, "%s %%", short_number(arena, rounded(value * 100)));
    case PROBE_PER_SECOND:
        return text_format(arena, "%s/s", short_number(arena, value));
    case PROBE_BYTES_PER_SECOND:
        return text_format(arena, "%s/s", scaled(arena, value, byte_rows, array_length(byte_rows)));
    }
    return "none";
}

const char *unit_exact(struct arena *arena, double value, enum probe_unit unit) {
    if (!isfinite(value)) return "none";
    switch (unit) {
    case PROBE_COUNT:
        return number_text(arena, value);
    case PROBE_BYTES:
        return text_format(arena, "%s B", number_text(arena, value));
    case PROBE_SECONDS:
        return text_format(arena, "%s s", number_text(arena, value));
    case PROBE_RATIO:
        return text_format(arena, "%s %%", number_decimal(arena, value, 2));
    case PROBE_PER_SECOND:
        return text_format(arena, "%s/s", number_text(arena, value));
    case PROBE_BYTES_PER_SECOND:
        return text_format(arena, "%s B/s", number_text(arena, value));
    }
    return "none";
}

const char *unit_symbol(enum probe_unit unit) {
    static const char *const symbols[] = {
        [PROBE_COUNT] = "",  [PROBE_BYTES] = "B",       [PROBE_SECONDS] = "s",
        [PROBE_RATIO] = "1", [PROBE_PER_SECOND] = "/s", [PROBE_BYTES_PER_SECOND] = "B/s"};
    return symbols[unit];
}

bool unit_fits(const struct quantity *quantity, enum probe_unit unit) {
    if (!quantity->bare) return quantity->unit == unit;
    return unit == PROBE_COUNT || unit == PROBE_BYTES || unit == PROBE_RATIO;
}

static const struct unit_dimension dimensions[] = {
    [PROBE_COUNT] = {0, 0}, [PROBE_BYTES] = {1, 0},       [PROBE_SECONDS] = {0, 1},
    [PROBE_RATIO] = {0, 0}, [PROBE_PER_SECOND] = {0, -1}, [PROBE_BYTES_PER_SECOND] = {1, -1}};

struct unit_dimension unit_dimension_of(enum probe_unit unit) {
    return dimensions[unit];
}

bool unit_of_dimension(struct unit_dimension dimension, enum probe_unit *unit) {
    for (size_t i = array_length(dimensions); i-- > 1;) { /* from the end: ratio before count */
        if (dimensions[i].bytes != dimension.bytes || dimensions[i].seconds != dimension.seconds)
            continue;
        *unit = (enum probe_unit)i;
        return true;
    }
    return false;
}
