/* One budget of a run: from its servers to its evidence. */
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "run/running.h"

/* As long as runs in a row may go on without a word to anybody. */
static const uint64_t ahead_ns = 250000000;

bool cancel_seen(struct running *running) {
    struct pollfd ready = {.fd = running->request->cancel_fd, .events = POLLIN};
    if (ready.fd >= 0 && !atomic_load(&running->cancelled) && poll(&ready, 1, 0) > 0)
        atomic_store(&running->cancelled, true);
    return atomic_load(&running->cancelled);
}

static void tell(const struct measuring *measuring, enum run_event_kind kind,
                 const struct measurement *measurement) {
    struct running *running = measuring->running;
    const struct run_event event = {
        .kind = kind,
        .budget = running->steps[measuring->step].budget,
        .position = measuring->step + 1,
        .total = running->total,
        .runs = measuring->runs,
        .wanted = measuring->wanted,
        .elapsed = clock_seconds(measuring->start, clock_now()),
        .measurement = measurement,
    };
    if (!running->request->observe) return;
    pthread_mutex_lock(&running->telling);
    running->request->observe(running->request->observer, &event);
    pthread_mutex_unlock(&running->telling);
}

static void ask(struct measuring *measuring, const struct measurement *measurement) {
    const struct running *running = measuring->running;
    size_t wanted = running->request->wanted(running->request->context,
                                             running->steps[measuring->step].budget, measurement);
    /* an answer that asks for nothing new would be asked for ever */
    measuring->wanted = wanted > measuring->runs ? wanted : 0;
}

/* Why there is to be no further run, or NULL. */
static const char *reason_to_stop(const struct measuring *measuring) {
    uint64_t now = clock_now();
    if (cancel_seen(measuring->running)) return "cancellation";
    if (measuring->companion && companion_over(measuring->companion))
        return "the end of the budget it runs alongside";
    if (measuring->runs >= measuring->budget->runs.max) return "runs.max";
    /* one that will not fit is not begun */
    if (measuring->runs > 0 && (now >= measuring->end || measuring->end - now < measuring->longest))
        return "time limit";
    return NULL;
}

/* Only the first run is cut off by the time limit: a later one was begun because it should fit, and
 * cutting it off would turn what is undecided into an error. */
static uint64_t run_deadline(const struct measuring *measuring) {
    if (measuring->budget->probe->needs & PROBE_STREAM) return measuring->end;
    uint64_t deadline = clock_now() + clock_nanoseconds(measuring->budget->timeout);
    return measuring->runs == 0 && deadline > measuring->end ? measuring->end : deadline;
}

static void measure_base(struct measuring *measuring) {
    uint64_t deadline = run_deadline(measuring);
    watchdog_watch(measuring->watchdog, deadline);
    pairs_run(measuring->pairs, deadline);
    watchdog_rest(measuring->watchdog);
}

/* Runs that come after this one whatever it gives, as far as they fit into the time there is, and
 * into so little that progress is seen and what went wrong is told. Of the first run nobody knows
 * how long it takes; and runs that others look at, or that take turns, come one by one. */
static struct session_ahead runs_ahead(const struct measuring *m) {
    bool alone = !m->pairs && !m->companion && !m->plan.beside;
    size_t most = m->budget->runs.max < m->wanted ? m->budget->runs.max : m->wanted;
    if (!alone || m->longest == 0 || m->runs + 1 >= most) return (struct session_ahead){0};
    uint64_t now = clock_now(), last = m->end > m->longest ? m->end - m->longest : 0;
    uint64_t by = now + ahead_ns < last ? now + ahead_ns : last;
    uint64_t fits = by > now ? (by - now) / m->longest : 0;
    uint64_t wanted = most - m->runs - 1;
    return (struct session_ahead){.runs = wanted < fits ? wanted : fits, .begin_by = by};
}

/* Each run ahead may take as long as the first one; the last begins in time. */
static void measure_head(struct measuring *measuring) {
    const struct session_ahead ahead = runs_ahead(measuring);
    uint64_t deadline = run_deadline(measuring);
    watchdog_watch(measuring->watchdog, deadline + (ahead.runs > 0 ? ahead_ns : 0));
    session_run_ahead(measuring->session, deadline, &ahead);
    measuring->runs = session_measurement(measuring->session)->runs;
    watchdog_rest(measuring->watchdog);
}

