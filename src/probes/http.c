#include "probes/http.h"

#include "base/array.h"
#include "net/load_http2.h"
#include "probes/http_drive.h"
#include "probes/http_load.h"

static const struct probe_dimension by_request[] = {
    {"phase", "a phase of the load; `load` where none is written", false},
    {"request", "a request, by its name", false},
    {0}};
static const struct probe_dimension by_phase[] = {
    {"phase", "a phase of the load; `load` where none is written", false}, {0}};
static const struct probe_dimension by_kind[] = {
    {"kind",
     "how requests failed: `dns`, `refused`, `unreachable`, `proxy`, `tls`, `reset`, `closed`, "
     "`timeout`, `protocol`, `too-large`, `status`, `header`, `body`, `json`, `capture`, "
     "`redirect`, "
     "`unsent`",
     true},
    {0}};
static const struct probe_dimension by_code[] = {{"code", "a status code", true}, {0}};

#define TIME(word, labels, text)                                                                  \
    {                                                                                             \
        .name = word, .help = text, .dimensions = labels, .unit = PROBE_SECONDS,                  \
        .better = PROBE_LOWER, .nature = PROBE_NOISY, .fold = PROBE_FOLD_POOL, .statistic = "p95" \
    }
#define BYTES(word, text)                                                                          \
    {                                                                                              \
        .name = word, .help = text, .dimensions = by_request, .unit = PROBE_BYTES,                 \
        .better = PROBE_LOWER, .nature = PROBE_NOISY, .fold = PROBE_FOLD_SUM, .statistic = "total" \
    }

static const struct probe_metric metrics[HTTP_METRICS] = {
    [HTTP_LATENCY] =
        TIME("latency", by_request,
             "Time of a request to the last byte of its answer: from when it was to be "
             "sent (open model), or from when the user was free (closed model). A failed "
             "request lies beyond every bound."),
    [HTTP_TTFB] = TIME("ttfb", by_request,
                       "Time from the last byte of a request to the first of its answer."),
    [HTTP_DNS] = {.name = "dns",
                  .help = "Time to look up a host's addresses, once a run and host.",
                  .unit = PROBE_SECONDS,
                  .better = PROBE_LOWER,
                  .nature = PROBE_NOISY,
                  .fold = PROBE_FOLD_POOL,
                  .statistic = "max"},
    [HTTP_CONNECT] = TIME("connect", by_phase, "Time to make a connection, without TLS."),
    [HTTP_TLS] = TIME("tls", by_phase, "Time of a TLS handshake."),
    [HTTP_THROUGHPUT] = {.name = "throughput",
                         .help = "Answers as expected, a second.",
                         .dimensions = by_request,
                         .unit = PROBE_PER_SECOND,
                         .better = PROBE_HIGHER,
                         .nature = PROBE_NOISY,
                         .fold = PROBE_FOLD_SUM,
                         .statistic = "mean"},
    [HTTP_ERROR_RATE] = {.name = "error_rate",
                         .help = "Share of requests that failed.",
                         .dimensions = by_request,
                         .unit = PROBE_RATIO,
                         .better = PROBE_LOWER,
                         .nature = PROBE_NOISY,
                         .fold = PROBE_FOLD_POOL,
                         .statistic = "mean"},
    [HTTP_ERRORS] = {.name = "errors",
                     .help = "Requests that failed.",
                     .dimensions = by_kind,
                     .unit = PROBE_COUNT,
                     .better = PROBE_LOWER,
                     .nature = PROBE_NOISY,
                     .fold = PROBE_FOLD_SUM,
                     .statistic = "total"},
    [HTTP_STATUS] = {.name = "status",
                     .help = "Answers by status code.",
                     .dimensions = by_code,
                     .unit = PROBE_COUNT,
                     .better = PROBE_NEITHER,
                     .nature = PROBE_NOISY,
                     .fold = PROBE_FOLD_SUM,
                     .statistic = "total"},
    [HTTP_RECEIVED] = BYTES("received", "Bytes of all answers, with their heads."),
    [HTTP_SENT] = BYTES("sent", "Bytes of all requests, with their heads."),
    [HTTP_CONCURRENCY] = {.name = "concurrency",
                          .help = "Most connections that stood at once.",
                          .dimensions = by_phase,
                          .unit = PROBE_COUNT,
                          .better = PROBE_HIGHER,
                          .nature = PROBE_NOISY,
                          .fold = PROBE_FOLD_MAX,
                          .statistic = "max"},
};

static bool http_check(struct probe_run *run) {
    static const enum http_metric counted[] = {HTTP_LATENCY, HTTP_TTFB, HTTP_ERROR_RATE};
    struct http_plan plan;
    struct arena *arena = arena_new();
    bool good = http_plan_make(run, arena, false, &plan);
    for (size_t i = 0; good && i < array_length(counted); i++)
        probe_expect(run, counted[i], http_load_most(&plan));
    http_plan_release(&plan);
    arena_free(arena);
    return good;
}

static bool http_open(struct probe_run *run) {
    const struct http_config *config = run->config;
    struct http_load *state = probe_memory(run, sizeof *state);
    run->state = state;
    state->arena = arena_new();
    if (!http_plan_make(run, state->arena, true, &state->plan)) return false;
    http_load_proxies_tell(run, &state->plan);
    if (config->insecure)
        probe_remark(run, PROBE_WARNING, "certificates are not checked (`insecure: true`)", NULL);
    return http_load_open(run, state);
}

/* Arrivals that never began, as all users waited: the target's doing. */
static void missed_add(struct http_drive *drive, const struct load_result *result) {
    for (uint32_t i = 0; i < drive->plan->part_count; i++)
        if (result->phases[i].missed && result->phases[i].starved &&
            !http_drive_missed(drive, i, result->phases[i].missed))
            return;
}

static bool http_sample(struct probe_run *run) {
    struct http_load *state = run->state;
    struct http_book book;
    struct http_drive drive;
    struct load_plan load;
    struct load_result result = {0};
    http_book_begin(&book, run, &state->plan, state->arena);
    http_drive_begin(&drive, &state->plan, &book);
    http_load_plan(run, state, &load);
    const struct load_driver driver = http_drive_driver(&drive);
    const struct http_config *config = run->config;
    const struct load_protocol *protocol =
        config->version == HTTP_VERSION_2 ? &load_http2 : &load_http1;
    http_load_lookups_tell(run, state);
    load_run(state->arena, &load, &driver, protocol, &result);
    bool good = http_load_ended(run, &book, &result);
    if (good && !book.failure) missed_add(&drive, &result);
    good = good && http_book_close(&book, &result);
    http_drive_release(&drive);
    http_book_release(&book);
    return good;
}

static void http_close(struct probe_run *run) {
    http_load_close(run->state);
}

const struct probe http_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_QUIET | PROBE_NETWORK | PROBE_ONCE | PROBE_STREAM,
    .name = "http",
    .summary = "How a service answers under load: latency, throughput, errors.",
    .target_help = "one http:// or https:// URL",
    .target = PROBE_TARGET_TEXT,
    .metrics = metrics,
    .metric_count = HTTP_METRICS,
    .metric_size = sizeof(struct probe_metric),
    .options = http_options,
    .option_count = HTTP_OPTIONS,
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct http_config),
    .check = http_check,
    .open = http_open,
    .sample = http_sample,
    .close = http_close,
};
