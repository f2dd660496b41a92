/* What the `command` probe measures, and how each of it is emitted. */
#include <math.h>

#include "base/text.h"
#include "probes/command_parts.h"

enum metric {
    WALL,
    USER,
    SYSTEM,
    CPU,
    PEAK_RSS,
    EXIT_STATUS,
    PEAK_MEMORY,
    TREE_RSS,
    TREE_PSS,
    INSTRUCTIONS,
};

#define TIME_METRIC(word, words)                                                   \
    {                                                                              \
        .name = word, .help = words, .unit = PROBE_SECONDS, .better = PROBE_LOWER, \
        .nature = PROBE_NOISY, .fold = PROBE_FOLD_POOL, .statistic = "p95"         \
    }

#define MEMORY_METRIC(word, words)                                               \
    {                                                                            \
        .name = word, .help = words, .unit = PROBE_BYTES, .better = PROBE_LOWER, \
        .nature = PROBE_NOISY, .fold = PROBE_FOLD_POOL, .statistic = "max"       \
    }

const struct probe_metric command_metrics[COMMAND_METRICS] = {
    [WALL] = TIME_METRIC("wall", "Time from just before the command is spawned to its end."),
    [USER] = TIME_METRIC("user", "Processor time in user mode, of the command and the processes "
                                 "it waited for."),
    [SYSTEM] = TIME_METRIC("system", "Processor time in the kernel, of the command and the "
                                     "processes it waited for."),
    [CPU] = TIME_METRIC("cpu", "Processor time altogether: user and system."),
    [PEAK_RSS] = MEMORY_METRIC("peak_rss", "Most resident memory of the largest single process: "
                                           "the command's own, or one that it waited for."),
    [EXIT_STATUS] = {.name = "exit_status",
                     .help = "Exit status; another than `status` expects ends the budget as an "
                             "error.",
                     .unit = PROBE_COUNT,
                     .better = PROBE_NEITHER,
                     .nature = PROBE_EXACT,
                     .fold = PROBE_FOLD_MAX},
    [PEAK_MEMORY] =
        MEMORY_METRIC("peak_memory", "Most memory of the command with all it starts, as the kernel "
                                     "counts it (control group), page cache included."),
    [TREE_RSS] = MEMORY_METRIC("tree_rss", "Largest sum of resident memory over the command and "
                                           "all it starts, seen every 5 ms; what they share counts "
                                           "in each."),
    [TREE_PSS] = MEMORY_METRIC("tree_pss", "As tree_rss, but what processes share is divided among "
                                           "them (proportional set size)."),
    [INSTRUCTIONS] = {.name = "instructions",
                      .help =
                          "Instructions of the command and all it starts, in user space: hardly "
                          "any noise. Unmeasured where neither the processor's counter nor "
                          "callgrind can tell.",
                      .unit = PROBE_COUNT,
                      .better = PROBE_LOWER,
                      .nature = PROBE_NOISY,
                      .fold = PROBE_FOLD_POOL,
                      .statistic = "median"},
};

/* Declared where `minus` is given, after the metrics read from output. */
static const struct probe_metric extra_metric = MEMORY_METRIC(
    "extra_memory", "peak_memory less that of the `minus` command, run next to each run.");

static uint32_t extra_memory(const struct command_config *config) {
    return config->minus.count > 0 ? COMMAND_METRICS + (uint32_t)config->metrics.count : UINT32_MAX;
}

bool command_extra_wanted(struct probe_run *run) {
    const struct command_config *config = run->config;
    return config->minus.count > 0 && probe_wanted(run, extra_memory(config));
}

static bool peak_emit(struct probe_run *run, const struct process_result *result) {
    if (!probe_wanted(run, PEAK_RSS)) return true;
    if (isnan(result->peak_rss))
        return probe_fail(run, PROBE_FAULT_SYSTEM, "the peak memory could not be read",
                          "The kernel did not report it (ru_maxrss of wait4).");
    probe_emit(run, PEAK_RSS, 0, result->peak_rss);
    return true;
}

