/** What a broken limit is made of, and what of it grew since earlier code: the labels of its metric
 * and of the metrics that are its parts, ranked. Knows no probe. */
#ifndef REPORT_ATTRIBUTION_H
#define REPORT_ATTRIBUTION_H

#include "report/report.h"

enum {
    ATTRIBUTION_MAX = 10, /**< parts of one kind where nothing is known of earlier code */
    GROWTH_MAX = 1000,    /**< parts of one kind that changed */
};

/** What is known of a part in earlier code. */
enum part_state {
    PART_ALONE,   /**< nothing: there is no baseline */
    PART_SAME,    /**< the same value */
    PART_CHANGED, /**< another value */
    PART_NEW,     /**< it was not there */
    PART_GONE,    /**< it is not there any more; its value is 0 */
    PART_RENAMED, /**< the same under the name `was` */
    PART_RISEN,   /**< it was too small for the stored report to list: at most `baseline` */
    PART_OTHERS,  /**< further changes, `count` of them together */
};

/** One part of a metric that broke its limit. */
struct part {
    const struct probe_metric *metric; /**< that broke the limit */
    const struct limit *limit;
    const struct probe_metric *by; /**< whose labels these are: `metric`, or one of its parts */
    const char *kind;              /**< its dimensions, a blank between: "file", "phase request" */
    const char *name;              /**< its label */
    double value;
    double share; /**< of all labels together; NaN where they do not add up */
    enum part_state state;
    double baseline;    /**< NaN: none */
    double change;      /**< value - baseline; NaN */
    const char *was;    /**< with PART_RENAMED */
    size_t count;       /**< labels it stands for: 1 but with PART_OTHERS */
    const char *before; /**< "zlib 1.2.13 level 9": `metric` is made by that method, and `by` is
                           not; NULL: they are alike */
};

/**
 * The parts of every metric that broke a limit of budget `index`, those of one limit and kind side
 * by side; each kind once for the same labels. Only labels that the limit is about. Where earlier
 * code is known and differs: all that changed, the largest change first, renamed ones last, and
 * what is beyond GROWTH_MAX together. Otherwise the largest ten, or the smallest where higher is
 * better; of the metric's own labels only where there are two.
 */
size_t attribution_make(struct arena *arena, const struct report *report, size_t index,
                        struct part **parts);

/** How much the whole that a row judges changed since earlier code, in its metric's unit; NaN where
 * that is not known or its labels do not add up. */
double attribution_change(struct arena *arena, const struct report *report, size_t index,
                          const struct verdict_row *row);

/** Whether a metric is measured only because it is a part of one that a limit names. */
static inline bool budget_explains(const struct budget *budget, uint32_t metric) {
    return budget->explaining && budget->explaining[metric];
}

#endif
