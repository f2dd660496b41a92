/** Walks folders for the files that one pattern matches. */
#ifndef PROBES_GLOB_WALK_H
#define PROBES_GLOB_WALK_H

#include "probes/glob_pattern.h"

/** What a path is, symlinks followed. */
enum glob_kind {
    GLOB_REGULAR,
    GLOB_FOLDER,
    GLOB_OTHER,     /**< a pipe, socket or device */
    GLOB_NOWHERE,   /**< a symlink to nothing, or in a circle */
    GLOB_MISSING,   /**< nothing of that name */
    GLOB_UNREADABLE /**< errno says why */
};

/** Absolute paths found, in no order, perhaps more than once. */
struct glob_found {
    const char **paths;
    size_t count;
};

/** What is at `path`. Opens nothing. */
enum glob_kind glob_kind_of(const char *path);

/** Adds the regular files that the pattern matches to `found`; texts live in `arena`. */
bool glob_walk(struct arena *arena, const struct glob_plan *plan,
               const struct glob_pattern *pattern, struct glob_found *found,
               struct glob_problem *problem);

/** Adds one file; false when there are too many. */
bool glob_found_add(struct arena *arena, struct glob_found *found, const char *path,
                    struct glob_problem *problem);

#endif
