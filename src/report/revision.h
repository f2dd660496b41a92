/** Which revision of which branch lies in a checkout, read from its .git without running git. */
#ifndef REPORT_REVISION_H
#define REPORT_REVISION_H

#include "base/arena.h"

struct revision {
    const char *id;     /**< 40 or 64 hex digits, or NULL */
    const char *branch; /**< NULL when HEAD is detached */
};

/** Follows .git files of worktrees, HEAD, loose and packed refs (gitrepository-layout(5)). */
struct revision revision_read(struct arena *arena, const char *root);

#endif
