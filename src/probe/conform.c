#include "probe/conform.h"

#include <stdalign.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probe/metric.h"
#include "probe/registry.h"
#include "probe/session_internal.h"
#include "schema/field.h"

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

struct shape {
    size_t size, alignment;
};
/* Of the member that takes an option, by its type. */
static const struct shape shapes[] = {
    [PROBE_TEXT] = {sizeof(const char *), alignof(const char *)},
    [PROBE_TEXTS] = {sizeof(struct probe_texts), alignof(struct probe_texts)},
    [PROBE_FLAG] = {sizeof(bool), alignof(bool)},
    [PROBE_INTEGER] = {sizeof(int64_t), alignof(int64_t)},
    [PROBE_NUMBER] = {sizeof(double), alignof(double)},
    [PROBE_SIZE] = {sizeof(double), alignof(double)},
    [PROBE_TIME] = {sizeof(double), alignof(double)},
    [PROBE_SHARE] = {sizeof(double), alignof(double)},
    [PROBE_CHOICE] = {sizeof(int), alignof(int)},
    [PROBE_COMMAND] = {sizeof(struct probe_texts), alignof(struct probe_texts)},
    [PROBE_PAIRS] = {sizeof(struct probe_pairs), alignof(struct probe_pairs)},
    [PROBE_METRICS] = {sizeof(struct probe_readings), alignof(struct probe_readings)},
};

static bool name_fits(const char *name, const char *letters) {
    return name && *name >= 'a' && *name <= 'z' && strlen(name) <= PROBE_NAME_MAX &&
           name[strspn(name, letters)] == '\0';
}

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
    const unsigned needs = PROBE_QUIET | PROBE_EXECUTES | PROBE_NETWORK | PROBE_ONCE;
    if (!probe->summary || !*probe->summary) return "it has no summary";
    if (!probe->target_help || !*probe->target_help) return "it has no target_help";
    if ((unsigned)probe->target > PROBE_TARGET_TEXT) return "its kind of target is unknown";
    if (probe->needs & ~needs) return "it has needs that are unknown";
    if (!probe->sample) return "it has no sample()";
    if (probe->metric_count == 0 && !probe->check) return "it has no metrics";
    if (probe->metric_count > PROBE_METRICS_MAX) return "it has too many metrics";
    if (probe->option_count > PROBE_OPTIONS_MAX) return "it has too many options";
    if (probe->metric_count && (!probe->metrics || probe->metric_size < sizeof *probe->metrics))
        return "the rows of its metrics are too short";
    if (probe->option_count && (!probe->options || probe->option_size < sizeof *probe->options))
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

static const char *option_conforms(const struct conforming *c, const struct probe_option *option) {
    if (!name_fits(option->name, "abcdefghijklmnopqrstuvwxyz0123456789_"))
        return "an option's name is no lower-case word of letters, digits and _";
    const char *problem = NULL;
    if ((unsigned)option->type >= array_length(shapes))
        problem = "is of a type that is unknown";
    else if (!option->help || !*option->help)
        problem = "has no help";
    else if (option->offset > c->probe->config_size ||
             c->probe->config_size - option->offset < shapes[option->type].size ||
             option->offset % shapes[option->type].alignment != 0)
        problem = "lies outside of the config struct or is not aligned";
    else if (!(option->min <= option->max))
        problem = "has a min above its max";
    else if ((option->type == PROBE_CHOICE) != (option->choices && option->choices[0]))
        problem = "has choices and is not of type choice, or the other way round";
    return problem ? text_format(c->arena, "its option `%s` %s", option->name, problem) : NULL;
}

static const char *options_conform(const struct conforming *c) {
    const struct probe *probe = c->probe;
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *option = field_row(probe->options, probe->option_size, i);
        const char *problem = option_conforms(c, option);
        if (problem) return problem;
        for (size_t k = 0; k < i; k++)
            if (strcmp(field_row(probe->options, probe->option_size, k)->name, option->name) == 0)
                return text_format(c->arena, "it has the option `%s` twice", option->name);
    }
    return NULL;
}

/* Whether every fallback is a value of its option. */
static const char *fallbacks_conform(const struct conforming *c) {
    const struct probe *probe = c->probe;
    struct diags diags = diags_begin(c->arena);
    const struct field_context context = {c->arena, 1000, &diags};
    void *config = arena_alloc(c->arena, probe->config_size);
    if (field_defaults(&context, probe->options, probe->option_count, probe->option_size, config) &&
        diags.errors == 0)
        return NULL;
    return text_format(c->arena, "a fallback of its options is wrong: %s",
                       diags.count ? diags.items[0].message : "");
}

bool probe_conforms(const struct probe *probe, const char *origin, struct diags *diags) {
    static const char *(*const rules[])(const struct conforming *) = {
        name_conforms,     frame_conforms,  metrics_conform,
        all_parts_conform, options_conform, fallbacks_conform};
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
