/** From a YAML map to a struct, by a table of rows. */
#ifndef SCHEMA_BIND_H
#define SCHEMA_BIND_H

#include "schema/field.h"
#include "yaml/yaml.h"

/**
 * Binds every pair of `map` (NULL: none) to the row of that name and stores it in `out`, after the
 * fallbacks. All mistakes in one go: unknown keys (with the nearest known), wrong kinds, values out
 * of range, required rows missing (placed at `owner`). Lists, pairs, commands, metric readings and
 * records are bound here, scalars by field_parse.
 */
bool bind_map(const struct field_context *context, const struct probe_option *rows, size_t count,
              size_t row_size, const struct yaml_node *map, struct place owner, void *out);

/** One value by one row. */
bool bind_value(const struct field_context *context, const struct probe_option *row,
                const struct yaml_node *value, void *out);

/** A list of texts, or one text as a list of one. `what` names it in messages. */
bool bind_texts(const struct field_context *context, const struct yaml_node *value,
                const char *what, struct probe_texts *out);

/** argv from a list, or from one text split like a shell does. */
bool bind_command(const struct field_context *context, const struct yaml_node *value,
                  const char *what, struct probe_texts *out);

/** Whether nothing stands where a value belongs. */
bool bind_is_missing(const struct yaml_node *value);
/** Always false: says that `what` has no value. */
bool bind_refuse_missing(const struct field_context *context, const struct yaml_node *value,
                         const char *what);
/** Always false: says that `what` is of another kind than `expected`. */
bool bind_refuse_kind(const struct field_context *context, const struct yaml_node *value,
                      const char *what, const char *expected);

#endif
