#include "base/units.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/number.h"
#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"

enum { LONGEST_UNIT = 16 };

/* value = text * 10^shift * factor / divisor; a power p stands for kilobyte^p instead. */
struct unit_row {
    const char *word;
    enum probe_unit unit;
    int shift, power;
    double factor, divisor;
};

static const struct unit_row unit_rows[] = {
    {"", PROBE_COUNT, 0, 0, 1, 1},
    {"B", PROBE_BYTES, 0, 0, 1, 1},
    {"KB", PROBE_BYTES, 0, 1, 1, 1},
    {"MB", PROBE_BYTES, 0, 2, 1, 1},
    {"GB", PROBE_BYTES, 0, 3, 1, 1},
    {"kB", PROBE_BYTES, 3, 0, 1, 1},
    {"KiB", PROBE_BYTES, 0, 0, 1024, 1},
    {"MiB", PROBE_BYTES, 0, 0, 1048576, 1},
    {"GiB", PROBE_BYTES, 0, 0, 1073741824, 1},
    {"pages", PROBE_BYTES, 0, 0, 65536, 1},
    {"ns", PROBE_SECONDS, -9, 0, 1, 1},
    {"us", PROBE_SECONDS, -6, 0, 1, 1},
    {"\u00b5s", PROBE_SECONDS, -6, 0, 1, 1}, /* micro sign */
    {"\u03bcs", PROBE_SECONDS, -6, 0, 1, 1}, /* Greek mu: looks the same */
    {"ms", PROBE_SECONDS, -3, 0, 1, 1},
    {"s", PROBE_SECONDS, 0, 0, 1, 1},
    {"min", PROBE_SECONDS, 0, 0, 60, 1},
    {"h", PROBE_SECONDS, 0, 0, 3600, 1},
    {"%", PROBE_RATIO, -2, 0, 1, 1},
    {"/s", PROBE_PER_SECOND, 0, 0, 1, 1},
    {"ops/s", PROBE_PER_SECOND, 0, 0, 1, 1},
    {"req/s", PROBE_PER_SECOND, 0, 0, 1, 1},
    {"rps", PROBE_PER_SECOND, 0, 0, 1, 1},
    {"fps", PROBE_PER_SECOND, 0, 0, 1, 1},
    {"/min", PROBE_PER_SECOND, 0, 0, 1, 60},
};

static void resolve_kilobyte(struct unit_row *row, double kilobyte) {
    for (; row->power > 0; row->power--) {
        if (kilobyte == 1000)
            row->shift += 3;
        else
            row->factor *= kilobyte;
    }
}

static bool plain_row(const char *word, double kilobyte, struct unit_row *found) {
    for (size_t i = 0; i < array_length(unit_rows); i++) {
        if (strcmp(unit_rows[i].word, word) != 0) continue;
        *found = unit_rows[i];
        resolve_kilobyte(found, kilobyte);
        return true;
    }
    return false;
}

/* KB/s, MiB/min: a size word and a time. */
static bool flow_row(const char *word, double kilobyte, struct unit_row *found) {
    const char *slash = strchr(word, '/');
    size_t length = slash ? (size_t)(slash - word) : 0;
    if (length == 0 || length >= LONGEST_UNIT) return false;
    char size[LONGEST_UNIT] = {0};
    memcpy(size, word, length);
    struct unit_row rate;
    if (!plain_row(slash, kilobyte, &rate) || rate.unit != PROBE_PER_SECOND) return false;
    if (!plain_row(size, kilobyte, found) || found->unit != PROBE_BYTES) return false;
    found->unit = PROBE_BYTES_PER_SECOND;
    found->divisor = rate.divisor;
    return true;
}

static bool row_of(const char *word, double kilobyte, struct unit_row *found) {
    return plain_row(word, kilobyte, found) || flow_row(word, kilobyte, found);
}

bool unit_word(const char *word, double kilobyte, double *scale, enum probe_unit *unit) {
    struct unit_row row;
    if (!row_of(word, kilobyte, &row)) return false;
    double shifted = 1;
    number_value("1", 1, row.shift, &shifted);
    *scale = shifted * row.factor / row.divisor;
    *unit = row.unit;
    return true;
}

static bool refuse(struct unit_problem *problem, const char *message, const char *hint) {
    *problem = (struct unit_problem){.message = message, .hint = hint};
    return false;
}

/* The text without thousands separators where it is written with them, else NULL. */
static const char *without_separators(struct arena *arena, const char *text) {
    size_t first = strspn(text, "0123456789");
    if (first == 0 || first > 3 || !strchr(",_' ", text[first]) || !text[first]) return NULL;
    struct text made = text_begin(arena);
    text_add_bytes(&made, text, first);
    const char *at = text + first;
    for (char separator = *at; *at == separator && strspn(at + 1, "0123456789") == 3; at += 4)
        text_add_bytes(&made, at + 1, 3);
    if (at == text + first) return NULL;
    text_add(&made, at);
    return made.data;
}

static bool is_word(const char *text, const char *word) {
    text += *text == '-' || *text == '+';
    text += *text == '.';
    return strncasecmp(text, word, strlen(word)) == 0;
}

