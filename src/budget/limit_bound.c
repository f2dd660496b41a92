#include <string.h>

#include "base/array.h"
#include "base/units.h"
#include "budget/limit_table.h"

/* How people call the units, and a value of each. */
static const struct {
    const char *measured, *a, *example;
} unit_words[] = {
    [PROBE_COUNT] = {"counted", "a count", "3"},
    [PROBE_BYTES] = {"measured in bytes", "a size", "100KB"},
    [PROBE_SECONDS] = {"measured in seconds", "a time", "500ms"},
    [PROBE_RATIO] = {"a ratio", "a share", "5%"},
    [PROBE_PER_SECOND] = {"a rate", "a rate", "1000/s"},
    [PROBE_BYTES_PER_SECOND] = {"measured in bytes a second", "bytes a second", "10MB/s"},
};

const struct probe_metric *entry_metric(const struct limit_reading *r,
                                        const struct limit_entry *entry) {
    const struct probe_metric *metric = r->metrics->items[entry->shape.metric];
    if (entry->shape.statistic.kind != STATISTIC_COUNT) return metric;
    struct probe_metric *number = arena_new_object(r->l->arena, struct probe_metric);
    *number = *metric;
    number->name = entry->shape.key;
    number->unit = PROBE_COUNT;
    number->better = PROBE_NEITHER;
    return number;
}

static bool wrong_unit(struct limit_reading *r, const struct limit_entry *entry,
                       const struct quantity *quantity, const char *text, struct place place) {
    struct arena *arena = r->l->arena;
    const struct probe_metric *metric = entry_metric(r, entry);
    const char *hint = text_format(arena, "write %s, such as %s", unit_words[metric->unit].a,
                                   unit_words[metric->unit].example);
    if (quantity->unit == PROBE_RATIO && metric->better != PROBE_NEITHER)
        hint = text_format(arena, "%s; a share of the baseline is written `{regression: %s}`", hint,
                           text_inert(arena, text));
    if (quantity->bare)
        return diag_error(r->l->diags, SCHEMA_UNIT, place, hint, "%s is %s, and %s has no unit",
                          quote(arena, metric->name), unit_words[metric->unit].measured,
                          quote(arena, text));
    return diag_error(r->l->diags, SCHEMA_UNIT, place, hint, "%s is %s, and %s is %s",
                      quote(arena, metric->name), unit_words[metric->unit].measured,
                      quote(arena, text), unit_words[quantity->unit].a);
}

static bool quantity_read(struct limit_reading *r, const struct limit_entry *entry,
                          const char *text, struct place place, struct quantity *quantity) {
    struct unit_problem problem;
    struct arena *arena = r->l->arena;
    if (!unit_parse(arena, text, source_of(r->l, place)->kilobyte, quantity, &problem))
        return diag_error(r->l->diags, BUDGET_LIMIT_VALUE, place, problem.hint, "%s: %s",
                          quote(arena, entry->shape.key), problem.message);
    if (quantity->value >= 0) return true;
    enum probe_unit unit = entry_metric(r, entry)->unit;
    if (unit == PROBE_COUNT || unit == PROBE_RATIO) return true;
    return diag_error(r->l->diags, BUDGET_LIMIT_VALUE, place, NULL, "%s cannot be negative",
                      unit_words[unit].a);
}

