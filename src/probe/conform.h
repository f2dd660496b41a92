/** The rules of probe.h for one row, shared by the tables of probes and by what check() declares.
 */
#ifndef PROBE_CONFORM_H
#define PROBE_CONFORM_H

#include "base/arena.h"
#include "perfbudget/probe.h"

/** Bounds on a probe's tables, listed by `perfbudget limits`. */
enum { PROBE_METRICS_MAX = 1000, PROBE_OPTIONS_MAX = 200, PROBE_NAME_MAX = 64 };

/** What a row of options had before records: plugins of then are taken. */
#define OPTION_SIZE_MIN offsetof(struct probe_option, records)

/** Whether it is a word of these letters that begins with a small letter. */
bool name_fits(const char *name, const char *letters);
/** NULL, or what is wrong with a probe's options (the table of its config struct). */
const char *options_conform(struct arena *arena, const struct probe_record_table *table);
/** NULL, or what is wrong with the row, as a sentence without its end. */
const char *metric_conforms(struct arena *arena, const struct probe_metric *metric);

/** As metric_conforms, of the `parts` of all rows together. */
struct metrics;
const char *parts_conform(struct arena *arena, const struct metrics *metrics);

#endif
