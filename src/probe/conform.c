#include "probe/conform.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probe/metric.h"
#include "probe/registry.h"
#include "probe/session_internal.h"

/* What one look at a probe needs. */
struct conforming {
    const struct probe *probe;
    struct arena *arena;
};

/* Keys of a budget that a probe's name could be mistaken for. */
static const char *const reserved[] = {
    "after",    "confidence", "derive",  "during", "enabled", "env",    "fix",
    "fresh",    "limits",     "of",      "owner",  "runs",    "server", "servers",
    "severity", "tags",       "timeout", "title",  "waiver",  "why",    "with",
};

static const char *name_conforms(const struct conforming *c) {
    const char *name = c->probe->name;
    if (!name_fits(name, "abcdefghijklmnopqrstuvwxyz0123456789-"))
        return "its name is no lower-case word of letters, digits and -";
    for (size_t i = 0; i < array_length(reserved); i++)
        if (strcmp(reserved[i], name) == 0)
            return text_format(c->arena, "its name `%s` is a key of budgets", name);
    return NULL;
}

static const char *frame_conforms(const struct conforming *c) {
    const struct probe *probe = c->probe;
    const unsigned needs =
        PROBE_QUIET | PROBE_EXECUTES | PROBE_NETWORK | PROBE_ONCE | PROBE_STREAM | PROBE_SPANS;
    if (!probe->summary || !*probe->summary) return "it has no summary";
    if (!probe->target_help || !*probe->target_help) return "it has no target_help";
    if ((unsigned)probe->target > PROBE_TARGET_TEXT) return "its kind of target is unknown";
    if (probe->needs & ~needs) return "it has needs that are unknown";
    if ((probe->needs & PROBE_STREAM) && !(probe->needs & PROBE_ONCE))
        return "it needs `stream` without `once`";
    if (!probe->sample) return "it has no sample()";
    if (probe->metric_count == 0 && !probe->check) return "it has no metrics";
    if (probe->metric_count > PROBE_METRICS_MAX) return "it has too many metrics";
    if (probe->option_count > PROBE_OPTIONS_MAX) return "it has too many options";
    if (probe->metric_count && (!probe->metrics || probe->metric_size < sizeof *probe->metrics))
        return "the rows of its metrics are too short";
    if (probe->option_count && (!probe->options || probe->option_size < OPTION_SIZE_MIN))
        return "the rows of its options are too short";
    return NULL;
}

static const struct probe_metric *metric_row(const struct probe *probe, size_t i) {
    return (const struct probe_metric *)((const char *)probe->metrics + i * probe->metric_size);
}

static const char *metrics_conform(const struct conforming *c) {
    for (size_t i = 0; i < c->probe->metric_count; i++) {
        const struct probe_metric *metric = metric_row(c->probe, i);
        const char *problem = metric_conforms(c->arena, metric);
        if (problem) return problem;
        for (size_t k = 0; k < i; k++)
            if (strcmp(metric_row(c->probe, k)->name, metric->name) == 0)
                return text_format(c->arena, "it has the metric `%s` twice", metric->name);
    }
    return NULL;
}

static const char *all_parts_conform(const struct conforming *c) {
    struct metrics metrics;
    metrics_of_probe(c->arena, c->probe, &metrics);
    return parts_conform(c->arena, &metrics);
}

static const char *options_conform_here(const struct conforming *c) {
    const struct probe *probe = c->probe;
    return options_conform(c->arena, &(struct probe_record_table){
                                         .options = probe->options,
                                         .option_count = probe->option_count,
                                         .option_size = probe->option_size,
                                         .record_size = probe->config_size,
                                     });
}

bool probe_conforms(const struct probe *probe, const char *origin, struct diags *diags) {
    static const char *(*const rules[])(const struct conforming *) = {
        name_conforms, frame_conforms, metrics_conform, all_parts_conform, options_conform_here};
    const struct place place = {.file = origin};
    if (probe->abi != PROBE_ABI)
        return diag_error(diags, PLUGIN_ABI, place, NULL,
                          "it is built for version %u of the probe interface; this is version %u",
                          (unsigned)probe->abi, PROBE_ABI);
    const struct conforming conforming = {probe, diags->arena};
    for (size_t i = 0; i < array_length(rules); i++) {
        const char *problem = rules[i](&conforming);
        if (problem) return diag_error(diags, PROBE_TABLE, place, NULL, "%s", problem);
    }
    return true;
}
