#include <assert.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/members.h"
#include "report/report.h"
#include "report/words.h"

static const char *const schema_items[] = {"perfbudget.report/1"};
static const char *const test_items[] = {"exact",       "binomial",    "e-process",
                                         "student",     "descriptive", "interval",
                                         "signed-rank", "welch",       "intervals"};
static const struct words words_schema = {schema_items, array_length(schema_items)};
static const struct words words_test = {test_items, array_length(test_items)};

/* The words a type names by =. */
static const struct {
    const char *name;
    const struct words *words;
} enumerations[] = {
    {"schema", &words_schema},     {"verdict", &words_outcome},
    {"severity", &words_severity}, {"on_inconclusive", &words_inconclusive},
    {"waiver", &words_waiver},     {"unit", &words_unit},
    {"better", &words_better},     {"nature", &words_nature},
    {"fold", &words_fold},         {"kind", &words_kind},
    {"operator", &words_operator}, {"test", &words_test},
    {"level", &words_level},       {"basis", &words_basis},
    {"part_state", &words_part},
};

static const struct words *enumeration(const char *name) {
    for (size_t i = 0; i < array_length(enumerations); i++)
        if (text_equal(enumerations[i].name, name)) return enumerations[i].words;
    assert(false);
    return NULL;
}

/* A type without its outermost signs. */
struct type {
    bool optional, nullable;
    char sign;         /* '@', '=', '[', '{' or 0 for a plain word */
    const char *inner; /* what follows the sign */
};

static struct type type_read(struct arena *arena, const char *text) {
    struct type type = {0};
    size_t length = strlen(text);
    if (text[0] == '~') {
        type.optional = true;
        text++;
        length--;
    }
    if (text[length - 1] == '?') {
        type.nullable = true;
        length--;
    }
    if (strchr("@=", text[0])) {
        type.sign = text[0];
        text++;
        length--;
    } else if (strchr("[{", text[0])) {
        type.sign = text[0];
        text++;
        length -= 2;
    }
    type.inner = text_copy_bytes(arena, text, length);
    return type;
}

static void put_type_words(json *object, const char *type, bool nullable) {
    if (!nullable) {
        json_put_text(object, "type", type);
        return;
    }
    json *list = json_put_list(object, "type");
    json_push_text(list, type);
    json_push_text(list, "null");
}

static void put_plain(json *object, const struct type *type) {
    static const char *const rows[][2] = {
        {"text", "string"}, {"number", "number"}, {"count", "integer"}, {"flag", "boolean"}};
    for (size_t i = 0; i < array_length(rows); i++)
        if (text_equal(rows[i][0], type->inner)) put_type_words(object, rows[i][1], type->nullable);
    if (text_equal(type->inner, "count")) json_put_number(object, "minimum", 0);
}

static void put_enumeration(json *object, const struct type *type) {
    const struct words *words = enumeration(type->inner);
    json *list = json_put_list(object, "enum");
    for (size_t i = 0; i < words->count; i++) json_push_text(list, words->items[i]);
    if (type->nullable) json_push_text(list, NULL);
}

static void put_reference(struct arena *arena, json *object, const struct type *type) {
    const char *to = text_format(arena, "#/$defs/%s", type->inner);
    if (!type->nullable) {
        json_put_text(object, "$ref", to);
        return;
    }
    json *list = json_put_list(object, "anyOf");
    json_put_text(json_push(list, json_new_object()), "$ref", to);
    json_put_text(json_push(list, json_new_object()), "type", "null");
}

/* As deep as brackets stand in brackets in the table: once. */
static void put_type(struct arena *arena, json *object, const char *text) {
    struct type type = type_read(arena, text);
    switch (type.sign) {
    case '@':
        put_reference(arena, object, &type);
        return;
    case '=':
        put_enumeration(object, &type);
        return;
    case '[':
        put_type_words(object, "array", type.nullable);
        put_type(arena, json_put_object(object, "items"), type.inner);
        return;
    case '{':
        put_type_words(object, "object", type.nullable);
        put_type(arena, json_put_object(object, "additionalProperties"), type.inner);
        return;
    default:
        put_plain(object, &type);
    }
}

/* All members of the owner of `row`; returns what follows them. */
static const struct member *put_owner(struct arena *arena, json *object, const struct member *row) {
    const char *owner = row->owner;
    json_put_text(object, "type", "object");
    json *required = json_put_list(object, "required");
    json *properties = json_put_object(object, "properties");
    for (; row->owner && text_equal(row->owner, owner); row++) {
        json *property = json_put_object(properties, row->name);
        json_put_text(property, "description", row->help);
        put_type(arena, property, row->type);
        if (row->type[0] != '~') json_push_text(required, row->name);
    }
    return row;
}

const char *report_schema(struct arena *arena) {
    struct arena *scratch = arena_new();
    json *root = json_new_object();
    json_put_text(root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_put_text(root, "title", "perfbudget.report/1");
    json_put_text(root, "description",
                  "What perfbudget was asked, measured and judged. Values are in base units: "
                  "bytes, seconds, per second, counts, shares. Names never change inside version "
                  "1; members may be added.");
    const struct member *row = put_owner(scratch, root, members);
    json *definitions = json_put_object(root, "$defs");
    while (row->owner) row = put_owner(scratch, json_put_object(definitions, row->owner), row);
    const char *text = json_write(arena, root);
    json_free(root);
    arena_free(scratch);
    return text;
}

/* "list of `limit`", "text or null", "one of `fail`, `warn`" */
static void describe_type(struct text *out, const char *written) {
    struct type type = type_read(out->arena, written);
    if (type.sign == '[') text_add(out, "list of ");
    if (type.sign == '{') text_add(out, "map of ");
    if (type.sign == '@') {
        text_add_format(out, "[`%s`](#%s)", type.inner, type.inner);
    } else if (type.sign == '=') {
        const struct words *words = enumeration(type.inner);
        for (size_t i = 0; i < words->count; i++)
            text_add_format(out, "%s`\"%s\"`", i ? ", " : "", words->items[i]);
    } else if (type.sign) {
        describe_type(out, type.inner);
    } else {
        text_add(out, type.inner);
    }
    if (type.nullable) text_add(out, " or null");
    if (type.optional) text_add(out, "; may be absent");
}

const char *report_reference(struct arena *arena) {
    struct text out = text_begin(arena);
    const char *owner = "";
    for (const struct member *row = members; row->owner; row++) {
        if (!text_equal(owner, row->owner))
            text_add_format(&out,
                            "%s## %s\n\n| member | type | what it is |\n| --- | --- | --- |\n",
                            out.length ? "\n" : "", row->owner);
        owner = row->owner;
        text_add_format(&out, "| `%s` | ", row->name);
        describe_type(&out, row->type);
        text_add_format(&out, " | %s |\n", row->help);
    }
    return out.data;
}
