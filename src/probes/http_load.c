#include "probes/http_load.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/load_http2.h"

/* Requests that count at the most; 0: nobody knows, as users of the closed model go on until time
 * is up. */
uint64_t http_load_most(const struct http_plan *plan) {
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

/* What stands in the environment never changes a result, and never in silence. */
void http_load_proxies_tell(struct probe_run *run, const struct http_plan *plan) {
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    bool outside = false;
    for (size_t i = 0; i < plan->host_count; i++) {
        const struct http_host *host = &plan->hosts[i];
        outside |= host->route.proxy.kind == NET_PROXY_NONE && !host->route.unix_socket &&
                   !url_is_loopback(&host->base);
    }
    if (!outside) return;
    for (size_t i = 0; i < array_length(names); i++)
        if (getenv(names[i]))
            probe_remark(run, PROBE_NOTE,
                         text_format(plan->arena, "`%s` stands in the environment and is not used",
                                     names[i]),
                         "`with: {proxy: http://HOST:PORT}` asks for one");
}

/* One for all hosts, and another for the proxy, with which HTTP/2 is not spoken. */
static bool tls_open(struct probe_run *run, struct http_load *state, bool http2,
                     struct tls_client **tls) {
    const struct http_config *config = run->config;
    const struct tls_options options = {
        .ca_file = state->plan.ca, .insecure = config->insecure, .http2 = http2};
    const char *problem;
    if (!*tls) *tls = tls_client_new(state->arena, &options, &problem);
    return *tls || probe_fail(run, PROBE_FAULT_TARGET, problem, "check `ca`");
}

static bool host_open(struct probe_run *run, struct http_load *state, size_t i) {
    const struct http_config *config = run->config;
    struct http_host *host = &state->plan.hosts[i];
    struct net_lookup lookup = {0};
    bool http2 = config->version == HTTP_VERSION_2;
    if (url_secure(&host->base) && !tls_open(run, state, http2, &state->tls)) return false;
    if (state->plan.proxy_secure && !tls_open(run, state, false, &state->proxy_tls)) return false;
    host->route.tls = url_secure(&host->base) ? state->tls : NULL;
    host->route.proxy.tls = state->proxy_tls;
    state->targets[i] = net_target_new(state->arena, &host->route, &lookup);
    state->lookups[i] = lookup.took;
    if (state->targets[i]) return true;
    return probe_fail(
        run, lookup.fault == NET_CLIENT ? PROBE_FAULT_SYSTEM : PROBE_FAULT_TARGET,
        text_format(state->arena, "%s: %s", url_show(state->arena, &host->base),
                    lookup.problem ? lookup.problem : net_fault_meaning(lookup.fault)),
        "check the host's name");
}

bool http_load_open(struct probe_run *run, struct http_load *state) {
    const struct http_config *config = run->config;
    size_t count = state->plan.host_count;
    const char *problem;
    if (config->version == HTTP_VERSION_2 && !load_http2_ready(&problem))
        return probe_fail(run, PROBE_FAULT_SYSTEM, problem, "install it, or write `version: 1.1`");
    state->targets = arena_alloc(state->arena, count * sizeof(struct net_target *));
    state->lookups = arena_alloc(state->arena, count * sizeof *state->lookups);
    for (size_t i = 0; i < count; i++)
        if (!host_open(run, state, i)) return false;
    return true;
}

void http_load_lookups_tell(struct probe_run *run, const struct http_load *state) {
    for (size_t i = 0; i < state->plan.host_count; i++)
        if (state->lookups[i]) probe_emit(run, HTTP_DNS, 0, (double)state->lookups[i] / 1e9);
}

void http_load_plan(const struct probe_run *run, const struct http_load *state,
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
        .targets = state->targets,
        .target_count = (uint32_t)plan->host_count,
        .timeout = plan->timeout,
        .late = clock_nanoseconds(config->late),
        .body_limit = HTTP_BODY_MAX,
        .deadline = run->deadline == UINT64_MAX ? 0 : run->deadline,
        .cancel_fd = run->cancel_fd,
    };
}

/* Why the load did not come to its end; true when it did. */
bool http_load_ended(struct probe_run *run, const struct http_book *book,
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

void http_load_close(struct http_load *state) {
    if (!state) return;
    http_plan_release(&state->plan);
    tls_client_free(state->tls);
    tls_client_free(state->proxy_tls);
    arena_free(state->arena);
}
