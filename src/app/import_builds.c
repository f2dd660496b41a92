/* Budgets of build tools, on bytes as they lie on the disk: Angular's `budgets` in angular.json (KB
 * is 1000 bytes) and webpack's `performance`. */
#include <math.h>
#include <string.h>

#include "app/import_parts.h"

static const struct import_sizes sizes = {1000, false};

/* One of Angular's budgets. */
struct angular {
    const struct yaml_node *node;
    const char *type, *output; /* folder of the build */
    double baseline;           /* bytes; 0: none */
};

static const struct yaml_node *find_angular(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *projects = yaml_get(tree, "projects");
    return import_is_map(projects) && (strstr(name, "angular") || yaml_get(tree, "version"))
               ? projects
               : NULL;
}

/* Bytes of a threshold: a size, or a share of the baseline, which it lies above or below. */
static bool threshold(struct importing *i, const struct angular *budget,
                      const struct yaml_node *node, double sign, double *bytes) {
    const char *text = import_text_of(node);
    size_t length = text ? strlen(text) : 0;
    if (length < 2 || text[length - 1] != '%') {
        if (!import_size(i, node, &sizes, bytes)) return false;
    } else {
        struct yaml_node share = *node;
        share.text = text_copy_bytes(i->arena, text, length - 1);
        if (!import_number(i, &share, bytes)) return false;
        *bytes = budget->baseline * *bytes / 100;
    }
    /* without a baseline a threshold stands for itself, from below too */
    if (budget->baseline > 0) *bytes = budget->baseline + sign * *bytes;
    *bytes = sign > 0 ? floor(*bytes) : ceil(*bytes);
    return true;
}

static bool bound(struct importing *i, const struct angular *budget, struct import_budget *into,
                  const char *const names[3], double sign) {
    const struct yaml_node *node = yaml_get(budget->node, names[0]);
    const char *metric = text_starts(budget->type, "any") ? "raw[*]" : "raw";
    double bytes = 0;
    if (!node) return true;
    if (!threshold(i, budget, node, sign, &bytes)) return false;
    import_bound(i, into, metric, names[1], import_bytes_text(i->arena, &sizes, fmax(bytes, 0)));
    return true;
}

static void bounds(struct importing *i, const struct angular *budget, struct import_budget *into) {
    static const char *const rows[][3] = {{"maximumError", "max", "+"},
                                          {"maximumWarning", "warn", "+"},
                                          {"minimumError", "min", "-"}};
    for (size_t r = 0; r < array_length(rows); r++)
        bound(i, budget, into, rows[r], rows[r][2][0] == '+' ? 1 : -1);
    const struct yaml_node *less = yaml_get(budget->node, "minimumWarning");
    if (less) import_leave(i, less->place, "`minimumWarning`: a limit warns in one direction");
    static const char *const both[][3] = {{"error", "max", "+"}, {"error", "min", "-"}};
    for (size_t r = 0; r < array_length(both); r++)
        bound(i, budget, into, both[r], both[r][2][0] == '+' ? 1 : -1);
    static const char *const warning[3] = {"warning", "warn", "+"};
    bound(i, budget, into, warning, 1);
    const struct yaml_node *sides = yaml_get(budget->node, "warning");
    if (sides)
        import_leave(i, sides->place, "`warning` from below: a limit warns in one direction");
}

static const char *why_not(const char *type) {
    static const char *const files[] = {"all", "allScript", "any", "anyScript"};
    for (size_t t = 0; t < array_length(files); t++)
        if (strcmp(files[t], type) == 0) return NULL;
    if (strcmp(type, "anyComponentStyle") == 0) return "the styles of components are no files";
    if (strcmp(type, "initial") == 0 || strcmp(type, "bundle") == 0)
        return "which files belong to it stands in the build's statistics only";
    return "the type is not known";
}

