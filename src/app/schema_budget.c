#include "app/schema_budget.h"

#include "app/schema_value.h"
#include "base/json.h"
#include "base/text.h"
#include "budget/budget_schema.h"

/* What one walk of the tables carries along. */
struct writer {
    struct arena *arena;
    const struct registry *registry;
    bool overlay; /* of a profile: everything may be null, nothing is required */
};

static void put_options(struct writer *writer, json *definitions, const struct probe *probe) {
    json *schema = json_put_object(definitions, text_format(writer->arena, "with-%s", probe->name));
    put_map_type(schema);
    json_put_text(schema, "description", text_format(writer->arena, "Options of %s.", probe->name));
    put_rows(schema, probe->options, probe->option_count, probe->option_size);
}

static const char *definition_name(struct writer *writer, const struct budget_keys *keys) {
    static const struct {
        const struct budget_keys *keys;
        const char *name;
    } names[] = {
        {&budget_keys_budget, "budget"},   {&budget_keys_defaults, "defaults"},
        {&budget_keys_profile, "profile"}, {&budget_keys_runs, "runs"},
        {&budget_keys_waiver, "waiver"},   {&budget_keys_server, "server"},
        {&budget_keys_ready, "ready"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].keys == keys)
            return writer->overlay ? text_format(writer->arena, "%s-overlay", names[i].name)
                                   : names[i].name;
    return "file";
}

/* What a limit holds something to. The unit depends on the metric, which loading knows. */
#define QUANTITY "-?" NUMBER " ?[A-Za-zµ/%]*"
#define BARE_PATTERN OR_VARIABLE("((<=?|>=?) *)?" QUANTITY)

static void put_quantity(json *schema) {
    put_types(schema, "string", "number");
    json_put_text(schema, "pattern", OR_VARIABLE(QUANTITY));
}

static bool is_bound(const struct budget_key *key) {
    const struct budget_keys *bounds = &budget_keys_bounds;
    return key >= bounds->rows && key < bounds->rows + bounds->count;
}

static void put_limits(struct writer *writer, json *schema) {
    put_map_type(schema);
    put_reference(schema, "additionalProperties", writer->overlay ? "limit-overlay" : "limit",
                  writer->arena);
}

static void put_named(struct writer *writer, json *schema, const struct budget_keys *children) {
    put_map_type(schema);
    put_reference(schema, "additionalProperties", definition_name(writer, children), writer->arena);
    json *names = json_put_object(schema, "propertyNames");
    json_put_text(names, "pattern", "^[A-Za-z0-9][A-Za-z0-9_-]*$");
}

static void put_key(struct writer *writer, json *schema, const struct budget_key *key) {
    switch (key->shape) {
    case KEY_VALUE:
        if (is_bound(key))
            put_quantity(schema);
        else
            put_value(schema, &key->option);
        break;
    case KEY_MAP:
        json_put_text(
            schema, "$ref",
            text_format(writer->arena, "#/$defs/%s", definition_name(writer, key->children)));
        break;
    case KEY_VALUE_OR_MAP: {
        json *forms = json_put_list(schema, "anyOf");
        put_value(json_push(forms, json_new_object()), &key->option);
        json *map = json_push(forms, json_new_object());
        json_put_text(
            map, "$ref",
            text_format(writer->arena, "#/$defs/%s", definition_name(writer, key->children)));
        break;
    }
    case KEY_NAMED:
        put_named(writer, schema, key->children);
        break;
    case KEY_NAMED_TEXTS:
        put_named_texts(schema);
        break;
    case KEY_LIMITS:
        put_limits(writer, schema);
        break;
    case KEY_OPTIONS:
        json_put_text(schema, "type", "object");
        break;
    }
}

/* One property; in an overlay it may be null as well. */
static void put_property(struct writer *writer, json *properties, const struct budget_key *key) {
    json *property = json_put_object(properties, key->option.name);
    json *schema = property;
    if (writer->overlay) {
        json *forms = json_put_list(property, "anyOf");
        schema = json_push(forms, json_new_object());
        json_put_text(json_push(forms, json_new_object()), "type", "null");
    }
    put_key(writer, schema, key);
    json_put_text(property, "description", key->option.help);
    if (key->example)
        put_example(writer->arena, property, key->example);
    else if (key->shape == KEY_VALUE)
        put_default(property, &key->option);
}

static void put_probes(struct writer *writer, json *properties, bool targets) {
    for (size_t i = 0; i < writer->registry->count; i++) {
        const struct probe *probe = writer->registry->probes[i];
        json *property = json_put_object(properties, probe->name);
        if (targets)
            put_texts(property);
        else
            json_put_text(property, "$ref",
                          text_format(writer->arena, "#/$defs/with-%s", probe->name));
        json_put_text(
            property, "description",
            text_format(writer->arena, "%s Target: %s.", probe->summary, probe->target_help));
    }
}

