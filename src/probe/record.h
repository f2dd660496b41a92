/** Samples as they stream in: kept run by run, so that a run that fails leaves nothing. */
#ifndef PROBE_RECORD_H
#define PROBE_RECORD_H

#include "base/array.h"
#include "probe/labels.h"

/** Samples of one metric of one budget at most, listed by `perfbudget limits`. */
enum { SAMPLES_MAX = 10000000 };
/** Of a stream so many are kept at most; of longer ones all are counted in buckets. */
enum { STREAM_SAMPLES_MAX = 1000000 };

/** Slices of trials that one run of a rate may have. Where there are more, each two become one,
 * which does not know the order of its events. */
enum { SLICES_MAX = 16384 };

/** A series under way: `series` counts the samples of the current run too. */
struct slot {
    struct series series;
    probe_label_id label;
    size_t kept;      /**< samples of complete runs */
    uint64_t seen;    /**< of a stream: samples, kept or not */
    size_t room;      /**< of a stream: for samples that are kept */
    uint64_t k, n;    /**< of the current run */
    bool unbounded;   /**< said in the current run */
    bool plain, rate; /**< what has been emitted */
    struct first *first;
};

/** The first sample of a series and the end of its first run: most series have no more. */
struct first {
    double sample;
    size_t end;
};

struct record {
    struct arena *arena;   /**< of what a measurement is made of */
    struct arena *scratch; /**< of what is needed only while samples come */
    const struct metrics *metrics;
    struct labels labels;
    uint64_t seed;
    struct slot *slots[PIECES_MAX]; /**< see pieces_at */
    size_t count;
    struct first *firsts[PIECES_MAX]; /**< by slot */
    size_t first_count;
    struct table table;
    size_t *samples; /**< by metric: samples so far */
    size_t *strides; /**< by metric: one of so many samples is kept; 1: each */
    size_t stream;   /**< samples of a metric at most, before thinning; 0: this is no stream */
    bool places;     /**< labels that are pooled remember in which order their samples came */
    uint64_t *seen;  /**< by metric: samples that had a place, kept or not */
    size_t runs;     /**< complete ones */
    bool inexact;    /**< what was wrong is that an exact metric was not exact */
    bool *emitted;   /**< by metric: something in the current run */
    uint32_t *order; /**< slots sorted as a measurement has them */
    size_t ordered;
    struct series *view;
};

/* Each of these returns NULL, or what was wrong as text that goes on from "the probe ..". */
const char *record_value(struct record *record, uint32_t metric, probe_label_id label,
                         double value);
const char *record_rate(struct record *record, uint32_t metric, probe_label_id label, uint64_t k,
                        uint64_t n);
const char *record_between(struct record *record, uint32_t metric, probe_label_id label,
                           struct probe_between between);
const char *record_unbounded(struct record *record, uint32_t metric, probe_label_id label);
const char *record_fingerprint(struct record *record, uint32_t metric, probe_label_id label,
                               uint64_t fingerprint, bool nameless);

/** `scratch` may be freed once the last sample has come; the series outlive it. */
void record_begin(struct record *record, struct arena *arena, struct arena *scratch,
                  const struct metrics *metrics);
/** Before a run: forgets what an incomplete one left. */
void record_run_begin(struct record *record);
/** Keeps the run. NULL, or which exact metric was not exact; then nothing of the run is kept. */
const char *record_run_end(struct record *record);
/** The series of the complete runs, sorted by metric, then label, the whole first. */
struct series *record_series(struct record *record, size_t *count);

#endif
