#include "schema/bind_metrics.h"

#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/text.h"
#include "base/units.h"

struct reading_keys {
    const char *pattern, *json, *unit;
    int better, nature;
};

static const char *const better_words[] = {
    [PROBE_NEITHER] = "neither", [PROBE_LOWER] = "lower", [PROBE_HIGHER] = "higher", NULL};
static const char *const nature_words[] = {[PROBE_EXACT] = "exact", [PROBE_NOISY] = "noisy", NULL};

static const struct probe_option reading_rows[] = {
    {PROBE_OPTION(struct reading_keys, PROBE_TEXT, pattern), .fallback = "",
     .help = "Regular expression (PCRE2) with one group around the number."},
    {PROBE_OPTION(struct reading_keys, PROBE_TEXT, json), .fallback = "",
     .help = "JSON pointer to the number; a last /* takes every element."},
    {PROBE_OPTION(struct reading_keys, PROBE_TEXT, unit), .fallback = "",
     .help = "Unit of what is read, unless it carries its own."},
    {PROBE_OPTION(struct reading_keys, PROBE_CHOICE, better), .fallback = "",
     .choices = better_words, .help = "Which direction is better."},
    {PROBE_OPTION(struct reading_keys, PROBE_CHOICE, nature), .fallback = "noisy",
     .choices = nature_words, .help = "Whether the same code gives the same number every time."},
};

/* The words of statistics, which limit keys use bare: a metric of that name could not be told
 * apart. */
static bool is_statistic(const char *name) {
    static const char *const words[] = {"min", "max", "mean", "median", "stddev", "total", "count"};
    for (size_t i = 0; i < array_length(words); i++)
        if (strcmp(words[i], name) == 0) return true;
    size_t digits = name[0] == 'p' ? strspn(name + 1, "0123456789") : 0;
    return digits > 0 && name[1 + digits] == '\0';
}

static bool check_name(const struct field_context *context, const struct yaml_node *key) {
    const char *name = key->text;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    bool letter = name[0] >= 'a' && name[0] <= 'z';
    const char *shown = quote(context->arena, name);
    if (!letter || name[length] != '\0')
        return diag_error(context->diags, SCHEMA_METRIC_NAME, key->place,
                          "use small letters, digits and _, beginning with a letter",
                          "%s is no name for a metric", shown);
    if (is_statistic(name))
        return diag_error(context->diags, SCHEMA_METRIC_NAME, key->place,
                          "name it after what it counts", "%s is the name of a statistic", shown);
    return true;
}

static bool check_source(const struct field_context *context, const struct yaml_node *map,
                         struct place owner, const struct reading_keys *keys) {
    const struct yaml_node *json = yaml_get(map, "json"), *pattern = yaml_get(map, "pattern");
    if (!json == !pattern)
        return diag_error(context->diags, SCHEMA_METRIC_SOURCE, json ? json->place : owner,
                          "write `pattern: '([0-9.]+) ops/s'` or `json: /path/to/number`",
                          json ? "a metric is read by `pattern` or by `json`, not by both"
                               : "a metric needs a `pattern` or a `json` pointer to be read by");
    if (pattern && keys->pattern && keys->pattern[0] == '\0')
        return diag_error(context->diags, SCHEMA_EMPTY, pattern->place, NULL,
                          "an empty pattern matches everything");
    if (json && keys->json && keys->json[0] != '/' && keys->json[0] != '\0')
        return diag_error(
            context->diags, SCHEMA_VALUE, json->place,
            text_format(context->arena, "write `/%s`", text_inert(context->arena, keys->json)),
            "a JSON pointer begins with /");
    return true;
}

static enum probe_better better_of(enum probe_unit unit) {
    static const enum probe_better better[] = {
        [PROBE_COUNT] = PROBE_NEITHER,     [PROBE_BYTES] = PROBE_LOWER,
        [PROBE_SECONDS] = PROBE_LOWER,     [PROBE_RATIO] = PROBE_NEITHER,
        [PROBE_PER_SECOND] = PROBE_HIGHER, [PROBE_BYTES_PER_SECOND] = PROBE_HIGHER};
    return better[unit];
}

static bool take_unit(const struct field_context *context, const struct yaml_node *map,
                      const char *word, struct probe_reading *reading) {
    reading->self = word == NULL;
    reading->scale = 1;
    reading->unit = PROBE_COUNT;
    if (!word) return true;
    if (unit_word(word, context->kilobyte, &reading->scale, &reading->unit)) return true;
    struct quantity ignored;
    struct unit_problem problem = {.message = "no unit"};
    unit_parse(context->arena, text_format(context->arena, "1%s", word), context->kilobyte,
               &ignored, &problem);
    return diag_error(context->diags, SCHEMA_UNIT, yaml_get(map, "unit")->place, problem.hint,
                      "unit: %s", problem.message);
}

static bool bind_reading(const struct field_context *context, const struct yaml_pair *pair,
                         struct probe_reading *reading) {
    struct reading_keys keys = {0};
    const struct yaml_node *map = pair->value;
    bool fine = check_name(context, pair->key);
    if (map->kind != YAML_MAP)
        return diag_error(context->diags, SCHEMA_KIND, map->place,
                          "write a map: {pattern: '([0-9.]+) ops/s', unit: /s}",
                          "%s: %s stands where a map belongs",
                          quote(context->arena, pair->key->text), yaml_kind_text(map));
    fine &= bind_map(context, reading_rows, array_length(reading_rows), sizeof *reading_rows, map,
                     pair->key->place, &keys);
    fine &= check_source(context, map, pair->key->place, &keys);
    *reading = (struct probe_reading){.name = text_copy(context->arena, pair->key->text),
                                      .pattern = keys.pattern,
                                      .json = keys.json,
                                      .nature = (enum probe_nature)keys.nature};
    fine &= take_unit(context, map, keys.unit, reading);
    reading->better =
        yaml_get(map, "better") ? (enum probe_better)keys.better : better_of(reading->unit);
    return fine;
}

bool bind_metrics(const struct field_context *context, const struct yaml_node *map,
                  struct probe_readings *out) {
    struct probe_reading *readings =
        arena_alloc(context->arena, (map->count + 1) * sizeof *readings);
    bool fine = true;
    for (size_t i = 0; i < map->count; i++)
        fine &= bind_reading(context, &map->pairs[i], &readings[i]);
    if (fine) *out = (struct probe_readings){readings, map->count};
    return fine;
}
