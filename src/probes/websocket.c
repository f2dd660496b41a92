#include "probes/websocket.h"

#include "base/array.h"
#include "base/text.h"
#include "probes/http_load.h"
#include "probes/websocket_drive.h"

static const struct probe_dimension by_phase[] = {
    {"phase", "a phase of the load; `load` where none is written", false}, {0}};
static const struct probe_dimension by_kind[] = {
    {"kind",
     "how round trips failed: `dns`, `refused`, `unreachable`, `proxy`, `tls`, `reset`, `closed`, "
     "`timeout`, `protocol`, `too-large`, `status`, `reply`, `unsent`",
     true},
    {0}};
static const struct probe_dimension by_code[] = {{"code", "a status code", true}, {0}};

#define METRIC(word, labels, kind, direction, folding, by, text)                             \
    {                                                                                        \
        .name = word, .help = text, .dimensions = labels, .unit = kind, .better = direction, \
        .nature = PROBE_NOISY, .fold = folding, .statistic = by                              \
    }
#define TIME(word, text) \
    METRIC(word, by_phase, PROBE_SECONDS, PROBE_LOWER, PROBE_FOLD_POOL, "p95", text)
#define BYTES(word, text) \
    METRIC(word, by_phase, PROBE_BYTES, PROBE_LOWER, PROBE_FOLD_SUM, "total", text)

/* In the places of those of `http`, as both keep the same book. */
static const struct probe_metric metrics[HTTP_METRICS] = {
    [HTTP_LATENCY] =
        TIME("latency", "Time of a round trip to the last byte of its last reply: from when it was "
                        "to begin (open model, connecting included), or from when its message was "
                        "sent over the open connection (closed model). One that failed lies beyond "
                        "every bound."),
    [HTTP_TTFB] = TIME("handshake", "Time from the last byte of a handshake to its whole answer."),
    [HTTP_DNS] = METRIC("dns", NULL, PROBE_SECONDS, PROBE_LOWER, PROBE_FOLD_POOL, "max",
                        "Time to look up the target's addresses, once a run."),
    [HTTP_CONNECT] = TIME("connect", "Time to make a connection, without TLS and handshake."),
    [HTTP_TLS] = TIME("tls", "Time of a TLS handshake."),
    [HTTP_THROUGHPUT] =
        METRIC("throughput", by_phase, PROBE_PER_SECOND, PROBE_HIGHER, PROBE_FOLD_SUM, "mean",
               "Round trips that succeeded, a second; a batch is one."),
    [HTTP_ERROR_RATE] = METRIC("error_rate", by_phase, PROBE_RATIO, PROBE_LOWER, PROBE_FOLD_POOL,
                               "mean", "Share of round trips that failed."),
    [HTTP_ERRORS] = METRIC("errors", by_kind, PROBE_COUNT, PROBE_LOWER, PROBE_FOLD_SUM, "total",
                           "Round trips that failed, also for want of a handshake."),
    [HTTP_STATUS] = METRIC("status", by_code, PROBE_COUNT, PROBE_NEITHER, PROBE_FOLD_SUM, "total",
                           "Answers to handshakes by status code."),
    [HTTP_RECEIVED] = BYTES("received", "Bytes that came, with handshakes and frames."),
    [HTTP_SENT] = BYTES("sent", "Bytes that were sent, with handshakes and frames."),
    [HTTP_CONCURRENCY] = METRIC("connections", by_phase, PROBE_COUNT, PROBE_HIGHER, PROBE_FOLD_MAX,
                                "max", "Most connections that stood at once."),
};

/* One budget's load, from open() to close(). */
struct websocket_state {
    struct http_load load; /* first: http_load_close gets it */
    struct websocket_plan plan;
};

static bool websocket_check(struct probe_run *run) {
    static const enum http_metric counted[] = {HTTP_LATENCY, HTTP_ERROR_RATE};
    struct http_plan load;
    struct websocket_plan plan;
    struct arena *arena = arena_new();
    bool good = websocket_plan_make(run, arena, &load, &plan);
    for (size_t i = 0; good && i < array_length(counted); i++)
        probe_expect(run, counted[i], http_load_most(&load));
    websocket_plan_release(&plan);
    arena_free(arena);
    return good;
}

static bool websocket_open(struct probe_run *run) {
    const struct websocket_config *config = run->config;
    struct websocket_state *state = probe_memory(run, sizeof *state);
    run->state = state;
    state->load.arena = arena_new();
    if (!websocket_plan_make(run, state->load.arena, &state->load.plan, &state->plan)) return false;
    http_load_proxies_tell(run, &state->load.plan);
    if (config->http.insecure)
        probe_remark(run, PROBE_WARNING, "certificates are not checked (`insecure: true`)", NULL);
    return http_load_open(run, &state->load);
}

/* Arrivals that never began, as all users waited: the target's doing. */
static void missed_add(struct websocket_drive *drive, const struct load_result *result) {
    for (uint32_t i = 0; i < drive->load->part_count; i++)
        if (result->phases[i].missed && result->phases[i].starved &&
            !websocket_drive_missed(drive, i, result->phases[i].missed))
            return;
}

static void closed_tell(struct probe_run *run, struct arena *arena,
                        const struct load_result *result) {
    if (!result->closed_kept) return;
    probe_remark(run, PROBE_WARNING,
                 text_format(arena,
                             "%llu connections were lost between two round trips, and made again",
                             (unsigned long long)result->closed_kept),
                 NULL);
}

static bool websocket_sample(struct probe_run *run) {
    struct websocket_state *state = run->state;
    struct http_load *load = &state->load;
    struct http_book book;
    struct websocket_drive drive;
    struct load_plan plan;
    struct load_result result = {0};
    http_book_begin(&book, run, &load->plan, load->arena);
    websocket_drive_begin(&drive, &load->plan, &state->plan, &book);
    http_load_plan(run, load, &plan);
    const struct load_driver driver = websocket_drive_driver(&drive);
    http_load_lookups_tell(run, load);
    load_run(load->arena, &plan, &driver, &load_websocket, &result);
    bool good = http_load_ended(run, &book, &result);
    if (good && !book.failure) missed_add(&drive, &result);
    good = good && http_book_close(&book, &result);
    if (good) closed_tell(run, load->arena, &result);
    websocket_drive_release(&drive);
    http_book_release(&book);
    return good;
}

static void websocket_close(struct probe_run *run) {
    struct websocket_state *state = run->state;
    if (!state) return;
    websocket_plan_release(&state->plan);
    http_load_close(&state->load);
}

const struct probe websocket_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_QUIET | PROBE_NETWORK | PROBE_ONCE | PROBE_STREAM,
    .name = "websocket",
    .summary = "How a WebSocket service replies under load: round trips, errors, connections.",
    .target_help = "one ws:// or wss:// URL",
    .target = PROBE_TARGET_TEXT,
    .metrics = metrics,
    .metric_count = HTTP_METRICS,
    .metric_size = sizeof(struct probe_metric),
    .options = websocket_options,
    .option_count = WEBSOCKET_OPTIONS,
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct websocket_config),
    .check = websocket_check,
    .open = websocket_open,
    .sample = websocket_sample,
    .close = websocket_close,
};
