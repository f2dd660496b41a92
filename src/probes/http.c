#include "probes/http.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probes/http_drive.h"

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
                  .help = "Time to look up the target's addresses, once a run.",
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

/* One budget's load, from open() to close(). */
struct http_state {
    struct arena *arena;
    struct http_plan plan;
    struct tls_client *tls;
    struct net_target *target;
    uint64_t lookup;
};

/* Requests that count at the most; 0: nobody knows, as users of the closed model go on until time
 * is up. */
static uint64_t requests_most(const struct http_plan *plan) {
    double flows = 0;
    uint32_t longest = 0;
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct http_part *part = &plan->parts[i];
        if (!part->judged) continue;
        if (!part->open && part->duration) return 0;
        double rate = part->ramp_to > 0 ? (part->rate + part->ramp_to) / 2 : part->rate;
        flows += part->duration ? rate * (double)part->duration / 1e9 + 1 : (double)part->count;
    }
    for (size_t i = 0; i < plan->walk_count; i++)
        if (plan->walks[i].count > longest) longest = plan->walks[i].count;
    return (uint64_t)flows * (longest + plan->login.count);
}

static bool http_check(struct probe_run *run) {
    static const enum http_metric counted[] = {HTTP_LATENCY, HTTP_TTFB, HTTP_ERROR_RATE};
    struct http_plan plan;
    struct arena *arena = arena_new();
    bool good = http_plan_make(run, arena, false, &plan);
    for (size_t i = 0; good && i < array_length(counted); i++)
        probe_expect(run, counted[i], requests_most(&plan));
    http_plan_release(&plan);
    arena_free(arena);
    return good;
}

/* What stands in the environment never changes a result, and never in silence. */
static void proxies_tell(struct probe_run *run, const struct http_plan *plan) {
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    if (plan->route.proxy_host || plan->route.unix_socket || url_is_loopback(&plan->base)) return;
    for (size_t i = 0; i < array_length(names); i++)
        if (getenv(names[i]))
            probe_remark(run, PROBE_NOTE,
                         text_format(plan->arena, "`%s` stands in the environment and is not used",
                                     names[i]),
                         "`with: {proxy: http://HOST:PORT}` asks for one");
}

static bool target_open(struct probe_run *run, struct http_state *state) {
    const struct http_config *config = run->config;
    struct http_plan *plan = &state->plan;
    struct net_lookup lookup = {0};
    const char *problem;
    if (url_secure(&plan->base)) {
        const struct tls_options options = {.ca_file = plan->ca, .insecure = config->insecure};
        state->tls = tls_client_new(state->arena, &options, &problem);
        if (!state->tls) return probe_fail(run, PROBE_FAULT_TARGET, problem, "check `ca`");
        plan->route.tls = state->tls;
    }
    state->target = net_target_new(state->arena, &plan->route, &lookup);
    state->lookup = lookup.took;
    if (state->target) return true;
    return probe_fail(
        run, lookup.fault == NET_CLIENT ? PROBE_FAULT_SYSTEM : PROBE_FAULT_TARGET,
        text_format(state->arena, "%s: %s", url_show(state->arena, &plan->base),
                    lookup.problem ? lookup.problem : net_fault_meaning(lookup.fault)),
        "check the host's name");
}

static bool http_open(struct probe_run *run) {
    const struct http_config *config = run->config;
    struct http_state *state = probe_memory(run, sizeof *state);
    run->state = state;
    state->arena = arena_new();
    if (!http_plan_make(run, state->arena, true, &state->plan)) return false;
    proxies_tell(run, &state->plan);
    if (config->insecure)
        probe_remark(run, PROBE_WARNING, "certificates are not checked (`insecure: true`)", NULL);
    return target_open(run, state);
}

static void plan_load(const struct probe_run *run, const struct http_state *state,
                      struct load_plan *load) {
    const struct http_plan *plan = &state->plan;
    const struct http_config *config = run->config;
    struct load_phase *phases = arena_alloc(state->arena, plan->part_count * sizeof *phases);
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct http_part *part = &plan->parts[i];
        phases[i] = (struct load_phase){.duration = part->duration,
                                        .count = part->count,
                                        .concurrency = (uint32_t)part->concurrency,
                                        .rate = part->rate,
                                        .ramp_to = part->ramp_to};
    }
    *load = (struct load_plan){
        .phases = phases,
        .phase_count = (uint32_t)plan->part_count,
        .users = plan->users,
        .target = state->target,
        .timeout = plan->timeout,
        .late = clock_nanoseconds(config->late),
        .body_limit = HTTP_BODY_MAX,
        .deadline = run->deadline == UINT64_MAX ? 0 : run->deadline,
        .cancel_fd = run->cancel_fd,
    };
}

/* Why the load did not come to its end; true when it did. */
static bool load_ended(struct probe_run *run, const struct http_book *book,
                       const struct load_result *result) {
    if (book->failure || result->end == LOAD_FINISHED) return true;
    switch (result->end) {
    case LOAD_IMPOSSIBLE:
        return probe_fail(run, PROBE_FAULT_SYSTEM,
                          result->problem ? result->problem : "this load is not possible here",
                          "lower the concurrency, or raise the limit of open files (`ulimit -n`)");
    case LOAD_DEADLINE:
        return probe_fail(run, PROBE_FAULT_TIMEOUT, "the load was not over when `time_limit` was",
                          "raise `time_limit`, or load for less long");
    case LOAD_CANCELLED:
    case LOAD_STOPPED:
    case LOAD_FINISHED:
        break;
    }
    bool late = run->deadline != UINT64_MAX && clock_now() >= run->deadline;
    return probe_fail(run, late ? PROBE_FAULT_TIMEOUT : PROBE_FAULT_CANCELLED,
                      "the load was stopped before it was over", NULL);
}

/* Arrivals that never began, as all users waited: the target's doing. */
static void missed_add(struct http_drive *drive, const struct load_result *result) {
    for (uint32_t i = 0; i < drive->plan->part_count; i++)
        if (result->phases[i].missed && result->phases[i].starved &&
            !http_drive_missed(drive, i, result->phases[i].missed))
            return;
}

static bool http_sample(struct probe_run *run) {
    struct http_state *state = run->state;
    struct http_book book;
    struct http_drive drive;
    struct load_plan load;
    struct load_result result = {0};
    http_book_begin(&book, run, &state->plan, state->arena);
    http_drive_begin(&drive, &state->plan, &book);
    plan_load(run, state, &load);
    const struct load_driver driver = http_drive_driver(&drive);
    if (state->lookup) probe_emit(run, HTTP_DNS, 0, (double)state->lookup / 1e9);
    load_run(state->arena, &load, &driver, NULL, &result);
    bool good = load_ended(run, &book, &result);
    if (good && !book.failure) missed_add(&drive, &result);
    good = good && http_book_close(&book, &result);
    http_drive_release(&drive);
    http_book_release(&book);
    return good;
}

static void http_close(struct probe_run *run) {
    struct http_state *state = run->state;
    if (!state) return;
    http_plan_release(&state->plan);
    tls_client_free(state->tls);
    arena_free(state->arena);
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
