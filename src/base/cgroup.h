/** Control groups: the only place where the kernel itself counts the peak memory of a whole tree of
 * processes (cgroups(7); Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst).
 */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

enum { CGROUP_PATH_MAX = 1024 }; /**< bytes of a group's path */

/** Where the machine tells about its groups; tests give files of their own. */
struct cgroup_system {
    const char *groups, *mounts;      /**< /proc/self/cgroup, /proc/self/mountinfo */
    bool (*make)(const char *folder); /**< makes a group; false with errno */
};
/** The machine's own. */
extern const struct cgroup_system cgroup_system;

/** Where groups can be made, and how their peak is read. */
struct cgroup {
    const struct cgroup_system *system;
    const char *parent; /**< folder in which groups are made */
    const char *home;   /**< group of this process: what is moved out of a group goes back there */
    const char *file;   /**< of a group, holds its peak */
    const char *method; /**< for the report, static text */
    unsigned made;
    char current[CGROUP_PATH_MAX]; /**< the group made last; "": none */
};

/** Finds where groups with a count of memory can be made, v2 before v1, and removes those that a
 * perfbudget left there that lives no more. False: nowhere. Texts live in `arena`. */
bool cgroup_find(struct arena *arena, const struct cgroup_system *system, struct cgroup *cgroup);

/** Makes a new group, moves a process into it, and removes the one before. False with errno; then
 * the process is where it was. */
bool cgroup_enter(struct cgroup *cgroup, pid_t pid);

/** Most bytes that the current group used since it was made; NaN when that cannot be read. */
double cgroup_peak(const struct cgroup *cgroup);

/** Moves this process back to `home`, unless that is "", and removes a group. */
void cgroup_leave(const char *group, const char *home);

#endif
