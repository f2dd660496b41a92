#include "base/quote.h"

#include <string.h>

#include "base/text.h"

enum { LONGEST_CHARACTERS = 60 };

/* Bytes of the first `characters` characters; a cut never splits one. */
static size_t bytes_of(const char *text, size_t length, size_t characters) {
    size_t at = 0;
    while (at < length && characters > 0) {
        unsigned point = 0;
        size_t size = text_utf8_length(text + at, length - at, &point);
        at += size ? size : 1;
        characters--;
    }
    return at;
}

const char *quote_bytes(struct arena *arena, const char *text, size_t length) {
    size_t cut = bytes_of(text, length, LONGEST_CHARACTERS);
    struct text made = text_begin(arena);
    text_add_char(&made, '`');
    text_add_inert(&made, text, cut);
    text_add(&made, cut < length ? "...`" : "`");
    return made.data;
}

const char *quote(struct arena *arena, const char *text) {
    return quote_bytes(arena, text, strlen(text));
}

const char *quote_yaml(struct arena *arena, const char *text, size_t length) {
    size_t cut = bytes_of(text, length, LONGEST_CHARACTERS);
    struct text made = text_begin(arena);
    text_add_char(&made, '\'');
    for (size_t i = 0; i < cut; i++) {
        if (text[i] == '\'') text_add_char(&made, '\'');
        text_add_bytes(&made, text + i, 1);
    }
    text_add(&made, cut < length ? "...'" : "'");
    return text_inert(arena, made.data);
}

static const char *escaped(struct arena *arena, unsigned point) {
    if (point == '\n') return "\\n";
    if (point == '\t') return "\\t";
    return text_format(arena,
                       point < 0x100     ? "\\x%02X"
                       : point < 0x10000 ? "\\u%04X"
                                         : "\\U%08X",
                       point);
}

static const char *double_quoted(struct arena *arena, const char *text) {
    struct text made = text_begin(arena);
    text_add_char(&made, '"');
    for (size_t left = strlen(text), size = 0; left > 0; text += size, left -= size) {
        unsigned point = (unsigned char)*text;
        size = text_utf8_length(text, left, &point);
        if (size == 0) size = 1;
        const char *one = text_copy_bytes(arena, text, size);
        if (*one == '"' || *one == '\\')
            text_add_format(&made, "\\%s", one);
        else if (text_equal(one, text_inert(arena, one)))
            text_add(&made, one);
        else
            text_add(&made, escaped(arena, point));
    }
    text_add_char(&made, '"');
    return made.data;
}

const char *quote_yaml_value(struct arena *arena, const char *text) {
    if (!text_equal(text, text_inert(arena, text))) return double_quoted(arena, text);
    struct text made = text_begin(arena);
    text_add_char(&made, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '\'') text_add_char(&made, '\'');
        text_add_char(&made, *c);
    }
    text_add_char(&made, '\'');
    return made.data;
}
