/** Takes what changes from build to build out of file labels. */
#ifndef PROBES_SIZE_LABEL_H
#define PROBES_SIZE_LABEL_H

#include <stdbool.h>

#include "base/arena.h"

enum { STRIP_MATCH_LIMIT = 100000 /**< steps PCRE2 may take on one label */ };

/** A compiled pattern. */
struct strip;

/** Compiles; NULL and a message in `arena` when the pattern is malformed. Free with strip_free. */
struct strip *strip_new(struct arena *arena, const char *pattern, const char **problem);

/** The label without the pattern's matches; NULL and a message when matching takes too long or
 * leaves nothing. The label is valid UTF-8. */
const char *strip_label(struct arena *arena, const struct strip *strip, const char *label,
                        const char **problem);

/** NULL is fine. */
void strip_free(struct strip *strip);
static inline void strip_cleanup(struct strip **strip) {
    strip_free(*strip);
}

#endif
