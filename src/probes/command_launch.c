/* One start of the command, with what belongs before and after it. */
#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probes/command_parts.h"

enum { CLEANUP_NANOSECONDS = 1000000000 };

struct process_plan command_helper_plan(const struct command_state *state, struct arena *arena,
                                        struct probe_texts words) {
    const char **argv = NULL;
    size_t count = 0;
    for (size_t i = 0; i < words.count; i++) *array_add(arena, argv, count) = words.items[i];
    *array_add(arena, argv, count) = NULL;
    return (struct process_plan){.argv = argv,
                                 .environment = state->plan.environment,
                                 .directory = state->plan.directory,
                                 .cancel_fd = -1};
}

static bool helper_run(struct probe_run *run, struct arena *arena, const char *option,
                       struct probe_texts words, uint64_t deadline) {
    if (words.count == 0) return true;
    struct process_plan plan = command_helper_plan(run->state, arena, words);
    struct process_result result;
    plan.deadline = deadline;
    plan.cancel_fd = run->cancel_fd;
    process_run(arena, &plan, &result);
    const char *what = text_format(arena, "%s: %s", option, text_inert(arena, words.items[0]));
    return command_judge(run, what, 0, &result);
}

void command_leftovers(struct probe_run *run, struct arena *arena,
                       const struct process_result *result) {
    struct command_state *state = run->state;
    if (result->leftovers == 0 || state->said_leftovers) return;
    state->said_leftovers = true;
    probe_remark(run, PROBE_WARNING,
                 result->leftovers == 1
                     ? "1 left-over process was ended"
                     : text_format(arena, "%u left-over processes were ended", result->leftovers),
                 "The command ended before what it had started; its time and memory leave these "
                 "processes out.");
}

/* After a run that failed: nobody asks how it went. It gets a moment even if the time is over. */
static void cleanup_anyway(struct probe_run *run, struct arena *arena, uint64_t deadline) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    uint64_t moment = clock_now() + CLEANUP_NANOSECONDS;
    struct process_result ignored;
    if (config->cleanup.count == 0) return;
    struct process_plan plan = command_helper_plan(state, arena, config->cleanup);
    plan.deadline = deadline > moment ? deadline : moment;
    process_run(arena, &plan, &ignored);
}

uint64_t command_deadline(uint64_t time) {
    uint64_t now = clock_now();
    return time > UINT64_MAX - now ? UINT64_MAX : now + time;
}

bool command_launch(struct probe_run *run, struct arena *arena, const struct process_plan *plan,
                    const char *shown, struct process_result *result) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct process_plan timed = *plan;
    timed.deadline = command_deadline(state->time);
    if (!helper_run(run, arena, "prepare", config->prepare, timed.deadline)) return false;
    if (!command_cool(run, arena)) return false;
    if (!command_run(run, arena, &timed, result)) {
        cleanup_anyway(run, arena, timed.deadline);
        return false;
    }
    command_leftovers(run, arena, result);
    if (command_judge(run, shown, config->status, result))
        return helper_run(run, arena, "cleanup", config->cleanup, timed.deadline);
    cleanup_anyway(run, arena, timed.deadline);
    return false;
}