/* A change against the baseline: a share where written with %, else an amount. */
static bool change_read(struct limit_reading *r, const struct limit_entry *entry,
                        enum limit_kind kind, const struct quantity *quantity,
                        struct bound *bound) {
    struct arena *arena = r->l->arena;
    const struct probe_metric *metric = entry_metric(r, entry);
    bool percent = quantity->unit == PROBE_RATIO && !quantity->bare;
    if (metric->better == PROBE_NEITHER)
        return diag_error(r->l->diags, BUDGET_LIMIT_DIRECTION, bound->place,
                          "write `{max: ..}` or `{min: ..}`",
                          "%s has no better direction, so nothing is a %s",
                          quote(arena, metric->name), limit_kind_words[kind]);
    if (quantity->value < 0)
        return diag_error(r->l->diags, BUDGET_LIMIT_VALUE, bound->place, NULL,
                          "%s says by how much and cannot be negative", limit_kind_words[kind]);
    if (!percent && !unit_fits(quantity, metric->unit))
        return diag_error(r->l->diags, SCHEMA_UNIT, bound->place,
                          text_format(arena, "write a share such as 5%%, or %s such as %s",
                                      unit_words[metric->unit].a, unit_words[metric->unit].example),
                          "%s: %s is neither a share nor %s", limit_kind_words[kind],
                          quote(arena, bound->text), unit_words[metric->unit].a);
    bool whole = metric->unit == PROBE_BYTES || metric->unit == PROBE_COUNT;
    if (quantity->bare && whole && quantity->value > 0 && quantity->value < 1)
        return diag_error(r->l->diags, BUDGET_LIMIT_VALUE, bound->place,
                          text_format(arena, "for a share write `%s%%`",
                                      number_text(arena, quantity->value * 100)),
                          "%s: %s is less than one", limit_kind_words[kind],
                          quote(arena, bound->text));
    if (kind == LIMIT_IMPROVEMENT && percent && metric->better == PROBE_LOWER &&
        quantity->value >= 1)
        return diag_error(r->l->diags, BUDGET_LIMIT_BOUNDS, bound->place, NULL,
                          "an improvement of %s or more cannot be: less than nothing",
                          unit_show(arena, 1, PROBE_RATIO));
    bound->relative = percent;
    return true;
}

static bool bound_store(struct limit_reading *r, struct limit_entry *entry, size_t which,
                        const char *text, struct bound *bound) {
    struct quantity quantity;
    if (!quantity_read(r, entry, text, bound->place, &quantity)) return false;
    if (which == LIMIT_REGRESSION || which == LIMIT_IMPROVEMENT) {
        if (!change_read(r, entry, (enum limit_kind)which, &quantity, bound)) return false;
    } else if (!unit_fits(&quantity, entry_metric(r, entry)->unit)) {
        return wrong_unit(r, entry, &quantity, text, bound->place);
    }
    bound->value = quantity.value;
    bound->set = bound->ever = true;
    entry->bounds[which] = *bound;
    return true;
}

/* Characters of an operator at the start, and which. */
static size_t operator_length(const char *text, enum limit_operator *operator) {
    static const enum limit_operator longest_first[] = {LIMIT_AT_MOST, LIMIT_AT_LEAST, LIMIT_BELOW,
                                                        LIMIT_ABOVE};
    for (size_t i = 0; i < array_length(longest_first); i++) {
        const char *sign = limit_operator_signs[longest_first[i]];
        if (!text_starts(text, sign)) continue;
        *operator= longest_first[i];
        return strlen(sign);
    }
    return 0;
}

static bool bare_read(struct limit_reading *r, const struct yaml_node *raw,
                      struct limit_entry *entry) {
    struct loading *l = r->l;
    const struct probe_metric *metric = entry_metric(r, entry);
    const char *text = fill(l, raw, NULL)->text;
    struct bound bound = {.text = fill_shown(l, raw), .place = raw->place};
    size_t skip = operator_length(text, &bound.operator);
    if (skip) {
        bool at_most = bound.operator== LIMIT_AT_MOST || bound.operator== LIMIT_BELOW;
        text += skip + strspn(text + skip, " ");
        return bound_store(r, entry, at_most ? LIMIT_MAX : LIMIT_MIN, text, &bound);
    }
    if (metric->better == PROBE_NEITHER) {
        const char *shown = text_inert(l->arena, bound.text);
        return diag_error(l->diags, BUDGET_LIMIT_DIRECTION, raw->place,
                          text_format(l->arena, "write `{max: %s}` or `{min: %s}`", shown, shown),
                          "%s has no better direction: is %s the most or the least?",
                          quote(l->arena, metric->name), quote(l->arena, bound.text));
    }
    bool lower = metric->better == PROBE_LOWER;
    bound.operator= lower ? LIMIT_AT_MOST : LIMIT_AT_LEAST;
    return bound_store(r, entry, lower ? LIMIT_MAX : LIMIT_MIN, text, &bound);
}

