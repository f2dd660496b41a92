#include "probes/memory.h"

#include <math.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/memory_parts.h"
#include "stats/statistic.h"
#include "stats/theil_sen.h"

enum { LOOKS_MIN = 3, NANOSECONDS = 1000000000 };

/* A 95 % interval. */
static const double deviations = 1.959964;

enum metric { SERIES, PEAK, FINAL, GROWTH, GROWTH_LOW, GROWTH_HIGH, METRIC_COUNT };

#define ONE_METRIC(word, what, words)                                                            \
    {                                                                                            \
        .name = word, .help = words, .unit = what, .better = PROBE_LOWER, .nature = PROBE_NOISY, \
        .fold = PROBE_FOLD_POOL, .statistic = "max"                                              \
    }

static const struct probe_metric memory_metrics[METRIC_COUNT] = {
    [SERIES] = {.name = "memory",
                .help = "Memory of the whole tree of processes at each look.",
                .unit = PROBE_BYTES,
                .better = PROBE_LOWER,
                .nature = PROBE_NOISY,
                .fold = PROBE_FOLD_POOL,
                .statistic = "max"},
    [PEAK] = ONE_METRIC("peak", PROBE_BYTES, "The most memory at any look, from the start on."),
    [FINAL] = ONE_METRIC("final", PROBE_BYTES, "Memory at the last look."),
    [GROWTH] = ONE_METRIC("growth", PROBE_BYTES_PER_SECOND,
                          "How fast memory grew after `settle` (Theil-Sen slope)."),
    [GROWTH_LOW] = ONE_METRIC("growth_low", PROBE_BYTES_PER_SECOND,
                              "Low end of the 95 % interval of growth: a limit on it fails only "
                              "on growth that is proven."),
    [GROWTH_HIGH] = ONE_METRIC("growth_high", PROBE_BYTES_PER_SECOND,
                               "High end of the 95 % interval of growth: a limit on it passes "
                               "only when growth beyond it is ruled out."),
};

static const char *const kind_words[] = {[MEMORY_PSS] = "pss", [MEMORY_RSS] = "rss", NULL};

static const struct probe_option memory_options[] = {
    {PROBE_OPTION(struct memory_config, PROBE_TIME, duration), .fallback = "5s",
     .help = "How long memory is followed; then a command is ended by SIGTERM, and a running "
             "process is left alone. `timeout` and `time_limit` must leave room for it."},
    {PROBE_OPTION(struct memory_config, PROBE_TIME, interval), .fallback = "100ms", .min = 0.001,
     .max = 3600, .help = "Time between two looks."},
    {PROBE_OPTION(struct memory_config, PROBE_TIME, settle), .fallback = "0s",
     .help = "Looks before this time do not count for growth: start-up is no leak."},
    {PROBE_OPTION(struct memory_config, PROBE_CHOICE, kind), .fallback = "pss",
     .choices = kind_words,
     .help = "pss divides what processes share among them; rss counts it in each and is cheaper."},
};

/* Growth is about the whole time that was asked for; a peak may be that of a command that is done.
 */
static void doubt_early_end(struct probe_run *run, struct arena *arena,
                            const struct memory_series *series) {
    const struct memory_config *config = run->config;
    if (!series->ended) return;
    probe_doubt(run,
                text_format(arena, "the command ended after %s of the %s it was to be followed",
                            unit_show(arena, series->followed, PROBE_SECONDS),
                            unit_show(arena, config->duration, PROBE_SECONDS)),
                "Let it go on for longer than `duration`, or give a shorter one.");
}

static bool growth_emit(struct probe_run *run, struct arena *arena,
                        const struct memory_series *series) {
    const struct memory_config *config = run->config;
    size_t from = 0;
    if (!probe_wanted(run, GROWTH) && !probe_wanted(run, GROWTH_LOW) &&
        !probe_wanted(run, GROWTH_HIGH))
        return true;
    doubt_early_end(run, arena, series);
    while (from < series->count && series->times[from] < config->settle) from++;
    struct slope slope =
        theil_sen(series->times + from, series->bytes + from, series->count - from, deviations);
    if (isnan(slope.estimate))
        return probe_fail(run, PROBE_FAULT_DATA, "fewer than 3 looks after `settle`",
                          "Give it a longer `duration`, or a shorter `interval`.");
    probe_method(
        run, GROWTH,
        text_format(arena, "Theil-Sen slope over %zu looks, 95 %% interval", slope.points));
    probe_emit(run, GROWTH, 0, slope.estimate);
    probe_emit(run, GROWTH_LOW, 0, slope.low);
    probe_emit(run, GROWTH_HIGH, 0, slope.high);
    return true;
}

