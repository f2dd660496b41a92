/** An executable plugin as a probe: its description in, its requests out, its answers in. */
#ifndef PROBE_PLUGIN_EXEC_H
#define PROBE_PLUGIN_EXEC_H

#include "base/diag.h"
#include "perfbudget/probe.h"
#include "probe/metric.h"

/** Bounds on executable plugins, listed by `perfbudget limits`. */
enum {
    PLUGIN_DESCRIPTION_MAX = 1 << 20, /**< bytes of a description */
    PLUGIN_OUTPUT_MAX = 64 << 20,     /**< bytes of one run's answer */
    PLUGIN_LINE_MAX = 1 << 20,        /**< bytes of one line of it */
    PLUGIN_DESCRIBE_SECONDS = 10,     /**< for --describe */
};

/** A plugin's probe, first so that the one can be had from the other. */
struct plugin_exec {
    struct probe probe;
    const char *path;
};

/** Fills the probe's nouns from the JSON text of --describe. False: `problem` says why. */
bool plugin_describe(struct arena *arena, const char *bytes, size_t length, struct probe *probe,
                     const char **problem);

/** The JSON text a run is asked by. `left` is the time until its deadline in seconds. */
const char *plugin_request(struct arena *arena, const struct probe *probe,
                           const struct metrics *metrics, struct probe_run *run, double left);

/** Hands the lines of an answer to the host's services. True when the last line said `done`; else
 * the run has failed. */
bool plugin_answer(struct probe_run *run, const struct metrics *metrics, const char *bytes,
                   size_t length);
/** Looks for a line that says why the run failed, and fails with it. False: there is none. */
bool plugin_answer_failure(struct probe_run *run, const char *bytes, size_t length);

#endif
