/**
 * @file metric.h
 * The metrics that a probe declares: rows of a table. Part of probe.h, which is what to include.
 */
#ifndef PERFBUDGET_METRIC_H
#define PERFBUDGET_METRIC_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Unit of a value, always the base unit of its kind. */
enum probe_unit {
    PROBE_COUNT,            /**< plain count */
    PROBE_BYTES,            /**< bytes */
    PROBE_SECONDS,          /**< seconds */
    PROBE_RATIO,            /**< a share or quotient; 1 % = 0.01 */
    PROBE_PER_SECOND,       /**< events a second */
    PROBE_BYTES_PER_SECOND, /**< bytes a second */
};

/** Which direction of a metric is better; a bare limit bounds in that direction. */
enum probe_better { PROBE_NEITHER, PROBE_LOWER, PROBE_HIGHER };

/** Exact metrics repeat to the last digit and are compared as they are; noisy ones are judged by a
 * test. */
enum probe_nature { PROBE_EXACT, PROBE_NOISY };

/** How a metric folds over the labels a limit does not name. */
enum probe_fold {
    PROBE_FOLD_NONE, /**< not at all: a limit must name the label */
    PROBE_FOLD_SUM,  /**< add the values of a run */
    PROBE_FOLD_MAX,  /**< the largest value of a run */
    PROBE_FOLD_POOL, /**< all samples together */
};

/** One dimension along which a metric has labels. An array of these ends with a NULL name. */
struct probe_dimension {
    const char *name; /**< lower-case word: "file", "section", "phase" */
    const char *help; /**< what one label is, as a phrase */
    bool complete;    /**< true: an absent label is 0; false: an absent label was not measured */
};

/** One quantity a probe measures. */
struct probe_metric {
    const char *name;                         /**< [a-z][a-z0-9_]*, no dot, no statistic's name */
    const char *help;                         /**< one sentence: what it is and how it is counted */
    const struct probe_dimension *dimensions; /**< NULL for none; else ends with a NULL name */
    enum probe_unit unit;
    enum probe_better better;
    enum probe_nature nature;
    enum probe_fold fold;
    const char *statistic;    /**< what a noisy metric is judged by where a limit names none: "p95";
                                 NULL: "median" */
    const char *const *parts; /**< metrics of the same probe, exact ones whose labels say what this
                                 one is made of; ends with NULL, or NULL. They are wanted with this
                                 one, and ranked where it breaks a limit. None of declare() */
    const char *unnamed;      /**< a glob of labels of the first dimension, a `complete` one, that
                                 stand for what nothing names ("function-*"), or NULL. What is not
                                 there may hide behind them: it lies between 0 and what they hold.
                                 Without * and ? ("(unnamed)") it is a label that parts of all others
                                 may hide behind: each may be larger by what it holds */
};

#ifdef __cplusplus
}
#endif

#endif
