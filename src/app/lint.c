#include "app/lint.h"

#include <inttypes.h>

#include "base/text.h"
#include "base/units.h"
#include "verdict/claim.h"
#include "verdict/run_values.h"

/* The budget whose probe's runs give the samples of this one: itself, or what it is `of`. */
static const struct budget *budget_source(const struct budget_set *set,
                                          const struct budget *budget) {
    for (size_t depth = 0; budget->of && depth < set->count; depth++)
        budget = &set->budgets[budget->source];
    return budget;
}

/* As the probe says: one that says nothing (a plugin) may give any number. */
static bool one_sample_a_run(const struct budget *source, const struct limit *limit) {
    const struct metrics *metrics = &source->metrics;
    return source->probe && !(source->probe->needs & PROBE_ONCE) && !limit->pattern.wild &&
           limit->metric < metrics->most_count && metrics->most[limit->metric] == 1;
}

/* A change is one of values by run, each the statistic of its run. */
static bool lint_change(const struct budget_set *set, const struct budget *source,
                        const struct limit *limit, struct diag *found) {
    size_t needed = run_values_needed(&limit->statistic);
    if (needed <= 1 || !one_sample_a_run(source, limit)) return true;
    found->message = text_format(set->arena,
                                 "`%s` can never be compared: a run gives 1 sample, and this "
                                 "statistic of a run takes %zu",
                                 limit->key, needed);
    found->hint = text_format(set->arena, "compare the medians: `%s.median: {%s: ..}`",
                              source->metrics.items[limit->metric]->name,
                              limit->kind == LIMIT_REGRESSION ? "regression" : "improvement");
    return false;
}

/* Samples that its runs give at the most, where its probe knows; 0: it does not. */
static uint64_t most_samples(const struct budget *source, const struct limit *limit) {
    const struct metrics *metrics = &source->metrics;
    bool once = source->probe && source->probe->needs & PROBE_ONCE;
    if (!once || limit->metric >= metrics->most_count) return 0;
    return metrics->most[limit->metric] * source->runs.max; /* more than one of loads alone */
}

static bool lint_limit(const struct budget_set *set, const struct budget *budget,
                       const struct limit *limit, struct diag *found) {
    const struct budget *source = budget_source(set, budget);
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    if (limit->kind == LIMIT_WARN || metric->nature == PROBE_EXACT || budget->derive) return true;
    found->place = limit->place;
    if (limit_lacks_baseline(limit)) return lint_change(set, source, limit, found);
    enum sampling sampling = budget_sampling(source);
    uint64_t needed = verdict_minimum(limit, metric, budget->confidence, sampling);
    uint64_t most = most_samples(source, limit);
    struct arena *arena = set->arena;
    const char *confidence = unit_show(arena, budget->confidence, PROBE_RATIO);
    if (needed == 0) {
        found->message = text_format(
            arena, "`%s` can never be proven, whatever the number of samples", limit->key);
        found->hint =
            "a share of 0 needs infinitely many samples: bound the count instead, or allow a "
            "small share";
        return false;
    }
    if (most > 0 && needed > most) {
        found->message = text_format(arena,
                                     "`%s` can never pass: %" PRIu64
                                     " samples are needed for %s confidence, %" PRIu64
                                     " are the most there will be",
                                     limit->key, needed, confidence, most);
        found->hint = metric->unit == PROBE_RATIO ? "load for longer, or allow a larger share"
                                                  : "load for longer, or judge a lower quantile";
        return false;
    }
    if (!one_sample_a_run(source, limit) || needed <= source->runs.max) return true;
    found->message = text_format(arena,
                                 "`%s` can never pass: %" PRIu64
                                 " runs are needed for %s confidence, %zu are allowed",
                                 limit->key, needed, confidence, source->runs.max);
    found->hint = text_format(arena,
                              source->runs.fixed
                                  ? "write `runs: %" PRIu64 "`, or judge a lower quantile"
                                  : "allow `runs: {max: %" PRIu64 "}`, or judge a lower quantile",
                              source->runs.fixed ? needed : needed * 2);
    return false;
}

bool lint_limits(const struct budget_set *set, enum diag_level level, struct diags *diags) {
    bool good = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct budget *budget = &set->budgets[i];
        for (size_t row = 0; row < budget->limit_count; row++) {
            struct diag found = {.level = level, .code = LINT_UNPROVABLE};
            if (lint_limit(set, budget, &budget->limits[row], &found)) continue;
            diag_add(diags, &found);
            good = false;
        }
    }
    return good;
}
