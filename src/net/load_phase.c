#include <math.h>

#include "base/clock.h"
#include "net/load_engine.h"

/* So many flows begin before answers are read again. */
#define FLOWS_AT_ONCE 256
#define RAMP_STEP 1000000 /* ns */

static const struct load_phase *phase_now(const struct engine *engine) {
    return phases_over(engine) ? NULL : &engine->plan.phases[engine->phase];
}

bool phases_over(const struct engine *engine) {
    return engine->phase >= engine->plan.phase_count;
}

static uint64_t phase_end(const struct engine *engine) {
    const struct load_phase *phase = phase_now(engine);
    return phase->duration > 0 ? engine->phase_start + phase->duration : LOOP_NEVER;
}

/** Nanoseconds from the phase's start to the arrival of flow k. With a rate that changes evenly
 * from r by s a second, r t + s t^2 / 2 = k, solved so that s = 0 needs no case of its own. */
static uint64_t arrival_after(const struct load_phase *phase, uint64_t k) {
    double slope = 0;
    if (phase->ramp_to > 0 && phase->duration > 0)
        slope = (phase->ramp_to - phase->rate) / ((double)phase->duration / 1e9);
    double square = phase->rate * phase->rate + 2 * slope * (double)k;
    if (square < 0) return LOOP_NEVER;
    double divisor = phase->rate + sqrt(square);
    double seconds = k == 0 ? 0 : 2 * (double)k / divisor;
    return seconds < 1e9 ? (uint64_t)(seconds * 1e9) : LOOP_NEVER;
}

static void arrival_advance(struct engine *engine) {
    const struct load_phase *phase = phase_now(engine);
    engine->arrival = LOOP_NEVER;
    if (!phase || phase->concurrency > 0) return;
    if (phase->count > 0 && engine->begun >= phase->count) return;
    uint64_t after = arrival_after(phase, engine->begun);
    if (after == LOOP_NEVER || (phase->duration > 0 && after >= phase->duration)) return;
    engine->arrival = engine->phase_start + after;
}

void phase_begin(struct engine *engine, uint64_t start) {
    engine->phase_start = start;
    engine->begun = 0;
    if (!phases_over(engine)) {
        struct load_phase_result *result = &engine->result->phases[engine->phase];
        result->start = start;
        result->open_most = engine->open;
    }
    arrival_advance(engine);
}

/** Users the closed model wants at this moment. */
static uint32_t wanted_users(const struct engine *engine, uint64_t now) {
    const struct load_phase *phase = phase_now(engine);
    double from = phase->concurrency, to = phase->ramp_to > 0 ? phase->ramp_to : from;
    double share = 1;
    if (phase->duration > 0) share = (double)(now - engine->phase_start) / (double)phase->duration;
    return (uint32_t)(from + (to - from) * (share < 1 ? share : 1));
}

/** Whether the phase may begin another flow now, in the closed model. */
static bool closed_may_begin(const struct engine *engine, uint64_t now) {
    const struct load_phase *phase = phase_now(engine);
    if (!phase || phase->concurrency == 0 || engine->over) return false;
    if (phase->count > 0 && engine->begun >= phase->count) return false;
    return now < phase_end(engine) && engine->busy < wanted_users(engine, now);
}

bool phase_again(const struct engine *engine, uint64_t now) {
    return closed_may_begin(engine, now);
}

/** A free user, or a new one; NULL: all are busy. */
static struct user *free_user(struct engine *engine) {
    struct user *user = list_pop(engine, &engine->idle);
    if (user || engine->made == engine->plan.users) return user;
    return &engine->users[engine->made++];
}

static void begin_closed(struct engine *engine, uint64_t now) {
    for (unsigned i = 0; i < FLOWS_AT_ONCE && closed_may_begin(engine, now); i++) {
        struct user *user = free_user(engine);
        if (!user) return;
        user->starved = false;
        user_begin_flow(engine, user, now);
    }
}

static void begin_open(struct engine *engine, uint64_t now) {
    for (unsigned i = 0; i < FLOWS_AT_ONCE && engine->arrival <= now && !engine->over; i++) {
        struct user *user = free_user(engine);
        if (!user) {
            engine->starved_until = now;
            return;
        }
        uint64_t scheduled = engine->arrival;
        user->starved = scheduled <= engine->starved_until;
        user_begin_flow(engine, user, scheduled);
        arrival_advance(engine);
    }
}

/** How many arrivals of an open phase were due and did not begin. */
static uint64_t missed(const struct engine *engine, const struct load_phase *phase) {
    uint64_t due = engine->begun;
    if (phase->concurrency > 0 || phase->duration == 0) return 0;
    while ((phase->count == 0 || due < phase->count) && arrival_after(phase, due) < phase->duration)
        due++;
    return due - engine->begun;
}

/** Whether the phase is over, and when it was. */
static bool phase_is_over(const struct engine *engine, uint64_t now, uint64_t *end) {
    const struct load_phase *phase = phase_now(engine);
    *end = now;
    if (phase->duration == 0) return engine->begun >= phase->count && engine->busy == 0;
    *end = phase_end(engine);
    return now >= *end;
}

void phase_tick(struct engine *engine, uint64_t now) {
    while (!phases_over(engine)) {
        uint64_t end;
        begin_closed(engine, now);
        begin_open(engine, now);
        bool more = engine->arrival <= now && engine->starved_until != now;
        if (more || !phase_is_over(engine, now, &end)) return;
        struct load_phase_result *result = &engine->result->phases[engine->phase];
        result->end = end;
        result->missed = missed(engine, phase_now(engine));
        engine->phase++;
        phase_begin(engine, end);
    }
}

/** When the ramp of a closed phase wants another user. */
static uint64_t ramp_next(const struct engine *engine, uint64_t now) {
    const struct load_phase *phase = phase_now(engine);
    if (phase->concurrency == 0 || !(phase->ramp_to > phase->concurrency)) return LOOP_NEVER;
    double each = (double)phase->duration / (phase->ramp_to - phase->concurrency);
    return now + (each > RAMP_STEP ? (uint64_t)each : RAMP_STEP);
}

uint64_t phase_next(const struct engine *engine, uint64_t now) {
    uint64_t end;
    if (phases_over(engine)) return LOOP_NEVER;
    if (phase_is_over(engine, now, &end)) return now;
    if (closed_may_begin(engine, now) &&
        (engine->idle.head != LOAD_NOBODY || engine->made < engine->plan.users))
        return now;
    uint64_t next = phase_end(engine), ramp = ramp_next(engine, now);
    bool starving = engine->arrival <= engine->starved_until;
    if (!starving && engine->arrival < next) next = engine->arrival;
    return ramp < next ? ramp : next;
}
