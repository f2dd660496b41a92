/** Limits: which statistic of which metric and labels may not lie beyond which bound. */
#ifndef BUDGET_LIMIT_H
#define BUDGET_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "probe/metric.h"
#include "stats/statistic.h"

enum limit_kind { LIMIT_MAX, LIMIT_MIN, LIMIT_WARN, LIMIT_REGRESSION, LIMIT_IMPROVEMENT };
enum limit_operator { LIMIT_AT_MOST, LIMIT_BELOW, LIMIT_AT_LEAST, LIMIT_ABOVE };
extern const char
    *const limit_kind_words[]; /**< "max", "min", "warn", "regression", "improvement" */
extern const char *const limit_operator_signs[]; /**< "<=", "<", ">=", ">" */

/** Which labels a limit is about: a glob by dimension; NULL: the dimension is folded. */
struct label_pattern {
    const char *globs[METRIC_DIMENSIONS_MAX];
    unsigned named; /**< bit d: dimension d is named */
    bool wild;      /**< some glob has a wildcard: the row may match many labels */
};
/** Whether the label matches: `*` any run of characters, also `/`; `?` one character; `\` escapes.
 * Never backtracks beyond the last `*`: at most one step for each pair of their bytes. */
bool label_glob_match(const char *glob, const char *label);
bool label_pattern_match(const struct label_pattern *pattern, const struct series *series);

/** One bound of one limit key: one row of the report. */
struct limit {
    const char *key;  /**< canonical: "wall.p95", "gzip[*]", "latency[phase:peak request:x].p99";
                         unique with kind */
    const char *text; /**< the bound as written: "100KB" */
    uint32_t metric;  /**< into budget->metrics */
    struct statistic
        statistic;    /**< for noisy metrics; the statistic written or the metric's default */
    bool statistical; /**< statistic counts (a noisy metric, or one written for an exact metric) */
    struct label_pattern pattern;
    enum limit_kind kind;
    enum limit_operator operator;
    double bound;         /**< base unit; of a relative regression or improvement the ratio */
    enum probe_unit unit; /**< of bound and observed */
    bool relative;        /**< regression and improvement: bound is a share of the baseline */
    double floor;         /**< changes below never count, in the metric's unit; 0: none */
    bool has_baseline;    /**< `baseline:` written down */
    double baseline;      /**< in the metric's unit */
    struct place place;   /**< of the bound's value */
    const struct limit *instead_of; /**< of a waived bound: the one it stands in for; else NULL */
    bool waived; /**< from a live waiver; instead_of NULL then means: the original removed by `null`
                    or new */
    size_t
        order; /**< position among the budget's rows as written, for "the last written decides" */
};

/**
 * The canonical text of a limit key of a budget with these metrics, or NULL with an error: `p95`
 * and `wall.p95` are both "wall.p95". `only_relative`: the value bounds only regression or
 * improvement, so the default statistic is the median. Fills limit's key, metric, statistic,
 * statistical, pattern.
 */
bool limit_key_read(struct arena *arena, const char *text, const struct metrics *metrics,
                    bool only_relative, struct place place, struct limit *limit,
                    struct diags *diags);

#endif
