/** One glob pattern: taken apart, checked, and matched against names, without touching a file. */
#ifndef PROBES_GLOB_PATTERN_H
#define PROBES_GLOB_PATTERN_H

#include "probes/glob.h"

/** A pattern without braces. */
struct glob_pattern {
    const char *base;   /**< absolute path of the leading literal components, unescaped */
    const char **parts; /**< the components after it, as written; "**" stands for any folders */
    size_t part_count;  /**< 0: the whole pattern is literal, and base is the file */
};

/**
 * Expands the braces of a pattern: "a/{b,c}.js" becomes two texts. A backslash takes the meaning
 * away from the character after it. Fails for unbalanced braces and for too many alternatives.
 */
bool glob_braces(struct arena *arena, const char *text, const char ***texts, size_t *count,
                 struct glob_problem *problem);

/** Takes a text without braces apart; relative ones start at `directory`. */
bool glob_pattern_read(struct arena *arena, const char *directory, const char *text,
                       struct glob_pattern *pattern, struct glob_problem *problem);

/** The folder that is written out at the front of a pattern, before its first special character:
 * "dist" of "dist/{a,b}/x*.js"; for a literal pattern the folder of the file. Absolute. */
const char *glob_fixed_folder(struct arena *arena, const char *directory, const char *text);

/** Whether the text holds an unescaped `*`, `?`, `[` or `{`. */
bool glob_is_special(const char *text);

/** A component without its backslashes. */
const char *glob_unescape(struct arena *arena, const char *part, size_t length);

/** Whether one component matches one name. The component is well formed. */
bool glob_part_matches(const char *part, const char *name);

/** Whether the pattern matches an absolute, clean path. */
bool glob_pattern_matches(const struct glob_pattern *pattern, const char *path);

/** Sets a problem; always false. */
bool glob_fail(struct glob_problem *problem, enum probe_fault fault, const char *message,
               const char *hint);

#endif
