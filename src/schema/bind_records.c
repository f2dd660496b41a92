#include "schema/bind_records.h"

#include <ctype.h>

#include "base/quote.h"
#include "base/text.h"

/* The records of one option on their way into structs. */
struct binding {
    const struct field_context *context;
    const struct probe_record_table *table;
    char *items;
};

static bool check_name(const struct field_context *context, const struct yaml_node *key) {
    const char *name = key->text;
    bool good = isalnum((unsigned char)name[0]);
    for (size_t i = 0; name[i] && good; i++)
        good = isalnum((unsigned char)name[i]) || name[i] == '-' || name[i] == '_';
    if (good) return true;
    return diag_error(context->diags, SCHEMA_VALUE, key->place,
                      "use letters, digits, - and _, and begin with a letter or digit",
                      "%s is no name", quote(context->arena, name));
}

/* A plain value as the map that it is short for. */
static const struct yaml_node *spelt_out(struct arena *arena, const char *key,
                                         const struct yaml_node *value) {
    struct yaml_node *word = arena_new_object(arena, struct yaml_node);
    struct yaml_node *map = arena_new_object(arena, struct yaml_node);
    *word = (struct yaml_node){.kind = YAML_SCALAR, .place = value->place, .text = key};
    map->pairs = arena_alloc(arena, sizeof *map->pairs);
    map->pairs[0] = (struct yaml_pair){word, (struct yaml_node *)value};
    map->kind = YAML_MAP;
    map->place = value->place;
    map->count = 1;
    return map;
}

static bool bind_record(const struct binding *binding, const struct yaml_node *value,
                        struct place owner, size_t number) {
    const struct field_context *context = binding->context;
    const struct probe_record_table *table = binding->table;
    if (bind_is_missing(value)) return bind_refuse_missing(context, value, table->what);
    if (value->kind != YAML_MAP && !table->bare)
        return bind_refuse_kind(context, value, table->what, "a map of its keys");
    if (value->kind == YAML_MAP && value->count == 0)
        return diag_error(context->diags, SCHEMA_EMPTY, value->place, NULL, "%s is an empty map",
                          table->what);
    const struct yaml_node *map =
        value->kind == YAML_MAP ? value : spelt_out(context->arena, table->bare, value);
    return bind_map(context, table->options, table->option_count, table->option_size, map, owner,
                    binding->items + number * table->record_size);
}

static bool bind_named(const struct binding *binding, const struct yaml_node *map,
                       const char **names) {
    bool fine = true;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        names[i] = text_copy(binding->context->arena, pair->key->text);
        fine &= check_name(binding->context, pair->key);
        fine &= bind_record(binding, pair->value, pair->key->place, i);
    }
    return fine;
}

static bool bind_list(const struct binding *binding, const struct yaml_node *list) {
    bool fine = true;
    for (size_t i = 0; i < list->count; i++)
        fine &= bind_record(binding, list->items[i], list->items[i]->place, i);
    return fine;
}

/* Whether the value is of the kind its form asks for, and not empty. */
static bool check_form(const struct field_context *context, const struct probe_option *row,
                       const struct yaml_node *value) {
    const struct probe_record_table *table = row->records;
    if (bind_is_missing(value)) return bind_refuse_missing(context, value, row->name);
    bool wrong = value->kind != YAML_MAP &&
                 (table->form == PROBE_FORM_NAMED ||
                  (value->kind == YAML_SCALAR && table->form == PROBE_FORM_LIST && !table->bare));
    if (wrong)
        return bind_refuse_kind(context, value, row->name, field_expectation(context->arena, row));
    if (value->kind != YAML_SCALAR && value->count == 0)
        return diag_error(context->diags, SCHEMA_EMPTY, value->place, NULL, "%s is an empty %s",
                          row->name, value->kind == YAML_MAP ? "map" : "list");
    return true;
}

bool bind_records(const struct field_context *context, const struct probe_option *row,
                  const struct yaml_node *value, struct probe_records *out) {
    const struct probe_record_table *table = row->records;
    if (!check_form(context, row, value)) return false;
    bool named = table->form == PROBE_FORM_NAMED;
    bool list = table->form == PROBE_FORM_LIST && value->kind == YAML_LIST;
    size_t count = named || list ? value->count : 1;
    struct binding binding = {context, table,
                              arena_alloc(context->arena, count * table->record_size)};
    const char **names = named ? arena_alloc(context->arena, count * sizeof *names) : NULL;
    bool fine = named  ? bind_named(&binding, value, names)
                : list ? bind_list(&binding, value)
                       : bind_record(&binding, value, value->place, 0);
    if (fine) *out = (struct probe_records){binding.items, names, count};
    return fine;
}
