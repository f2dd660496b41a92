#include "budget/limit_table.h"

#include <string.h>

#include "base/array.h"

static bool bounds_change_only(const struct yaml_node *value) {
    if (value->kind != YAML_MAP || value->count == 0) return false;
    for (size_t i = 0; i < value->count; i++) {
        const char *key = value->pairs[i].key->text;
        for (size_t kind = LIMIT_MAX; kind <= LIMIT_WARN; kind++)
            if (strcmp(key, limit_kind_words[kind]) == 0) return false;
    }
    return true;
}

/* Reads a key; while a probe's options have mistakes, metrics they would declare are not missed. */
static bool key_read(struct limit_reading *r, const struct yaml_node *key, bool change_only,
                     struct limit *shape) {
    struct loading *l = r->l;
    struct diags found = diags_begin(l->arena);
    if (strstr(key->text, "${"))
        return diag_error(l->diags, BUDGET_LIMIT_KEY, key->place, "write the key out, or a pattern",
                          "variables are not filled in in keys");
    bool good =
        limit_key_read(l->arena, key->text, r->metrics, change_only, key->place, shape, &found);
    for (size_t i = 0; i < found.count; i++)
        if (!r->partial || found.items[i].code != BUDGET_LIMIT_METRIC)
            diag_add(l->diags, &found.items[i]);
    return good;
}

static bool has_change(const struct limit_entry *entry) {
    return entry->bounds[LIMIT_REGRESSION].set || entry->bounds[LIMIT_IMPROVEMENT].set;
}

/* A layer that says only `regression` means the median by itself, but the key it changes where the
 * layers below bound the regression of the metric's own statistic. */
static bool shape_read(struct limit_reading *r, const struct yaml_pair *pair,
                       const struct limit_table *under, struct limit *shape) {
    bool change_only = bounds_change_only(pair->value);
    if (!key_read(r, pair->key, change_only, shape)) return false;
    if (!change_only || !under || name_index_find(&under->index, shape->key) != NAME_NONE)
        return true;
    struct limit usual = {0};
    if (!key_read(r, pair->key, false, &usual)) return false;
    size_t number = name_index_find(&under->index, usual.key);
    if (number != NAME_NONE && has_change(&under->entries[number])) *shape = usual;
    return true;
}

void layer_read(struct limit_reading *r, const struct yaml_node *map,
                const struct limit_table *under, struct limit_table *layer) {
    struct loading *l = r->l;
    *layer = (struct limit_table){.index = {.arena = l->arena}};
    if (!is_map(l, map, "limits")) return;
    layer->entries = arena_alloc(l->arena, map->count * sizeof *layer->entries);
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        struct limit_entry entry = {.place = pair->key->place, .null = is_null(pair->value)};
        if (!shape_read(r, pair, under, &entry.shape)) continue;
        size_t first = name_index_find(&layer->index, entry.shape.key);
        if (first != NAME_NONE) {
            struct place place = layer->entries[first].place;
            diag_error(l->diags, BUDGET_LIMIT_DUPLICATE, pair->key->place,
                       "keep one of them, or join their bounds in one map",
                       "%s is the same limit as the one at %d:%d: %s",
                       quote(l->arena, pair->key->text), place.line, place.column, entry.shape.key);
            continue;
        }
        if (!entry.null && !bounds_read(r, pair->value, &entry)) continue;
        name_index_add(&layer->index, entry.shape.key, layer->count);
        layer->entries[layer->count++] = entry;
    }
}

static bool null_refuse(struct limit_reading *r, struct place place, const char *key) {
    return diag_error(r->l->diags, BUDGET_LIMIT_NULL, place,
                      "`null` in a profile or waiver removes what the budget wrote",
                      "there is nothing to remove: %s has no such bound here",
                      quote(r->l->arena, key));
}

static void bound_lay(struct limit_reading *r, struct limit_entry *entry, size_t which,
                      const struct bound *over, bool waiver) {
    struct bound *bound = &entry->bounds[which];
    if (over->null && !bound->ever) null_refuse(r, over->place, entry->shape.key);
    if (over->null) bound->set = false;
    if (!over->set) return;
    *bound = *over;
    bound->waived = waiver;
}

