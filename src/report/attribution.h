/** What a broken limit is made of: the labels of its metric, ranked. */
#ifndef REPORT_ATTRIBUTION_H
#define REPORT_ATTRIBUTION_H

#include "report/report.h"

enum { ATTRIBUTION_MAX = 10 };

/** One part of a metric that broke its limit. */
struct part {
    const struct probe_metric *metric;
    const char *kind; /**< its dimensions, a blank between: "file", "phase request" */
    const char *name; /**< its label */
    double value;
    double share; /**< of all labels together; NaN where they do not add up */
};

/**
 * The parts of every metric that broke a limit of budget `index`, ten a metric: the largest, or the
 * smallest where higher is better. Only labels that the limit is about; none where there are not at
 * least two.
 */
size_t attribution_make(struct arena *arena, const struct report *report, size_t index,
                        struct part **parts);

/** The budget whose measurement budget `index` judges: itself, or at the end of its `of`. */
size_t report_source(const struct budget_set *set, size_t index);

#endif
