/* Flat JSON: {"budgets": {"bundleSize": "500KB", "p95Latency": "200ms", "errorRate": "0.1%"}}. It
 * says what may be spent and not on what, so that targets are variables the author fills in. KB is
 * 1024 bytes, as the scripts have it that read such files. */
#include <string.h>

#include "app/import_parts.h"
#include "base/units.h"

static const struct import_sizes sizes = {1024, true};

/* The words such files use. */
static const struct word {
    const char *name, *probe, *key, *kind;
    enum probe_unit unit;
} words[] = {
    {"bundleSize", "size", "raw", "max", PROBE_BYTES},
    {"wasmSize", "size", "raw", "max", PROBE_BYTES},
    {"gzipSize", "size", "gzip", "max", PROBE_BYTES},
    {"memoryUsage", "command", "peak_memory", "max", PROBE_BYTES},
    {"peakMemory", "command", "peak_memory", "max", PROBE_BYTES},
    {"coldStart", "command", "wall.p95", "max", PROBE_SECONDS},
    {"startupTime", "command", "wall.p95", "max", PROBE_SECONDS},
    {"p50Latency", "http", "latency.p50", "max", PROBE_SECONDS},
    {"p95Latency", "http", "latency.p95", "max", PROBE_SECONDS},
    {"p99Latency", "http", "latency.p99", "max", PROBE_SECONDS},
    {"errorRate", "http", "error_rate", "max", PROBE_RATIO},
    {"throughput", "http", "throughput", "min", PROBE_PER_SECOND},
};
/* What each probe is pointed at, until the author knows better. */
static const struct guess {
    const char *probe, *budget, *variable, *target;
} guesses[] = {{"size", "bundle", "bundle", "dist/**/*"},
               {"command", "start", "start", "./start"},
               {"http", "service", "url", "http://127.0.0.1:8080/"}};

static const struct yaml_node *find(const struct yaml_node *tree, const char *name) {
    (void)name;
    const struct yaml_node *budgets = yaml_get(tree, "budgets");
    bool flat = import_is_map(budgets) && budgets->count;
    for (size_t b = 0; flat && b < budgets->count; b++)
        flat = budgets->pairs[b].value->kind == YAML_SCALAR;
    return flat ? budgets : NULL;
}

static struct import_budget *budget_for(struct importing *i, const char *probe) {
    size_t g = 0;
    for (size_t b = 0; b < i->budget_count; b++)
        if (strcmp(i->budgets[b]->probe, probe) == 0) return i->budgets[b];
    while (strcmp(guesses[g].probe, probe) != 0) g++;
    struct import_budget *budget = import_add(i, guesses[g].budget, probe);
    import_variable(i, guesses[g].variable, guesses[g].target);
    import_target(i, budget, text_format(i->arena, "${%s}", guesses[g].variable));
    return budget;
}

static bool value_text(struct importing *i, const struct yaml_node *node, enum probe_unit unit,
                       const char **text) {
    struct quantity quantity;
    struct unit_problem problem = {0};
    double bytes = 0;
    *text = import_text_of(node);
    if (unit == PROBE_BYTES) {
        if (!import_size(i, node, &sizes, &bytes)) return false;
        *text = import_bytes_text(i->arena, &sizes, bytes);
        return true;
    }
    if (!*text || !unit_parse(i->arena, *text, 1024, &quantity, &problem))
        return import_wrong(i, node, "values such as 200ms, 0.1% or 100/s");
    if (!unit_fits(&quantity, unit) || quantity.value < 0)
        return import_wrong(i, node, "a value in the unit that its name asks for");
    if (quantity.bare && unit == PROBE_RATIO) return import_wrong(i, node, "a rate with a % sign");
    return true;
}

static void read_word(struct importing *i, const struct yaml_pair *pair) {
    size_t w = 0;
    const char *text = NULL;
    while (w < array_length(words) && strcmp(words[w].name, pair->key->text) != 0) w++;
    if (w == array_length(words)) {
        import_leave(i, pair->key->place, "%s: %s: the name is not known",
                     quote(i->arena, pair->key->text), pair->value->text);
        return;
    }
    if (!value_text(i, pair->value, words[w].unit, &text)) return;
    if (!import_has(i, words[w].probe)) {
        import_leave(i, pair->key->place, "%s: %s: it needs the probe %s",
                     quote(i->arena, pair->key->text), text, words[w].probe);
        return;
    }
    import_bound(i, budget_for(i, words[w].probe), words[w].key, words[w].kind, text);
}

static void read(struct importing *i, const struct yaml_node *budgets) {
    static const char *const known[] = {"budgets", NULL};
    for (size_t b = 0; b < budgets->count; b++) read_word(i, &budgets->pairs[b]);
    if (import_is_map(i->tree)) import_leave_others(i, i->tree, known);
}

const struct import_reader import_flat = {find, read};
