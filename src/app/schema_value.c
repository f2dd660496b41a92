#include "app/schema_value.h"

#include "base/text.h"
#include "base/units.h"
#include "schema/field.h"

json *put_reference(json *object, const char *name, const char *definition, struct arena *arena) {
    json *reference = json_put_object(object, name);
    json_put_text(reference, "$ref", text_format(arena, "#/$defs/%s", definition));
    return reference;
}

void put_types(json *schema, const char *first, const char *second) {
    json *types = json_put_list(schema, "type");
    json_push_text(types, first);
    json_push_text(types, second);
}

static void put_choices(json *schema, const struct probe_option *row) {
    json *values = json_put_list(schema, "enum");
    for (const char *const *choice = row->choices; *choice; choice++) {
        json_push_text(values, *choice);
        double number; /* YAML makes one of the word */
        if (number_parse(*choice, &number)) json_push_number(values, number);
    }
}

static void put_flag(json *schema) {
    json *values = json_put_list(schema, "enum");
    json_push_flag(values, true);
    json_push_flag(values, false);
    json_push_text(values, "true");
    json_push_text(values, "false");
}

void put_texts(json *schema) {
    json *types = json_put_list(schema, "type");
    json_push_text(types, "array");
    json_push_text(types, "string");
    json_push_text(types, "number");
    json_put_number(schema, "minItems", 1);
    put_types(json_put_object(schema, "items"), "string", "number");
}

/* No map may be empty. */
void put_map_type(json *schema) {
    json_put_text(schema, "type", "object");
    json_put_number(schema, "minProperties", 1);
}

void put_named_texts(json *schema) {
    put_map_type(schema);
    json *value = json_put_object(schema, "additionalProperties");
    json *types = json_put_list(value, "type");
    json_push_text(types, "string");
    json_push_text(types, "number");
    json_push_text(types, "boolean");
}

static void put_readings(json *schema) {
    put_map_type(schema);
    json_put_text(json_put_object(schema, "additionalProperties"), "$ref", "#/$defs/metric");
}

/* How values that are one text or number are written; YAML makes a number of some texts. */
static const struct {
    const char *type, *other; /* other: NULL, or another that it may have */
    const char *pattern;      /* of the text, or NULL */
} scalars[] = {
    [PROBE_TEXT] = {"string", "number", NULL},
    [PROBE_INTEGER] = {"integer", "string", OR_VARIABLE("[0-9]+")},
    [PROBE_NUMBER] = {"number", "string", OR_VARIABLE(NUMBER " ?[A-Za-z]*")},
    [PROBE_SIZE] = {"number", "string", OR_VARIABLE(NUMBER " ?[A-Za-z]*")},
    [PROBE_TIME] = {"string", NULL, OR_VARIABLE(NUMBER " ?(ns|us|µs|ms|s|min|h)")},
    [PROBE_SHARE] = {"string", "number", OR_VARIABLE(NUMBER " ?%?")},
    [PROBE_RATE] = {"string", NULL, OR_VARIABLE(NUMBER " ?[A-Za-z]*/?(s|min)")},
};

static void put_scalar(json *schema, const struct probe_option *row) {
    if (scalars[row->type].other)
        put_types(schema, scalars[row->type].type, scalars[row->type].other);
    else
        json_put_text(schema, "type", scalars[row->type].type);
    if (scalars[row->type].pattern) json_put_text(schema, "pattern", scalars[row->type].pattern);
    if (row->type != PROBE_INTEGER || row->max <= 0) return;
    json_put_number(schema, "minimum", row->min);
    json_put_number(schema, "maximum", row->max);
}

/* One record: a map of its keys, or the plain value it may be short for. */
static void put_record(json *schema, const struct probe_record_table *table) {
    json *map = schema;
    if (table->bare) {
        json *forms = json_put_list(schema, "anyOf");
        for (size_t i = 0; i < table->option_count; i++) {
            const struct probe_option *row = field_row(table->options, table->option_size, i);
            if (text_equal(row->name, table->bare))
                put_value(json_push(forms, json_new_object()), row);
        }
        map = json_push(forms, json_new_object());
    }
    put_map_type(map);
    put_rows(map, table->options, table->option_count, table->option_size);
}

static void put_records(json *schema, const struct probe_record_table *table) {
    switch (table->form) {
    case PROBE_FORM_ONE:
        put_record(schema, table);
        return;
    case PROBE_FORM_NAMED:
        put_map_type(schema);
        put_record(json_put_object(schema, "additionalProperties"), table);
        json_put_text(json_put_object(schema, "propertyNames"), "pattern",
                      "^[A-Za-z0-9][A-Za-z0-9_-]*$");
        return;
    case PROBE_FORM_LIST: {
        json *forms = json_put_list(schema, "anyOf");
        json *list = json_push(forms, json_new_object());
        json_put_text(list, "type", "array");
        json_put_number(list, "minItems", 1);
        put_record(json_put_object(list, "items"), table);
        put_record(json_push(forms, json_new_object()), table);
        return;
    }
    }
}

void put_value(json *schema, const struct probe_option *row) {
    switch (row->type) {
    case PROBE_TEXT:
    case PROBE_INTEGER:
    case PROBE_NUMBER:
    case PROBE_SIZE:
    case PROBE_TIME:
    case PROBE_SHARE:
    case PROBE_RATE:
        put_scalar(schema, row);
        return;
    case PROBE_TEXTS:
    case PROBE_COMMAND:
        put_texts(schema);
        return;
    case PROBE_FLAG:
        put_flag(schema);
        return;
    case PROBE_CHOICE:
        put_choices(schema, row);
        return;
    case PROBE_PAIRS:
        put_named_texts(schema);
        return;
    case PROBE_METRICS:
        put_readings(schema);
        return;
    case PROBE_RECORDS:
        put_records(schema, row->records);
        return;
    }
}

void put_default(json *schema, const struct probe_option *row) {
    double number;
    if (!row->fallback || !*row->fallback) return;
    if (row->type == PROBE_FLAG)
        json_put_flag(schema, "default", text_equal(row->fallback, "true"));
    else if (row->type == PROBE_INTEGER && number_parse(row->fallback, &number))
        json_put_number(schema, "default", number);
    else
        json_put_text(schema, "default", row->fallback);
}

void put_rows(json *schema, const struct probe_option *rows, size_t count, size_t size) {
    json *properties = json_put_object(schema, "properties");
    json *required = json_new_list();
    for (size_t i = 0; i < count; i++) {
        const struct probe_option *row = field_row(rows, size, i);
        json *property = json_put_object(properties, row->name);
        put_value(property, row);
        json_put_text(property, "description", row->help);
        put_default(property, row);
        if (!row->fallback) json_push_text(required, row->name);
    }
    if (json_count(required))
        json_put(schema, "required", required);
    else
        json_free(required);
    json_put_flag(schema, "additionalProperties", false);
}
