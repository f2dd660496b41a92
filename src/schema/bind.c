#include "schema/bind.h"

#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"
#include "schema/bind_metrics.h"
#include "schema/bind_records.h"

bool bind_is_missing(const struct yaml_node *value) {
    return value->kind == YAML_SCALAR && value->plain && value->text[0] == '\0';
}

bool bind_refuse_missing(const struct field_context *context, const struct yaml_node *value,
                         const char *what) {
    return diag_error(context->diags, SCHEMA_EMPTY, value->place,
                      "write a value, or remove the key", "%s has no value", what);
}

bool bind_refuse_kind(const struct field_context *context, const struct yaml_node *value,
                      const char *what, const char *expected) {
    return diag_error(context->diags, SCHEMA_KIND, value->place,
                      text_format(context->arena, "write %s", expected),
                      "%s: %s stands where %s belongs", what, yaml_kind_text(value), expected);
}

/* The text of a scalar that is there, or NULL after saying what is wrong. */
static const char *text_of(const struct field_context *context, const struct yaml_node *value,
                           const char *what, const char *expected) {
    if (bind_is_missing(value)) {
        bind_refuse_missing(context, value, what);
        return NULL;
    }
    if (value->kind != YAML_SCALAR) {
        bind_refuse_kind(context, value, what, expected);
        return NULL;
    }
    return text_copy(context->arena, value->text);
}

/* text_of for a row: what it expects is only put into words when something is wrong. */
static const char *text_of_row(const struct field_context *context, const struct yaml_node *value,
                               const struct probe_option *row) {
    bool fine = value->kind == YAML_SCALAR;
    return text_of(context, value, row->name, fine ? "" : field_expectation(context->arena, row));
}

bool bind_texts(const struct field_context *context, const struct yaml_node *value,
                const char *what, struct probe_texts *out) {
    static const char expected[] = "a text or a list of texts";
    size_t count = value->kind == YAML_LIST ? value->count : 1;
    if (value->kind == YAML_MAP) return bind_refuse_kind(context, value, what, expected);
    if (count == 0)
        return diag_error(context->diags, SCHEMA_EMPTY, value->place, NULL, "%s is an empty list",
                          what);
    const char **items = arena_alloc(context->arena, (count + 1) * sizeof *items);
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = value->kind == YAML_LIST ? value->items[i] : value;
        items[i] = text_of(context, item, what, "a text");
        fine &= items[i] != NULL;
    }
    if (fine) *out = (struct probe_texts){items, count};
    return fine;
}

bool bind_command(const struct field_context *context, const struct yaml_node *value,
                  const char *what, struct probe_texts *out) {
    struct probe_option row = {.name = what, .type = PROBE_COMMAND};
    if (value->kind == YAML_LIST) return bind_texts(context, value, what, out);
    const char *text = text_of_row(context, value, &row);
    return text && field_parse(context, &row, text, value->place, out);
}

static bool bind_pairs(const struct field_context *context, const struct yaml_node *map,
                       const char *what, struct probe_pairs *out) {
    struct probe_pair *pairs = arena_alloc(context->arena, (map->count + 1) * sizeof *pairs);
    bool fine = true;
    for (size_t i = 0; i < map->count; i++) {
        const char *name = text_copy(context->arena, map->pairs[i].key->text);
        const char *shown =
            text_format(context->arena, "%s: %s", what, quote(context->arena, name));
        pairs[i] =
            (struct probe_pair){name, text_of(context, map->pairs[i].value, shown, "a text")};
        fine &= pairs[i].value != NULL;
    }
    if (fine) *out = (struct probe_pairs){pairs, map->count};
    return fine;
}

/* A map with something in it, for the row's kind of map. */
static bool bind_inner_map(const struct field_context *context, const struct probe_option *row,
                           const struct yaml_node *value, void *member) {
    if (bind_is_missing(value)) return bind_refuse_missing(context, value, row->name);
    if (value->kind != YAML_MAP)
        return bind_refuse_kind(context, value, row->name, field_expectation(context->arena, row));
    if (value->count == 0)
        return diag_error(context->diags, SCHEMA_EMPTY, value->place, NULL, "%s is an empty map",
                          row->name);
    if (row->type == PROBE_METRICS) return bind_metrics(context, value, member);
    return bind_pairs(context, value, row->name, member);
}

bool bind_value(const struct field_context *context, const struct probe_option *row,
                const struct yaml_node *value, void *out) {
    void *member = (char *)out + row->offset;
    if (row->type == PROBE_TEXTS) return bind_texts(context, value, row->name, member);
    if (row->type == PROBE_COMMAND) return bind_command(context, value, row->name, member);
    if (row->type == PROBE_PAIRS || row->type == PROBE_METRICS)
        return bind_inner_map(context, row, value, member);
    if (row->type == PROBE_RECORDS) return bind_records(context, row, value, member);
    const char *text = text_of_row(context, value, row);
    return text && field_parse(context, row, text, value->place, out);
}

/* The rows of one bind_map. */
struct rows {
    const struct probe_option *rows;
    size_t count, size;
};

static const struct probe_option *row_find(const struct rows *rows, const char *name) {
    for (size_t i = 0; i < rows->count; i++)
        if (text_equal(field_row(rows->rows, rows->size, i)->name, name))
            return field_row(rows->rows, rows->size, i);
    return NULL;
}

static bool refuse_key(const struct field_context *context, const struct rows *rows,
                       const struct yaml_node *key) {
    const char **names = arena_alloc(context->arena, (rows->count + 1) * sizeof *names);
    struct text all = text_begin(context->arena);
    for (size_t i = 0; i < rows->count; i++) {
        names[i] = field_row(rows->rows, rows->size, i)->name;
        text_add_format(&all, "%s%s", i ? ", " : "known here: ", names[i]);
    }
    const char *near = suggest(key->text, names, rows->count);
    const char *hint = near ? text_format(context->arena, "did you mean `%s`?", near) : all.data;
    return diag_error(context->diags, SCHEMA_UNKNOWN_KEY, key->place, rows->count ? hint : NULL,
                      "%s is not known here", quote(context->arena, key->text));
}

static bool check_required(const struct field_context *context, const struct rows *rows,
                           const struct yaml_node *map, struct place owner) {
    bool fine = true;
    for (size_t i = 0; i < rows->count; i++) {
        const struct probe_option *row = field_row(rows->rows, rows->size, i);
        if (row->fallback || yaml_get(map, row->name)) continue;
        fine = diag_error(context->diags, SCHEMA_MISSING_KEY, owner,
                          text_format(context->arena, "write `%s:` and %s", row->name,
                                      field_expectation(context->arena, row)),
                          "`%s` is missing", row->name);
    }
    return fine;
}

bool bind_map(const struct field_context *context, const struct probe_option *rows, size_t count,
              size_t row_size, const struct yaml_node *map, struct place owner, void *out) {
    struct rows all = {rows, count, row_size};
    bool fine = field_defaults(context, rows, count, row_size, out);
    if (map && bind_is_missing(map)) return bind_refuse_missing(context, map, "this key");
    if (map && map->kind != YAML_MAP)
        return diag_error(context->diags, SCHEMA_KIND, map->place, "write `key: value`",
                          "%s stands where a map belongs", yaml_kind_text(map));
    for (size_t i = 0; map && i < map->count; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        const struct probe_option *row = row_find(&all, pair->key->text);
        fine &=
            row ? bind_value(context, row, pair->value, out) : refuse_key(context, &all, pair->key);
    }
    return check_required(context, &all, map, owner) && fine;
}
