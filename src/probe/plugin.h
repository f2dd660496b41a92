/** Where plugins come from: files that are looked at before any of their code runs. */
#ifndef PROBE_PLUGIN_H
#define PROBE_PLUGIN_H

#include "base/diag.h"
#include "perfbudget/probe.h"

enum plugin_kind { PLUGIN_SHARED, PLUGIN_EXECUTABLE };

/**
 * Resolves the path and refuses what others could have changed: no regular file, an owner other
 * than root and oneself, write permission for group or others; the same for every folder above it,
 * where the sticky bit or one's own group makes up for it. `resolved` lives in diags->arena.
 */
bool plugin_file_check(const char *path, const char **resolved, enum plugin_kind *kind,
                       struct diags *diags);

/** Loads a shared object; NULL with an error, placed at `origin`, the path as it was given.
 * `handle` is dlclosed by the registry. */
const struct probe *plugin_shared_load(const char *path, const char *origin, void **handle,
                                       struct diags *diags);

/** Asks an executable for its description; NULL with an error. The probe lives in `arena`. */
const struct probe *plugin_exec_load(struct arena *arena, const char *path, const char *origin,
                                     struct diags *diags);
/** Whether the probe is such an executable's. */
bool plugin_exec_is(const struct probe *probe);

#endif
