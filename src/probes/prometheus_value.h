/** From one or two looks at an endpoint to the number a budget is about. Pure. */
#ifndef PROBES_PROMETHEUS_VALUE_H
#define PROBES_PROMETHEUS_VALUE_H

#include "probes/prometheus_scrape.h"

/** What is taken of a series. */
enum prometheus_take {
    PROMETHEUS_AUTO,       /**< counters and histograms as changes where there are two looks */
    PROMETHEUS_VALUE,      /**< as it stands at the last look */
    PROMETHEUS_DELTA,      /**< how much it grew between both */
    PROMETHEUS_PER_SECOND, /**< the same, a second */
};

struct prometheus_question {
    struct arena *arena;
    const struct prometheus_scrape *before; /**< NULL: one look only */
    const struct prometheus_scrape *after;
    double seconds; /**< between both */
    enum prometheus_take take;
    bool sum; /**< several series may be meant, and are added */
};

/** A quantile that lies between `low` and `high`, the edges of its bucket. */
struct prometheus_between {
    double value, low, high; /**< high may be infinite, and then value is low */
};

/** The value of selector number `selector`. False with `problem` (in the arena): no such series,
 * more than one (named) without `sum`, not finite, reset, gone. */
bool prometheus_value(const struct prometheus_question *question, size_t selector, double *value,
                      const char **problem);

/**
 * Quantile `q` of the histogram that selector 0 means, as histogram_quantile of Prometheus: linear
 * within the bucket. False with `problem`: no buckets, none with le="+Inf", counts that fall with
 * le, no observation, and what prometheus_value refuses.
 */
bool prometheus_quantile(const struct prometheus_question *question, double q,
                         struct prometheus_between *between, const char **problem);

#endif
