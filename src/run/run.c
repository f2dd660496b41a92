#include "run/run.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/text.h"
#include "probe/session.h"
#include "run/pairs.h"
#include "run/watchdog.h"

/* One run_execute. */
struct running {
    const struct run_request *request;
    const struct run_step *steps;
    size_t total;
    struct evidence *evidence;
    struct arena **arenas; /* by step: of one that runs beside others; NULL: the caller's */
    struct arena *arena;
    pthread_mutex_t telling;
    atomic_bool cancelled, enough;
};

/* One budget being measured. */
struct measuring {
    struct running *running;
    const struct budget *budget;
    size_t step;
    struct session *session;
    struct pairs *pairs; /* NULL: head alone */
    struct watchdog *watchdog;
    uint64_t start, end; /* clock_now; end: when the time limit is over */
    size_t runs, wanted;
    uint64_t longest; /* nanoseconds of the longest run so far */
};

static uint64_t nanoseconds(double seconds) {
    const double most = 1e18; /* thirty years, far from where uint64_t would wrap */
    return seconds > 0 ? (uint64_t)fmin(seconds * 1e9, most) : 0;
}

static bool cancel_seen(struct running *running) {
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
    if (measuring->runs >= measuring->budget->runs.max) return "runs.max";
    /* one that will not fit is not begun */
    if (measuring->runs > 0 && (now >= measuring->end || measuring->end - now < measuring->longest))
        return "time limit";
    return NULL;
}

/* Only the first run is cut off by the time limit: a later one was begun because it should fit, and
 * cutting it off would turn what is undecided into an error. */
static uint64_t run_deadline(const struct measuring *measuring) {
    uint64_t deadline = clock_now() + nanoseconds(measuring->budget->timeout);
    return measuring->runs == 0 && deadline > measuring->end ? measuring->end : deadline;
}

static void measure_base(struct measuring *measuring) {
    uint64_t deadline = run_deadline(measuring);
    watchdog_watch(measuring->watchdog, deadline);
    pairs_run(measuring->pairs, deadline);
    watchdog_rest(measuring->watchdog);
}

static void measure_head(struct measuring *measuring) {
    uint64_t deadline = run_deadline(measuring);
    watchdog_watch(measuring->watchdog, deadline);
    if (session_run(measuring->session, deadline)) measuring->runs++;
    watchdog_rest(measuring->watchdog);
}

static void measure_once(struct measuring *measuring) {
    uint64_t start = clock_now();
    bool paired = measuring->pairs != NULL;
    bool base_first = paired && pairs_base_first(measuring->pairs);
    if (base_first) measure_base(measuring);
    measure_head(measuring);
    if (paired && !base_first) measure_base(measuring);
    uint64_t taken = clock_now() - start;
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
        measure_once(measuring);
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
        .place = budget->place,
        .id = budget->id,
        .secrets = set->secrets,
    };
}

static struct pairs *open_base(struct running *running, size_t step,
                               const struct session_plan *plan) {
    struct arena *arena = running->arenas[step] ? running->arenas[step] : running->arena;
    struct pairs *pairs = arena_new_object(arena, struct pairs);
    *pairs = pairs_open(arena, plan, running->request->base, running->steps[step].budget);
    return pairs;
}

/* Opens the base beside head, where something is compared with it. */
static struct pairs *step_pairs(struct running *running, size_t step,
                                const struct session_plan *plan) {
    const struct run_request *request = running->request;
    size_t index = running->steps[step].budget;
    const struct budget *budget = &request->set->budgets[index];
    if (!request->base || !request->base->wanted(request->context, index)) return NULL;
    bool once = budget->probe->needs & PROBE_ONCE;
    if (!once && budget->probe->needs & PROBE_QUIET)
        pairs_warm(plan, request->base, nanoseconds(budget->timeout));
    return open_base(running, step, plan);
}

/* A limit that compares with nothing is broken: what changed since the base says why. Only where
 * one run says all, as it comes after those of head. */
static void explain(struct measuring *measuring, const struct session_plan *plan) {
    const struct run_request *request = measuring->running->request;
    const struct run_base *base = request->base;
    size_t index = measuring->running->steps[measuring->step].budget;
    if (measuring->pairs || !base || !base->explained || !(plan->probe->needs & PROBE_ONCE) ||
        cancel_seen(measuring->running) || !base->explained(request->context, index))
        return;
    measuring->pairs = open_base(measuring->running, measuring->step, plan);
    measure_base(measuring);
}

