#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "budget/limit_table.h"

/* `limits` of one map in all layers, each laid over the ones before. */
static void layers_lay(struct limit_reading *r, const struct yaml_node *const *maps, size_t count,
                       struct limit_table *table, bool waiver) {
    for (size_t i = 0; i < count; i++) {
        struct limit_table layer;
        if (is_null(maps[i])) {
            table_clear(table);
            continue;
        }
        layer_read(r, maps[i], table, &layer);
        layer_lay(r, table, &layer, waiver);
    }
}

/* The `limits` of each layer, below `waiver` or not; a `null` removes those before it. */
static size_t limit_maps(const struct draft *draft, bool waiver,
                         const struct yaml_node *maps[LAYERS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < draft->layer_count; i++) {
        const struct yaml_node *map = draft->layers[i];
        if (waiver) {
            const struct yaml_node *own = yaml_get(map, "waiver");
            if (own && is_null(own)) count = 0;
            map = own;
        }
        const struct yaml_node *limits = yaml_get(map, "limits");
        if (limits) maps[count++] = limits;
    }
    return count;
}

static bool waiver_values_read(struct limit_reading *r, const struct yaml_node *map,
                               struct waiver_values *values) {
    struct loading *l = r->l;
    bool good = true;
    for (size_t i = 0; i < map->count; i++) {
        const struct probe *probe = NULL;
        const struct yaml_pair *pair = &map->pairs[i];
        const struct budget_key *row = key_check(l, &budget_keys_waiver, pair->key, &probe);
        good &= row != NULL;
        if (!row || row->shape != KEY_VALUE) continue;
        struct field_context context = field_context_of(l, pair->value->place, l->diags);
        good &= bind_value(&context, &row->option, fill(l, pair->value, NULL), values);
    }
    for (size_t i = 0; i < budget_keys_waiver.count; i++) {
        const struct budget_key *row = &budget_keys_waiver.rows[i];
        if (yaml_get(map, row->option.name)) continue;
        good = diag_error(l->diags, SCHEMA_MISSING_KEY, map->place,
                          text_format(l->arena, "write `%s: %s`", row->option.name, row->example),
                          "a waiver needs `%s`", row->option.name);
    }
    return good;
}

static bool waiver_date(struct limit_reading *r, const struct yaml_node *until,
                        struct budget *budget) {
    struct loading *l = r->l;
    struct waiver *waiver = &budget->waiver;
    if (!clock_date_parse(waiver->until_text, &waiver->until))
        return diag_error(l->diags, BUDGET_WAIVER_DATE, until->place,
                          "write the last day it counts as YYYY-MM-DD, such as 2027-01-31",
                          "%s is no date", quote(l->arena, waiver->until_text));
    waiver->days_left = waiver->until - l->request->today;
    waiver->state = waiver->days_left < 0 ? WAIVER_EXPIRED : WAIVER_LIVE;
    if (waiver->state == WAIVER_EXPIRED)
        diag_warning(l->diags, BUDGET_WAIVER_EXPIRED, until->place,
                     "remove it; the budget's own limits count again",
                     "the waiver of %s ended with %s", quote(l->arena, budget->id),
                     waiver->until_text);
    return true;
}

static void waiver_read(struct limit_reading *r, const struct draft *draft, struct budget *budget) {
    struct loading *l = r->l;
    struct waiver_values values = {0};
    const struct yaml_node *map = yaml_get(draft->merged, "waiver");
    budget->waiver = (struct waiver){0};
    if (!map || !is_map(l, map, "a waiver") || !waiver_values_read(r, map, &values)) return;
    if (values.reason[0] == '\0') {
        diag_error(l->diags, SCHEMA_EMPTY, yaml_get(map, "reason")->place,
                   "say why the limits may be missed until then", "the reason is empty");
        return;
    }
    budget->waiver.until_text = values.until;
    budget->waiver.reason = values.reason;
    budget->waiver.place = map->place;
    waiver_date(r, yaml_get(map, "until"), budget);
}

/* Where the rows of each entry's bounds are, by entry and kind. */
static struct limit **rows_by_bound(struct arena *arena, const struct limit_table *table,
                                    size_t entries, struct limit *rows) {
    struct limit **found = arena_alloc(arena, (entries * BOUND_COUNT + 1) * sizeof(struct limit *));
    for (size_t i = 0; i < table->count; i++)
        for (size_t kind = LIMIT_MAX; kind <= LIMIT_IMPROVEMENT; kind++)
            if (table->entries[i].bounds[kind].set) found[i * BOUND_COUNT + kind] = rows++;
    return found;
}

static void waiver_lay(struct limit_reading *r, const struct draft *draft, struct budget *budget,
                       const struct limit_table *table, size_t errors) {
    struct loading *l = r->l;
    const struct yaml_node *maps[LAYERS_MAX];
    size_t count = limit_maps(draft, true, maps);
    if (count == 0) return;
    struct limit_table waived = table_copy(l->arena, table);
    layers_lay(r, maps, count, &waived, true);
    if (l->diags->errors != errors || budget->waiver.state != WAIVER_LIVE) return;
    struct limit **originals = rows_by_bound(l->arena, table, waived.count, budget->limits);
    size_t rows = 0;
    budget->limits = table_rows(r, &waived, originals, &rows);
    if (rows == 0 && budget->limit_count > 0)
        diag_error(l->diags, BUDGET_NO_LIMITS, budget->waiver.place,
                   "`enabled: false` switches a budget off",
                   "with this waiver the budget would judge nothing");
    budget->limit_count = rows;
}

void limits_resolve(struct loading *l, struct draft *draft, struct budget *budget) {
    struct limit_reading reading = {.l = l, .metrics = &budget->metrics, .partial = draft->partial};
    if (draft->layer_count == 0) return;
    waiver_read(&reading, draft, budget);
    draft->limited = !draft->known; /* nothing is said about what could not be read */
    if (!draft->known) return;
    const struct yaml_node *maps[LAYERS_MAX];
    size_t count = limit_maps(draft, false, maps), errors = l->diags->errors;
    struct limit_table table = {.index = {.arena = l->arena}};
    layers_lay(&reading, maps, count, &table, false);
    budget->limits = table_rows(&reading, &table, NULL, &budget->limit_count);
    budget->originals = budget->limits;
    budget->original_count = budget->limit_count;
    draft->limited =
        count > 0 && (budget->limit_count > 0 || draft->partial || l->diags->errors > errors);
    waiver_lay(&reading, draft, budget, &table, errors);
}
