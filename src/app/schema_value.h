/** JSON Schema of values by their type: what options, budget keys and records share. */
#ifndef APP_SCHEMA_VALUE_H
#define APP_SCHEMA_VALUE_H

#include "base/json.h"
#include "perfbudget/probe.h"

/* Editors resolve YAML's types and perfbudget does not, so every scalar may be written as text;
 * `${..}` may stand in for any value. */
#define OR_VARIABLE(pattern) "^(" pattern "|.*\\$\\{[^}]+\\}.*)$"
#define NUMBER "[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?"

/** `{"$ref": "#/$defs/DEFINITION"}` under a name; returned, and the object's. */
json *put_reference(json *object, const char *name, const char *definition, struct arena *arena);
/** A value of either of two types. */
void put_types(json *schema, const char *first, const char *second);
/** A text or a list of texts. */
void put_texts(json *schema);
/** A map that is not empty. */
void put_map_type(json *schema);
/** A map of texts. */
void put_named_texts(json *schema);
/** One value of an option, records with all their keys. */
void put_value(json *schema, const struct probe_option *row);
/** Its default, as a writer would write it; nothing where there is none. */
void put_default(json *schema, const struct probe_option *row);
/** schema_example.c: `examples` with one value, written in flow style. */
void put_example(struct arena *arena, json *schema, const char *yaml);
/** schema_limits.c: the definition `limits-PROBE`, with the probe's metrics as keys. */
void put_limit_keys(struct arena *arena, json *definitions, const struct probe *probe);
/** The keys of a map: its properties, which are required, and no others. */
void put_rows(json *schema, const struct probe_option *rows, size_t count, size_t size);

#endif
