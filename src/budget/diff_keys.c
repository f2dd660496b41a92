#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "budget/derive.h"
#include "budget/differ.h"
#include "schema/field.h"
#include "yaml/yaml.h"

/* Keys that mean nothing to a verdict. */
static const char *const neutral_keys[] = {"title", "why", "fix", "owner"};
/* Keys with rules of their own below, or in diff.c and diff_limits.c. */
static const char *const separate_keys[] = {
    "of",       "derive",          "with",    "runs",   "time_limit", "timeout", "confidence",
    "severity", "on_inconclusive", "enabled", "limits", "waiver"};

static bool listed(const char *const *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

static const struct probe_option *key_row(const char *name) {
    return &budget_key_find(&budget_keys_budget, name)->option;
}

static void values_change(struct differ *d, enum change_class class, const struct probe_option *row,
                          const char *reason) {
    struct budget_change *change = change_add(d, class, row->name);
    change->before = field_show(d->arena, row, d->old->values);
    change->after = field_show(d->arena, row, d->new->values);
    change->reason = reason;
}

static bool written_same(const struct differ *d, const char *name) {
    const struct yaml_node *old = yaml_get(d->old->written, name);
    const struct yaml_node *new = yaml_get(d->new->written, name);
    return node_same(old, new) && (!new || vars_same(d));
}

/* A key that nobody has thought about here, such as one of a later version, may do anything. */
static void other_keys_diff(struct differ *d) {
    for (size_t i = 0; i < budget_keys_budget.count; i++) {
        const struct budget_key *key = &budget_keys_budget.rows[i];
        const char *name = key->option.name;
        if (listed(separate_keys, array_length(separate_keys), name)) continue;
        if (key->shape != KEY_VALUE) {
            if (!written_same(d, name))
                change_add(d, CHANGE_LOOSER, name)->reason = "it is measured another way";
            continue;
        }
        if (field_equal(&key->option, d->old->values, d->new->values)) continue;
        bool neutral = listed(neutral_keys, array_length(neutral_keys), name);
        values_change(d, neutral ? CHANGE_NEUTRAL : CHANGE_LOOSER, &key->option,
                      neutral ? NULL : "it may decide whether and how the budget is measured");
    }
}

/* Whether samples decide any row of the budget, by chance. */
static bool is_noisy(const struct budget *budget) {
    for (size_t i = 0; i < budget->limit_count; i++)
        if (budget->metrics.items[budget->limits[i].metric]->nature == PROBE_NOISY) return true;
    for (size_t i = 0; i < budget->original_count; i++)
        if (budget->metrics.items[budget->originals[i].metric]->nature == PROBE_NOISY) return true;
    return budget->derive != NULL;
}

static void ordered_diff(struct differ *d, const char *name, int before, int after) {
    if (before != after)
        values_change(d, after > before ? CHANGE_LOOSER : CHANGE_TIGHTER, key_row(name), NULL);
}

static bool blocks(const struct differ *d) {
    return d->old->on_inconclusive == INCONCLUSIVE_BLOCK &&
           d->new->on_inconclusive == INCONCLUSIVE_BLOCK;
}

static struct budget_change *resolved_change(struct differ *d, enum change_class class,
                                             const char *name, const char *reason) {
    struct budget_change *change = change_add(d, class, name);
    change->reason = reason;
    return change;
}

/* More confidence is harder to reach for a pass, and for a fail as well. With samples that are
 * fixed only the first counts, unless what is not proven passes. A run that stops at its first
 * decision may go on past a fail. */
static void confidence_diff(struct differ *d) {
    double before = d->old->confidence, after = d->new->confidence;
    if (before == after) return;
    bool noisy = is_noisy(d->old) || is_noisy(d->new);
    bool fixed = d->old->runs.fixed && d->new->runs.fixed && !d->old->of && !d->old->derive;
    enum change_class class = !noisy                                 ? CHANGE_NEUTRAL
                              : after > before && fixed && blocks(d) ? CHANGE_TIGHTER
                                                                     : CHANGE_LOOSER;
    const char *reason = NULL;
    if (class == CHANGE_LOOSER && after > before)
        reason = blocks(d) ? "sampling that would have ended in a fail goes on"
                           : "what is not proven passes, and less is";
    struct budget_change *change = resolved_change(d, class, "confidence", reason);
    change->before = unit_show(d->arena, before, PROBE_RATIO);
    change->after = unit_show(d->arena, after, PROBE_RATIO);
}

static const char *runs_text(struct arena *arena, const struct budget_runs *runs) {
    if (runs->fixed) return text_format(arena, "%zu", runs->min);
    return text_format(arena, "%zu to %zu", runs->min, runs->max);
}

static void runs_diff(struct differ *d) {
    const struct budget_runs *before = &d->old->runs, *after = &d->new->runs;
    if (before->min == after->min && before->max == after->max && before->fixed == after->fixed)
        return;
    struct budget_change *change =
        resolved_change(d, CHANGE_LOOSER, "runs", "other samples may give another verdict");
    change->before = runs_text(d->arena, before);
    change->after = runs_text(d->arena, after);
}

static void time_diff(struct differ *d, const char *name, double before, double after,
                      const char *less) {
    if (before == after) return;
    bool looser = after > before || less;
    struct budget_change *change = resolved_change(d, looser ? CHANGE_LOOSER : CHANGE_TIGHTER, name,
                                                   after < before ? less : NULL);
    change->before = unit_exact(d->arena, before, PROBE_SECONDS);
    change->after = unit_exact(d->arena, after, PROBE_SECONDS);
}

static void enabled_diff(struct differ *d) {
    bool before = d->old->values->enabled, after = d->new->values->enabled;
    if (before == after) return;
    values_change(d, after ? CHANGE_TIGHTER : CHANGE_LOOSER, key_row("enabled"), NULL);
}

void keys_diff(struct differ *d) {
    bool noisy = is_noisy(d->old) || is_noisy(d->new);
    other_keys_diff(d);
    enabled_diff(d);
    ordered_diff(d, "severity", (int)d->old->severity, (int)d->new->severity);
    ordered_diff(d, "on_inconclusive", (int)d->old->on_inconclusive, (int)d->new->on_inconclusive);
    confidence_diff(d);
    runs_diff(d);
    time_diff(d, "time_limit", d->old->time_limit, d->new->time_limit,
              noisy ? "sampling that ends sooner may end before a fail" : NULL);
    time_diff(d, "timeout", d->old->timeout, d->new->timeout, NULL);
}

/* Every option of the probe, as bound: what was written and what was left out alike. */
void options_diff(struct differ *d) {
    const struct probe *probe = d->new->probe;
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *row = field_row(probe->options, probe->option_size, i);
        if (field_equal(row, d->old->config, d->new->config)) continue;
        struct budget_change *change =
            change_add(d, CHANGE_LOOSER, text_format(d->arena, "with.%s", row->name));
        change->reason = "it is measured another way";
        if (d->old->secret || d->new->secret) continue;
        change->before = field_show(d->arena, row, d->old->config);
        change->after = field_show(d->arena, row, d->new->config);
    }
}
