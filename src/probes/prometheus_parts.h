/** The parts of the `prometheus` probe; nobody else includes this. */
#ifndef PROBES_PROMETHEUS_PARTS_H
#define PROBES_PROMETHEUS_PARTS_H

#include "net/fetch.h"
#include "perfbudget/probe.h"
#include "probes/extract.h"
#include "probes/prometheus_value.h"

enum { PROMETHEUS_SELECTORS_MAX = 32 };

/** The metrics, in the order in which check() declares them. */
enum prometheus_metric { PROMETHEUS_NUMBER, PROMETHEUS_LOW, PROMETHEUS_HIGH };

struct prometheus_ratio {
    struct probe_texts of, to;
};

/** What `with:` says. */
struct prometheus_config {
    const char *series, *query, *at, *unit, *bearer, *user, *password, *authorities, *socket;
    struct probe_records ratio; /**< of struct prometheus_ratio, at most one */
    struct probe_pairs headers;
    double quantile, range, step, settle; /**< 0: not said */
    bool sum, insecure;
    int take, better;
};

/** What is read of the options once. Texts live in `arena`. */
struct prometheus_state {
    struct arena *arena;
    struct prometheus_selector selectors[PROMETHEUS_SELECTORS_MAX];
    size_t count; /**< of which the first `of_count` are the ratio's `of` */
    size_t of_count;
    struct extract_unit unit; /**< of the series */
};

/** Reads selectors and unit; false after it said what is wrong. Close with prometheus_forget. */
bool prometheus_options(struct probe_run *run, struct prometheus_state *state);
void prometheus_forget(struct prometheus_state *state);

/** Rules across options, for check(); false after it said what is wrong. */
bool prometheus_rules(struct probe_run *run, bool during);

/** The unit of `value`: of the series, or of its change a second. */
enum probe_unit prometheus_unit(const struct prometheus_config *config,
                                const struct prometheus_state *state);

/** One request; `query` NULL: the endpoint itself. False after it said what is wrong. */
bool prometheus_ask(struct probe_run *run, struct arena *arena, const char *query,
                    struct fetch_answer *answer);

#endif
