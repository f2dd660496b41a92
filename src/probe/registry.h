/** Every probe there is: built in, shared objects, executables; past here they cannot be told
 * apart. */
#ifndef PROBE_REGISTRY_H
#define PROBE_REGISTRY_H

#include "base/diag.h"
#include "perfbudget/probe.h"

struct registry {
    struct arena *arena;
    const struct probe **probes; /**< built-in ones first, then plugins in the order given */
    const char **origins;        /**< by probe: NULL for built in, else the plugin's path */
    size_t count;
    void **handles; /**< shared objects that are loaded */
    size_t handle_count;
};

/** The built-in probes. */
void registry_init(struct registry *registry, struct arena *arena);
/** Gives plugins back. */
void registry_release(struct registry *registry);
/**
 * Adds the plugin at `path`: a shared object if its content is one, else an executable that speaks
 * `--describe`. Refused: another ABI, a name that is taken, a malformed description, group- or
 * world-writable files and folders of others.
 */
bool registry_add_plugin(struct registry *registry, const char *path, struct diags *diags);
const struct probe *registry_find(const struct registry *registry, const char *name);
/** Names of all probes, NULL-terminated, for suggestions. */
const char *const *registry_names(const struct registry *registry, struct arena *arena);

/** Versions of the libraries that measured sizes depend on ("zlib" -> "1.2.13"); ends with a NULL
 * name. */
struct library_version {
    const char *name, *version;
};
const struct library_version *builtin_libraries(struct arena *arena);

/** Whether calling the probe runs code of a shared object, which nothing can end but the process.
 */
bool probe_is_foreign(const struct probe *probe);

/**
 * Whether a probe keeps the contract of probe.h: names, units, unique metrics and options, no
 * reserved words, fallbacks that parse, sizes. What plugins are refused by and the conformance
 * suite runs over all probes.
 */
bool probe_conforms(const struct probe *probe, const char *origin, struct diags *diags);

#endif
