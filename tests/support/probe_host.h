/** A host for unit tests of probes: it gives every service, and records what the probe said. */
#ifndef SUPPORT_PROBE_HOST_H
#define SUPPORT_PROBE_HOST_H

#ifdef fail
#error "include probe_host.h before cmocka.h, whose macro `fail` hides a service"
#endif

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "perfbudget/probe.h"

/** What one call of emit, emit_rate or unbounded said. */
struct host_emit {
    uint32_t metric;
    probe_label_id label;
    double value;  /**< of emit_rate: k / n; of unbounded: infinity */
    uint64_t k, n; /**< of emit_rate, else 0 */
    bool unbounded;
    bool between; /**< of emit_between, with its edges */
    double low, high;
};

struct host_remark {
    enum probe_remark weight;
    const char *message, *hint;
};

/** Zero-initialise, then probe_host_begin; end with probe_host_end. The probe gets `&host.run`. */
struct probe_host {
    struct arena *arena;
    struct probe_services services;
    struct probe_run run;
    const struct probe *probe;
    struct host_emit *emits;
    size_t emit_count;
    const char *
        *labels; /**< label i + 1 as "dimension:value dimension:value", in the order added */
    size_t label_count;
    struct probe_metric *declared; /**< by check(), numbered after the probe's own table */
    size_t declared_count;
    struct host_remark *remarks;
    size_t remark_count;
    const char **methods; /**< by metric number, NULL where not said */
    uint32_t wanted;      /**< a bit a metric; all ones at first */
    uint64_t ahead;       /**< runs wanted after the one at hand */
    size_t nexts;         /**< calls of next() */
    size_t emit_limit;    /**< emit answers false from this many on; 0: never */
    bool stop;            /**< what stopped() answers, beside the deadline */
    bool failed;
    enum probe_fault fault;
    const char *message, *hint; /**< of the failure, else NULL */
};

enum { PROBE_HOST_METRICS = 256 };

static inline struct probe_host *host_of(const struct probe_run *run) {
    return (struct probe_host *)run->host;
}

static inline probe_label_id host_label(struct probe_run *run, probe_label_id base,
                                        const char *dimension, const char *value) {
    struct probe_host *host = host_of(run);
    const char *before = base ? host->labels[base - 1] : "";
    const char *text =
        text_format(host->arena, "%s%s%s:%s", before, base ? " " : "", dimension, value);
    for (size_t i = 0; i < host->label_count; i++)
        if (strcmp(host->labels[i], text) == 0) return (probe_label_id)(i + 1);
    *array_add(host->arena, host->labels, host->label_count) = text;
    return (probe_label_id)host->label_count;
}

static inline bool host_record(struct probe_host *host, struct host_emit emit) {
    *array_add(host->arena, host->emits, host->emit_count) = emit;
    return !host->emit_limit || host->emit_count < host->emit_limit;
}

static inline bool host_emit(struct probe_run *run, uint32_t metric, probe_label_id label,
                             double value) {
    return host_record(host_of(run),
                       (struct host_emit){.metric = metric, .label = label, .value = value});
}

static inline bool host_emit_between(struct probe_run *run, uint32_t metric, probe_label_id label,
                                     struct probe_between between) {
    return host_record(host_of(run), (struct host_emit){.metric = metric,
                                                        .label = label,
                                                        .value = between.value,
                                                        .between = true,
                                                        .low = between.low,
                                                        .high = between.high});
}

static inline bool host_emit_rate(struct probe_run *run, uint32_t metric, probe_label_id label,
                                  uint64_t k, uint64_t n) {
    return host_record(
        host_of(run),
        (struct host_emit){
            .metric = metric, .label = label, .value = (double)k / (double)n, .k = k, .n = n});
}

static inline void host_unbounded(struct probe_run *run, uint32_t metric, probe_label_id label) {
    host_record(
        host_of(run),
        (struct host_emit){.metric = metric, .label = label, .value = INFINITY, .unbounded = true});
}

static inline void host_method(struct probe_run *run, uint32_t metric, const char *text) {
    if (metric < PROBE_HOST_METRICS)
        host_of(run)->methods[metric] = text_copy(host_of(run)->arena, text);
}

static inline bool host_wanted(struct probe_run *run, uint32_t metric) {
    return metric >= 32 || (host_of(run)->wanted >> metric & 1) != 0;
}

static inline uint32_t host_declare(struct probe_run *run, const struct probe_metric *metric) {
    struct probe_host *host = host_of(run);
    struct probe_metric *row = array_add(host->arena, host->declared, host->declared_count);
    *row = *metric;
    row->name = text_copy(host->arena, metric->name);
    row->help = text_copy(host->arena, metric->help);
    row->statistic = text_copy(host->arena, metric->statistic);
    return (uint32_t)(host->probe->metric_count + host->declared_count - 1);
}

static inline void host_fail(struct probe_run *run, enum probe_fault fault, const char *message,
                             const char *hint) {
    struct probe_host *host = host_of(run);
    host->failed = true;
    host->fault = fault;
    host->message = text_copy(host->arena, message);
    host->hint = text_copy(host->arena, hint);
}

static inline void host_remark(struct probe_run *run, enum probe_remark weight, const char *message,
                               const char *hint) {
    struct probe_host *host = host_of(run);
    *array_add(host->arena, host->remarks, host->remark_count) =
        (struct host_remark){weight, text_copy(host->arena, message), text_copy(host->arena, hint)};
}

