#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct text text_begin(struct arena *arena) {
    struct text text = {.arena = arena, .data = arena_alloc(arena, 64), .capacity = 64};
    return text;
}

struct text text_begin_for(struct arena *arena, size_t length) {
    size_t capacity = length < 63 ? 64 : length + 1;
    struct text text = {.arena = arena, .data = arena_alloc(arena, capacity), .capacity = capacity};
    return text;
}

static void text_reserve(struct text *text, size_t more) {
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity) return;
    size_t capacity = text->capacity;
    while (capacity < needed) capacity *= 2;
    text->data = arena_grow(text->arena, text->data, text->length + 1, capacity);
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *more, size_t length) {
    text_reserve(text, length);
    if (length) memcpy(text->data + text->length, more, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *more) {
    text_add_bytes(text, more, strlen(more));
}

void text_add_char(struct text *text, char more) {
    text_add_bytes(text, &more, 1);
}

static void text_add_list(struct text *text, const char *format, va_list list) {
    va_list again;
    size_t room = text->capacity - text->length;
    va_copy(again, list);
    int length = vsnprintf(text->data + text->length, room, format, list);
    if (length > 0 && (size_t)length >= room) {
        text_reserve(text, (size_t)length);
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    }
    if (length > 0) text->length += (size_t)length;
    va_end(again);
}

void text_add_format(struct text *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    text_add_list(text, format, list);
    va_end(list);
}

const char *text_format_list(struct arena *arena, const char *format, va_list list) {
    struct text text = text_begin(arena);
    text_add_list(&text, format, list);
    return text.data;
}

const char *text_format(struct arena *arena, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *made = text_format_list(arena, format, list);
    va_end(list);
    return made;
}

const char *text_copy_bytes(struct arena *arena, const char *from, size_t length) {
    char *copy = arena_alloc(arena, length + 1);
    if (length) memcpy(copy, from, length);
    copy[length] = '\0';
    return copy;
}

const char *text_copy(struct arena *arena, const char *from) {
    return from ? text_copy_bytes(arena, from, strlen(from)) : NULL;
}

bool text_equal(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix) {
    size_t length = strlen(text), end = strlen(suffix);
    return length >= end && strcmp(text + length - end, suffix) == 0;
}

size_t text_utf8_length(const char *from, size_t length, unsigned *code_point) {
    const unsigned char *bytes = (const unsigned char *)from;
    if (length == 0) return 0;
    if (bytes[0] < 0x80) {
        *code_point = bytes[0];
        return 1;
    }
    size_t need = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length < need) return 0;
    unsigned point = bytes[0] & (0xFFu >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
        point = point << 6 | (bytes[i] & 0x3Fu);
    }
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < smallest[need] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    *code_point = point;
    return need;
}

/* C0, DEL, C1, zero-width and bidi controls, line separators, byte-order mark: what can forge or
 * hide text. */
static bool code_point_hidden(unsigned point) {
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x061C ||
           (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF;
}

/** Length of the run of printable ASCII at `from`, which is most of most texts. */
static size_t plain_run(const char *from, size_t length) {
    size_t run = 0;
    while (run < length && from[run] >= ' ' && from[run] <= '~') run++;
    return run;
}

void text_add_inert(struct text *text, const char *from, size_t length) {
    for (size_t at = 0; at < length;) {
        unsigned point = 0;
        size_t plain = plain_run(from + at, length - at);
        text_add_bytes(text, from + at, plain);
        at += plain;
        if (at == length) return;
        size_t size = text_utf8_length(from + at, length - at, &point);
        if (size == 0) {
            text_add_format(text, "\\x%02x", (unsigned char)from[at]);
            at++;
            continue;
        }
        if (!code_point_hidden(point))
            text_add_bytes(text, from + at, size);
        else if (point == '\n')
            text_add(text, "\\n");
        else if (point == '\t')
            text_add(text, "\\t");
        else if (point < 0x100)
            text_add_format(text, "\\x%02x", point);
        else
            text_add_format(text, "\\u{%04X}", point);
        at += size;
    }
}

const char *text_inert(struct arena *arena, const char *from) {
    struct text text = text_begin(arena);
    if (from) text_add_inert(&text, from, strlen(from));
    return text.data;
}

const char *text_redact(struct arena *arena, const char *from, const char *secret) {
    const char *found = *secret ? strstr(from, secret) : NULL;
    if (!found) return from;
    struct text text = text_begin(arena);
    for (; found; found = strstr(from, secret)) {
        text_add_bytes(&text, from, (size_t)(found - from));
        text_add(&text, "[secret]");
        from = found + strlen(secret);
    }
    text_add(&text, from);
    return text.data;
}

size_t text_width(const char *text) {
    size_t width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}
