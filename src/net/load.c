#include "net/load.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/load_engine.h"

#define DEFAULT_CONNECTING 256
#define DEFAULT_TIMEOUT 10000000000u /* ns */
#define DEFAULT_LATE 1000000u        /* ns */
#define DEFAULT_BODY (16u << 20)
#define STATE_ALIGNMENT 16

static uint64_t thread_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    uint64_t seconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    return seconds * 1000000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static uint32_t users_needed(const struct load_plan *plan) {
    uint32_t users = plan->users > plan->connect_first ? plan->users : plan->connect_first;
    for (uint32_t i = 0; i < plan->phase_count; i++) {
        const struct load_phase *phase = &plan->phases[i];
        if (phase->concurrency == 0) continue;
        if (phase->concurrency > users) users = phase->concurrency;
        if (phase->ramp_to > users) users = (uint32_t)phase->ramp_to;
    }
    return users > 0 ? users : 1;
}

static void fill_defaults(struct load_plan *plan) {
    plan->users = users_needed(plan);
    if (plan->connecting == 0) plan->connecting = DEFAULT_CONNECTING;
    if (plan->timeout == 0) plan->timeout = DEFAULT_TIMEOUT;
    if (plan->late == 0) plan->late = DEFAULT_LATE;
    if (plan->body_limit == 0) plan->body_limit = DEFAULT_BODY;
    if (plan->deadline == 0) plan->deadline = LOOP_NEVER;
}

static bool impossible(struct engine *engine, const char *problem) {
    engine->result->end = LOAD_IMPOSSIBLE;
    engine->result->problem = problem;
    return false;
}

static bool prepare(struct engine *engine) {
    uint32_t users = engine->plan.users;
    size_t links = (size_t)users * engine->plan.target_count;
    unsigned usable = 0;
    if (links >= LOAD_CANCEL_ID || !net_descriptors((unsigned)links, &usable))
        return impossible(
            engine, text_format(engine->arena,
                                "%zu connections need %zu open files, and this process may have %u "
                                "(see `ulimit -Hn`)",
                                links, links, usable));
    engine->loop = loop_new(users);
    if (!engine->loop) return impossible(engine, "the kernel gave no epoll descriptor");
    engine->state_size =
        (engine->protocol->state_size + STATE_ALIGNMENT - 1) & ~(size_t)(STATE_ALIGNMENT - 1);
    engine->users = calloc(users, sizeof *engine->users);
    engine->links = calloc(links, sizeof *engine->links);
    engine->states = calloc(links, engine->state_size + 1);
    if (!engine->users || !engine->links || !engine->states) memory_exhausted();
    for (uint32_t i = 0; i < users; i++) {
        engine->users[i].link = user_link(engine, &engine->users[i], 0);
        for (uint32_t t = 0; t < engine->plan.target_count; t++)
            user_link(engine, &engine->users[i], t)->user = &engine->users[i];
    }
    if (engine->plan.cancel_fd >= 0 &&
        !loop_watch(engine->loop, engine->plan.cancel_fd, LOAD_CANCEL_ID, LOOP_READ))
        return impossible(engine, "the cancel descriptor cannot be watched");
    return true;
}

/** Connections that stand before the first phase begins. */
static void warm_up(struct engine *engine) {
    while (engine->made < engine->plan.connect_first)
        user_connect(engine, &engine->users[engine->made++]);
    engine->warming = engine->made > 0;
    if (!engine->warming) phase_begin(engine, clock_now());
}

/** What happens by itself at this moment. */
static void tick(struct engine *engine, uint64_t now) {
    if (engine->warming && engine->connecting == 0 && engine->queue.head == LOAD_NOBODY) {
        engine->warming = false;
        phase_begin(engine, now);
    }
    if (!engine->warming) phase_tick(engine, now);
    uint32_t last = engine->ready.tail;
    for (bool more = last != LOAD_NOBODY; more;) {
        more = engine->ready.head != last;
        user_step(engine, list_pop(engine, &engine->ready), now);
    }
    connects_start(engine);
}

