/** The `prometheus` probe: what an endpoint of metrics says, or a Prometheus server computes. */
#ifndef PROBES_PROMETHEUS_H
#define PROBES_PROMETHEUS_H

#include "perfbudget/probe.h"

extern const struct probe prometheus_probe;

#endif
