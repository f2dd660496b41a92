#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "probes/command_parts.h"

static const char callgrind_hint[] =
    "`with: {instructions: callgrind}` counts them in a run of its own under valgrind, which any "
    "machine can.";

/* Why a counter cannot be had, by the errno of perf_event_open(2). */
static const char *reason_of(struct arena *arena, int error) {
    switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
    case ENXIO:
        return "this machine has no counter of instructions, as many virtual ones";
    case EACCES:
    case EPERM:
        return "the kernel does not allow it (kernel.perf_event_paranoid above 2, or rules of the "
               "container)";
    case ENOSYS:
        return "the kernel has no perf_event_open";
    case EAGAIN:
        return "the processor's counter was not this command's all the time";
    default:
        return text_format(arena, "perf_event_open: %s", strerror(error));
    }
}

static bool unavailable(struct probe_run *run, struct arena *arena, int error) {
    return probe_fail(
        run, PROBE_FAULT_SYSTEM,
        text_format(arena, "instructions are not available: %s", reason_of(arena, error)),
        callgrind_hint);
}

static bool callgrind_open(struct probe_run *run, struct command_state *state) {
    static const char *const words[] = {"valgrind", NULL};
    const struct process_plan plan = {
        .argv = words, .environment = state->plan.environment, .directory = state->plan.directory};
    return process_program(state->arena, &plan) ||
           probe_fail(run, PROBE_FAULT_SYSTEM,
                      "instructions are not available: valgrind is not installed",
                      "Install the package valgrind, or take `instructions: callgrind` away where "
                      "the processor's counter can be read.");
}

bool command_instructions_open(struct probe_run *run, struct command_state *state) {
    const struct command_config *config = run->config;
    if (!probe_wanted(run, state->instructions)) return true;
    if (config->instructions == COMMAND_INSTRUCTIONS_CALLGRIND) return callgrind_open(run, state);
    int error = process_counts(PROCESS_COUNTS_INSTRUCTIONS);
    if (error != 0) return unavailable(run, state->arena, error);
    state->plan.counter = PROCESS_COUNTS_INSTRUCTIONS;
    return true;
}

bool command_instructions_emit(struct probe_run *run, struct arena *arena,
                               const struct process_result *result) {
    const struct command_state *state = run->state;
    if (state->plan.counter == PROCESS_COUNTS_NOTHING) return true;
    if (isnan(result->count)) return unavailable(run, arena, result->count_error);
    probe_method(run, state->instructions, "perf_event instructions:u of the whole tree");
    probe_emit(run, state->instructions, 0, result->count);
    return true;
}

static bool callgrind_emit(struct probe_run *run, struct arena *arena,
                           const struct callgrind_count *count) {
    const struct command_state *state = run->state;
    if (count->untold > 0 || !count->version)
        return probe_fail(
            run, PROBE_FAULT_DATA,
            "instructions are not known: under callgrind, a process of the command ended without "
            "telling its count",
            "What is killed, or outlives the command, tells none.");
    probe_method(run, state->instructions,
                 text_format(arena, "callgrind of valgrind %s, a run of its own, whole tree",
                             text_inert(arena, count->version)));
    probe_emit(run, state->instructions, 0, count->instructions);
    return true;
}

bool command_callgrind(struct probe_run *run, struct arena *arena) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct callgrind_count count;
    if (config->instructions != COMMAND_INSTRUCTIONS_CALLGRIND ||
        !probe_wanted(run, state->instructions))
        return true;
    const char *folder = folder_temporary(arena);
    if (!folder)
        return probe_fail(run, PROBE_FAULT_SYSTEM,
                          text_format(arena, "no folder for callgrind: %s", strerror(errno)),
                          "Point TMPDIR to a folder that can be written to.");
    struct process_plan plan = command_callgrind_plan(arena, &state->plan, folder);
    const char *shown = text_format(arena, "valgrind %s", state->shown);
    struct process_result result;
    bool good = command_launch(run, arena, &plan, shown, &result);
    if (good) good = command_callgrind_read(arena, folder, &count);
    folder_remove(folder);
    return good && callgrind_emit(run, arena, &count);
}
