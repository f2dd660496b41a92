#include "probes/command.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/command_parts.h"

enum { CLEANUP_NANOSECONDS = 1000000000 };

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
    METRIC_COUNT
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

static const struct probe_metric command_metrics[METRIC_COUNT] = {
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

static const char *const from_words[] = {[COMMAND_FROM_STDOUT] = "stdout",
                                         [COMMAND_FROM_STDERR] = "stderr",
                                         [COMMAND_FROM_BOTH] = "both",
                                         NULL};

static const char *const cache_words[] = {
    [COMMAND_CACHE_WARM] = "warm", [COMMAND_CACHE_COLD] = "cold", NULL};
static const char *const aslr_words[] = {
    [COMMAND_ASLR_ON] = "on", [COMMAND_ASLR_OFF] = "off", NULL};

static const char *const instructions_words[] = {[COMMAND_INSTRUCTIONS_COUNTER] = "counter",
                                                 [COMMAND_INSTRUCTIONS_CALLGRIND] = "callgrind",
                                                 NULL};

static const struct probe_option command_options[] = {
    {PROBE_OPTION(struct command_config, PROBE_FLAG, shell), .fallback = "false",
     .help = "Run the command through /bin/sh -c."},
    {PROBE_OPTION(struct command_config, PROBE_METRICS, metrics), .fallback = "",
     .help = "More metrics, read from what the command prints: each by `pattern` (PCRE2, with one "
             "group around the number; every match is a sample) or by `json` (RFC 6901 pointer; a "
             "last /* takes each element), with `unit` and `better`. A group that takes a part of "
             "a number, or passes over another unit behind it, is an error."},
    {PROBE_OPTION(struct command_config, PROBE_CHOICE, from), .fallback = "stdout",
     .choices = from_words,
     .help = "Which output `metrics` are read from; both is stdout, then stderr."},
    {PROBE_OPTION(struct command_config, PROBE_COMMAND, prepare), .fallback = "",
     .help = "Command before each run, not timed, without a shell; must exit with status 0."},
    {PROBE_OPTION(struct command_config, PROBE_COMMAND, cleanup), .fallback = "",
     .help = "Command after each run, not timed, without a shell; must exit with status 0."},
    {PROBE_OPTION(struct command_config, PROBE_COMMAND, minus), .fallback = "",
     .help =
         "Command that costs what is not to be counted (`node -e 0`), without a shell; run once "
         "next to each run, for extra_memory."},
    {PROBE_OPTION(struct command_config, PROBE_CHOICE, cache), .fallback = "warm",
     .choices = cache_words,
     .help = "cold: before each run the program, arguments that are files, and `cold_files` are "
             "dropped from the page cache."},
    {PROBE_OPTION(struct command_config, PROBE_TEXTS, cold_files), .fallback = "",
     .help = "More files to drop with `cache: cold`, relative to `directory`."},
    {PROBE_OPTION(struct command_config, PROBE_TEXT, cpus), .fallback = "",
     .help = "Processors the command is pinned to, as taskset -c takes them: 0,2-3."},
    {PROBE_OPTION(struct command_config, PROBE_CHOICE, aslr), .fallback = "on",
     .choices = aslr_words, .help = "off: the command's addresses are the same in every run."},
    {PROBE_OPTION(struct command_config, PROBE_INTEGER, priority), .fallback = "0", .min = -20,
     .max = 19,
     .help = "Niceness of the command, from -20 (most urgent; needs the right to) to 19."},
    {PROBE_OPTION(struct command_config, PROBE_CHOICE, instructions), .fallback = "counter",
     .choices = instructions_words,
     .help = "Who counts `instructions`: the processor's counter (perf_event), or callgrind, in a "
             "run of its own after each run, some fifty times as long, under the same timeout."},
    {PROBE_OPTION(struct command_config, PROBE_INTEGER, warmup), .fallback = "0", .min = 0,
     .max = COMMAND_WARMUP_MAX,
     .help = "Runs thrown away before the first that counts, each with the same timeout."},
    {PROBE_OPTION(struct command_config, PROBE_TEXT, directory), .fallback = "",
     .help = "Folder the command starts in, relative to the budget file's `directory`, below the "
             "root."},
    {PROBE_OPTION(struct command_config, PROBE_PAIRS, env), .fallback = "",
     .help = "Variables added to the environment."},
    {PROBE_OPTION(struct command_config, PROBE_FLAG, clean_env), .fallback = "false",
     .help = "Start from PATH, HOME and LANG alone instead of the whole environment."},
    {PROBE_OPTION(struct command_config, PROBE_TEXT, stdin), .fallback = "",
     .help = "File given as standard input, relative to `directory`, below the root; without it "
             "standard input is empty."},
    {PROBE_OPTION(struct command_config, PROBE_TEXT, until), .fallback = "",
     .help = "Time a command that does not end by itself: up to the first answer (status 200 to "
             "399) of a URL that its own processes listen on, or up to a line it prints that "
             "matches a pattern (PCRE2). Then it is ended by SIGTERM."},
    {PROBE_OPTION(struct command_config, PROBE_INTEGER, status), .fallback = "0", .min = 0,
     .max = 255, .help = "Exit status that counts as success."},
};

/* Declared where `minus` is given, after the metrics read from output. */
static const struct probe_metric extra_metric = MEMORY_METRIC(
    "extra_memory", "peak_memory less that of the `minus` command, run next to each run.");

static uint32_t extra_memory(const struct command_config *config) {
    return config->minus.count > 0 ? METRIC_COUNT + (uint32_t)config->metrics.count : UINT32_MAX;
}

static bool extra_wanted(struct probe_run *run) {
    const struct command_config *config = run->config;
    return config->minus.count > 0 && probe_wanted(run, extra_memory(config));
}

static bool command_check(struct probe_run *run) {
    const struct command_config *config = run->config;
    const char *problem;
    struct arena *arena = arena_new();
    struct extractor *extractor = extract_open(arena, &config->metrics, &problem);
    if (!extractor) probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
    bool good = extractor;
    bool until = good && config->until && *config->until && !command_until_is_url(config->until);
    struct pattern *pattern = until ? pattern_open(arena, config->until, &problem) : NULL;
    if (until && !pattern) good = probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
    pattern_close(pattern);
    extract_close(extractor);
    arena_free(arena);
    for (size_t i = 0; good && i < config->metrics.count; i++) {
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
    if (good && config->minus.count > 0) probe_declare(run, &extra_metric);
    for (uint32_t i = 0; i < METRIC_COUNT; i++) probe_expect(run, i, 1);
    return good;
}

static bool command_open(struct probe_run *run) {
    const struct command_config *config = run->config;
    struct command_state *state = probe_memory(run, sizeof *state);
    const char *problem;
    state->arena = arena_new();
    run->state = state;
    if (!command_plan(run, state)) return false;
    state->plan.want_peak_rss = probe_wanted(run, PEAK_RSS);
    state->plan.want_peak_memory = probe_wanted(run, PEAK_MEMORY) || extra_wanted(run);
    state->plan.want_tree_rss = probe_wanted(run, TREE_RSS);
    state->plan.want_tree_pss = probe_wanted(run, TREE_PSS);
    state->instructions = INSTRUCTIONS;
    if (!command_instructions_open(run, state)) return false;
    if (config->metrics.count == 0) return true;
    state->extractor = extract_open(state->arena, &config->metrics, &problem);
    return state->extractor || probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
}

/* `prepare` or `cleanup`: as the command, but untimed and with nothing read from it. */
static struct process_plan helper_plan(const struct command_state *state, struct arena *arena,
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
    struct process_plan plan = helper_plan(run->state, arena, words);
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
    struct process_plan plan = helper_plan(state, arena, config->cleanup);
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

static bool peak_emit(struct probe_run *run, const struct process_result *result) {
    if (!probe_wanted(run, PEAK_RSS)) return true;
    if (isnan(result->peak_rss))
        return probe_fail(run, PROBE_FAULT_SYSTEM, "the peak memory could not be read",
                          "The kernel did not report it (ru_maxrss of wait4).");
    probe_emit(run, PEAK_RSS, 0, result->peak_rss);
    return true;
}

/* A metric that nobody wants is not emitted; one that is wanted and not known ends the run. */
static bool memory_emit(struct probe_run *run, uint32_t metric, double value, const char *hint) {
    if (!probe_wanted(run, metric)) return true;
    if (isnan(value))
        return probe_fail(run, PROBE_FAULT_SYSTEM, "the memory of the tree could not be read",
                          hint);
    probe_emit(run, metric, 0, value);
    return true;
}

static const char polled_hint[] = "The kernel did not report it.";

/* The `minus` command, measured as the command itself is. */
static bool extra_emit(struct probe_run *run, struct arena *arena, double peak) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct process_result result;
    if (!extra_wanted(run)) return true;
    struct process_plan plan = helper_plan(state, arena, config->minus);
    plan.deadline = command_deadline(state->time);
    plan.cancel_fd = run->cancel_fd;
    plan.want_peak_memory = true;
    process_run(arena, &plan, &result);
    const char *what = text_format(arena, "minus: %s", text_inert(arena, config->minus.items[0]));
    return command_judge(run, what, 0, &result) &&
           memory_emit(run, extra_memory(config), peak - result.peak_memory, polled_hint);
}

static bool memories_emit(struct probe_run *run, struct arena *arena,
                          const struct process_result *result) {
    return memory_emit(run, PEAK_MEMORY, result->peak_memory, polled_hint) &&
           memory_emit(run, TREE_RSS, result->tree_rss, polled_hint) &&
           memory_emit(run, TREE_PSS, result->tree_pss, polled_hint) &&
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
    if (result->memory_method && extra_wanted(run))
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

static bool measure(struct probe_run *run, struct arena *arena) {
    const struct command_state *state = run->state;
    struct process_result result;
    if (command_is_bare(run)) return command_repeat(run, arena);
    return command_launch(run, arena, &state->plan, state->shown, &result) &&
           command_emit(run, arena, &result);
}

/* Nothing is done before, after or beside a run, and nothing is read from it. */
bool command_is_bare(struct probe_run *run) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    bool alone = config->prepare.count + config->cleanup.count + config->metrics.count == 0 &&
                 !extra_wanted(run) && config->cache == COMMAND_CACHE_WARM;
    bool callgrind = config->instructions == COMMAND_INSTRUCTIONS_CALLGRIND &&
                     probe_wanted(run, state->instructions);
    return alone && !callgrind && !(config->until && *config->until);
}

static bool warm_up(struct probe_run *run) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    bool good = true;
    for (int64_t i = 0; good && i < config->warmup; i++) {
        struct arena *arena = arena_new();
        struct process_result result;
        good = command_launch(run, arena, &state->plan, state->shown, &result);
        arena_free(arena);
    }
    return good;
}

/* Each start of the command, also of runs thrown away and under callgrind, gets the time that the
 * run has, so a timeout means the same for all. */
static bool command_sample(struct probe_run *run) {
    struct command_state *state = run->state;
    uint64_t now = clock_now();
    state->time = run->deadline > now ? run->deadline - now : 0;
    if (!state->warmed && !warm_up(run)) return false;
    state->warmed = true;
    struct arena *arena = arena_new();
    bool good = measure(run, arena);
    arena_free(arena);
    return good;
}

static void command_close(struct probe_run *run) {
    struct command_state *state = run->state;
    if (!state) return;
    extract_close(state->extractor);
    arena_free(state->arena);
    run->state = NULL;
}

const struct probe command_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_QUIET | PROBE_EXECUTES,
    .name = "command",
    .summary = "Runs a command and measures its time, its memory and what it prints.",
    .target_help = "the command to run, split like a shell does but run without one",
    .target = PROBE_TARGET_COMMAND,
    .metrics = command_metrics,
    .metric_count = METRIC_COUNT,
    .metric_size = sizeof(struct probe_metric),
    .options = command_options,
    .option_count = array_length(command_options),
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct command_config),
    .check = command_check,
    .open = command_open,
    .sample = command_sample,
    .close = command_close,
};
