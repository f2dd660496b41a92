/** What the parts of base/json share: the strict check of a text before cJSON sees it. */
#ifndef BASE_JSON_INTERNAL_H
#define BASE_JSON_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { JSON_DEPTH_MAX = 64, JSON_NUMBER_MAX = 63 };

/**
 * Whether the bytes are one document as json_read wants it (RFC 8259, section 2 to 8). `arena` may
 * be given back afterwards. On failure `problem` is static text and `at` the byte it stands at.
 */
bool json_check(struct arena *arena, const char *bytes, size_t length, const char **problem,
                size_t *at);

#endif
