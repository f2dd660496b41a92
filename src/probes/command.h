/** The probe that runs a command and measures its time, its memory and what it prints. */
#ifndef PROBES_COMMAND_H
#define PROBES_COMMAND_H

#include "perfbudget/probe.h"

extern const struct probe command_probe;

#endif
