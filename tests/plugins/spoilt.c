/* A shared-object plugin that tests spoil in one place with -D. */
#include "perfbudget/probe.h"

#ifndef ABI
#define ABI PROBE_ABI
#endif
#ifndef NAME
#define NAME "spoilt"
#endif
#ifndef METRIC
#define METRIC "ops"
#endif
#ifndef VALUE
#define VALUE 1
#endif

static const struct probe_metric metrics[] = {
    {.name = METRIC, .help = "Operations.", .unit = PROBE_COUNT, .nature = PROBE_NOISY}};

static bool spoilt_sample(struct probe_run *run) {
    probe_emit(run, 0, 0, VALUE);
    return true;
}

static const struct probe spoilt = {
    .abi = ABI,
    .name = NAME,
    .summary = "Says one number.",
    .target = PROBE_TARGET_TEXT,
    .target_help = "anything",
    .metrics = metrics,
    .metric_count = 1,
    .metric_size = sizeof *metrics,
    .sample = spoilt_sample,
};

#if defined NO_SYMBOL
extern const struct probe *const other_symbol;
const struct probe *const other_symbol = &spoilt;
#elif defined NULL_PROBE
extern const struct probe *const PROBE_EXPORT;
const struct probe *const PROBE_EXPORT = (const struct probe *)0;
#else
extern const struct probe *const PROBE_EXPORT;
const struct probe *const PROBE_EXPORT = &spoilt;
#endif

#if defined UNDEFINED
void nowhere(void);
void somewhere(void);
void somewhere(void) {
    nowhere();
}
#endif
