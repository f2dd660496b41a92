/**
 * @file probe.h
 * What a probe is: the public header of perfbudget, for the probes in the tree and for plugins
 * alike. It brings metric.h and option.h, the tables of rows that a probe consists of.
 *
 * A probe declares nouns (metrics, their labels, options) and a few verbs (check, open, sample,
 * close), and streams samples to the host. The host parses options, schedules and repeats runs,
 * summarises, judges, documents and prints; a probe owns no argv, no thresholds, no output and no
 * exit code.
 *
 * A shared-object plugin exports one symbol, PROBE_EXPORT, and links to nothing: every service of
 * the host is a pointer in struct probe_services, reached through the inline functions at the end
 * of this file.
 *
 * Values are doubles in base units everywhere: bytes, seconds, per second, plain counts, ratios (1
 * % = 0.01).
 */
#ifndef PERFBUDGET_PROBE_H
#define PERFBUDGET_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfbudget/metric.h"
#include "perfbudget/option.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this interface. A plugin built for another version is refused. */
#define PROBE_ABI 1u

/** Name of the symbol a shared-object plugin exports: `const struct probe *const perfbudget_probe`.
 */
#define PROBE_EXPORT perfbudget_probe
#define PROBE_EXPORT_NAME "perfbudget_probe"

/** What a probe does to the machine; the planner knows probes by this alone. */
enum probe_need {
    PROBE_QUIET = 1,    /**< must run alone: it times something */
    PROBE_EXECUTES = 2, /**< runs what the budget file says; refused by --no-exec */
    PROBE_NETWORK = 4,  /**< talks to hosts */
    PROBE_ONCE =
        8, /**< one run says all there is to say (files, recorded samples); never repeated */
    PROBE_STREAM = 16, /**< goes with PROBE_ONCE: the run is a stream of many observations (a load).
                          It may take the whole `time_limit`, `timeout` is of one observation, and
                          samples that lie near each other may resemble each other */
    PROBE_SPANS = 32, /**< calls during() in each run, which so lasts from before the budget it runs
                         alongside to after it */
};

/** What a target is, and so how its text becomes strings. */
enum probe_target {
    PROBE_TARGET_PATHS,   /**< globs of files below `directory`; `!` negates; a list or one */
    PROBE_TARGET_COMMAND, /**< a command: a list is argv, a text is split like a shell does */
    PROBE_TARGET_TEXT,    /**< passed on as written; a list or one */
};

/** Why a run gave no data; each ends the budget as `error`. */
enum probe_fault {
    PROBE_FAULT_TARGET,    /**< nothing matched, unreadable, malformed, changed while read */
    PROBE_FAULT_CRASH,     /**< the target ended by a signal or with an unexpected status */
    PROBE_FAULT_TIMEOUT,   /**< the run's deadline passed */
    PROBE_FAULT_DATA,      /**< the target ran but gave no usable number */
    PROBE_FAULT_CANCELLED, /**< the host asked to stop */
    PROBE_FAULT_REFUSED,   /**< outside the root, or not allowed */
    PROBE_FAULT_SYSTEM,    /**< the machine failed: no memory, no process, a library's error */
};

/** Weight of a remark that does not end the run. */
enum probe_remark { PROBE_NOTE, PROBE_WARNING };

/** What the host knows of a number that is dear to compute. */
enum probe_recalled {
    PROBE_RECALLED_KNOWN, /**< this is it */
    PROBE_RECALLED_YOURS, /**< nobody knows: compute it, and say so with remember() */
    PROBE_RECALLED_BUSY,  /**< another thread or budget is computing it just now */
};

/** What came of the budget that this one runs alongside. */
enum probe_company {
    PROBE_COMPANY_NONE, /**< there is none: measure this instant */
    PROBE_COMPANY_DONE, /**< it has been measured */
    PROBE_COMPANY_LOST, /**< it was not measured, or all was interrupted */
};

/** All that is known of a value: it lies above `low` and not above `high`; `value` is the estimate.
 * low <= value <= high; all are finite, but high may be infinite. */
struct probe_between {
    double value, low, high;
};

/** A label, interned once a run set; 0 is "the whole, no label". */
typedef uint32_t probe_label_id;

struct probe_services;

