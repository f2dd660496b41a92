#include "app/describe.h"
#include "app/schema_budget.h"
#include "base/text.h"
#include "budget/budget_schema.h"
#include "budget/server.h"
#include "schema/field.h"
#include "stats/statistic.h"

static const char *shape_text(struct arena *arena, const struct budget_key *key) {
    switch (key->shape) {
    case KEY_VALUE:
        return field_expectation(arena, &key->option);
    case KEY_MAP:
        return text_format(arena, "a map, see [%s](#%s)", key->option.name, key->option.name);
    case KEY_VALUE_OR_MAP:
        return text_format(arena, "%s, or a map, see [%s](#%s)",
                           field_expectation(arena, &key->option), key->option.name,
                           key->option.name);
    case KEY_NAMED:
        return text_format(arena, "a map of names, see [%s](#%s)", key->option.name,
                           key->option.name);
    case KEY_NAMED_TEXTS:
        return "a map of texts";
    case KEY_LIMITS:
        return "a map of [limit keys](#limit-keys)";
    case KEY_OPTIONS:
        return "a map of the [probe's options](probes.md)";
    }
    return "";
}

static void add_keys(struct text *out, const char *heading, const struct budget_keys *keys) {
    text_add_format(out, "## %s\n\n%s\n\n", heading, keys->help);
    text_add(out, "| key | value | default | example | what it means |\n"
                  "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < keys->count; i++) {
        const struct budget_key *key = &keys->rows[i];
        if (!budget_key_stands(keys, key)) continue;
        const char *fallback = key->rules & KEY_REQUIRED ? "required"
                               : key->option.fallback && *key->option.fallback
                                   ? text_format(out->arena, "`%s`", key->option.fallback)
                                   : "";
        text_add_format(out, "| `%s` | %s | %s | `%s` | %s%s |\n", key->option.name,
                        shape_text(out->arena, key), fallback, key->example ? key->example : "",
                        key->option.help,
                        key->rules & KEY_ROOT_FILE ? " Not in included files." : "");
    }
    text_add(out, "\n");
}

static void add_server_metrics(struct text *out) {
    text_add(out, "A budget that names a `server` has these metrics besides those of its probe:\n\n"
                  "| metric | unit | judged by | what it is |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < SERVER_METRICS; i++)
        text_add_format(out, "| `%s` | %s | %s | %s |\n", server_metrics[i].name,
                        describe_unit(server_metrics[i].unit), server_metrics[i].statistic,
                        server_metrics[i].help);
    text_add(out, "\n");
}

static void add_limit_keys(struct text *out) {
    text_add(out, "## Limit keys\n\n"
                  "A limit key is `metric`, `metric.statistic`, `metric[labels].statistic`, or a "
                  "`statistic` alone, which is of the probe's first metric. Statistics:");
    for (const char *const *word = statistic_words; *word; word++)
        text_add_format(out, " `%s`", *word);
    text_add(out, " and `pNN`, such as `p95` or `p99.9`.\n\n"
                  "`[a]` is a label of the metric's first dimension; `[phase:peak request:orders]` "
                  "names dimensions. `*` and `?` match, `*` also across `/`, `\\` escapes. A "
                  "pattern is one row; of several patterns that match a label the last written "
                  "decides.\n\n"
                  "A value is bare (`100KB`: a bound in the metric's own direction), has a sign "
                  "(`'<= 100KB'`, `'< 5'`, `'>= 60'`, `'> 0'`), or is a map of bounds:\n\n");
}

static void add_values(struct text *out) {
    text_add(out,
             "## Values\n\n"
             "| kind | units |\n| --- | --- |\n"
             "| sizes | `B` `kB` `KB` `MB` `GB` `KiB` `MiB` `GiB` `pages` (65,536 B); a plain "
             "number is bytes |\n"
             "| times | `ns` `us` `µs` `ms` `s` `min` `h`; a time without a unit is an error |\n"
             "| rates | `/s` `/min`, also `ops/s` `req/s` `rps` `fps`; `KB/s` and the like |\n"
             "| shares | `%`, or a plain number |\n"
             "| counts | a plain number |\n\n"
             "One blank may stand before the unit. `${name}` stands for a variable of `vars`, "
             "`${env:NAME}` for an environment variable listed in `env`, `$${` for a literal "
             "`${`.\n\n");
}

const char *schema_budget_markdown(struct arena *arena, const struct registry *registry) {
    struct text out = text_begin(arena);
    text_add(
        &out,
        "# Budget files\n\n"
        "<!-- Made from the tables in the code by `./tests/run --accept-docs`; do not edit. -->\n\n"
        "Every scalar is text: `no`, `012` and `1:30` are words. Unknown and duplicate "
        "keys are errors; `perfbudget lint` reports all mistakes of a file at once. For "
        "completion in an editor begin the file with\n"
        "`# yaml-language-server: $schema=PATH/budget.schema.json` "
        "([budget.schema.json](budget.schema.json)).\n\n");
    add_keys(&out, "The file", &budget_keys_file);
    add_keys(&out, "budgets", &budget_keys_budget);
    text_add(&out, "The probes, each a key of a budget with its target as value:\n\n");
    for (size_t i = 0; i < registry->count; i++)
        text_add_format(&out, "- [`%s`](probes.md#%s): %s\n", registry->probes[i]->name,
                        registry->probes[i]->name, registry->probes[i]->summary);
    text_add(&out, "\n");
    add_limit_keys(&out);
    add_keys(&out, "Bounds", &budget_keys_bounds);
    add_keys(&out, "runs", &budget_keys_runs);
    add_keys(&out, "waiver", &budget_keys_waiver);
    add_keys(&out, "servers", &budget_keys_server);
    add_server_metrics(&out);
    add_keys(&out, "ready", &budget_keys_ready);
    add_keys(&out, "defaults", &budget_keys_defaults);
    add_keys(&out, "profiles", &budget_keys_profile);
    add_values(&out);
    return out.data;
}
