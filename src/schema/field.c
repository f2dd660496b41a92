#include "schema/field.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/process.h"
#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/units.h"

/* One value on its way into a struct. */
struct field {
    const struct field_context *context;
    const struct probe_option *row;
    const char *text;
    struct place place;
    void *member;
};

static bool refuse(const struct field *field, enum diag_code code, const char *problem,
                   const char *hint) {
    struct arena *arena = field->context->arena;
    if (!hint) hint = text_format(arena, "write %s", field_expectation(arena, field->row));
    return diag_error(field->context->diags, code, field->place, hint, "%s: %s", field->row->name,
                      problem);
}

static bool in_range(const struct field *field, double value) {
    const struct probe_option *row = field->row;
    bool open = row->min == 0 && row->max == 0;
    if (open ? value >= 0 : value >= row->min && value <= row->max) return true;
    const char *problem =
        text_format(field->context->arena, "%s is %s", quote(field->context->arena, field->text),
                    open && value < 0 ? "negative" : "out of range");
    return refuse(field, SCHEMA_RANGE, problem, NULL);
}

static bool is_other_truth(const char *text) {
    static const char *const words[] = {"yes", "no", "on", "off", "y", "n", "1", "0"};
    for (size_t i = 0; i < array_length(words); i++)
        if (strcasecmp(words[i], text) == 0) return true;
    return strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0;
}

static bool parse_flag(const struct field *field) {
    bool on = strcmp(field->text, "true") == 0;
    if (!on && strcmp(field->text, "false") != 0) {
        const char *shown = quote(field->context->arena, field->text);
        const char *problem =
            text_format(field->context->arena,
                        is_other_truth(field->text) ? "%s is not read as true or false"
                                                    : "%s is neither true nor false",
                        shown);
        return refuse(field, SCHEMA_VALUE, problem, "write true or false, in small letters");
    }
    *(bool *)field->member = on;
    return true;
}

/* A quantity of the unit; a bare number where that is allowed. */
static bool parse_quantity(const struct field *field, enum probe_unit unit, double *value) {
    struct quantity quantity;
    struct unit_problem problem;
    const struct field_context *context = field->context;
    if (!unit_parse(context->arena, field->text, context->kilobyte, &quantity, &problem))
        return refuse(field, SCHEMA_VALUE, problem.message, problem.hint);
    if (!unit_fits(&quantity, unit)) {
        const char *shown = quote(context->arena, field->text);
        if (quantity.bare && unit == PROBE_PER_SECOND)
            return refuse(field, SCHEMA_UNIT, text_format(context->arena, "%s has no unit", shown),
                          text_format(context->arena, "write `%s/s`",
                                      text_inert(context->arena, field->text)));
        if (quantity.bare && unit == PROBE_SECONDS)
            return refuse(field, SCHEMA_UNIT, text_format(context->arena, "%s has no unit", shown),
                          text_format(context->arena, "write `%ss` or `%sms`",
                                      text_inert(context->arena, field->text),
                                      text_inert(context->arena, field->text)));
        return refuse(field, SCHEMA_UNIT,
                      text_format(context->arena, "%s has the wrong unit", shown), NULL);
    }
    *value = quantity.value;
    return in_range(field, *value);
}

static bool parse_double(const struct field *field, enum probe_unit unit) {
    double value = 0;
    if (!parse_quantity(field, unit, &value)) return false;
    *(double *)field->member = value;
    return true;
}

static bool parse_integer(const struct field *field) {
    double value = 0;
    size_t sign = field->text[0] == '-';
    bool digits = strspn(field->text + sign, "0123456789") == strlen(field->text + sign);
    if (!parse_quantity(field, PROBE_COUNT, &value)) return false;
    if (!digits)
        return refuse(field, SCHEMA_VALUE,
                      text_format(field->context->arena, "%s is no whole number",
                                  quote(field->context->arena, field->text)),
                      NULL);
    *(int64_t *)field->member = (int64_t)value;
    return true;
}

static bool parse_choice(const struct field *field) {
    const char *const *choices = field->row->choices;
    size_t count = 0;
    for (; choices[count]; count++) {
        if (strcmp(choices[count], field->text) != 0) continue;
        *(int *)field->member = (int)count;
        return true;
    }
    struct arena *arena = field->context->arena;
    const char *near = suggest(field->text, choices, count);
    const char *expected = field_expectation(arena, field->row);
    return refuse(field, SCHEMA_CHOICE,
                  text_format(arena, "%s is not %s", quote(arena, field->text), expected),
                  near ? text_format(arena, "did you mean %s?", near) : NULL);
}

static bool parse_command(const struct field *field) {
    struct probe_texts *command = field->member;
    const char *const *argv = NULL;
    const char *problem = NULL;
    size_t count = 0;
    if (!process_split(field->context->arena, field->text, &argv, &count, &problem))
        return refuse(field, SCHEMA_COMMAND, problem, NULL);
    if (count == 0) return refuse(field, SCHEMA_EMPTY, "a command is missing", NULL);
    *command = (struct probe_texts){argv, count};
    return true;
}

static bool parse_text(const struct field *field) {
    *(const char **)field->member = text_copy(field->context->arena, field->text);
    return true;
}

static bool parse_texts(const struct field *field) {
    const char **items = arena_alloc(field->context->arena, 2 * sizeof *items);
    items[0] = text_copy(field->context->arena, field->text);
    *(struct probe_texts *)field->member = (struct probe_texts){items, 1};
    return true;
}

bool field_parse(const struct field_context *context, const struct probe_option *row,
                 const char *text, struct place place, void *out) {
    struct field field = {context, row, text, place, (char *)out + row->offset};
    bool is_text = row->type == PROBE_TEXT || row->type == PROBE_TEXTS;
    if (text[0] == '\0' && !is_text)
        return refuse(&field, SCHEMA_EMPTY, "a value is missing", NULL);
    switch (row->type) {
    case PROBE_TEXT:
        return parse_text(&field);
    case PROBE_TEXTS:
        return parse_texts(&field);
    case PROBE_FLAG:
        return parse_flag(&field);
    case PROBE_INTEGER:
        return parse_integer(&field);
    case PROBE_NUMBER:
        return parse_double(&field, PROBE_COUNT);
    case PROBE_SIZE:
        return parse_double(&field, PROBE_BYTES);
    case PROBE_TIME:
        return parse_double(&field, PROBE_SECONDS);
    case PROBE_SHARE:
        return parse_double(&field, PROBE_RATIO);
    case PROBE_RATE:
        return parse_double(&field, PROBE_PER_SECOND);
    case PROBE_CHOICE:
        return parse_choice(&field);
    case PROBE_COMMAND:
        return parse_command(&field);
    case PROBE_PAIRS:
    case PROBE_METRICS:
    case PROBE_RECORDS:
        break;
    }
    return refuse(&field, SCHEMA_KIND,
                  text_format(context->arena, "%s is a text", quote(context->arena, text)), NULL);
}

bool field_defaults(const struct field_context *context, const struct probe_option *rows,
                    size_t count, size_t row_size, void *out) {
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        const struct probe_option *row = field_row(rows, row_size, i);
        if (!row->fallback || row->fallback[0] == '\0') continue;
        fine &= field_parse(context, row, row->fallback, NO_PLACE, out);
    }
    return fine;
}