/** One budget being measured by one probe. Made by the host; a probe may only write `state`. */
struct probe_run {
    const struct probe_services *services;
    void *host;                 /**< the services' own */
    const void *config;         /**< the probe's config struct, filled from the options */
    struct probe_texts targets; /**< by the probe's enum probe_target; at least one */
    const char *directory;      /**< absolute; relative paths and commands start here */
    const char *root;           /**< absolute; no path may leave it; NULL: anything goes */
    uint64_t deadline; /**< CLOCK_MONOTONIC nanoseconds by when sample() must have returned */
    int cancel_fd;     /**< readable once the host wants the run to end; -1: never */
    void *state;       /**< the probe's own, from open() to close() */
    /* Since doubt() is among the services: */
    uint64_t timeout, time_limit; /**< nanoseconds: the budget's; also in check() */
};

/**
 * The host's services. Only ever appended to; `size` is sizeof of the host's table, so that a
 * plugin built against a newer header can ask whether a service is there. All may be called from
 * the thread that runs the probe only, except `stopped`, `recall`, `remember` and the work of
 * `parallel`.
 */
struct probe_services {
    size_t size;
    /** Adds `dimension`=`value` to `base` (0: none) and returns the label. Copies both texts. */
    probe_label_id (*label)(struct probe_run *run, probe_label_id base, const char *dimension,
                            const char *value);
    /** One sample. Returns whether the host wants more of this run. Not finite is an error of the
     * probe. */
    bool (*emit)(struct probe_run *run, uint32_t metric, probe_label_id label, double value);
    /** `k` of `n` events, for metrics of unit ratio, in the order of the trials. A call in which
     * all or none are events (one for each trial, say) keeps that order, and so lets a verdict see
     * whether events come in bursts; of others it is not known, and fewer count. Returns as emit.
     */
    bool (*emit_rate)(struct probe_run *run, uint32_t metric, probe_label_id label, uint64_t k,
                      uint64_t n);
    /** The quantity has no bound (a memory without maximum): breaks every limit from above. */
    void (*unbounded)(struct probe_run *run, uint32_t metric, probe_label_id label);
    /** Says how a metric was obtained, for the report: "zlib 1.2.13 level 9". Copies the text. */
    void (*method)(struct probe_run *run, uint32_t metric, const char *text);
    /** Whether some limit needs the metric, or one that it is a part of; a probe computes nothing
     * dear that is not wanted. */
    bool (*wanted)(struct probe_run *run, uint32_t metric);
    /** In check() only: adds a metric; returns its number, after those of the probe's table. Copies
     * the row. */
    uint32_t (*declare)(struct probe_run *run, const struct probe_metric *metric);
    /** Ends the run without data. Copies both texts; hint may be NULL. */
    void (*fail)(struct probe_run *run, enum probe_fault fault, const char *message,
                 const char *hint);
    /** A remark that stands in the report. Copies both texts; hint may be NULL. */
    void (*remark)(struct probe_run *run, enum probe_remark weight, const char *message,
                   const char *hint);
    /** True once the deadline has passed or the host wants the run to end. Cheap; any thread. */
    bool (*stopped)(const struct probe_run *run);
    /** Calls work(context, i) for i below count on every free core, started in order; returns when
     * all are done. */
    void (*parallel)(struct probe_run *run, size_t count, void (*work)(void *context, size_t index),
                     void *context);
    /** Memory that lives until after close(); zeroed; never NULL. Not for samples. */
    void *(*memory)(struct probe_run *run, size_t size);
    /**
     * Asks for a whole number that follows from `key` alone: a text of all that it depends on, such
     * as a fingerprint of the bytes, their length, and the library with its version and settings.
     * The host keeps such numbers for the run, and from run to run where it has a cache. After
     * YOURS each key must be answered by remember(). BUSY: do something else and ask again;
     * `wait` waits for it (until `stopped`), holding no key of its own.
     */
    enum probe_recalled (*recall)(struct probe_run *run, const char *key, bool wait,
                                  uint64_t *value);
    /** The answer to a key that was YOURS; value NULL: it could not be computed. */
    void (*remember)(struct probe_run *run, const char *key, const uint64_t *value);
    /** A fingerprint of what is measured under a label (of bytes, say), so that it is known again
     * when it has another name; 0: none. `nameless`: the label only counts ("function-12"), so that
     * what earlier code has under it may be something else. */
    void (*fingerprint)(struct probe_run *run, uint32_t metric, probe_label_id label,
                        uint64_t fingerprint, bool nameless);
    /**
     * What was measured in this run is there, but proves nothing (the machine was too slow to load
     * the target): whatever would pass or fail is inconclusive instead, for this reason. `message`
     * is a phrase; `hint` says what would mend it, or is NULL. Copies both; the first one counts.
     */
    void (*doubt)(struct probe_run *run, const char *message, const char *hint);
    /**
     * Of a probe that spans (PROBE_SPANS): lets the budget that this one runs alongside begin, and
     * returns when it has ended, with the seconds it took; the run has a new deadline then. In
     * check() it says at once whether there is one. Once a run.
     */
    enum probe_company (*during)(struct probe_run *run, double *seconds);
    /** In check() only: no run gives more than `most` samples (of a rate: trials) of a metric. A
     * limit that needs more can never pass, and `lint` says so. */
    void (*expect)(struct probe_run *run, uint32_t metric, uint64_t most);
    /** A sample of which only this is known, such as a quantile read off a histogram: the edges of
     * its bucket. A limit passes or fails only where both edges agree. Returns as emit. */
    bool (*emit_between)(struct probe_run *run, uint32_t metric, probe_label_id label,
                         struct probe_between between);
    /**
     * How many runs the host wants after this one, whatever this one and they give: no limit can be
     * decided before. A probe that saves something by it may do them in a row, in this call of
     * sample(), with next() between two of them; each may take as long as this one, none may begin
     * after `begin_by` (CLOCK_MONOTONIC nanoseconds), and one that fails ends them. One run a call
     * is always right.
     */
    uint64_t (*ahead)(struct probe_run *run, uint64_t *begin_by);
    /** All of this run has been emitted, as if sample() had returned true and been called again.
     * Returns false when something was wrong with it: then sample() is to return. */
    bool (*next)(struct probe_run *run);
};

