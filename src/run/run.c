#include "run/run.h"

#include <pthread.h>

#include "base/text.h"
#include "run/running.h"

static void step_run(struct running *running, size_t step) {
    struct measuring measuring;
    if (step_is_late(running, step)) return;
    if (step_begin(running, step, NULL, &measuring)) step_measure(&measuring);
    step_end(running, step);
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
    running.servers = (struct servers){.arena = arena, .request = request};
    running.arenas = arena_alloc(arena, running.total * sizeof *running.arenas);
    pthread_mutex_init(&running.telling, NULL);
    unsigned threads = request->pool ? thread_pool_size(request->pool) : 1;
    for (size_t i = 0, next; i < running.total; i = next) {
        for (next = i + 1; next < running.total && steps[next].wave == steps[i].wave;) next++;
        if (next - i > 1 && steps[i + 1].during)
            company_run(&running, i, next - i);
        else if (threads > 1 && next - i > 1)
            wave_run(&running, i, next - i);
        else
            for (size_t step = i; step < next; step++) step_run(&running, step);
        servers_release(&running.servers, steps, next, running.total);
    }
    servers_stop(&running.servers);
    pthread_mutex_destroy(&running.telling);
    return !cancel_seen(&running);
}
