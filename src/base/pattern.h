/** One regular expression (PCRE2), compiled, with bounds on what a match may cost. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct pattern;

/** NULL with `problem` (a phrase, in the arena) when the text is no pattern. `^` and `$` are ends
 * of lines. Close with pattern_close. */
struct pattern *pattern_open(struct arena *arena, const char *text, const char **problem);

/** Whether it matches anywhere; false also where the match would take too long. */
bool pattern_matches(const struct pattern *pattern, const char *bytes, size_t length);

void pattern_close(struct pattern *pattern); /**< NULL is fine */

#endif
