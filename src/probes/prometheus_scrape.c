#include "probes/prometheus_scrape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"

static const char start_name[] = "process_start_time_seconds";
static const double stale_seconds = 5 * 60; /* Prometheus' own lookback */

static bool is(const char *word, const char *name, size_t length) {
    return strlen(word) == length && memcmp(word, name, length) == 0;
}

/* `name` is that of the selector's series. */
static bool named(const struct prometheus_scrape *scrape, size_t selector, const char *name,
                  size_t length) {
    static const char suffix[] = "_bucket";
    const char *wanted = scrape->selectors[selector].name;
    size_t own = strlen(wanted);
    if (!scrape->buckets) return is(wanted, name, length);
    return length == own + strlen(suffix) && memcmp(name, wanted, own) == 0 &&
           memcmp(name + own, suffix, strlen(suffix)) == 0;
}

static bool scrape_wants(void *context, const char *name, size_t length) {
    struct prometheus_scrape *scrape = context;
    bool wanted = is(start_name, name, length);
    for (size_t i = 0; i < scrape->selector_count; i++) {
        if (!named(scrape, i, name, length)) continue;
        scrape->seen[i] = true;
        wanted = true;
    }
    return wanted;
}

/* A family's name: its counter's without _total (OpenMetrics), its histogram's without _bucket. */
static bool scrape_type(void *context, const char *name, size_t length, enum prometheus_type type) {
    struct prometheus_scrape *scrape = context;
    for (size_t i = 0; i < scrape->selector_count; i++) {
        const char *wanted = scrape->selectors[i].name;
        bool total = type == PROMETHEUS_COUNTER && strlen(wanted) == length + strlen("_total") &&
                     memcmp(wanted, name, length) == 0 && text_ends(wanted, "_total");
        bool part = type == PROMETHEUS_HISTOGRAM || type == PROMETHEUS_SUMMARY;
        if (part && strlen(wanted) > length && memcmp(wanted, name, length) == 0)
            part = strcmp(wanted + length, "_count") == 0 || strcmp(wanted + length, "_sum") == 0 ||
                   strcmp(wanted + length, "_bucket") == 0;
        else
            part = false;
        if (!total && !part && !is(wanted, name, length)) continue;
        if (scrape->typed[i] || scrape->seen[i]) return false;
        scrape->typed[i] = true;
        /* counts and sums of a histogram or summary only ever grow */
        scrape->types[i] = part ? PROMETHEUS_COUNTER : type;
    }
    return true;
}

static void scrape_sample(void *context, const struct prometheus_sample *sample) {
    struct prometheus_scrape *scrape = context;
    unsigned long groups = 0;
    size_t length = strlen(sample->name);
    if (strcmp(sample->name, start_name) == 0 && sample->label_count == 0)
        scrape->started = sample->value;
    for (size_t i = 0; i < scrape->selector_count; i++)
        if (named(scrape, i, sample->name, length) &&
            prometheus_selects(&scrape->selectors[i], sample))
            groups |= 1ul << i;
    scrape->crowded |= scrape->count == PROMETHEUS_SERIES_MAX;
    if (!groups || scrape->crowded) return;
    *array_add(scrape->arena, scrape->series, scrape->count) = (struct prometheus_series){
        .sample = *sample, .key = prometheus_key(scrape->arena, sample, NULL), .groups = groups};
}

static int series_compare(const void *a, const void *b) {
    const struct prometheus_series *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    if (order) return order;
    return x->sample.line < y->sample.line ? -1 : x->sample.line > y->sample.line;
}

static bool series_sound(struct prometheus_scrape *scrape, const char **problem) {
    double now = scrape->now;
    for (size_t i = 0; i < scrape->count; i++) {
        const struct prometheus_series *series = &scrape->series[i];
        const char *key = text_inert(scrape->arena, series->key);
        if (i > 0 && strcmp(series->key, scrape->series[i - 1].key) == 0) {
            *problem = text_format(scrape->arena, "line %zu: the series %s stands there twice",
                                   series->sample.line, key);
            return false;
        }
        if (series->sample.stamped && !(now - series->sample.timestamp <= stale_seconds)) {
            *problem = text_format(scrape->arena,
                                   "line %zu: the value of %s is stale: its time is %.0f s ago",
                                   series->sample.line, key, now - series->sample.timestamp);
            return false;
        }
    }
    return true;
}

bool prometheus_scrape_read(struct prometheus_scrape *scrape, const char *bytes, size_t length,
                            const char *content_type, const char **problem) {
    static const char open[] = "application/openmetrics-text";
    const struct prometheus_reader reader = {
        .context = scrape,
        .open_metrics = content_type && strncasecmp(content_type, open, strlen(open)) == 0,
        .wants = scrape_wants,
        .sample = scrape_sample,
        .type = scrape_type,
    };
    struct prometheus_problem found;
    scrape->started = (double)NAN;
    if (content_type && strncasecmp(content_type, "text/html", strlen("text/html")) == 0) {
        *problem = "it is a web page, and no metrics";
        return false;
    }
    if (!prometheus_read(scrape->arena, bytes, length, &reader, &found)) {
        *problem = found.line
                       ? text_format(scrape->arena, "line %zu: %s", found.line, found.message)
                       : found.message;
        return false;
    }
    if (scrape->crowded) {
        *problem = "more series are meant than are allowed";
        return false;
    }
    if (scrape->count > 1)
        qsort(scrape->series, scrape->count, sizeof *scrape->series, series_compare);
    return series_sound(scrape, problem);
}

static int key_compare(const void *key, const void *series) {
    return strcmp(key, ((const struct prometheus_series *)series)->key);
}

const struct prometheus_series *prometheus_find(const struct prometheus_scrape *scrape,
                                                const char *key) {
    if (scrape->count == 0) return NULL;
    return bsearch(key, scrape->series, scrape->count, sizeof *scrape->series, key_compare);
}
