/** Words for what the tables hold: probes, metrics, options; for `probes`, `explain` and the
 * reference docs. */
#ifndef APP_DESCRIBE_H
#define APP_DESCRIBE_H

#include "base/text.h"
#include "perfbudget/probe.h"

/** "bytes", "seconds", "a count", ... */
const char *describe_unit(enum probe_unit unit);
/** "lower is better", "higher is better", "no direction". */
const char *describe_better(enum probe_better better);
/** "exact", or "noisy, judged at p95 by default". */
const char *describe_nature(struct arena *arena, const struct probe_metric *metric);
/** "adds up", "largest", "samples together", "must be named". */
const char *describe_fold(enum probe_fold fold);
/** "needs a quiet machine, runs commands", or "" */
const char *describe_needs(struct arena *arena, uint32_t needs);
/** Everything of one probe, as plain text for the terminal. */
const char *describe_probe(struct arena *arena, const struct probe *probe, const char *origin);
/** " Explained by section, function.", or "": the metrics that a broken limit is traced to. */
const char *describe_parts(struct arena *arena, const struct probe_metric *metric);

/** One option of a probe, or one key of the records of an option. */
struct described_option {
    const struct probe_option *row;
    const char *path;  /**< "duration", "phases.NAME.duration", "scenario.requests.method" */
    const char *where; /**< "" for an option, else the path of its records */
    unsigned depth;    /**< 0 for an option */
};
/** All options of a probe, each followed by the keys of its records. */
const struct described_option *describe_options(struct arena *arena, const struct probe *probe,
                                                size_t *count);
/** Row i of a probe's metrics, whatever their row size. */
const struct probe_metric *describe_metric(const struct probe *probe, size_t i);

#endif
