/* Lighthouse's budget.json (KB is 1024 bytes, times are milliseconds) and the assertions of
 * Lighthouse CI: limits on a page in a browser. What they come to is said, as numbers in units. */
#include <string.h>

#include "app/import_parts.h"
#include "base/units.h"

static const struct yaml_node *find_budgets(const struct yaml_node *tree, const char *name) {
    (void)name;
    const struct yaml_node *first = import_is_list(tree) && tree->count ? tree->items[0] : NULL;
    bool shaped = yaml_get(first, "resourceSizes") || yaml_get(first, "resourceCounts") ||
                  yaml_get(first, "timings");
    return shaped ? tree : NULL;
}

/* One list of an entry: how its limits are named and what they count in. */
static const struct list {
    const char *key, *subject, *what;
    double scale;
    enum probe_unit unit;
} lists[] = {{"resourceSizes", "resourceType", "transfer", 1024, PROBE_BYTES},
             {"resourceCounts", "resourceType", "requests", 1, PROBE_COUNT},
             {"timings", "metric", "time", 0.001, PROBE_SECONDS}};

static void leave_limit(struct importing *i, const struct yaml_node *node, const struct list *list,
                        const char *path) {
    const struct yaml_node *subject = yaml_get(node, list->subject);
    const struct yaml_node *most = yaml_get(node, "budget");
    double number = 0;
    if (!import_text_of(subject) || !most) {
        import_wrong(i, node, text_format(i->arena, "a map with `%s` and `budget`", list->subject));
        return;
    }
    if (!import_number(i, most, &number)) return;
    bool shift = strcmp(subject->text, "cumulative-layout-shift") == 0;
    const char *bound = shift ? number_text(i->arena, number)
                              : unit_exact(i->arena, number * list->scale, list->unit);
    import_leave(i, node->place,
                 "%s %s <= %s on %s: it needs a browser, and there is no probe for that yet",
                 list->what, quote(i->arena, subject->text), bound, quote(i->arena, path));
}

static void read_budgets(struct importing *i, const struct yaml_node *tree) {
    static const char *const known[] = {"path", "resourceSizes", "resourceCounts", "timings", NULL};
    for (size_t e = 0; e < tree->count; e++) {
        const struct yaml_node *entry = tree->items[e];
        const char *path = import_text_of(yaml_get(entry, "path"));
        if (!import_is_map(entry)) {
            import_wrong(i, entry, "a map of budgets");
            continue;
        }
        for (size_t l = 0; l < array_length(lists); l++) {
            const struct yaml_node *limits = yaml_get(entry, lists[l].key);
            for (size_t n = 0; import_is_list(limits) && n < limits->count; n++)
                leave_limit(i, limits->items[n], &lists[l], path ? path : "/*");
        }
        import_leave_others(i, entry, known);
    }
}

static const struct yaml_node *find_assertions(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *inside = yaml_get(yaml_get(tree, "ci"), "assert");
    if (inside) return inside;
    return strstr(name, "lighthouserc") ? yaml_get(tree, "assert") : NULL;
}

static void leave_assertion(struct importing *i, const struct yaml_pair *pair) {
    const struct yaml_node *value = pair->value;
    const struct yaml_node *level = import_is_list(value) && value->count ? value->items[0] : value;
    const struct yaml_node *options =
        import_is_list(value) && value->count > 1 ? value->items[1] : NULL;
    struct text bounds = text_begin(i->arena);
    if (!import_text_of(level)) {
        import_wrong(i, value, "`off`, `warn` or `error`, or a list of it and options");
        return;
    }
    for (size_t o = 0; import_is_map(options) && o < options->count; o++) {
        double number = 0;
        const struct yaml_pair *option = &options->pairs[o];
        bool counted =
            text_starts(option->key->text, "max") || text_starts(option->key->text, "min");
        if (counted && !import_number(i, option->value, &number)) return;
        const char *text = import_text_of(option->value);
        text_add_format(&bounds, " %s %s", option->key->text, text ? text : "");
    }
    if (strcmp(level->text, "off") == 0) return; /* asserts nothing */
    import_leave(i, pair->key->place,
                 "%s %s%s: it needs a browser, and there is no probe for that yet",
                 quote(i->arena, pair->key->text), level->text, bounds.data);
}

static void leave_assertions(struct importing *i, const struct yaml_node *map) {
    for (size_t a = 0; import_is_map(map) && a < map->count; a++)
        leave_assertion(i, &map->pairs[a]);
}

static void read_assertions(struct importing *i, const struct yaml_node *node) {
    static const char *const known[] = {"assertions", "assertMatrix", NULL};
    const struct yaml_node *matrix = yaml_get(node, "assertMatrix");
    if (!import_is_map(node)) {
        import_wrong(i, node, "a map with `assertions`");
        return;
    }
    leave_assertions(i, yaml_get(node, "assertions"));
    for (size_t m = 0; import_is_list(matrix) && m < matrix->count; m++)
        leave_assertions(i, yaml_get(matrix->items[m], "assertions"));
    import_leave_others(i, node, known);
}

const struct import_reader import_lighthouse = {find_budgets, read_budgets};
const struct import_reader import_lhci = {find_assertions, read_assertions};
