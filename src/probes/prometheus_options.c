#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "probes/prometheus_parts.h"
#include "probes/prometheus_query.h"

static bool is_said(const char *text) {
    return text && *text;
}

static bool wrong(struct probe_run *run, const char *message, const char *hint) {
    return probe_fail(run, PROBE_FAULT_DATA, message, hint);
}

static bool selector_add(struct probe_run *run, struct prometheus_state *state, const char *text) {
    const char *problem;
    if (state->count == PROMETHEUS_SELECTORS_MAX)
        return wrong(run, "more than 32 selectors", "Let one selector mean several series.");
    return prometheus_select(state->arena, text, &state->selectors[state->count++], &problem) ||
           wrong(run, problem, "Write `name` or `name{label=\"value\"}`.");
}

static bool selectors_read(struct probe_run *run, struct prometheus_state *state) {
    const struct prometheus_config *config = run->config;
    if (is_said(config->series)) return selector_add(run, state, config->series);
    const struct prometheus_ratio *ratio = config->ratio.items;
    if (config->ratio.count == 0) return true;
    for (size_t i = 0; i < ratio->of.count; i++)
        if (!selector_add(run, state, ratio->of.items[i])) return false;
    state->of_count = state->count;
    for (size_t i = 0; i < ratio->to.count; i++)
        if (!selector_add(run, state, ratio->to.items[i])) return false;
    return true;
}

/* By convention a name ends with its base unit (prometheus.io, "Metric and label naming"). */
static enum probe_unit unit_of_name(struct arena *arena, const char *name) {
    static const char *const parts[] = {"_total", "_sum"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text_ends(name, parts[i]))
            name = text_copy_bytes(arena, name, strlen(name) - strlen(parts[i]));
    if (text_ends(name, "_seconds")) return PROBE_SECONDS;
    if (text_ends(name, "_bytes")) return PROBE_BYTES;
    if (text_ends(name, "_ratio")) return PROBE_RATIO;
    return PROBE_COUNT;
}

static bool unit_read(struct probe_run *run, struct prometheus_state *state) {
    const struct prometheus_config *config = run->config;
    struct extract_unit *unit = &state->unit;
    *unit = (struct extract_unit){.scale = 1, .unit = PROBE_COUNT};
    if (config->ratio.count) {
        unit->unit = PROBE_RATIO;
        return !is_said(config->unit) || wrong(run, "a ratio has no `unit`", "Leave it out.");
    }
    if (text_equal(config->unit, "ratio")) {
        unit->unit = PROBE_RATIO;
        return true;
    }
    if (is_said(config->unit))
        return unit_word(config->unit, 1000, &unit->scale, &unit->unit) ||
               wrong(run, "`unit` is no unit that is known",
                     "Write a unit such as ms, s, B, MB, /s, MB/s or ratio.");
    if (is_said(config->series)) unit->unit = unit_of_name(state->arena, state->selectors[0].name);
    return true;
}

bool prometheus_options(struct probe_run *run, struct prometheus_state *state) {
    *state = (struct prometheus_state){.arena = arena_new()};
    return selectors_read(run, state) && unit_read(run, state);
}

void prometheus_forget(struct prometheus_state *state) {
    for (size_t i = 0; i < state->count; i++) prometheus_unselect(&state->selectors[i]);
    arena_free(state->arena);
}

enum probe_unit prometheus_unit(const struct prometheus_config *config,
                                const struct prometheus_state *state) {
    if (config->take != PROMETHEUS_PER_SECOND) return state->unit.unit;
    switch (state->unit.unit) {
    case PROBE_COUNT:
        return PROBE_PER_SECOND;
    case PROBE_BYTES:
        return PROBE_BYTES_PER_SECOND;
    case PROBE_SECONDS:
    case PROBE_RATIO:
    case PROBE_PER_SECOND:
    case PROBE_BYTES_PER_SECOND:
        break;
    }
    return PROBE_RATIO; /* seconds a second */
}

static bool query_rules(struct probe_run *run, bool during) {
    const struct prometheus_config *config = run->config;
    if (config->quantile > 0 || config->sum || config->take != PROMETHEUS_AUTO)
        return wrong(run, "`quantile`, `sum` and `take` are not for a `query`",
                     "Write them in PromQL: histogram_quantile, sum, increase, rate.");
    if (config->step > 0 && config->range <= 0)
        return wrong(run, "`step` goes with `range`", "Add `range`, or leave it out.");
    if (prometheus_asks_for_during(config->query) && !during)
        return wrong(run, "`{{during}}` is the length of the budget that this one runs during",
                     "Add `during: ID`, or write a length such as 5m.");
    return true;
}

static bool scrape_rules(struct probe_run *run, bool during) {
    const struct prometheus_config *config = run->config;
    bool change = config->take == PROMETHEUS_DELTA || config->take == PROMETHEUS_PER_SECOND;
    if (is_said(config->at) || config->range > 0 || config->step > 0)
        return wrong(run, "`at`, `range` and `step` are for a `query`", "Leave them out.");
    if (change && !during)
        return wrong(run, "a change is between two looks: before and after another budget",
                     "Add `during: ID`, or take the `value`.");
    if (config->quantile > 0 && (config->ratio.count || config->take == PROMETHEUS_PER_SECOND))
        return wrong(run, "`quantile` is of a histogram that `series` names",
                     "Keep `series` and `quantile`.");
    if (config->ratio.count && config->take == PROMETHEUS_PER_SECOND)
        return wrong(run, "a ratio is the same a second", "Leave `take` out.");
    return true;
}

bool prometheus_rules(struct probe_run *run, bool during) {
    const struct prometheus_config *config = run->config;
    const char *url = run->targets.items[0];
    int subjects = is_said(config->series) + (config->ratio.count > 0) + is_said(config->query);
    if (run->targets.count != 1 || !(text_starts(url, "http://") || text_starts(url, "https://")))
        return wrong(run, "the target is one URL", "Write http://localhost:9090/metrics.");
    if (subjects != 1)
        return wrong(run,
                     subjects ? "more than one of `series`, `ratio` and `query`"
                              : "none of `series`, `ratio` and `query`",
                     "Write one: which series to take, or which PromQL to compute.");
    if (is_said(config->bearer) && is_said(config->user))
        return wrong(run, "both `bearer` and `user`", "Keep one of them.");
    return is_said(config->query) ? query_rules(run, during) : scrape_rules(run, during);
}
