/** The probe `http`: how a service answers under load. */
#ifndef PROBES_HTTP_H
#define PROBES_HTTP_H

#include "perfbudget/probe.h"

extern const struct probe http_probe;

#endif
