/** What the parts of base/json share: the strict check of a text before cJSON sees it, and the
 * pieces of a document that is written. */
#ifndef BASE_JSON_INTERNAL_H
#define BASE_JSON_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 64, JSON_NUMBER_MAX = 63 };

/**
 * Whether the bytes are one document as json_read wants it (RFC 8259, section 2 to 8). `arena` may
 * be given back afterwards. On failure `problem` is static text and `at` the byte it stands at.
 */
bool json_check(struct arena *arena, const char *bytes, size_t length, const char **problem,
                size_t *at);

/** Parts of a document as json_write writes them: a string, a number, a new line of that depth, a
 * value that stands at that depth. */
void json_add_quoted(struct text *out, const char *text);
void json_add_number(struct text *out, double number);
void json_add_newline(struct text *out, int depth);
void json_add_value(struct text *out, const json *value, int depth);

#endif
