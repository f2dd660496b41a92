/* Any bytes as an exposition and as an answer to a query: refused with a reason, or samples whose
 * labels are sorted and told apart, and numbers that are numbers. The first byte chooses. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "probes/prometheus_query.h"
#include "probes/prometheus_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

static bool wants(void *context, const char *name, size_t length) {
    (void)context;
    require(length > 0 && name[0] != '\0');
    return true;
}

static void sample(void *context, const struct prometheus_sample *sample) {
    struct arena *arena = context;
    for (size_t i = 1; i < sample->label_count; i++)
        require(strcmp(sample->labels[i - 1].name, sample->labels[i].name) < 0);
    require(!sample->stamped || isfinite(sample->timestamp));
    struct prometheus_selector selector;
    const char *problem;
    /* what a series is called selects it */
    if (sample->label_count < 8 &&
        prometheus_select(arena, prometheus_key(arena, sample, NULL), &selector, &problem))
        require(prometheus_selects(&selector, sample));
    prometheus_unselect(&selector);
}

static bool type(void *context, const char *name, size_t length, enum prometheus_type found) {
    (void)context, (void)name, (void)found;
    return length > 0;
}

static void exposition(struct arena *arena, const char *bytes, size_t length, bool open) {
    const struct prometheus_reader reader = {
        .context = arena, .open_metrics = open, .wants = wants, .sample = sample, .type = type};
    struct prometheus_problem problem;
    bool good = prometheus_read(arena, bytes, length, &reader, &problem);
    require(good == (problem.message == NULL));
}

static void histogram(struct arena *arena, const char *bytes, size_t length) {
    struct prometheus_selector selector;
    struct prometheus_between between;
    const char *problem;
    require(prometheus_select(arena, "h", &selector, &problem));
    struct prometheus_scrape scrape = {
        .arena = arena, .selectors = &selector, .selector_count = 1, .buckets = true};
    struct prometheus_question question = {.arena = arena, .after = &scrape, .sum = true};
    if (prometheus_scrape_read(&scrape, bytes, length, NULL, &problem) &&
        prometheus_quantile(&question, 0.95, &between, &problem))
        require(between.low <= between.value && between.value <= between.high);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    const char *bytes = (const char *)data + 1, *problem;
    struct prometheus_points points;
    struct prometheus_selector selector;
    if (size > 0) {
        exposition(arena, bytes, size - 1, data[0] & 1);
        histogram(arena, bytes, size - 1);
        if (prometheus_answer(arena, bytes, size - 1, &points, &problem))
            for (size_t i = 0; i < points.count; i++) require(isfinite(points.items[i]));
        char *text = arena_alloc(arena, size);
        memcpy(text, bytes, size - 1);
        if (!prometheus_select(arena, text, &selector, &problem)) require(problem != NULL);
        prometheus_unselect(&selector);
    }
    arena_free(arena);
    return 0;
}
