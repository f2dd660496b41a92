/** The metrics of one budget, built-in and declared, as the host sees them, and what was measured
 * of them. */
#ifndef PROBE_METRIC_H
#define PROBE_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "perfbudget/probe.h"
#include "stats/buckets.h"

/** The metrics of a budget: the probe's table, then what check() declared. Numbers are indexes. */
struct metrics {
    const struct probe_metric **items; /**< each with a dimensions array or NULL */
    size_t count;
    uint64_t *most; /**< by metric below most_count: most samples of a run; 0: not known */
    size_t most_count;
};
/** Number of the metric with that name, or -1. */
int metric_find(const struct metrics *metrics, const char *name);
/** Number of a dimension within a metric, or -1. */
int metric_dimension(const struct probe_metric *metric, const char *name);
size_t metric_dimensions(const struct probe_metric *metric);
enum { METRIC_DIMENSIONS_MAX = 4 };

/** All samples of one metric with one set of labels. */
struct series {
    uint32_t metric;
    const char
        *labels[METRIC_DIMENSIONS_MAX]; /**< by dimension; NULL: not named (folded or the whole) */
    double *samples;                    /**< in the order emitted */
    size_t count;
    struct buckets *whole; /**< NULL: `samples` are all there are. Else all are counted in here, and
                              `samples` are one of each `stride` of them, still in order */
    size_t stride;         /**< 1 without `whole` (0 means 1) */
    uint64_t *places;      /**< of streams that are pooled over labels, by sample: which of the
                              metric's samples it was, ascending; NULL: not known */
    size_t *run_ends;      /**< samples of run r are run_ends[r-1]..run_ends[r] */
    size_t runs;
    uint64_t k, n;        /**< of emit_rate: events among trials; n 0: not a rate */
    uint64_t *trials;     /**< of a noisy rate, by sample: of how many trials, in the order they
                             came, it is the share of events; NULL: their order is not known */
    bool unbounded;       /**< no bound on this quantity */
    bool between;         /**< all that is known of some samples is that they lie .. */
    double low, high;     /**< .. above low and not above high, as do all others; of `between` */
    bool at_low;          /**< it may be `low` itself */
    uint64_t fingerprint; /**< of what the label stands for; 0: not known */
    bool nameless;        /**< the label only counts: in earlier code it may be another's */
};

/** One part of a file and what the file's compressed bytes went to it, as an estimate: the size of
 * the file less its size without the part. 0: the part is not there. */
struct estimated_part {
    const char *kind; /**< "section", "namespace", "function" */
    const char *name;
    double value, baseline;         /**< bytes, compressed; baseline: in earlier code */
    double raw_value, raw_baseline; /**< bytes before compression */
};

/** What the compressed growth of one file went to; of those parts that grew most uncompressed. */
struct size_estimate {
    const char *metric; /**< "gzip" */
    const char *file;   /**< its label */
    const char *method; /**< "zlib 1.2.13 level 9" */
    double value, baseline;
    struct estimated_part *parts; /**< by kind, the largest change first */
    size_t count, untried;        /**< untried: parts that changed as well */
    const char *note;             /**< why there are no parts, or fewer than were wanted; NULL */
};

/** What one budget's probe gave. */
struct measurement {
    const struct metrics *metrics;
    struct series
        *series; /**< a metric's whole (no labels) first, if there is one, then by label */
    size_t count;
    const char **methods;  /**< by metric: how it was obtained, or NULL */
    const double *cuts;    /**< by metric: labels of values up to this may be missing, as a report
                              kept the largest only; 0: all are there. NULL: all of all are */
    size_t runs;           /**< runs that gave data */
    double duration;       /**< seconds, all runs */
    const char *doubt;     /**< why it proves nothing, and so all verdicts are inconclusive; NULL */
    const char *remedy;    /**< what would mend that; NULL */
    bool missing;          /**< the budget was not measured; `problems` says why */
    struct diags problems; /**< errors and remarks of this budget */
    const struct size_estimate *estimates; /**< made after a limit broke; none otherwise */
    size_t estimate_count;
};

/** A copy of everything but the metrics, for a measurement whose own arena goes away first. */
struct measurement *measurement_copy(struct arena *arena, const struct measurement *from);

/**
 * The series a limit is about: those of `metric`, folded over every dimension d whose bit is not in
 * `named`. Sum and max fold within a run, the first sample of each label with the first of the
 * others and so on (exact metrics have one a run; a label that has fewer adds nothing further);
 * pool joins the samples run by run, in the order they came where `places` tell it; rates
 * (emit_rate) always join. A metric whose fold is none gives nothing unless all its dimensions are
 * named; a probe's own series over just the named dimensions wins over a folded one. Results are
 * sorted by label; empty when nothing was measured. Lives in `arena`, but for samples and labels,
 * which may be the measurement's own.
 */
void measurement_select(struct arena *arena, const struct measurement *measurement, uint32_t metric,
                        unsigned named, struct series **found, size_t *count);

/** How many samples there were, kept or counted. */
uint64_t series_count(const struct series *series);
/** A statistic of all of them; see statistic_of and buckets_statistic. */
double series_statistic(const struct series *series, const struct statistic *statistic);

/** Canonical text of a series' labels, "" for the whole, "dist/app.js" with one dimension,
 * "phase:peak request:x" with more. A copy of its own. */
const char *series_label(struct arena *arena, const struct probe_metric *metric,
                         const struct series *series);

#endif