static inline bool host_stopped(const struct probe_run *run) {
    return host_of(run)->stop || (run->deadline && clock_now() >= run->deadline);
}

static inline void host_parallel(struct probe_run *run, size_t count,
                                 void (*work)(void *context, size_t index), void *context) {
    (void)run;
    for (size_t i = 0; i < count; i++) work(context, i);
}

static inline uint64_t host_ahead(struct probe_run *run, uint64_t *begin_by) {
    *begin_by = UINT64_MAX;
    return host_of(run)->ahead;
}

static inline bool host_next(struct probe_run *run) {
    struct probe_host *host = host_of(run);
    host->nexts++;
    return !host->failed && host->ahead-- > 0;
}

static inline void *host_memory(struct probe_run *run, size_t size) {
    return arena_alloc(host_of(run)->arena, size);
}

static inline void host_expect(struct probe_run *run, uint32_t metric, uint64_t most) {
    (void)run;
    (void)metric;
    (void)most;
}

/**
 * A fresh host for `probe`: everything is wanted, nothing is recorded, no deadline, no root. `host`
 * must not move afterwards. `config` and `targets` are borrowed; `directory` is absolute.
 */
static inline void probe_host_begin(struct probe_host *host, const struct probe *probe,
                                    const void *config, struct probe_texts targets,
                                    const char *directory) {
    *host = (struct probe_host){.arena = arena_new(), .probe = probe, .wanted = UINT32_MAX};
    host->methods = arena_alloc(host->arena, PROBE_HOST_METRICS * sizeof *host->methods);
    host->services = (struct probe_services){
        .size = sizeof host->services,
        .label = host_label,
        .emit = host_emit,
        .emit_rate = host_emit_rate,
        .emit_between = host_emit_between,
        .unbounded = host_unbounded,
        .method = host_method,
        .wanted = host_wanted,
        .declare = host_declare,
        .fail = host_fail,
        .remark = host_remark,
        .stopped = host_stopped,
        .parallel = host_parallel,
        .memory = host_memory,
        .ahead = host_ahead,
        .next = host_next,
        .expect = host_expect,
    };
    host->run = (struct probe_run){.services = &host->services,
                                   .host = host,
                                   .config = config,
                                   .targets = targets,
                                   .directory = directory,
                                   .deadline = UINT64_MAX,
                                   .cancel_fd = -1};
}

static inline void probe_host_end(struct probe_host *host) {
    arena_free(host->arena);
    *host = (struct probe_host){0};
}

/** check, open, `runs` times sample, close, as a host does it; stops at the first that fails. */
static inline bool probe_host_run(struct probe_host *host, size_t runs) {
    const struct probe *probe = host->probe;
    if (probe->check && !probe->check(&host->run)) return false;
    bool good = !probe->open || probe->open(&host->run);
    for (size_t i = 0; good && i < runs; i++) good = probe->sample(&host->run);
    if (probe->close) probe->close(&host->run);
    return good;
}

/** Number of a metric by name, declared ones included; UINT32_MAX when there is none. */
static inline uint32_t probe_host_metric(const struct probe_host *host, const char *name) {
    for (size_t i = 0; i < host->probe->metric_count; i++)
        if (strcmp(host->probe->metrics[i].name, name) == 0) return (uint32_t)i;
    for (size_t i = 0; i < host->declared_count; i++)
        if (strcmp(host->declared[i].name, name) == 0)
            return (uint32_t)(host->probe->metric_count + i);
    return UINT32_MAX;
}

/** Says that only these metrics are wanted; the list ends with NULL. */
static inline void probe_host_want(struct probe_host *host, const char *const *names) {
    host->wanted = 0;
    for (size_t i = 0; names[i]; i++) {
        uint32_t number = probe_host_metric(host, names[i]);
        if (number < 32) host->wanted |= 1u << number;
    }
}

static inline bool host_emit_is(const struct probe_host *host, const struct host_emit *emit,
                                uint32_t metric, const char *label) {
    if (emit->metric != metric) return false;
    const char *text = emit->label ? host->labels[emit->label - 1] : "";
    return strcmp(text, label) == 0;
}

/** How many values `metric` has with that label ("" for the whole, "file:a.js section:code"). */
static inline size_t probe_host_count(const struct probe_host *host, const char *metric,
                                      const char *label) {
    size_t count = 0;
    for (size_t i = 0; i < host->emit_count; i++)
        count += host_emit_is(host, &host->emits[i], probe_host_metric(host, metric), label);
    return count;
}

/** The first value of `metric` with that label, or NaN. */
static inline double probe_host_value(const struct probe_host *host, const char *metric,
                                      const char *label) {
    for (size_t i = 0; i < host->emit_count; i++)
        if (host_emit_is(host, &host->emits[i], probe_host_metric(host, metric), label))
            return host->emits[i].value;
    return (double)NAN;
}

/** How many values `metric` has, whatever the label; and their sum in `sum`, which may be NULL. */
static inline size_t probe_host_total(const struct probe_host *host, const char *metric,
                                      double *sum) {
    size_t count = 0;
    double total = 0;
    for (size_t i = 0; i < host->emit_count; i++)
        if (host->emits[i].metric == probe_host_metric(host, metric))
            count++, total += host->emits[i].value;
    if (sum) *sum = total;
    return count;
}

#endif
