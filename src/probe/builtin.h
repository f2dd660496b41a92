/** The probes in the tree, as the registry sees them. */
#ifndef PROBE_BUILTIN_H
#define PROBE_BUILTIN_H

#include <stddef.h>

#include "perfbudget/probe.h"

/** The built-in probes in the order they are listed in. */
const struct probe *const *builtin_probes(size_t *count);

#endif