/* A metric that nobody wants is not emitted; one that is wanted and not known ends the run. */
static bool memory_emit(struct probe_run *run, uint32_t metric, double value) {
    if (!probe_wanted(run, metric)) return true;
    if (isnan(value))
        return probe_fail(run, PROBE_FAULT_SYSTEM, "the memory of the tree could not be read",
                          "The kernel did not report it.");
    probe_emit(run, metric, 0, value);
    return true;
}

void command_declare(struct probe_run *run) {
    const struct command_config *config = run->config;
    for (size_t i = 0; i < config->metrics.count; i++) {
        const struct probe_reading *reading = &config->metrics.items[i];
        probe_declare(run, &(struct probe_metric){
                               .name = reading->name,
                               .help = "Read from what the command prints.",
                               .unit = reading->unit,
                               .better = reading->better,
                               .nature = reading->nature,
                               .fold = PROBE_FOLD_POOL,
                               .statistic = extract_statistic(reading->unit),
                           });
    }
    if (config->minus.count > 0) probe_declare(run, &extra_metric);
    for (uint32_t i = 0; i < COMMAND_METRICS; i++) probe_expect(run, i, 1);
}

void command_want(struct probe_run *run, struct command_state *state) {
    state->plan.want_peak_rss = probe_wanted(run, PEAK_RSS);
    state->plan.want_peak_memory = probe_wanted(run, PEAK_MEMORY) || command_extra_wanted(run);
    state->plan.want_tree_rss = probe_wanted(run, TREE_RSS);
    state->plan.want_tree_pss = probe_wanted(run, TREE_PSS);
    state->instructions = INSTRUCTIONS;
}

/* The `minus` command, measured as the command itself is. */
static bool extra_emit(struct probe_run *run, struct arena *arena, double peak) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct process_result result;
    if (!command_extra_wanted(run)) return true;
    struct process_plan plan = command_helper_plan(state, arena, config->minus);
    plan.deadline = command_deadline(state->time);
    plan.cancel_fd = run->cancel_fd;
    plan.want_peak_memory = true;
    process_run(arena, &plan, &result);
    const char *what = text_format(arena, "minus: %s", text_inert(arena, config->minus.items[0]));
    return command_judge(run, what, 0, &result) &&
           memory_emit(run, extra_memory(config), peak - result.peak_memory);
}

static bool memories_emit(struct probe_run *run, struct arena *arena,
                          const struct process_result *result) {
    return memory_emit(run, PEAK_MEMORY, result->peak_memory) &&
           memory_emit(run, TREE_RSS, result->tree_rss) &&
           memory_emit(run, TREE_PSS, result->tree_pss) &&
           extra_emit(run, arena, result->peak_memory);
}

static void methods_say(struct probe_run *run, struct arena *arena,
                        const struct process_result *result) {
    struct command_state *state = run->state;
    if (state->said_methods) return;
    state->said_methods = true;
    const struct command_config *config = run->config;
    probe_method(
        run, WALL,
        text_format(arena, "CLOCK_MONOTONIC, spawn to %s%s%s",
                    !config->until || !*config->until     ? "exit"
                    : command_until_is_url(config->until) ? "first answer"
                                                          : "first line of `until`",
                    command_hygiene_text(arena, config),
                    config->cache == COMMAND_CACHE_COLD ? "; files not in the page cache" : ""));
    if (result->peak_method) probe_method(run, PEAK_RSS, result->peak_method);
    if (result->memory_method) probe_method(run, PEAK_MEMORY, result->memory_method);
    if (result->memory_method && command_extra_wanted(run))
        probe_method(run, extra_memory(config), result->memory_method);
    probe_method(run, TREE_RSS, "VmRSS of the tree every 5 ms, a lower bound");
    probe_method(run, TREE_PSS, "PSS of the tree every 5 ms, a lower bound");
}

bool command_emit(struct probe_run *run, struct arena *arena, const struct process_result *result) {
    methods_say(run, arena, result);
    probe_emit(run, WALL, 0, result->wall);
    probe_emit(run, USER, 0, result->user);
    probe_emit(run, SYSTEM, 0, result->system);
    probe_emit(run, CPU, 0, result->user + result->system);
    probe_emit(run, EXIT_STATUS, 0, result->status);
    return peak_emit(run, result) && memories_emit(run, arena, result) &&
           command_instructions_emit(run, arena, result) && command_read(run, arena, result) &&
           command_callgrind(run, arena);
}