/** A probe. The arrays carry their row size, so that rows may grow at the end in later versions. */
struct probe {
    uint32_t abi;            /**< PROBE_ABI; first for ever */
    uint32_t needs;          /**< enum probe_need, or-ed */
    const char *name;        /**< the key in a budget file: [a-z][a-z0-9-]* */
    const char *summary;     /**< one sentence: what it measures */
    const char *target_help; /**< one phrase: what its value names */
    enum probe_target target;
    const struct probe_metric
        *metrics; /**< the first is the primary one, which bare statistics mean */
    size_t metric_count, metric_size; /**< rows, and sizeof(struct probe_metric) */
    const struct probe_option *options;
    size_t option_count, option_size; /**< rows, and sizeof(struct probe_option) */
    size_t config_size;               /**< of the struct the options fill; 0 without options */
    /** Optional: rules across options, and declare() of metrics the options name. Measures nothing.
     */
    bool (*check)(struct probe_run *run);
    /** Optional: once before the first run. */
    bool (*open)(struct probe_run *run);
    /** One run, or several where the host wants them (ahead()). The host decides how often. True
     * when each gave its data. */
    bool (*sample)(struct probe_run *run);
    /** Optional; always called after open(), also when open() failed. */
    void (*close)(struct probe_run *run);
};

/* The services as a probe writes them. */