static void step_measure(struct running *running, size_t step, struct evidence *evidence) {
    size_t index = running->steps[step].budget;
    const struct budget *budget = &running->request->set->budgets[index];
    struct measuring measuring = {
        .running = running, .budget = budget, .step = step, .start = clock_now()};
    const struct session_plan plan = plan_of(running, budget);
    measuring.end = measuring.start + nanoseconds(budget->time_limit);
    tell(&measuring, RUN_BUDGET_STARTED, NULL);
    if (probe_is_foreign(budget->probe))
        measuring.watchdog = watchdog_start(budget->id, running->request->cancel_fd);
    watchdog_watch(measuring.watchdog, measuring.end);
    measuring.pairs = step_pairs(running, step, &plan);
    measuring.session =
        session_open(running->arenas[step] ? running->arenas[step] : running->arena, &plan);
    evidence->stopped = measure_all(&measuring);
    explain(&measuring, &plan);
    watchdog_watch(measuring.watchdog, clock_now() + nanoseconds(budget->timeout));
    session_close(measuring.session);
    if (measuring.pairs) pairs_close(measuring.pairs);
    watchdog_stop(measuring.watchdog);
    evidence->measurement = session_measurement(measuring.session);
    tell(&measuring, RUN_BUDGET_ENDED, evidence->measurement);
}

static bool step_enough(struct running *running, size_t index) {
    const struct run_request *request = running->request;
    if (!request->enough) return false;
    pthread_mutex_lock(&running->telling);
    bool enough = request->enough(request->context, index);
    pthread_mutex_unlock(&running->telling);
    return enough;
}

static void step_run(struct running *running, size_t step) {
    size_t index = running->steps[step].budget;
    struct evidence *evidence = &running->evidence[index];
    if (cancel_seen(running)) {
        evidence->stopped = "cancelled";
    } else if (atomic_load(&running->enough)) {
        evidence->stopped = "--fail-fast";
    } else {
        evidence->started = true;
        step_measure(running, step, evidence);
        if (step_enough(running, index)) atomic_store(&running->enough, true);
    }
}

/* What the threads of one wave are handed. */
struct wave {
    struct running *running;
    size_t first;
};

static void wave_work(void *context, size_t index) {
    const struct wave *wave = context;
    step_run(wave->running, wave->first + index);
}

static void base_keep(struct running *running, size_t index) {
    if (!running->request->base) return;
    struct verdict_base *base = &running->request->base->bases[index];
    if (base->measurement) base->measurement = measurement_copy(running->arena, base->measurement);
    base->problem = text_copy(running->arena, base->problem);
}

/* Each step has an arena of its own; afterwards what it measured moves to the caller's. */
static void wave_run(struct running *running, size_t first, size_t count) {
    for (size_t i = first; i < first + count; i++) running->arenas[i] = arena_new();
    struct wave wave = {running, first};
    thread_for(running->request->pool, count, wave_work, &wave);
    for (size_t i = first; i < first + count; i++) {
        struct evidence *evidence = &running->evidence[running->steps[i].budget];
        if (evidence->measurement)
            evidence->measurement = measurement_copy(running->arena, evidence->measurement);
        base_keep(running, running->steps[i].budget);
        arena_free(running->arenas[i]);
        running->arenas[i] = NULL;
    }
}

bool run_execute(struct arena *arena, const struct run_request *request,
                 struct evidence *evidence) {
    struct run_step *steps;
    struct running running = {.request = request, .evidence = evidence, .arena = arena};
    running.total = run_plan(arena, request->set, &steps);
    running.steps = steps;
    running.arenas = arena_alloc(arena, running.total * sizeof *running.arenas);
    pthread_mutex_init(&running.telling, NULL);
    unsigned threads = request->pool ? thread_pool_size(request->pool) : 1;
    for (size_t i = 0, next; i < running.total; i = next) {
        for (next = i + 1; next < running.total && steps[next].wave == steps[i].wave;) next++;
        if (threads > 1 && next - i > 1)
            wave_run(&running, i, next - i);
        else
            for (size_t step = i; step < next; step++) step_run(&running, step);
    }
    pthread_mutex_destroy(&running.telling);
    return !cancel_seen(&running);
}