/* A budget has exactly one probe, `of` or `derive`; `with` is of its probe. */
static void put_subject_rules(struct writer *writer, json *schema) {
    json *rules = json_put_list(schema, "allOf");
    json *subjects =
        writer->overlay ? NULL : json_put_list(json_push(rules, json_new_object()), "oneOf");
    for (size_t i = 0; i < budget_keys_budget.count && subjects; i++)
        if (budget_keys_budget.rows[i].rules & KEY_SUBJECT)
            json_push_text(json_put_list(json_push(subjects, json_new_object()), "required"),
                           budget_keys_budget.rows[i].option.name);
    for (size_t i = 0; i < writer->registry->count; i++) {
        const char *name = writer->registry->probes[i]->name;
        if (subjects)
            json_push_text(json_put_list(json_push(subjects, json_new_object()), "required"), name);
        json *rule = json_push(rules, json_new_object());
        json_push_text(json_put_list(json_put_object(rule, "if"), "required"), name);
        json *then = json_put_object(json_put_object(rule, "then"), "properties");
        put_reference(then, "with", text_format(writer->arena, "with-%s", name), writer->arena);
        if (!writer->overlay)
            put_reference(then, "limits", text_format(writer->arena, "limits-%s", name),
                          writer->arena);
    }
}

static void put_keys(struct writer *writer, json *schema, const struct budget_keys *keys) {
    json *properties = json_put_object(schema, "properties");
    json *required = json_new_list();
    for (size_t i = 0; i < keys->count; i++) {
        const struct budget_key *key = &keys->rows[i];
        if (!budget_key_stands(keys, key)) continue;
        put_property(writer, properties, key);
        if ((key->rules & KEY_REQUIRED) && !writer->overlay)
            json_push_text(required, key->option.name);
    }
    if (keys->probes) put_probes(writer, properties, keys == &budget_keys_budget);
    if (json_count(required))
        json_put(schema, "required", required);
    else
        json_free(required);
    json_put_flag(schema, "additionalProperties", false);
}

static void put_map(struct writer *writer, json *schema, const struct budget_keys *keys) {
    put_map_type(schema);
    json_put_text(schema, "description", keys->help);
    put_keys(writer, schema, keys);
    if (keys == &budget_keys_budget) put_subject_rules(writer, schema);
}

/* One limit: a bare bound, or a map of bounds. One schema of both, as editors show neither
 * descriptions nor keys of alternatives. */
static void put_limit_definition(struct writer *writer, json *definitions) {
    json *schema = json_put_object(definitions, writer->overlay ? "limit-overlay" : "limit");
    json *types = json_put_list(schema, "type");
    json_push_text(types, "string");
    json_push_text(types, "number");
    json_push_text(types, "object");
    if (writer->overlay) json_push_text(types, "null");
    json_put_text(schema, "pattern", BARE_PATTERN);
    json_put_number(schema, "minProperties", 1);
    put_keys(writer, schema, &budget_keys_bounds);
}

static void put_metric_definition(json *definitions) {
    json *schema = json_put_object(definitions, "metric");
    json_put_text(schema, "type", "object");
    json_put_text(schema, "description", "One metric read from what the target prints.");
    json *properties = json_put_object(schema, "properties");
    static const char *const texts[][2] = {
        {"pattern", "PCRE2 with one group; every match is a sample."},
        {"json", "RFC 6901 pointer into the JSON that is printed; a last /* takes every element."},
        {"unit", "Unit of the numbers: ms, KB, /s, %, ..."},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json *property = json_put_object(properties, texts[i][0]);
        json_put_text(property, "type", "string");
        json_put_text(property, "description", texts[i][1]);
    }
    json *better = json_put_list(json_put_object(properties, "better"), "enum");
    json_push_text(better, "lower");
    json_push_text(better, "higher");
    json_push_text(better, "neither");
    json *nature = json_put_list(json_put_object(properties, "nature"), "enum");
    json_push_text(nature, "noisy");
    json_push_text(nature, "exact");
    json_put_flag(schema, "additionalProperties", false);
}

const char *schema_budget_json(struct arena *arena, const struct registry *registry) {
    struct writer writer = {arena, registry, false};
    json *root = json_new_object();
    json_put_text(root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_put_text(root, "title", "perfbudget budget file, version 1");
    put_map(&writer, root, &budget_keys_file);
    json *definitions = json_put_object(root, "$defs");
    static const struct budget_keys *const plain[] = {
        &budget_keys_budget, &budget_keys_defaults, &budget_keys_runs,
        &budget_keys_waiver, &budget_keys_server,   &budget_keys_ready,
    };
    for (int overlay = 0; overlay <= 1; overlay++) {
        writer.overlay = overlay;
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            put_map(&writer, json_put_object(definitions, definition_name(&writer, plain[i])),
                    plain[i]);
        put_limit_definition(&writer, definitions);
    }
    json *profile = json_put_object(definitions, "profile");
    put_map(&writer, profile, &budget_keys_profile);
    for (size_t i = 0; i < registry->count; i++) {
        put_options(&writer, definitions, registry->probes[i]);
        put_limit_keys(arena, definitions, registry->probes[i]);
    }
    put_metric_definition(definitions);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}