static void hear(struct engine *engine, uint64_t until) {
    const struct loop_event *events;
    size_t count = loop_wait(engine->loop, until, &events);
    for (size_t i = 0; i < count && !engine->over; i++) {
        if (events[i].id == LOAD_CANCEL_ID) {
            engine->result->end = LOAD_CANCELLED;
            engine->over = true;
        } else {
            link_event(engine, &engine->links[events[i].id], events[i].what);
        }
    }
    uint64_t now = clock_now();
    for (uint32_t timer; !engine->over && loop_timer_due(engine->loop, now, &timer);)
        user_timer(engine, &engine->users[timer], now);
}

static uint64_t wait_until(const struct engine *engine, uint64_t now) {
    uint64_t until = engine->plan.deadline;
    if (engine->ready.head != LOAD_NOBODY) return now;
    if (engine->queue.head != LOAD_NOBODY && engine->connecting < engine->plan.connecting)
        return now;
    if (engine->warming) return until;
    uint64_t phase = phase_next(engine, now);
    return phase < until ? phase : until;
}

/** Flows end with the last phase; requests under way may end by themselves. */
static void finish_flows(struct engine *engine) {
    for (uint32_t i = 0; i < engine->made; i++) user_finish(engine, &engine->users[i]);
}

static void run(struct engine *engine) {
    bool finished = false;
    warm_up(engine);
    while (!engine->over) {
        uint64_t now = clock_now();
        if (now >= engine->plan.deadline) {
            engine->result->end = LOAD_DEADLINE;
            return;
        }
        tick(engine, now);
        if (!finished && !engine->warming && phases_over(engine)) {
            finished = true;
            finish_flows(engine);
        }
        if (finished && engine->busy == 0) return;
        hear(engine, wait_until(engine, now));
    }
}

static void release(struct engine *engine) {
    uint64_t now = clock_now();
    for (uint32_t i = 0; i < engine->made; i++) {
        struct user *user = &engine->users[i];
        engine->result->unfinished += user->link->wire.exchange != NULL;
        user_close(engine, user);
        for (uint32_t t = 0; t < engine->plan.target_count; t++)
            link_close(engine, user_link(engine, user, t));
        free(user->copy);
    }
    for (uint32_t i = 0; i < engine->plan.phase_count; i++) {
        struct load_phase_result *phase = &engine->result->phases[i];
        if (phase->start > 0 && phase->end == 0) phase->end = now;
    }
    loop_free(engine->loop);
    free(engine->users);
    free(engine->links);
    free(engine->states);
}

void load_run(struct arena *arena, const struct load_plan *plan, const struct load_driver *driver,
              const struct load_protocol *protocol, struct load_result *result) {
    struct engine *engine = arena_new_object(arena, struct engine);
    *result = (struct load_result){
        .end = LOAD_FINISHED,
        .phases = arena_alloc(arena, plan->phase_count * sizeof *result->phases),
    };
    *engine = (struct engine){
        .arena = arena,
        .plan = *plan,
        .driver = *driver,
        .protocol = protocol ? protocol : &load_http1,
        .result = result,
        .idle = {LOAD_NOBODY, LOAD_NOBODY},
        .ready = {LOAD_NOBODY, LOAD_NOBODY},
        .queue = {LOAD_NOBODY, LOAD_NOBODY},
        .arrival = LOOP_NEVER,
    };
    fill_defaults(&engine->plan);
    uint64_t cpu = thread_cpu();
    int slack = prctl(PR_GET_TIMERSLACK);
    prctl(PR_SET_TIMERSLACK, 1); /* the usual 50 us would make every send of the open model late */
    if (prepare(engine)) run(engine);
    release(engine);
    prctl(PR_SET_TIMERSLACK, slack);
    result->cpu = thread_cpu() - cpu;
}
