#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

enum {
    LONGEST_NUMBER = 128,
    LARGEST_EXPONENT = 100000, /* far beyond double; larger ones are cut to this */
    DIGITS_OF_DOUBLE = 17,     /* always enough to read a double back */
    INTEGER_DIGITS = 16,       /* of 2^53 */
};

static size_t digits_scan(const char *text) {
    return strspn(text, "0123456789");
}

static size_t exponent_scan(const char *text) {
    if (*text != 'e' && *text != 'E') return 0;
    size_t sign = text[1] == '+' || text[1] == '-';
    size_t digits = digits_scan(text + 1 + sign);
    return digits ? 1 + sign + digits : 0;
}

size_t number_scan(const char *text) {
    size_t at = text[0] == '-';
    size_t whole = digits_scan(text + at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return 0;
    at += whole;
    size_t fraction = text[at] == '.' ? digits_scan(text + at + 1) : 0;
    if (fraction) at += 1 + fraction;
    return at + exponent_scan(text + at);
}

static long exponent_value(const char *text, size_t length) {
    long exponent = 0;
    bool negative = length > 1 && text[1] == '-';
    for (size_t i = 1; i < length; i++)
        if (text[i] >= '0' && text[i] <= '9' && exponent < LARGEST_EXPONENT)
            exponent = exponent * 10 + (text[i] - '0');
    return negative ? -exponent : exponent;
}

/* newlocale of "C" hands out a static object, so this costs nothing and cannot fail. */
static double decimal_value(const char *text) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = strtod_l(text, NULL, plain);
    freelocale(plain);
    return value;
}

static bool integer_too_large(const char *text, size_t length) {
    size_t sign = text[0] == '-', digits = length - sign;
    if (digits != digits_scan(text + sign) || digits < INTEGER_DIGITS) return false;
    return digits > INTEGER_DIGITS || strncmp(text + sign, "9007199254740992", digits) > 0;
}

enum number_fault number_value(const char *text, size_t length, int shift, double *value) {
    size_t mantissa = strcspn(text, "eE");
    if (mantissa > length) mantissa = length;
    if (length > LONGEST_NUMBER) return NUMBER_TOO_LONG;
    if (integer_too_large(text, mantissa)) return NUMBER_TOO_LARGE;
    long exponent = exponent_value(text + mantissa, length - mantissa);
    char shifted[LONGEST_NUMBER + 32];
    snprintf(shifted, sizeof shifted, "%.*se%ld", (int)mantissa, text, exponent + shift);
    double read = decimal_value(shifted);
    if (!isfinite(read)) return NUMBER_TOO_LARGE;
    size_t zeros = strspn(shifted, "-0.");
    if (read == 0 && zeros < mantissa) return NUMBER_TOO_SMALL;
    *value = read + 0.0;
    return NUMBER_FINE;
}

bool number_parse(const char *text, double *value) {
    size_t length = number_scan(text);
    if (length == 0 || text[length] != '\0') return false;
    return number_value(text, length, 0, value) == NUMBER_FINE;
}

/* k where scale is 10^k, else 0: then the decimal text is shifted and rounding happens once. */
static int power_of_ten(double scale) {
    char text[32];
    for (int k = -9; k <= 9; k++) {
        snprintf(text, sizeof text, "1e%d", k);
        if (decimal_value(text) == scale) return k;
    }
    return 0;
}

bool number_parse_scaled(const char *text, double scale, double *value) {
    size_t length = number_scan(text);
    if (length == 0 || text[length] != '\0') return false;
    int shift = power_of_ten(scale);
    double read = 0;
    if (number_value(text, length, shift, &read) != NUMBER_FINE) return false;
    read = shift ? read : read * scale;
    if (!isfinite(read)) return false;
    *value = read;
    return true;
}

/* "d.ddde+xx" that reads back the same. Up to 15 digits a decimal text and its double stand for
 * each other, so any shorter one shows as 15 digits that end in zeros, which the caller drops. */
static void shortest_scientific(double value, char *text, size_t size) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain);
    int first = value < DBL_MIN ? 0 : DBL_DIG - 1; /* denormal numbers hold fewer digits */
    for (int digits = first; digits < DIGITS_OF_DOUBLE; digits++) {
        snprintf(text, size, "%.*e", digits, value);
        if (strtod_l(text, NULL, plain) == value) break;
    }
    uselocale(before);
    freelocale(plain);
}

static void add_zeros(struct text *made, long count) {
    for (long i = 0; i < count; i++) text_add_char(made, '0');
}

/* Digits d1d2.. stand for 0.d1d2.. times 10^point. */
static void add_plain(struct text *made, const char *digits, long point) {
    long count = (long)strlen(digits);
    if (point <= 0) {
        text_add(made, "0.");
        add_zeros(made, -point);
        text_add(made, digits);
        return;
    }
    text_add_bytes(made, digits, (size_t)(count < point ? count : point));
    add_zeros(made, point - count);
    if (count <= point) return;
    text_add_char(made, '.');
    text_add(made, digits + point);
}

const char *number_decimal(struct arena *arena, double value, int shift) {
    if (value == 0) return "0";
    char scientific[64], digits[DIGITS_OF_DOUBLE + 1];
    size_t count = 0;
    shortest_scientific(fabs(value), scientific, sizeof scientific);
    const char *exponent = strchr(scientific, 'e');
    for (const char *at = scientific; at < exponent && count < DIGITS_OF_DOUBLE; at++)
        if (*at != '.') digits[count++] = *at;
    while (count > 1 && digits[count - 1] == '0') count--;
    digits[count] = '\0';
    long point = strtol(exponent + 1, NULL, 10) + 1 + shift;
    struct text made = text_begin(arena);
    if (value < 0) text_add_char(&made, '-');
    if (point > -6 && point <= INTEGER_DIGITS) {
        add_plain(&made, digits, point);
        return made.data;
    }
    text_add_bytes(&made, digits, 1);
    if (count > 1) text_add_format(&made, ".%s", digits + 1);
    text_add_format(&made, "e%ld", point - 1);
    return made.data;
}

bool number_hex(const char *text, uint64_t *value) {
    static const char digits[] = "0123456789abcdef";
    size_t length = strspn(text, digits);
    uint64_t made = 0;
    if (length == 0 || length > 16 || text[length] != '\0') return false;
    for (; *text; text++) made = made << 4 | (uint64_t)(strchr(digits, *text) - digits);
    *value = made;
    return true;
}

const char *number_text(struct arena *arena, double value) {
    return isfinite(value) ? number_decimal(arena, value, 0) : "none";
}