/* Why no number stands at the start. */
static bool no_number(struct arena *arena, const char *text, struct unit_problem *problem) {
    const char *shown = quote(arena, text);
    if (isspace((unsigned char)text[0]))
        return refuse(problem, "there are blanks before the number", NULL);
    if (is_word(text, "nan") || is_word(text, "inf"))
        return refuse(problem, text_format(arena, "%s is no quantity to hold something to", shown),
                      "write a finite decimal number");
    size_t sign = text[0] == '-' || text[0] == '+';
    if (text[0] == '+' && number_scan(text + 1))
        return refuse(problem, "a number is written without a plus",
                      text_format(arena, "write %s", quote(arena, text + 1)));
    if (text[sign] == '.' && isdigit((unsigned char)text[sign + 1]))
        return refuse(problem, "a number begins with a digit",
                      text_format(arena, "write `%s0%.40s`", sign ? "-" : "",
                                  text_inert(arena, text + sign)));
    if (text[sign] == '0' && isdigit((unsigned char)text[sign + 1]))
        return refuse(problem, text_format(arena, "%s has leading zeros", shown),
                      "write the number without them");
    return refuse(problem, text_format(arena, "%s is no number", shown),
                  "write a decimal number and a unit, such as 500ms or 100KB");
}

/* Words that look like a size but leave open which: K, Kb, kb, mB, KIB. */
static bool size_problem(struct arena *arena, const char *word, struct unit_problem *problem) {
    size_t length = strlen(word);
    char letter = (char)toupper((unsigned char)word[0]);
    bool middle = length == 3 && (word[1] | 0x20) == 'i';
    if (!letter || !strchr("KMG", letter) || length > 3 || (length == 3 && !middle)) return false;
    if (length > 1 && (word[length - 1] | 0x20) != 'b') return false;
    if (strcmp(word, "m") == 0)
        return !refuse(problem, "`m`: minutes or milliseconds?", "write min or ms");
    const char *hint = middle ? text_format(arena, "write %ciB", letter)
                              : text_format(arena, "write %cB or %ciB", letter, letter);
    if (length == 1)
        hint = text_format(arena, "write %cB or %ciB for a size, or the count in full", letter,
                           letter);
    return !refuse(
        problem,
        text_format(arena, length == 1 ? "%s of what?" : "%s: bits or bytes?", quote(arena, word)),
        hint);
}

static bool no_unit(struct arena *arena, const char *text, const char *word,
                    struct unit_problem *problem) {
    const char *joined = without_separators(arena, text[0] == '-' ? text + 1 : text);
    if (joined)
        return refuse(problem, "numbers are written without thousands separators",
                      text_format(arena, "write %s%.60s", text[0] == '-' ? "-" : "",
                                  text_inert(arena, joined)));
    if (word == text + 1 && text[0] == '0' && strchr("xXoO", word[0]))
        return refuse(problem, text_format(arena, "%s is no decimal number", quote(arena, text)),
                      "write it as a decimal number");
    if (word[0] == ',' && isdigit((unsigned char)word[1]))
        return refuse(problem, text_format(arena, "%s has a decimal comma", quote(arena, text)),
                      "write a point: 1.5");
    if (word[0] == '.')
        return refuse(problem, text_format(arena, "%s ends in a point", quote(arena, text)),
                      "write digits after the point, or leave it out");
    if (isspace((unsigned char)word[0]))
        return refuse(problem, "at most one blank stands between a number and its unit", NULL);
    if (isspace((unsigned char)word[strlen(word) - 1]))
        return refuse(problem, "there are blanks after the unit", NULL);
    if (size_problem(arena, word, problem)) return false;
    const char *words[array_length(unit_rows)];
    for (size_t i = 0; i < array_length(unit_rows); i++) words[i] = unit_rows[i].word;
    const char *near = suggest(word, words, array_length(words));
    if (strcmp(word, "count") == 0 || strcmp(word, "counts") == 0)
        return refuse(problem, text_format(arena, "%s is no unit", quote(arena, word)),
                      "a count has none: leave it out");
    return refuse(problem, text_format(arena, "%s is no unit", quote(arena, word)),
                  near ? text_format(arena, "did you mean %s?", near)
                       : "units are B kB KB MB GB KiB MiB GiB pages, ns us ms s min h, /s /min, "
                         "KB/s and the like, %");
}

static bool number_problem(enum number_fault fault, const char *shown, struct arena *arena,
                           struct unit_problem *problem) {
    switch (fault) {
    case NUMBER_FINE:
        return true;
    case NUMBER_TOO_LARGE:
        return refuse(problem,
                      text_format(arena,
                                  "%s is too large: from 2^53 (9007199254740992) on, whole "
                                  "numbers cannot be told apart",
                                  shown),
                      "write a smaller number");
    case NUMBER_TOO_SMALL:
        return refuse(problem, text_format(arena, "%s is too near to 0 to be kept", shown),
                      "write 0, or a larger number");
    case NUMBER_TOO_LONG:
        return refuse(problem, text_format(arena, "%s has more than 128 characters", shown), NULL);
    }
    return false;
}

bool unit_parse(struct arena *arena, const char *text, double kilobyte, struct quantity *quantity,
                struct unit_problem *problem) {
    *problem = (struct unit_problem){0};
    if (text[0] == '\0') return refuse(problem, "a value is missing", NULL);
    size_t length = number_scan(text);
    if (length == 0) return no_number(arena, text, problem);
    const char *word = text + length + (text[length] == ' ' && text[length + 1] != '\0');
    struct unit_row row;
    if (!row_of(word, kilobyte, &row)) return no_unit(arena, text, word, problem);
    double value = 0;
    enum number_fault fault = number_value(text, length, row.shift, &value);
    if (fault == NUMBER_FINE) value = value * row.factor / row.divisor;
    if (fault == NUMBER_FINE && fabs(value) > NUMBER_LARGEST_INTEGER) fault = NUMBER_TOO_LARGE;
    if (fault != NUMBER_FINE) return number_problem(fault, quote(arena, text), arena, problem);
    if (text[0] == '-' && value == 0) return refuse(problem, "0 has no sign", "write 0");
    *quantity = (struct quantity){.value = value, .unit = row.unit, .bare = *word == '\0'};
    return true;
}
