/** The bounds that probes and their host keep, for `perfbudget limits`. */
#ifndef PROBE_BUILTIN_BOUNDS_H
#define PROBE_BUILTIN_BOUNDS_H

#include "perfbudget/probe.h"

/** One bound: beyond it something is refused, cut off, or left out, and said so. */
struct bound {
    const char *what; /**< "bytes of a budget file" without the number */
    double value;
    enum probe_unit unit;
};

/** Ends with a NULL `what`. */
extern const struct bound builtin_bounds[];

#endif
