/** Foreign text inside messages: inert, short, and visibly set apart. */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include <stddef.h>

#include "base/arena.h"

/** The text between backticks, made inert (text_add_inert), cut to 60 characters with "...". */
const char *quote(struct arena *arena, const char *text);
const char *quote_bytes(struct arena *arena, const char *text, size_t length);

/** The text as a single-quoted YAML scalar, '' doubled: what a hint tells people to write. */
const char *quote_yaml(struct arena *arena, const char *text, size_t length);

#endif
