/** What a scraped endpoint says: Prometheus' text format 0.0.4 (prometheus.io, "Exposition
 * formats") and OpenMetrics 1.0.0, read strictly and within bounds. */
#ifndef PROBES_PROMETHEUS_TEXT_H
#define PROBES_PROMETHEUS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum {
    PROMETHEUS_BODY_MAX = 64 * 1024 * 1024, /**< bytes of an answer */
    PROMETHEUS_LABELS_MAX = 128,            /**< labels of one sample */
    PROMETHEUS_LINE_MAX = 64 * 1024,        /**< bytes of a line */
};

struct prometheus_label {
    const char *name, *value; /**< unescaped */
};

/** One line with a value. Everything lives in the arena of prometheus_read. */
struct prometheus_sample {
    const char *name;
    const struct prometheus_label *labels; /**< sorted by name, each once */
    size_t label_count;
    double value;     /**< may be NaN or infinite */
    bool stamped;     /**< a time stands behind the value */
    double timestamp; /**< seconds since 1970 */
    size_t line;      /**< from 1 */
};

enum prometheus_type {
    PROMETHEUS_UNTYPED, /**< no `# TYPE`, or untyped, unknown, info, stateset */
    PROMETHEUS_COUNTER,
    PROMETHEUS_GAUGE,
    PROMETHEUS_HISTOGRAM, /**< gaugehistogram too */
    PROMETHEUS_SUMMARY,
};

/** Who is told. */
struct prometheus_reader {
    void *context;
    bool open_metrics; /**< the text is OpenMetrics, which must end with `# EOF`; the other must end
                          with a newline, so that neither can be cut short unnoticed */
    /** Whether samples of that name matter; what does not is checked, and passed over. */
    bool (*wants)(void *context, const char *name, size_t length);
    void (*sample)(void *context, const struct prometheus_sample *sample);
    /** Of every family; the name is not NUL-terminated. False: it was said before. */
    bool (*type)(void *context, const char *name, size_t length, enum prometheus_type type);
};

/** Where and why a text was refused. */
struct prometheus_problem {
    size_t line;         /**< from 1; 0: of the whole */
    const char *message; /**< a phrase, in the arena or static; NULL: none */
};

/** Reads all of it. False with `problem`. */
bool prometheus_read(struct arena *arena, const char *bytes, size_t length,
                     const struct prometheus_reader *reader, struct prometheus_problem *problem);

/** A number as both formats write it: decimal, NaN, +Inf, -Inf. False for anything else, and for
 * what a double cannot hold. */
bool prometheus_number(const char *text, size_t length, double *value);

#endif
