/** One look at an endpoint: the series that selectors mean, and what became of them between two
 * looks. */
#ifndef PROBES_PROMETHEUS_SCRAPE_H
#define PROBES_PROMETHEUS_SCRAPE_H

#include "net/fetch.h"
#include "perfbudget/probe.h"
#include "probes/prometheus_select.h"

enum { PROMETHEUS_SERIES_MAX = 100000 }; /**< series that selectors mean */

struct prometheus_series {
    struct prometheus_sample sample;
    const char *key;      /**< see prometheus_key */
    unsigned long groups; /**< bit i: selector i means it */
};

struct prometheus_scrape {
    struct arena *arena;
    const struct prometheus_selector *selectors;
    size_t selector_count; /**< at most 32 */
    double now;            /**< seconds since 1970; what is five minutes older is stale */
    bool buckets;          /**< the selectors name histograms: their _bucket series are meant */
    struct prometheus_series *series; /**< sorted by key */
    size_t count;
    enum prometheus_type types[32]; /**< by selector */
    bool typed[32], seen[32];
    double started; /**< process_start_time_seconds; NaN: not told */
    bool crowded;   /**< more than PROMETHEUS_SERIES_MAX */
};

/**
 * Reads the body of an answer. Begin with arena, selectors, now and buckets set. False with
 * `problem` (in the arena): no exposition, malformed (with its line), a series twice, stale.
 */
bool prometheus_scrape_read(struct prometheus_scrape *scrape, const char *bytes, size_t length,
                            const char *content_type, const char **problem);

/** The series of that key, or NULL. */
const struct prometheus_series *prometheus_find(const struct prometheus_scrape *scrape,
                                                const char *key);

#endif
