/** PromQL through the HTTP API of Prometheus and what speaks like it (prometheus.io, "HTTP API").
 */
#ifndef PROBES_PROMETHEUS_QUERY_H
#define PROBES_PROMETHEUS_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { PROMETHEUS_POINTS_MAX = 11000 }; /**< points of one series, Prometheus' own bound */

struct prometheus_points {
    double *items; /**< finite values, oldest first */
    size_t count;
    const char *warnings; /**< what the server warned of, joined; NULL: nothing */
};

/**
 * Reads an answer of /api/v1/query or query_range: a scalar, or exactly one series. False with
 * `problem` (in the arena): the server's own error, no series, several (named), a value that is NaN
 * or infinite, no JSON of that shape.
 */
bool prometheus_answer(struct arena *arena, const char *bytes, size_t length,
                       struct prometheus_points *points, const char **problem);

/** The query with `{{during}}` replaced by so many whole seconds, rounded up: "13s". */
const char *prometheus_filled(struct arena *arena, const char *query, double seconds);

/** Whether `{{during}}` stands in it. */
bool prometheus_asks_for_during(const char *query);

#endif
