#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "probes/extract.h"

enum { NUMBER_ROOM = 64, SHOWN_MAX = 60 };

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *shown(struct arena *arena, const char *text) {
    size_t length = strlen(text);
    return text_inert(arena,
                      length > SHOWN_MAX ? text_format(arena, "%.*s...", SHOWN_MAX, text) : text);
}

static bool may_be_negative(enum probe_unit unit) {
    return unit == PROBE_COUNT || unit == PROBE_RATIO;
}

static struct extract_number refused(const char *problem) {
    return (struct extract_number){.problem = problem};
}

static struct extract_number value_accept(struct arena *arena, const char *text,
                                          const struct extract_unit *unit, double value) {
    if (!isfinite(value))
        return refused(text_format(arena, "`%s` is too large", shown(arena, text)));
    if (value < 0 && !may_be_negative(unit->unit))
        return refused(text_format(arena, "`%s` is below 0", shown(arena, text)));
    return (struct extract_number){.value = value};
}

static const char *unit_name(enum probe_unit unit) {
    switch (unit) {
    case PROBE_COUNT:
        return "a plain count";
    case PROBE_BYTES:
        return "a size";
    case PROBE_SECONDS:
        return "a time";
    case PROBE_RATIO:
        return "a ratio";
    case PROBE_PER_SECOND:
        return "a rate";
    case PROBE_BYTES_PER_SECOND:
        return "a rate of bytes";
    }
    return "";
}

/* The long way: a number with a unit, or no number at all. */
static struct extract_number quantity_read(struct arena *arena, const char *text,
                                           const struct extract_unit *unit) {
    struct quantity quantity;
    struct unit_problem why = {0};
    if (!unit_parse(arena, text, 1000, &quantity, &why))
        return refused(why.hint ? text_format(arena, "%s; %s", why.message, why.hint)
                                : why.message);
    if (quantity.bare) /* a text of digits that number_parse_scaled refused for its length */
        return value_accept(arena, text, unit, quantity.value * unit->scale);
    if (quantity.unit != unit->unit)
        return refused(text_format(arena, "`%s` is %s, expected %s (say so with `unit:`)",
                                   shown(arena, text), unit_name(quantity.unit),
                                   unit_name(unit->unit)));
    return value_accept(arena, text, unit, quantity.value);
}

struct extract_number extract_number(struct arena *arena, const char *text, size_t length,
                                     const struct extract_unit *unit) {
    char room[NUMBER_ROOM];
    double number;
    while (length > 0 && is_blank(text[0])) text++, length--;
    while (length > 0 && is_blank(text[length - 1])) length--;
    if (length == 0) return refused("there is no number");
    if (memchr(text, '\0', length)) return refused("it holds a NUL byte");
    if (length < sizeof room) { /* most numbers, without touching the arena */
        memcpy(room, text, length);
        room[length] = '\0';
        if (number_parse_scaled(room, unit->scale, &number))
            return value_accept(arena, room, unit, number);
    }
    return quantity_read(arena, text_copy_bytes(arena, text, length), unit);
}

static const char *json_problem(const json *value) {
    if (json_is_null(value)) return "it is null";
    if (json_is_object(value)) return "it is an object, not a number";
    if (json_is_list(value)) return "it is a list; end the pointer in /* for each element";
    return "it is true or false, not a number";
}

struct extract_number extract_json_number(struct arena *arena, const json *value,
                                          const struct extract_unit *unit) {
    const char *text = json_text(value, NULL);
    if (json_is_number(value)) text = number_text(arena, json_number(value, 0));
    if (!text) return refused(json_problem(value));
    return extract_number(arena, text, strlen(text), unit);
}

const char *extract_statistic(enum probe_unit unit) {
    switch (unit) {
    case PROBE_SECONDS:
        return "p95";
    case PROBE_BYTES:
        return "max";
    case PROBE_PER_SECOND:
    case PROBE_BYTES_PER_SECOND:
        return "mean";
    case PROBE_COUNT:
    case PROBE_RATIO:
        break;
    }
    return "median";
}
