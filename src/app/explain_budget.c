#include <inttypes.h>

#include "app/explain.h"
#include "base/units.h"
#include "verdict/verdict.h"

static void add_line(struct text *out, const char *name, const char *value) {
    if (value) text_add_format(out, "  %-10s %s\n", name, text_inert(out->arena, value));
}

static const char *bound_text(struct arena *arena, const struct limit *limit) {
    const char *bound = unit_show(arena, limit->bound, limit->relative ? PROBE_RATIO : limit->unit);
    switch (limit->kind) {
    case LIMIT_MAX:
    case LIMIT_MIN:
    case LIMIT_WARN:
        return text_format(arena, "%s %s%s", limit_operator_signs[limit->operator], bound,
                           limit->kind == LIMIT_WARN ? " (warns)" : "");
    case LIMIT_REGRESSION:
        return text_format(arena, "at most %s worse than the baseline", bound);
    case LIMIT_IMPROVEMENT:
        return text_format(arena, "at least %s better than the baseline", bound);
    }
    return bound;
}

/* How sure the verdict is and what that costs. */
static const char *proof_text(struct arena *arena, const struct budget *budget,
                              const struct limit *limit, enum sampling sampling) {
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    if (metric->nature == PROBE_EXACT) return "exact";
    if (limit->kind == LIMIT_WARN) return "looks at the estimate";
    uint64_t needed = verdict_minimum(limit, metric, budget->confidence, sampling);
    if (needed == 0) return "can never be proven";
    if (budget->derive) return "as sure as what it is made of";
    return text_format(arena, "needs at least %" PRIu64 " sample%s for %s confidence", needed,
                       needed == 1 ? "" : "s", unit_show(arena, budget->confidence, PROBE_RATIO));
}

static void add_limits(struct text *out, const struct budget *budget, enum sampling sampling) {
    if (budget->limit_count) text_add(out, "  limits\n");
    for (size_t i = 0; i < budget->limit_count; i++) {
        const struct limit *limit = &budget->limits[i];
        text_add_format(out, "    %-28s %-22s %s%s\n", text_inert(out->arena, limit->key),
                        bound_text(out->arena, limit),
                        proof_text(out->arena, budget, limit, sampling),
                        limit->waived ? "; waived bound" : "");
    }
}

static void add_source(struct text *out, const struct budget *budget) {
    struct arena *arena = out->arena;
    if (budget->probe)
        add_line(out, budget->probe->name, budget->target_text);
    else if (budget->of)
        add_line(out, "of", budget->of);
    else
        add_line(out, "derive", budget->target_text);
    add_line(out, "in", text_format(arena, "%s:%d", budget->file, budget->place.line));
    if (!budget->probe || (budget->probe->needs & PROBE_ONCE)) return;
    add_line(out, "runs",
             budget->runs.fixed
                 ? text_format(arena, "%zu", budget->runs.min)
                 : text_format(arena, "%zu to %zu, at most %s", budget->runs.min, budget->runs.max,
                               unit_show(arena, budget->time_limit, PROBE_SECONDS)));
}

void explain_budget(struct text *out, const struct budget_set *set, const struct budget *budget) {
    struct arena *arena = out->arena;
    text_add_format(out, "%s: %s\n", budget->id,
                    budget->title ? text_inert(arena, budget->title) : "a budget");
    add_source(out, budget);
    add_line(out, "why", budget->why);
    add_line(out, "fix", budget->fix);
    add_line(out, "owner", budget->owner);
    if (budget->waiver.state != WAIVER_NONE)
        add_line(out, "waiver",
                 text_format(arena, "until %s: %s%s", budget->waiver.until_text,
                             budget->waiver.reason,
                             budget->waiver.state == WAIVER_EXPIRED ? " (expired)" : ""));
    if (!budget->selected) add_line(out, "skipped", budget->skipped);
    const struct budget *source = budget->of ? &set->budgets[budget->source] : budget;
    add_limits(out, budget, budget_sampling(source));
}
