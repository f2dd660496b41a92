/** A pattern looked for in an answer: whether it matches, or what its group holds. */
#ifndef PROBES_EXTRACT_PATTERN_H
#define PROBES_EXTRACT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct pattern_finder;

/**
 * Compiles a PCRE2 pattern, under the bounds of extract.h. `group`: it must have exactly one group,
 * or one named `value`. NULL with *problem (a phrase, in the arena). Close with
 * pattern_finder_close.
 */
struct pattern_finder *pattern_finder_open(struct arena *arena, const char *pattern, bool group,
                                           const char **problem);
void pattern_finder_close(struct pattern_finder *finder); /**< NULL is fine */

/** Where something lies in a text. */
struct pattern_found {
    size_t start, end;
};

/** The first match: its group, or the whole of it. False: none, or it would take too long. */
bool pattern_finder_find(const struct pattern_finder *finder, const char *bytes, size_t length,
                         struct pattern_found *found);

#endif
