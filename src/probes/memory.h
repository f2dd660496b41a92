/** The probe that follows the memory of a command or a running process over time. */
#ifndef PROBES_MEMORY_H
#define PROBES_MEMORY_H

#include "perfbudget/probe.h"

extern const struct probe memory_probe;

#endif