static void read_angular_budget(struct importing *i, const struct yaml_node *node,
                                const char *output) {
    static const char *const known[] = {
        "type",         "name",           "baseline", "maximumError", "maximumWarning",
        "minimumError", "minimumWarning", "error",    "warning",      NULL};
    const char *type = import_text_of(yaml_get(node, "type"));
    struct angular budget = {.node = node, .type = type, .output = output};
    const struct yaml_node *baseline = yaml_get(node, "baseline");
    if (!type) {
        import_wrong(i, node, "a map with a `type`");
        return;
    }
    const char *why = why_not(type);
    if (why) {
        const char *name = import_text_of(yaml_get(node, "name"));
        import_leave(i, node->place, "the budget of type %s: %s",
                     quote(i->arena, name ? text_format(i->arena, "%s %s", type, name) : type),
                     why);
        return;
    }
    if (baseline && !import_size(i, baseline, &sizes, &budget.baseline)) return;
    struct import_budget *into = import_add(i, type, "size");
    bool scripts = strstr(type, "Script") != NULL;
    import_target(i, into, text_format(i->arena, "%s/**/%s", output, scripts ? "*.js" : "*"));
    if (!scripts) import_target(i, into, text_format(i->arena, "!%s/**/*.map", output));
    bounds(i, &budget, into);
    import_leave_others(i, node, known);
}

static const char *output_of(struct importing *i, const struct yaml_node *build,
                             const char *project) {
    const struct yaml_node *path = yaml_get(yaml_get(build, "options"), "outputPath");
    const struct yaml_node *base = import_is_map(path) ? yaml_get(path, "base") : path;
    const char *folder = import_text_of(base) ? import_glob(i->arena, base->text) : NULL;
    return folder ? folder : text_format(i->arena, "dist/%s", import_escape(i->arena, project));
}

static void read_angular(struct importing *i, const struct yaml_node *projects) {
    for (size_t p = 0; p < projects->count; p++) {
        const struct yaml_node *project = projects->pairs[p].value;
        const struct yaml_node *tools = yaml_get(project, "architect");
        if (!tools) tools = yaml_get(project, "targets");
        const struct yaml_node *build = yaml_get(tools, "build");
        const struct yaml_node *all = yaml_get(build, "configurations");
        const char *output = output_of(i, build, projects->pairs[p].key->text);
        for (size_t c = 0; import_is_map(all) && c < all->count; c++) {
            const struct yaml_node *list = yaml_get(all->pairs[c].value, "budgets");
            for (size_t b = 0; import_is_list(list) && b < list->count; b++)
                read_angular_budget(i, list->items[b], output);
        }
    }
}

static const struct yaml_node *find_webpack(const struct yaml_node *tree, const char *name) {
    (void)name;
    const struct yaml_node *performance = yaml_get(tree, "performance");
    return import_is_map(performance) ? performance : NULL;
}

static void read_webpack(struct importing *i, const struct yaml_node *node) {
    static const char *const known[] = {"hints", "maxAssetSize", "maxEntrypointSize", NULL};
    const struct yaml_node *hints = yaml_get(node, "hints");
    const struct yaml_node *asset = yaml_get(node, "maxAssetSize");
    const struct yaml_node *entry = yaml_get(node, "maxEntrypointSize");
    double bytes = 250000;
    if (import_is(hints, "false")) {
        import_leave(i, hints->place, "`hints: false` switches the limits off");
        return;
    }
    if (entry)
        import_leave(i, entry->place,
                     "`maxEntrypointSize`: which files an entry loads stands in the build's "
                     "statistics only");
    if (asset && !import_number(i, asset, &bytes)) return;
    struct import_budget *budget = import_add(i, "assets", "size");
    import_variable(i, "dist", "dist");
    import_target(i, budget, "${dist}/**/*");
    import_target(i, budget, "!${dist}/**/*.map");
    if (!import_text_of(hints) || strcmp(hints->text, "error") != 0)
        import_key(i, budget, "severity", "warn");
    import_bound(i, budget, "raw[*]", "max", import_bytes_text(i->arena, &sizes, floor(bytes)));
    import_leave_others(i, node, known);
}

const struct import_reader import_angular = {find_angular, read_angular};
const struct import_reader import_webpack = {find_webpack, read_webpack};
