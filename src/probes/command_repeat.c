/* Runs in a row, which the process that starts them does without a word in between: most of what a
 * run costs beyond its own time is telling perfbudget of it. */
#include "base/arena.h"
#include "probes/command_parts.h"

static struct process_repeat repeat_of(struct probe_run *run) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct process_repeat repeat = {.time = state->time, .status = (int)config->status};
    uint64_t ahead = probe_ahead(run, &repeat.begin_by);
    repeat.most = ahead < PROCESS_REPEATS_MAX ? (size_t)ahead + 1 : PROCESS_REPEATS_MAX;
    return repeat;
}

bool command_repeat(struct probe_run *run, struct arena *arena) {
    const struct command_config *config = run->config;
    struct command_state *state = run->state;
    const struct process_repeat repeat = repeat_of(run);
    struct process_plan plan = state->plan;
    plan.deadline = command_deadline(state->time);
    if (!state->results)
        state->results = arena_alloc(state->arena, PROCESS_REPEATS_MAX * sizeof *state->results);
    size_t count = process_repeat(arena, &plan, &repeat, state->results);
    for (size_t i = 0; i < count; i++) {
        const struct process_result *result = &state->results[i];
        if (i > 0 && !probe_next(run)) return false;
        command_leftovers(run, arena, result);
        if (!command_judge(run, state->shown, config->status, result)) return false;
        if (!command_emit(run, arena, result)) return false;
    }
    return true;
}
