#include "run/pairs.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

/* splitmix64 (Steele, Lea and Flood 2014) */
static uint64_t random_next(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The plan moved to the other checkout; false where that has no such folder. */
static bool plan_move(struct arena *arena, const struct session_plan *plan,
                      const struct run_base *base, struct session_plan *moved) {
    struct stat found;
    *moved = *plan;
    if (plan->root) moved->root = base->root;
    const char *below = path_relative(arena, base->head_root, plan->directory);
    moved->directory =
        text_equal(below, ".") || !*below ? base->root : path_join(arena, base->root, below);
    return stat(moved->directory, &found) == 0 && S_ISDIR(found.st_mode);
}

struct pairs pairs_open(struct arena *arena, const struct session_plan *plan,
                        const struct run_base *base, size_t index) {
    struct session_plan moved;
    struct pairs pairs = {.base = &base->bases[index], .random = base->seed};
    for (size_t i = 0; i <= index; i++) pairs.random = random_next(&pairs.random);
    if (plan_move(arena, plan, base, &moved)) pairs.session = session_open(arena, &moved);
    return pairs;
}

bool pairs_base_first(struct pairs *pairs) {
    return random_next(&pairs->random) >> 63;
}

static const char *first_problem(const struct measurement *measurement) {
    for (size_t i = 0; i < measurement->problems.count; i++)
        if (measurement->problems.items[i].level == DIAG_ERROR)
            return measurement->problems.items[i].message;
    return "not measured";
}

/* What the base could never run is new in head; what broke later is a fault. */
static bool target_is_lacking(const struct measurement *measurement) {
    if (measurement->runs > 0) return false;
    for (size_t i = 0; i < measurement->problems.count; i++)
        if (measurement->problems.items[i].code == PROBE_FAILED_TARGET) return true;
    return false;
}

void pairs_run(struct pairs *pairs, uint64_t deadline) {
    if (!pairs->session || session_failed(pairs->session)) return;
    bool good = session_run(pairs->session, deadline);
    const struct measurement *measurement = session_measurement(pairs->session);
    pairs->base->measurement = good ? measurement : NULL;
    if (!good && !target_is_lacking(measurement)) pairs->base->problem = first_problem(measurement);
}

void pairs_close(struct pairs *pairs) {
    if (pairs->session) session_close(pairs->session);
}

/* Nothing is looked at beside it: `server_ready` is told of in the first run that counts. */
static void run_once(struct arena *scratch, const struct session_plan *plan, uint64_t timeout) {
    struct session_plan bare = *plan;
    bare.beside = NULL;
    struct session *session = session_open(scratch, &bare);
    session_run(session, clock_now() + timeout);
    session_close(session);
}

void pairs_warm(const struct session_plan *plan, const struct session_plan *other,
                const struct run_base *base, uint64_t timeout) {
    struct arena *scratch = arena_new();
    struct session_plan moved;
    if (plan_move(scratch, other, base, &moved)) run_once(scratch, &moved, timeout);
    run_once(scratch, plan, timeout);
    arena_free(scratch);
}
