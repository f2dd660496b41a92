/** The probe that reads samples which something else measured, from files. */
#ifndef PROBES_SAMPLES_H
#define PROBES_SAMPLES_H

#include "perfbudget/probe.h"

extern const struct probe samples_probe;

#endif