static inline probe_label_id probe_label(struct probe_run *run, const char *dimension,
                                         const char *value) {
    return run->services->label(run, 0, dimension, value);
}
static inline probe_label_id probe_label_add(struct probe_run *run, probe_label_id base,
                                             const char *dimension, const char *value) {
    return run->services->label(run, base, dimension, value);
}
static inline bool probe_emit(struct probe_run *run, uint32_t metric, probe_label_id label,
                              double value) {
    return run->services->emit(run, metric, label, value);
}
/** As the service; a host that is too old to have it takes it for a failure. */
static inline bool probe_emit_between(struct probe_run *run, uint32_t metric, probe_label_id label,
                                      struct probe_between between) {
    if (run->services->size > offsetof(struct probe_services, emit_between) &&
        run->services->emit_between)
        return run->services->emit_between(run, metric, label, between);
    (run->services->fail)(run, PROBE_FAULT_DATA,
                          "this version cannot judge a value that is known by its edges", NULL);
    return false;
}
static inline bool probe_emit_rate(struct probe_run *run, uint32_t metric, probe_label_id label,
                                   uint64_t k, uint64_t n) {
    return run->services->emit_rate(run, metric, label, k, n);
}
static inline void probe_unbounded(struct probe_run *run, uint32_t metric, probe_label_id label) {
    run->services->unbounded(run, metric, label);
}
static inline void probe_method(struct probe_run *run, uint32_t metric, const char *text) {
    run->services->method(run, metric, text);
}
static inline bool probe_wanted(struct probe_run *run, uint32_t metric) {
    return run->services->wanted(run, metric);
}
static inline uint32_t probe_declare(struct probe_run *run, const struct probe_metric *metric) {
    return run->services->declare(run, metric);
}
/** Always false, so that `return probe_fail(..)` reads well. */
static inline bool probe_fail(struct probe_run *run, enum probe_fault fault, const char *message,
                              const char *hint) {
    (run->services->fail)(run, fault, message, hint); /* cmocka has a macro of that name */
    return false;
}
static inline void probe_remark(struct probe_run *run, enum probe_remark weight,
                                const char *message, const char *hint) {
    run->services->remark(run, weight, message, hint);
}
static inline bool probe_stopped(const struct probe_run *run) {
    return run->services->stopped(run);
}
static inline void probe_parallel(struct probe_run *run, size_t count,
                                  void (*work)(void *context, size_t index), void *context) {
    run->services->parallel(run, count, work, context);
}
static inline void *probe_memory(struct probe_run *run, size_t size) {
    return run->services->memory(run, size);
}
/** As the service; a host that is too old to have it takes it for a failure. */
static inline void probe_doubt(struct probe_run *run, const char *message, const char *hint) {
    if (run->services->size > offsetof(struct probe_services, doubt))
        run->services->doubt(run, message, hint);
    else
        probe_fail(run, PROBE_FAULT_DATA, message, hint);
}
/** As the service; a host that is too old to have it does without. */
static inline void probe_expect(struct probe_run *run, uint32_t metric, uint64_t most) {
    if (run->services->size > offsetof(struct probe_services, expect))
        run->services->expect(run, metric, most);
}
/** As the service; 0 where the host does not have it. */
static inline uint64_t probe_ahead(struct probe_run *run, uint64_t *begin_by) {
    *begin_by = 0;
    return run->services->size > offsetof(struct probe_services, next) && run->services->ahead
               ? run->services->ahead(run, begin_by)
               : 0;
}
/** As the service, which is there where probe_ahead says more than 0. */
static inline bool probe_next(struct probe_run *run) {
    return run->services->next(run);
}
/** Whether the host has recall() and remember(). */
static inline bool probe_recalls(const struct probe_run *run) {
    return run->services->size > offsetof(struct probe_services, remember) &&
           run->services->recall && run->services->remember;
}
/** Without probe_recalls every number is YOURS. */
static inline enum probe_recalled probe_recall(struct probe_run *run, const char *key, bool wait,
                                               uint64_t *value) {
    return probe_recalls(run) ? run->services->recall(run, key, wait, value) : PROBE_RECALLED_YOURS;
}
static inline void probe_remember(struct probe_run *run, const char *key, const uint64_t *value) {
    if (probe_recalls(run)) run->services->remember(run, key, value);
}
/** Nothing where the host does not have it. */
static inline void probe_fingerprint(struct probe_run *run, uint32_t metric, probe_label_id label,
                                     uint64_t fingerprint, bool nameless) {
    if (run->services->size > offsetof(struct probe_services, fingerprint) &&
        run->services->fingerprint)
        run->services->fingerprint(run, metric, label, fingerprint, nameless);
}
/** PROBE_COMPANY_NONE where the host does not have it. */
static inline enum probe_company probe_during(struct probe_run *run, double *seconds) {
    return run->services->size > offsetof(struct probe_services, during) && run->services->during
               ? run->services->during(run, seconds)
               : PROBE_COMPANY_NONE;
}

#ifdef __cplusplus
}
#endif

#endif
