#include <cjson/cJSON.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/units.h"

enum {
    WHOLE_MAX = 1000000000,
    DIGITS_MAX = 9,
    NODE_BYTES = 24, /* of quotes, a number and indentation, roughly */
};

/* Controls, and what can hide or reorder text on a terminal: legal in JSON, but written as \uNNNN.
 */
static bool must_escape(unsigned point) {
    return point < 0x20 || point == '"' || point == '\\' || (point >= 0x7F && point <= 0x9F) ||
           point == 0x061C || (point >= 0x200B && point <= 0x200F) ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x2069) ||
           point == 0xFEFF;
}

static void add_escaped(struct text *out, unsigned point) {
    switch (point) {
    case '"':
        text_add(out, "\\\"");
        return;
    case '\\':
        text_add(out, "\\\\");
        return;
    case '\n':
        text_add(out, "\\n");
        return;
    case '\t':
        text_add(out, "\\t");
        return;
    case '\r':
        text_add(out, "\\r");
        return;
    default:
        text_add_format(out, "\\u%04x", point);
    }
}

/** Length of the run of ASCII at `from` that stands for itself, which is most of most texts. */
static size_t plain_run(const char *from) {
    size_t run = 0;
    while (from[run] >= ' ' && from[run] <= '~' && from[run] != '"' && from[run] != '\\') run++;
    return run;
}

void json_add_quoted(struct text *out, const char *from) {
    size_t length = strlen(from), plain = 0; /* plain: where the run of unescaped bytes began */
    text_add_char(out, '"');
    for (size_t at = 0; at < length;) {
        unsigned point = 0;
        at += plain_run(from + at);
        if (at == length) break;
        size_t size = text_utf8_length(from + at, length - at, &point);
        if (size > 0 && !must_escape(point)) {
            at += size;
            continue;
        }
        text_add_bytes(out, from + plain, at - plain);
        if (size == 0)
            text_add(out, "\xEF\xBF\xBD");
        else
            add_escaped(out, point);
        at += size ? size : 1;
        plain = at;
    }
    text_add_bytes(out, from + plain, length - plain);
    text_add_char(out, '"');
}

void json_add_newline(struct text *out, int depth) {
    text_add_char(out, '\n');
    for (int i = 0; i < depth; i++) text_add(out, "  ");
}

static bool is_branch(const json *value) {
    return value->child != NULL;
}

static bool is_flat(const json *value) {
    for (const json *child = value->child; child; child = child->next)
        if (is_branch(child)) return false;
    return true;
}

static void add_digits(struct text *out, uint32_t number) {
    char digits[DIGITS_MAX], *at = digits + sizeof digits;
    do *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    text_add_bytes(out, at, (size_t)(digits + sizeof digits - at));
}

/** Whole numbers are most of large documents; their text needs no memory. */
void json_add_number(struct text *out, double number) {
    if (number >= 0 && number < WHOLE_MAX && number == (double)(uint32_t)number &&
        !signbit(number)) {
        add_digits(out, (uint32_t)number);
        return;
    }
    struct arena *scratch = arena_new();
    text_add(out, number_text(scratch, number));
    arena_free(scratch);
}

/** About as many bytes as the document will have, so that its text does not grow in steps that each
 * stay in the arena. */
static size_t estimate(const json *value) {
    size_t sum = NODE_BYTES;
    if (value->string) sum += strlen(value->string);
    if (cJSON_IsString(value)) sum += strlen(value->valuestring);
    for (const json *child = value->child; child; child = child->next) sum += estimate(child);
    return sum;
}

/* Lists of plain values stand on one line; objects never do, unless empty. */
static void add_children(struct text *out, const json *value, int depth) {
    bool object = json_is_object(value);
    bool one_line = !is_branch(value) || (!object && is_flat(value));
    text_add_char(out, object ? '{' : '[');
    for (const json *child = value->child; child; child = child->next) {
        if (!one_line) json_add_newline(out, depth + 1);
        if (object) {
            json_add_quoted(out, child->string);
            text_add(out, ": ");
        }
        json_add_value(out, child, depth + 1);
        if (child->next) text_add(out, one_line ? ", " : ",");
    }
    if (!one_line) json_add_newline(out, depth);
    text_add_char(out, object ? '}' : ']');
}

/* As deep as the tree, which builders in this code base keep flat and json_read caps at 64. */
void json_add_value(struct text *out, const json *value, int depth) {
    if (cJSON_IsString(value))
        json_add_quoted(out, value->valuestring);
    else if (cJSON_IsNumber(value))
        json_add_number(out, value->valuedouble);
    else if (cJSON_IsBool(value))
        text_add(out, cJSON_IsTrue(value) ? "true" : "false");
    else if (cJSON_IsNull(value))
        text_add(out, "null");
    else
        add_children(out, value, depth);
}

const char *json_write(struct arena *arena, const json *value) {
    struct text out = text_begin_for(arena, estimate(value));
    json_add_value(&out, value, 0);
    text_add_char(&out, '\n');
    return out.data;
}