/* A run, or several of head in a row; they count as equally long. */
static void measure_next(struct measuring *measuring) {
    uint64_t start = clock_now();
    size_t before = measuring->runs;
    bool paired = measuring->pairs != NULL;
    bool base_first = paired && pairs_base_first(measuring->pairs);
    if (base_first) measure_base(measuring);
    measure_head(measuring);
    if (paired && !base_first) measure_base(measuring);
    size_t runs = measuring->runs > before ? measuring->runs - before : 1;
    uint64_t taken = (clock_now() - start) / runs;
    if (taken > measuring->longest) measuring->longest = taken;
    tell(measuring, RUN_PROGRESS, session_measurement(measuring->session));
}

/* Runs until nothing more is wanted, and returns why it was ended before that. */
static const char *measure_all(struct measuring *measuring) {
    const struct session *session = measuring->session;
    ask(measuring, NULL);
    while (!session_failed(session) && measuring->wanted > 0) {
        const char *stop = reason_to_stop(measuring);
        if (stop) return stop;
        measure_next(measuring);
        if (session_failed(session) || measuring->runs >= measuring->wanted)
            ask(measuring, session_measurement(session));
    }
    bool full = measuring->runs >= measuring->budget->runs.max;
    return full && !measuring->budget->runs.fixed ? "runs.max" : NULL;
}

static struct session_plan plan_of(const struct running *running, const struct budget *budget) {
    const struct budget_set *set = running->request->set;
    return (struct session_plan){
        .probe = budget->probe,
        .config = budget->config,
        .targets = budget->targets,
        .directory = budget->directory,
        .root = set->outside ? NULL : set->root,
        .metrics = &budget->metrics,
        .wanted = budget->wanted,
        .explaining = budget->explaining,
        .pool = running->request->pool,
        .cache = running->request->cache,
        .cancel_fd = running->request->cancel_fd,
        .runs = budget->runs.max,
        .place = budget->place,
        .id = budget->id,
        .timeout = budget->timeout,
        .time_limit = budget->time_limit,
        .secrets = set->secrets,
    };
}

/* Whether the target is a server of the file, which each checkout has one of. */
static bool target_is_served(const struct measuring *measuring) {
    const struct budget_set *set = measuring->running->request->set;
    const struct budget *budget = measuring->budget;
    bool served = budget->server != NULL;
    for (size_t i = 0; i < set->server_count && budget->needs && !served; i++)
        served = budget->needs[i] && budget->target_text &&
                 strstr(budget->target_text,
                        text_format(measuring->arena, "${%s.", set->servers[i].name));
    return served;
}

static struct pairs *open_base(struct measuring *measuring) {
    struct pairs *pairs = arena_new_object(measuring->arena, struct pairs);
    const struct run_base *base = measuring->running->request->base;
    size_t index = measuring->running->steps[measuring->step].budget;
    const struct budget *budget = measuring->budget;
    if ((budget->probe->needs & PROBE_NETWORK) && !target_is_served(measuring)) {
        pairs->base = &base->bases[index];
        pairs->base->problem = "its target does not lie in the checkout, and is the same for both";
        return pairs;
    }
    *pairs = pairs_open(measuring->arena, &measuring->other, base, index);
    return pairs;
}

/* Opens the base beside head, where something is compared with it. */
static struct pairs *step_pairs(struct measuring *measuring) {
    const struct run_base *base = measuring->running->request->base;
    const struct budget *budget = measuring->budget;
    if (!measuring->compared) return NULL;
    bool once = budget->probe->needs & PROBE_ONCE;
    if (!once && budget->probe->needs & PROBE_QUIET)
        pairs_warm(&measuring->plan, &measuring->other, base, clock_nanoseconds(budget->timeout));
    return open_base(measuring);
}

/* A limit that compares with nothing is broken: what changed since the base says why. Only where
 * one run says all, as it comes after those of head. */
static void explain(struct measuring *measuring) {
    const struct run_request *request = measuring->running->request;
    const struct run_base *base = request->base;
    size_t index = measuring->running->steps[measuring->step].budget;
    if (measuring->pairs || !base || !base->explained || measuring->companion ||
        !(measuring->budget->probe->needs & PROBE_ONCE) || cancel_seen(measuring->running) ||
        !base->explained(request->context, index))
        return;
    measuring->pairs = open_base(measuring);
    measure_base(measuring);
}

