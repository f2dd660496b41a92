#include "run/servers.h"

#include <math.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

static size_t number_of(const struct servers *servers, const struct budget_server *server) {
    return (size_t)(server - servers->request->set->servers);
}

static const char *directory_of(const struct servers *servers, const struct budget_server *server,
                                enum side side) {
    const struct run_base *base = servers->request->base;
    if (side == SIDE_HEAD) return server->directory;
    const char *below = path_relative(servers->arena, base->head_root, server->directory);
    return text_equal(below, ".") || !*below ? base->root
                                             : path_join(servers->arena, base->root, below);
}

/* The secrets of the environment may stand in what a server prints. */
static const char *redacted(const struct servers *servers, const char *text) {
    const struct probe_pairs *secrets = &servers->request->set->secrets;
    for (size_t i = 0; i < secrets->count; i++)
        text = text_redact(servers->arena, text, secrets->items[i].value);
    return text;
}

static bool server_fail(const struct servers *servers, const struct budget_server *server,
                        const char *why, const char **problem) {
    *problem =
        redacted(servers, text_format(servers->arena, "the server `%s`: %s", server->name, why));
    return false;
}

static bool port_choose(struct servers *servers, size_t number, enum side side,
                        const char **problem) {
    const struct budget_server *server = &servers->request->set->servers[number];
    if (servers->running[side][number]) return true;
    int port = server->port ? (int)server->port : server_port_find();
    if (port == 0) return server_fail(servers, server, "no free port could be found", problem);
    servers->ports[side][number] = text_format(servers->arena, "%d", port);
    return true;
}

static bool server_run(struct servers *servers, size_t number, enum side side,
                       const char **problem) {
    const struct budget_set *set = servers->request->set;
    const struct budget_server *server = &set->servers[number];
    const struct server_plan plan = {
        .set = set,
        .server = server,
        .directory = directory_of(servers, server, side),
        .ports = servers->ports[side],
        .cancel_fd = servers->request->cancel_fd,
    };
    struct stat found;
    if (stat(plan.directory, &found) != 0 || !S_ISDIR(found.st_mode))
        return server_fail(servers, server, "its `directory` does not exist", problem);
    const char *why;
    servers->running[side][number] = server_start(servers->arena, &plan, &why);
    return servers->running[side][number] || server_fail(servers, server, why, problem);
}

/* Whether all that it is told the ports of run already. */
static bool may_start(const struct servers *servers, size_t number, enum side side) {
    const struct budget_set *set = servers->request->set;
    for (size_t i = 0; i < set->server_count; i++)
        if (set->servers[number].needs[i] && !servers->running[side][i]) return false;
    return true;
}

static void server_end(struct servers *servers, size_t number, enum side side) {
    server_stop(servers->running[side][number]);
    servers->running[side][number] = NULL;
    servers->ports[side][number] = NULL;
}

/* One that ended while nobody looked is no server any more, and that is a fault. */
static bool still_runs(struct servers *servers, size_t number, enum side side,
                       const char **problem) {
    struct server *server = servers->running[side][number];
    const char *ended = server ? server_ended(servers->arena, server) : NULL;
    if (!ended) return true;
    server_fail(servers, &servers->request->set->servers[number],
                text_format(servers->arena, "it ended by itself: %s", ended), problem);
    server_end(servers, number, side);
    return false;
}

bool servers_need(struct servers *servers, const struct budget *budget, enum side side,
                  const char **problem) {
    const struct budget_set *set = servers->request->set;
    if (!budget->needs) return true;
    if (budget->fresh && budget->server)
        server_end(servers, number_of(servers, budget->server), side);
    for (size_t i = 0; i < set->server_count; i++)
        if (budget->needs[i] &&
            (!still_runs(servers, i, side, problem) || !port_choose(servers, i, side, problem)))
            return false;
    for (size_t round = 0; round < set->server_count; round++)
        for (size_t i = 0; i < set->server_count; i++)
            if (budget->needs[i] && !servers->running[side][i] && may_start(servers, i, side) &&
                !server_run(servers, i, side, problem))
                return false;
    return true;
}

void servers_release(struct servers *servers, const struct run_step *steps, size_t next,
                     size_t count) {
    const struct budget_set *set = servers->request->set;
    for (size_t i = 0; i < set->server_count; i++) {
        bool needed = false;
        for (size_t step = next; step < count && !needed; step++) {
            const bool *needs = set->budgets[steps[step].budget].needs;
            needed = needs && needs[i];
        }
        for (int side = 0; side < SIDES && !needed; side++) server_end(servers, i, (enum side)side);
    }
}

void servers_stop(struct servers *servers) {
    for (size_t i = 0; i < servers->request->set->server_count; i++)
        for (int side = 0; side < SIDES; side++) server_end(servers, i, (enum side)side);
}

void servers_fill(struct servers *servers, const struct budget *budget, enum side side,
                  struct session_plan *plan) {
    const struct budget_set *set = servers->request->set;
    if (!budget->needs) return;
    const char *const *ports = servers->ports[side];
    plan->config = late_config(servers->arena, set, ports, plan->probe, plan->config);
    plan->targets = late_texts(servers->arena, set, ports, plan->targets);
}

static void beside_before(void *context) {
    struct server_beside *beside = context;
    beside->from = clock_now();
    beside->cpu = server_cpu(beside->server);
}

/* Every metric that is wanted has its value, or the budget is an error. */
static void beside_emit(struct server_beside *beside, struct session *session,
                        enum server_metric metric, double value, const char *lacking) {
    uint32_t number = (uint32_t)(beside->budget->metrics.count - SERVER_METRICS) + (uint32_t)metric;
    if (!beside->budget->wanted || !beside->budget->wanted[number]) return;
    if (isfinite(value))
        session_add(session, number, value);
    else
        session_blame(session, PROBE_FAILED_DATA,
                      text_format(beside->arena, "%s: %s", server_metrics[metric].name, lacking));
}

static void beside_after(void *context, struct session *session) {
    struct server_beside *beside = context;
    struct server *server = beside->server;
    const char *ended = server_ended(beside->arena, server), *method;
    if (ended) {
        session_blame(session, PROBE_FAILED_CRASH,
                      text_format(beside->arena,
                                  "the server `%s` ended while the budget was measured: %s",
                                  beside->budget->server->name, ended));
        return;
    }
    if (session_failed(session)) return;
    double cpu = server_cpu(server) - beside->cpu;
    double peak = server_peak(server, &method);
    struct slope growth = server_growth(beside->arena, server, beside->from);
    if (!beside->told)
        beside_emit(beside, session, SERVER_READY, server_ready(server), "not known");
    beside->told = true;
    beside_emit(beside, session, SERVER_PEAK_MEMORY, peak, "the machine does not tell");
    beside_emit(beside, session, SERVER_CPU,
                cpu > 0      ? cpu
                : cpu == cpu ? 0
                             : cpu,
                "the machine does not tell");
    beside_emit(beside, session, SERVER_GROWTH, growth.estimate,
                "the run is too short: its memory is looked at every 50 ms, and 3 looks are "
                "needed");
}

struct session_beside *servers_beside(struct servers *servers, struct arena *arena,
                                      const struct budget *budget, enum side side) {
    if (!budget->server) return NULL;
    struct server_beside *beside = arena_new_object(arena, struct server_beside);
    *beside = (struct server_beside){
        .hooks = {.context = beside, .before = beside_before, .after = beside_after},
        .arena = arena,
        .server = servers->running[side][number_of(servers, budget->server)],
        .budget = budget,
    };
    return &beside->hooks;
}
