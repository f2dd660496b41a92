#include "probes/extract_whole.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

enum { UNIT_ROOM = 8, GROUP = 3, SHOWN_MAX = 40 };

static char at(const struct extract_place *place, size_t index) {
    return index < place->length ? place->bytes[index] : '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static size_t digits_from(const struct extract_place *place, size_t index) {
    size_t count = 0;
    while (is_digit(at(place, index + count))) count++;
    return count;
}

/* Of the digits that end before `index`. */
static size_t digits_to(const struct extract_place *place, size_t index) {
    size_t count = 0;
    while (count < index && is_digit(place->bytes[index - count - 1])) count++;
    return count;
}

/* e, sign, digits, and then no word. */
static bool exponent_behind(const struct extract_place *place) {
    size_t index = place->to + 1;
    if ((at(place, place->to) | 0x20) != 'e') return false;
    index += at(place, index) == '+' || at(place, index) == '-';
    size_t digits = digits_from(place, index);
    return digits > 0 && !is_letter(at(place, index + digits));
}

static bool has_point(const struct extract_place *place) {
    return memchr(place->bytes + place->from, '.', place->to - place->from) != NULL;
}

/* A version such as 1.2.3 is left to who reads it. */
static bool fraction_behind(const struct extract_place *place) {
    return place->last && !has_point(place) && at(place, place->to) == '.' &&
           is_digit(at(place, place->to + 1));
}

bool extract_grouped(const struct extract_place *place) {
    return place->last && at(place, place->to) == ',' && !has_point(place) &&
           digits_to(place, place->to) <= GROUP && digits_from(place, place->to + 1) == GROUP;
}

static bool cut_behind(const struct extract_place *place) {
    return is_digit(at(place, place->to)) || exponent_behind(place) || fraction_behind(place);
}

static bool group_before(const struct extract_place *place) {
    return place->first && place->bytes[place->from - 1] == ',' &&
           place->previous != place->from - 1 && digits_from(place, place->from) == GROUP &&
           digits_to(place, place->from - 1) > 0 && digits_to(place, place->from - 1) <= GROUP;
}

/* A minus that no word and no number stands before. */
static bool sign_before(const struct extract_place *place) {
    if (!place->first || place->bytes[place->from - 1] != '-') return false;
    char c = place->from > 1 ? place->bytes[place->from - 2] : ' ';
    return c && strchr(" \t\r\n=:([,", c);
}

/* The whole part of a number that a greedy `.*` ate: 12. of 12.5, but not 1.2. of 1.2.5. */
static bool whole_before(const struct extract_place *place) {
    if (place->bytes[place->from - 1] != '.' || has_point(place)) return false;
    size_t digits = digits_to(place, place->from - 1);
    return digits > 0 &&
           (digits + 1 == place->from || place->bytes[place->from - digits - 2] != '.');
}

static bool cut_before(const struct extract_place *place) {
    if (place->from == 0) return false;
    return is_digit(place->bytes[place->from - 1]) || whole_before(place) || sign_before(place) ||
           group_before(place);
}

const char *extract_cut_problem(struct arena *arena, const struct extract_place *place) {
    size_t from = place->from, to = place->to;
    while (from > 0 && from + SHOWN_MAX > place->from &&
           strchr("0123456789.,-", place->bytes[from - 1]))
        from--;
    while (to < place->length && to < place->to + SHOWN_MAX &&
           (is_digit(place->bytes[to]) || strchr(".,eE+-", place->bytes[to])))
        to++;
    while (to > place->to && !is_digit(place->bytes[to - 1])) to--;
    return text_format(arena,
                       "the group takes `%.*s` of `%.*s`; let it take the whole number, as "
                       "([-+0-9.e]+) does, and let no `.*` before it eat digits (write `.*?`)",
                       (int)(place->to - place->from), place->bytes + place->from, (int)(to - from),
                       place->bytes + from);
}

/* The unit behind the number, "" where there is none that is sure to be one: `12 min 3 max 40` is
 * no 12 minutes. */
static size_t unit_behind(const struct extract_place *place, char word[UNIT_ROOM]) {
    size_t blank = at(place, place->to) == ' ', start = place->to + blank, length = 0;
    for (char c;
         length + 1 < UNIT_ROOM && (c = at(place, start + length)) && (is_letter(c) || c == '/');
         length++)
        word[length] = c;
    char c = at(place, start + length);
    word[length] = '\0';
    if (is_letter(c) || is_digit(c) || c == '_' || strcmp(word, "h") == 0) return 0;
    return blank && strcmp(word, "min") == 0 ? 0 : length;
}

static bool same(double a, double b) {
    return fabs(a - b) <= 1e-9 * fabs(b);
}

/* The same kind of quantity in another unit: programs print 985 ms, and then 1.02 s. */
static const char *other_unit(struct arena *arena, const struct extract_place *place,
                              const struct extract_unit *unit) {
    char word[UNIT_ROOM];
    double decimal, binary;
    enum probe_unit kind;
    if (unit->unit == PROBE_COUNT || unit->unit == PROBE_RATIO || !unit_behind(place, word))
        return NULL;
    if (!unit_word(word, 1000, &decimal, &kind) || kind != unit->unit) return NULL;
    if (!unit_word(word, 1024, &binary, &kind) || same(decimal, unit->scale) ||
        same(binary, unit->scale))
        return NULL;
    return text_format(arena,
                       "`%s` follows the number `%.*s`, and `unit` says something else; take it "
                       "into the group, as ([0-9.]+ ?%s) does, or correct `unit`",
                       word, (int)(place->to - place->from), place->bytes + place->from, word);
}

const char *extract_cut(struct arena *arena, const struct extract_place *place,
                        const struct extract_unit *unit) {
    if (place->from == place->to) return NULL;
    bool ends = is_digit(place->bytes[place->to - 1]); /* else it brings a unit of its own */
    if (is_digit(place->bytes[place->from]) && cut_before(place))
        return extract_cut_problem(arena, place);
    if (ends && cut_behind(place)) return extract_cut_problem(arena, place);
    return ends ? other_unit(arena, place, unit) : NULL;
}
