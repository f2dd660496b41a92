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
