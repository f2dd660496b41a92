/* A load of `count` requests, in two phases, whose times are known: 10 to 20 ms, one in fifty more.
 */
#include "perfbudget/probe.h"

static const struct probe_dimension by_phase[] = {{.name = "phase", .help = "a phase"}, {0}};
static const struct probe_metric metrics[] = {{.name = "latency",
                                               .help = "A time.",
                                               .dimensions = by_phase,
                                               .unit = PROBE_SECONDS,
                                               .better = PROBE_LOWER,
                                               .nature = PROBE_NOISY,
                                               .fold = PROBE_FOLD_POOL,
                                               .statistic = "p95"}};
struct config {
    int64_t count;
};
static const struct probe_option options[] = {{PROBE_OPTION(struct config, PROBE_INTEGER, count),
                                               .fallback = "1", .max = 1e9, .help = "Requests."}};

static uint64_t random_next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool sample(struct probe_run *run) {
    const struct config *config = run->config;
    probe_label_id warm = probe_label(run, "phase", "warm-up"),
                   peak = probe_label(run, "phase", "peak");
    uint64_t seed = 88172645463325252u;
    for (int64_t i = 0; i < config->count; i++) {
        double value = 0.010 + 1e-8 * (double)(random_next(&seed) % 1000000);
        if (random_next(&seed) % 50 == 0) value *= 3;
        probe_emit(run, 0, i < config->count / 4 ? warm : peak, value);
    }
    return true;
}

static const struct probe probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE | PROBE_STREAM,
    .name = "known",
    .summary = "Times that are known.",
    .target_help = "nothing",
    .target = PROBE_TARGET_TEXT,
    .metrics = metrics,
    .metric_count = 1,
    .metric_size = sizeof *metrics,
    .options = options,
    .option_count = 1,
    .option_size = sizeof *options,
    .config_size = sizeof(struct config),
    .sample = sample,
};
const struct probe *const PROBE_EXPORT = &probe;
