/** The files that patterns name: `*`, `?`, `[a-z]`, `**`, `{a,b}`, and `!` to take some away. */
#ifndef PROBES_GLOB_H
#define PROBES_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "perfbudget/probe.h"

enum {
    GLOB_FILES_MAX = 100000,      /**< files all patterns of a target may match together */
    GLOB_FOLDERS_MAX = 1000000,   /**< folders one pattern may walk */
    GLOB_ALTERNATIVES_MAX = 1000, /**< patterns one pattern's braces may become */
    GLOB_PATTERN_MAX = 4096       /**< bytes of a pattern */
};

/** What to look for, and where. */
struct glob_plan {
    const char *directory; /**< absolute; patterns are relative to it */
    const char *root;      /**< absolute; nothing outside is matched; NULL: anything goes */
    struct probe_texts patterns;
    bool missing_is_empty; /**< a literal path that does not exist matches nothing, not an error */
    const struct probe_run *run; /**< asked whether to stop; NULL: never */
};

/** Files found, sorted bytewise by name, each once. */
struct glob_files {
    const char **paths; /**< absolute */
    const char **names; /**< relative to the directory */
    size_t count;
};

/** Why patterns could not be expanded; texts are inert. hint may be NULL. */
struct glob_problem {
    enum probe_fault fault;
    const char *message, *hint;
};

/**
 * Expands the patterns in order: what a later pattern says of a file wins. Only regular files
 * match; those reached through symlinks count if they stay inside the root. `*`, `?`, `[` and `**`
 * do not match a name that begins with a dot. `**` enters each folder once, by its own name rather
 * than by a symlink's. It is an error, not an empty result, when a folder that is written out does
 * not exist or a folder cannot be read, when a literal path is not a regular file, when a symlink
 * that matches leads nowhere or out of the root, and when there is too much. Nothing matching is a
 * success with count 0. Results live in `arena`.
 */
bool glob_expand(struct arena *arena, const struct glob_plan *plan, struct glob_files *files,
                 struct glob_problem *problem);

/** "no file matches a, b and 3 more", inert. */
const char *glob_none_text(struct arena *arena, struct probe_texts patterns);

/** Whether the patterns are well formed; touches no file. */
bool glob_check(struct arena *arena, struct probe_texts patterns, struct glob_problem *problem);

#endif