void step_measure(struct measuring *measuring) {
    struct running *running = measuring->running;
    const struct budget *budget = measuring->budget;
    struct evidence *evidence = &running->evidence[running->steps[measuring->step].budget];
    measuring->start = clock_now();
    measuring->end = measuring->start + clock_nanoseconds(budget->time_limit);
    if (probe_is_foreign(budget->probe))
        measuring->watchdog = watchdog_start(budget->id, running->request->cancel_fd);
    watchdog_watch(measuring->watchdog, measuring->end);
    measuring->pairs = step_pairs(measuring);
    measuring->session = session_open(measuring->arena, &measuring->plan);
    bool spans = budget->probe->needs & PROBE_SPANS;
    if (measuring->companion && !spans) companion_ready(measuring->companion);
    evidence->stopped = measure_all(measuring);
    explain(measuring);
    watchdog_watch(measuring->watchdog, clock_now() + clock_nanoseconds(budget->timeout));
    session_close(measuring->session);
    if (measuring->pairs) pairs_close(measuring->pairs);
    watchdog_stop(measuring->watchdog);
    evidence->measurement = session_measurement(measuring->session);
    tell(measuring, RUN_BUDGET_ENDED, evidence->measurement);
}

static bool step_enough(struct running *running, size_t index) {
    const struct run_request *request = running->request;
    if (!request->enough) return false;
    pthread_mutex_lock(&running->telling);
    bool enough = request->enough(request->context, index);
    pthread_mutex_unlock(&running->telling);
    return enough;
}

const struct measurement *measurement_lost(struct arena *arena, const struct budget *budget,
                                           enum diag_code code, const char *problem) {
    struct measurement *lost = arena_new_object(arena, struct measurement);
    lost->metrics = &budget->metrics;
    lost->methods = arena_alloc(arena, (budget->metrics.count + 1) * sizeof *lost->methods);
    lost->missing = true;
    lost->problems = diags_begin(arena);
    diag_error(&lost->problems, code, budget->place, NULL, "%s", problem);
    return lost;
}

/* Whether it is measured in the base too; a companion, whose other budget is measured there in
 * turn, is not. */
static bool step_compared(struct running *running, size_t index, bool companion) {
    const struct run_request *request = running->request;
    const struct run_base *base = request->base;
    if (!base || !base->wanted(request->context, index)) return false;
    const char *problem = "a budget with `during` is measured in head only";
    if (!companion &&
        servers_need(&running->servers, &request->set->budgets[index], SIDE_BASE, &problem))
        return true;
    base->bases[index].problem = problem;
    return false;
}

bool step_begin(struct running *running, size_t step, struct companion *companion,
                struct measuring *measuring) {
    size_t index = running->steps[step].budget;
    const struct budget *budget = &running->request->set->budgets[index];
    struct servers *servers = &running->servers;
    struct arena *arena = running->arenas[step] ? running->arenas[step] : running->arena;
    const char *problem;
    *measuring = (struct measuring){.running = running,
                                    .budget = budget,
                                    .step = step,
                                    .arena = arena,
                                    .companion = companion,
                                    .start = clock_now()};
    running->evidence[index].started = true;
    tell(measuring, RUN_BUDGET_STARTED, NULL);
    if (!servers_need(servers, budget, SIDE_HEAD, &problem)) {
        running->evidence[index].measurement = measurement_lost(arena, budget, RUN_SERVER, problem);
        tell(measuring, RUN_BUDGET_ENDED, running->evidence[index].measurement);
        return false;
    }
    measuring->compared = step_compared(running, index, companion != NULL);
    measuring->plan = measuring->other = plan_of(running, budget);
    measuring->plan.company = companion ? &companion->hooks : NULL;
    if (companion) measuring->plan.pool = NULL; /* it is the other's */
    measuring->plan.beside = servers_beside(servers, arena, budget, SIDE_HEAD);
    servers_fill(servers, budget, SIDE_HEAD, &measuring->plan);
    if (!measuring->compared) return true;
    measuring->other.beside = servers_beside(servers, arena, budget, SIDE_BASE);
    servers_fill(servers, budget, SIDE_BASE, &measuring->other);
    return true;
}

bool step_is_late(struct running *running, size_t step) {
    struct evidence *evidence = &running->evidence[running->steps[step].budget];
    if (cancel_seen(running))
        evidence->stopped = "cancelled";
    else if (atomic_load(&running->enough))
        evidence->stopped = "--fail-fast";
    return evidence->stopped != NULL;
}

void step_end(struct running *running, size_t step) {
    if (step_enough(running, running->steps[step].budget)) atomic_store(&running->enough, true);
}
