/* size-limit 14 (github.com/ai/size-limit): `.size-limit.json`, `.jsonc`, or "size-limit" in
 * package.json. Each check bounds the sum of the files it matches; KB is 1000 bytes. */
#include <string.h>

#include "app/import_parts.h"

static const struct import_sizes sizes = {1000, true};
static const char *const known[] = {"name", "path", "limit", "gzip", "brotli", "message", NULL};
/* With one of these something else than the files is measured. */
static const char *const bundling[] = {"import",  "entry",   "ignore",   "config",
                                       "webpack", "esbuild", "rolldown", "module"};

static const struct yaml_node *find(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *list = yaml_get(tree, "size-limit");
    if (list) return list;
    if (!import_is_list(tree) || tree->count == 0) return NULL;
    bool named = text_starts(name, ".size-limit");
    return named || yaml_get(tree->items[0], "limit") ? tree : NULL;
}

static const char *name_of(const struct yaml_node *check) {
    const struct yaml_node *path = yaml_get(check, "path");
    const char *name = import_text_of(yaml_get(check, "name"));
    if (!name) name = import_text_of(path);
    if (!name && import_is_list(path) && path->count) name = import_text_of(path->items[0]);
    return name ? name : "check";
}

static const char *metric_of(const struct yaml_node *check) {
    if (import_is(yaml_get(check, "gzip"), "true")) return "gzip";
    return import_is(yaml_get(check, "brotli"), "false") ? "raw" : "brotli";
}

static bool is_time(const char *limit) {
    return limit && (text_ends(limit, "ms") || text_ends(limit, "s")) && !text_ends(limit, "bs");
}

/* Why the check is none of files' sizes; NULL: it is. */
static const char *obstacle(struct importing *i, const struct yaml_node *check) {
    for (size_t k = 0; k < array_length(bundling); k++) {
        const struct yaml_node *value = yaml_get(check, bundling[k]);
        if (value && !import_is(value, "false"))
            return text_format(i->arena, "`%s` measures what a bundler makes of the files",
                               bundling[k]);
    }
    if (!yaml_get(check, "path")) return "without `path` it measures what a bundler makes";
    if (!yaml_get(check, "limit")) return "it has no `limit`";
    if (is_time(import_text_of(yaml_get(check, "limit"))))
        return "a limit on loading time needs a browser, and there is no probe for that yet";
    return NULL;
}

static bool add_path(struct importing *i, struct import_budget *budget,
                     const struct yaml_node *node) {
    if (node->kind != YAML_SCALAR) return import_wrong(i, node, "a path");
    const char *glob = import_glob(i->arena, node->text);
    if (!glob)
        return diag_error(i->diags, IMPORT_VALUE, node->place, NULL,
                          "the pattern %s has no counterpart", quote(i->arena, node->text));
    import_target(i, budget, glob);
    return true;
}

static bool add_paths(struct importing *i, struct import_budget *budget,
                      const struct yaml_node *path) {
    if (!import_is_list(path)) return add_path(i, budget, path);
    bool good = path->count > 0 || import_wrong(i, path, "a path");
    for (size_t p = 0; p < path->count; p++) good = add_path(i, budget, path->items[p]) && good;
    return good;
}

static void read_check(struct importing *i, const struct yaml_node *check) {
    double bytes = 0;
    if (!import_is_map(check)) {
        import_wrong(i, check, "a map with `path` and `limit`");
        return;
    }
    const char *name = name_of(check), *why = obstacle(i, check);
    if (why) {
        import_leave(i, check->place, "the check %s: %s", quote(i->arena, name), why);
        return;
    }
    if (!import_size(i, yaml_get(check, "limit"), &sizes, &bytes)) return;
    struct import_budget *budget = import_add(i, name, "size");
    budget->title = import_text_of(yaml_get(check, "name"));
    budget->fix = import_text_of(yaml_get(check, "message"));
    add_paths(i, budget, yaml_get(check, "path"));
    import_bound(i, budget, metric_of(check), "max", import_bytes_text(i->arena, &sizes, bytes));
    import_leave_others(i, check, known);
}

static void read(struct importing *i, const struct yaml_node *list) {
    if (!import_is_list(list)) {
        import_wrong(i, list, "a list of checks");
        return;
    }
    for (size_t c = 0; c < list->count; c++) read_check(i, list->items[c]);
}

const struct import_reader import_size_limit = {find, read};
