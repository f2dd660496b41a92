/** Foreign text inside messages: inert, short, and visibly set apart. */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include <stddef.h>

#include "base/arena.h"

/** The text between backticks, made inert (text_add_inert), cut to 60 characters with "...". */
const char *quote(struct arena *arena, const char *text);
const char *quote_bytes(struct arena *arena, const char *text, size_t length);

/** The text as a single-quoted YAML scalar, '' doubled: what a hint tells people to write. Cut as
 * quote() cuts, so it is for reading only. */
const char *quote_yaml(struct arena *arena, const char *text, size_t length);

/** The whole text as a YAML scalar that reads back the same, for files: single-quoted, or
 * double-quoted with escapes where there is in it what would not be inert. */
const char *quote_yaml_value(struct arena *arena, const char *text);

#endif