static bool series_emit(struct probe_run *run, struct arena *arena,
                        const struct memory_series *series) {
    const struct memory_config *config = run->config;
    if (series->count < LOOKS_MIN)
        return probe_fail(run, PROBE_FAULT_DATA, "it ended before it was looked at three times",
                          "Give it more to do, or a shorter `interval`.");
    const char *method = text_format(arena, "%s of the whole tree, %zu looks%s",
                                     config->kind == MEMORY_PSS ? "PSS" : "RSS", series->count,
                                     series->ended ? ", until it ended" : "");
    double peak = series->bytes[0];
    for (size_t i = 0; i < series->count; i++) {
        probe_emit(run, SERIES, 0, series->bytes[i]);
        if (series->bytes[i] > peak) peak = series->bytes[i];
    }
    for (uint32_t metric = SERIES; metric <= FINAL; metric++) probe_method(run, metric, method);
    probe_emit(run, PEAK, 0, peak);
    probe_emit(run, FINAL, 0, series->bytes[series->count - 1]);
    return growth_emit(run, arena, series);
}

/* A command ends by itself, with status 0, or by us at the end of `duration`. */
static bool command_follow(struct probe_run *run, struct arena *arena,
                           struct memory_series *series) {
    const struct memory_config *config = run->config;
    struct process_result result;
    struct process_plan plan = {.argv = run->targets.items,
                                .directory = run->directory,
                                .cancel_fd = run->cancel_fd,
                                .deadline =
                                    series->start + (uint64_t)(config->duration * NANOSECONDS),
                                .look = memory_add,
                                .looker = series,
                                .look_interval = config->interval,
                                .want_tree_pss = config->kind == MEMORY_PSS,
                                .want_tree_rss = config->kind == MEMORY_RSS};
    const char **argv = NULL;
    size_t count = 0;
    for (size_t i = 0; i < run->targets.count; i++)
        *array_add(arena, argv, count) = run->targets.items[i];
    *array_add(arena, argv, count) = NULL;
    plan.argv = argv;
    process_run(arena, &plan, &result);
    series->ended = result.end == PROCESS_EXITED;
    series->followed = result.wall;
    if (result.end == PROCESS_TIMED_OUT || (series->ended && result.status == 0)) return true;
    enum probe_fault fault = result.end == PROCESS_CANCELLED     ? PROBE_FAULT_CANCELLED
                             : result.end == PROCESS_NOT_STARTED ? PROBE_FAULT_TARGET
                                                                 : PROBE_FAULT_CRASH;
    return probe_fail(run, fault,
                      text_format(arena, "`%s`: %s", text_inert(arena, argv[0]),
                                  process_end_text(arena, &result)),
                      NULL);
}

/* Rules across options, so that a budget that cannot work is told before anything runs. */
static bool memory_check(struct probe_run *run) {
    const struct memory_config *config = run->config;
    if (config->duration / config->interval > MEMORY_LOOKS_MAX)
        return probe_fail(run, PROBE_FAULT_DATA, "more looks than are kept (100,000)",
                          "Give it a longer `interval`, or a shorter `duration`.");
    if (config->duration < LOOKS_MIN * config->interval)
        return probe_fail(run, PROBE_FAULT_DATA,
                          "`duration` leaves room for fewer than three looks",
                          "Give it a shorter `interval`, or a longer `duration`.");
    return true;
}

static bool memory_sample(struct probe_run *run) {
    const struct memory_config *config = run->config;
    uint64_t now = clock_now();
    if (run->deadline < now || config->duration >= clock_seconds(now, run->deadline))
        return probe_fail(run, PROBE_FAULT_TIMEOUT, "`duration` is longer than the time for a run",
                          "Raise `timeout` and `time_limit` above it.");
    struct arena *arena = arena_new();
    struct memory_series series = {.start = now,
                                   .times = arena_alloc(arena, MEMORY_LOOKS_MAX * sizeof(double)),
                                   .bytes = arena_alloc(arena, MEMORY_LOOKS_MAX * sizeof(double))};
    bool running = memory_is_running(run);
    bool good = running ? memory_follow(run, arena, &series) : command_follow(run, arena, &series);
    good = good && series_emit(run, arena, &series);
    arena_free(arena);
    return good;
}

const struct probe memory_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_QUIET | PROBE_EXECUTES | PROBE_ONCE,
    .name = "memory",
    .summary = "Follows the memory of a command or a running process over time: peak and growth.",
    .target_help = "the command to run, or a running process: pid:NUMBER or pidfile:PATH",
    .target = PROBE_TARGET_COMMAND,
    .metrics = memory_metrics,
    .metric_count = METRIC_COUNT,
    .metric_size = sizeof(struct probe_metric),
    .options = memory_options,
    .option_count = array_length(memory_options),
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct memory_config),
    .check = memory_check,
    .sample = memory_sample,
};