static void entry_lay(struct limit_reading *r, struct limit_entry *entry,
                      const struct limit_entry *over, bool waiver) {
    bool had_change = has_change(entry);
    for (size_t which = 0; which < BOUND_COUNT; which++) {
        if (over->null) entry->bounds[which].set = false;
        bound_lay(r, entry, which, &over->bounds[which], waiver);
    }
    if (!had_change || has_change(entry)) return;
    entry->bounds[BOUND_FLOOR].set = entry->bounds[BOUND_BASELINE].set = false;
}

void layer_lay(struct limit_reading *r, struct limit_table *table, const struct limit_table *layer,
               bool waiver) {
    size_t room = table->count + layer->count;
    table->entries = arena_grow(r->l->arena, table->entries, table->count * sizeof *table->entries,
                                room * sizeof *table->entries);
    for (size_t i = 0; i < layer->count; i++) {
        const struct limit_entry *over = &layer->entries[i];
        size_t number = name_index_find(&table->index, over->shape.key);
        if (number == NAME_NONE && over->null) {
            null_refuse(r, over->place, over->shape.key);
            continue;
        }
        if (number == NAME_NONE) {
            number = table->count++;
            name_index_add(&table->index, over->shape.key, number);
            table->entries[number] =
                (struct limit_entry){.shape = over->shape, .place = over->place};
        }
        entry_lay(r, &table->entries[number], over, waiver);
    }
}

void table_clear(struct limit_table *table) {
    for (size_t i = 0; i < table->count; i++)
        for (size_t which = 0; which < BOUND_COUNT; which++)
            table->entries[i].bounds[which].set = false;
}

struct limit_table table_copy(struct arena *arena, const struct limit_table *table) {
    struct limit_table copy = {.index = {.arena = arena}, .count = table->count};
    size_t size = table->count * sizeof *table->entries;
    copy.entries = arena_grow(arena, table->entries, size, size);
    for (size_t i = 0; i < table->count; i++) {
        name_index_add(&copy.index, table->entries[i].shape.key, i);
    }
    return copy;
}

/* A warning looks the way the bound beside it does, else the metric's. */
static enum limit_operator warn_operator(const struct limit_entry *entry,
                                         const struct probe_metric *metric) {
    bool max = entry->bounds[LIMIT_MAX].set, min = entry->bounds[LIMIT_MIN].set;
    if (max != min) return max ? LIMIT_AT_MOST : LIMIT_AT_LEAST;
    return metric->better == PROBE_HIGHER ? LIMIT_AT_LEAST : LIMIT_AT_MOST;
}

static struct limit row_make(const struct limit_reading *r, const struct limit_entry *entry,
                             enum limit_kind kind) {
    const struct probe_metric *metric = entry_metric(r, entry);
    const struct bound *bound = &entry->bounds[kind];
    const struct bound *floor = &entry->bounds[BOUND_FLOOR];
    const struct bound *baseline = &entry->bounds[BOUND_BASELINE];
    bool change = kind == LIMIT_REGRESSION || kind == LIMIT_IMPROVEMENT;
    struct limit row = entry->shape;
    row.text = bound->text;
    row.kind = kind;
    row.operator= kind == LIMIT_WARN ? warn_operator(entry, metric) : bound->operator;
    row.bound = bound->value;
    row.relative = bound->relative;
    row.unit = metric->unit;
    row.place = bound->place;
    row.waived = bound->waived;
    if (!change) return row;
    row.floor = floor->set ? floor->value : 0;
    row.has_baseline = baseline->set;
    row.baseline = baseline->set ? baseline->value : 0;
    row.waived |= (floor->set && floor->waived) || (baseline->set && baseline->waived);
    return row;
}

static size_t rows_count(const struct limit_table *table) {
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        for (size_t kind = LIMIT_MAX; kind <= LIMIT_IMPROVEMENT; kind++)
            count += table->entries[i].bounds[kind].set;
    return count;
}

struct limit *table_rows(struct limit_reading *r, const struct limit_table *table,
                         struct limit **originals, size_t *count) {
    struct limit *rows = arena_alloc(r->l->arena, rows_count(table) * sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct limit_entry *entry = &table->entries[i];
        if (!bounds_check(r, entry, true)) continue;
        for (size_t kind = LIMIT_MAX; kind <= LIMIT_IMPROVEMENT; kind++) {
            if (!entry->bounds[kind].set) continue;
            struct limit *row = &rows[*count];
            *row = row_make(r, entry, (enum limit_kind)kind);
            row->order = (*count)++;
            if (row->waived && originals) row->instead_of = originals[i * BOUND_COUNT + kind];
        }
    }
    return rows;
}
