/** Who is told about a command while process_run runs it. */
#ifndef BASE_PROCESS_LISTENER_H
#define BASE_PROCESS_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup;

/** Told about a command while it runs, from the thread that runs it; members may be NULL. */
struct process_listener {
    void *context;
    /** It is about to be started. It and all it starts descend from `root` until it has ended, and
     * `started` becomes its result's. `group` counts their memory; NULL: none could be made. */
    void (*begun)(void *context, pid_t root, const volatile uint64_t *started,
                  const struct cgroup *group);
    /** It printed something; `error`: on standard error. */
    void (*heard)(void *context, bool error, const char *bytes, size_t length);
};

#endif
