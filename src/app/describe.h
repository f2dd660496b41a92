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

/** Row i of a probe's metrics, whatever their row size. */
const struct probe_metric *describe_metric(const struct probe *probe, size_t i);

#endif
