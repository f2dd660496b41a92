/** The map of metrics that a budget asks to be read from what a target prints. */
#ifndef SCHEMA_BIND_METRICS_H
#define SCHEMA_BIND_METRICS_H

#include "schema/bind.h"

/**
 * `{ops: {pattern: '..', unit: /s, better: higher}}` to readings: keys `pattern` or `json` (exactly
 * one), `unit`, `better`, `nature`. Without `better`: lower for times and sizes, higher for rates,
 * else neither. All mistakes in one go; on failure *out is untouched.
 */
bool bind_metrics(const struct field_context *context, const struct yaml_node *map,
                  struct probe_readings *out);

#endif