/* Within the map the key says the direction, so an operator could only repeat or contradict it. */
static bool map_value_read(struct limit_reading *r, size_t which, const struct yaml_node *raw,
                           struct limit_entry *entry) {
    struct loading *l = r->l;
    const char *name = budget_keys_bounds.rows[which].option.name;
    struct bound bound = {.text = "", .place = raw->place};
    if (is_null(raw)) {
        entry->bounds[which].null = true;
        entry->bounds[which].place = raw->place;
        return true;
    }
    if (raw->kind != YAML_SCALAR)
        return diag_error(l->diags, SCHEMA_KIND, raw->place, NULL,
                          "`%s` is a value, and this is %s", name, yaml_kind_text(raw));
    const char *text = fill(l, raw, NULL)->text;
    bound.text = fill_shown(l, raw);
    size_t skip = operator_length(text, &bound.operator);
    if (skip)
        return diag_error(l->diags, BUDGET_LIMIT_VALUE, raw->place,
                          text_format(l->arena,
                                      "write the value alone, or '%s' in place of the "
                                      "whole map",
                                      text_inert(l->arena, bound.text)),
                          "`%s` says the direction already, so it takes no operator", name);
    bool least = which == LIMIT_MIN || which == LIMIT_IMPROVEMENT;
    bound.operator= least ? LIMIT_AT_LEAST : LIMIT_AT_MOST;
    return bound_store(r, entry, which, text, &bound);
}

bool bounds_read(struct limit_reading *r, const struct yaml_node *value,
                 struct limit_entry *entry) {
    struct loading *l = r->l;
    if (value->kind == YAML_SCALAR) {
        if (value->text[0]) return bare_read(r, value, entry);
        return diag_error(l->diags, SCHEMA_EMPTY, value->place,
                          "write a bound, such as `{max: ..}`", "%s has no bound",
                          quote(l->arena, entry->shape.key));
    }
    if (!is_map(l, value, "what bounds a limit")) return false;
    bool good = true;
    for (size_t i = 0; i < value->count; i++) {
        const struct probe *probe = NULL;
        const struct yaml_pair *pair = &value->pairs[i];
        const struct budget_key *row = key_check(l, &budget_keys_bounds, pair->key, &probe);
        good = row &&
               map_value_read(r, (size_t)(row - budget_keys_bounds.rows), pair->value, entry) &&
               good;
    }
    return good && bounds_check(r, entry, false);
}

static bool contradiction(struct limit_reading *r, const struct bound *bound, const char *hint,
                          const char *message) {
    return diag_error(r->l->diags, BUDGET_LIMIT_BOUNDS, bound->place, hint, "%s", message);
}

static bool warn_check(struct limit_reading *r, const struct limit_entry *entry, bool merged) {
    const struct bound *warn = &entry->bounds[LIMIT_WARN], *max = &entry->bounds[LIMIT_MAX];
    const struct bound *min = &entry->bounds[LIMIT_MIN];
    if (!warn->set) return true;
    if (merged && max->set == min->set && entry_metric(r, entry)->better == PROBE_NEITHER)
        return contradiction(r, warn, "write `max` or `min` beside it",
                             "it is not clear in which direction to warn");
    /* a profile may tighten a bound below a warning of the file: that is no mistake */
    if (!merged && max->set && !min->set && warn->value > max->value)
        return contradiction(r, warn, "warn below `max`, or leave it out",
                             "beyond `max` the limit is broken, so this would never warn");
    if (!merged && min->set && !max->set && warn->value < min->value)
        return contradiction(r, warn, "warn above `min`, or leave it out",
                             "beyond `min` the limit is broken, so this would never warn");
    return true;
}

bool bounds_check(struct limit_reading *r, const struct limit_entry *entry, bool merged) {
    const struct bound *bounds = entry->bounds;
    bool change = bounds[LIMIT_REGRESSION].set || bounds[LIMIT_IMPROVEMENT].set;
    if (bounds[LIMIT_MAX].set && bounds[LIMIT_MIN].set &&
        bounds[LIMIT_MIN].value > bounds[LIMIT_MAX].value)
        return contradiction(r, &bounds[LIMIT_MIN], NULL,
                             text_format(r->l->arena, "at least %s, but at most %s",
                                         text_inert(r->l->arena, bounds[LIMIT_MIN].text),
                                         text_inert(r->l->arena, bounds[LIMIT_MAX].text)));
    for (size_t which = BOUND_FLOOR; merged && !change && which < BOUND_COUNT; which++)
        if (bounds[which].set)
            return contradiction(r, &bounds[which], "write `regression` or `improvement` beside it",
                                 text_format(r->l->arena,
                                             "`%s` has no effect without a change to bound",
                                             budget_keys_bounds.rows[which].option.name));
    return warn_check(r, entry, merged);
}
