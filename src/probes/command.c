#include "probes/command.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/pattern.h"
#include "probes/command_parts.h"

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
    if (good) command_declare(run);
    return good;
}

static bool command_open(struct probe_run *run) {
    const struct command_config *config = run->config;
    struct command_state *state = probe_memory(run, sizeof *state);
    const char *problem;
    state->arena = arena_new();
    run->state = state;
    if (!command_plan(run, state)) return false;
    command_want(run, state);
    if (!command_instructions_open(run, state)) return false;
    if (config->metrics.count == 0) return true;
    state->extractor = extract_open(state->arena, &config->metrics, &problem);
    return state->extractor || probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
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
                 !command_extra_wanted(run) && config->cache == COMMAND_CACHE_WARM;
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
    .metric_count = COMMAND_METRICS,
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
