/** Building and copying text in an arena, and making foreign text harmless to print. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/** A text under construction: NUL-terminated at every moment, in the arena it was begun with. */
struct text {
    struct arena *arena;
    char *data; /**< never NULL after text_begin */
    size_t length, capacity;
};

struct text text_begin(struct arena *arena);
struct text text_begin_for(struct arena *arena,
                           size_t length); /**< with room for that many bytes */
void text_add(struct text *text, const char *more);
void text_add_bytes(struct text *text, const char *more, size_t length);
void text_add_char(struct text *text, char more);
void text_add_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** printf into the arena. */
const char *text_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *text_format_list(struct arena *arena, const char *format, va_list list);

/** Copies, NUL-terminated. text_copy(NULL) is NULL. */
const char *text_copy(struct arena *arena, const char *from);
const char *text_copy_bytes(struct arena *arena, const char *from, size_t length);

bool text_equal(const char *a, const char *b); /**< either may be NULL; NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/**
 * Adds `length` bytes of foreign text made inert for people's eyes: control bytes (C0, DEL, C1),
 * bidi and zero-width controls and invalid UTF-8 become \n, \t, \xNN or \u{NNNN}; a backslash stays
 * as it is.
 */
void text_add_inert(struct text *text, const char *from, size_t length);
const char *text_inert(struct arena *arena, const char *from);

/** `from` with every place where `secret` stands replaced by `[secret]`; `from` itself when there
 * is none, or the secret is empty. */
const char *text_redact(struct arena *arena, const char *from, const char *secret);

/** Length of the valid UTF-8 character at `from` (1 to 4), or 0 if invalid, surrogate, overlong or
 * cut off. */
size_t text_utf8_length(const char *from, size_t length, unsigned *code_point);

/** Columns a terminal needs for the text, counting each character as one. */
size_t text_width(const char *text);

#endif
