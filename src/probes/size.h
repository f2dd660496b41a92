/** The probe of file sizes, raw and as servers send them. */
#ifndef PROBES_SIZE_H
#define PROBES_SIZE_H

#include "perfbudget/probe.h"

extern const struct probe size_probe;

#endif
