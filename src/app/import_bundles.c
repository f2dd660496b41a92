/* bundlesize, bundlewatch and BundleMon: limits on each file, KB is 1024 bytes (the npm package
 * `bytes`), gzip unless they say otherwise. An unparsable maxSize means "no limit" to the first
 * two; here it is an error. */
#include <string.h>

#include "app/import_parts.h"

static const struct import_sizes sizes = {1024, false};

/* One entry under way. */
struct entry {
    const struct yaml_node *node;
    const char *compression; /* where the entry says none */
    const char *base;        /* folder before each path; NULL */
    bool group;              /* the sum of all files */
    const char *const *known;
};

static const char *metric_of(struct importing *i, const struct entry *entry) {
    const struct yaml_node *node = yaml_get(entry->node, "compression");
    const char *word = node ? import_text_of(node) : entry->compression;
    if (word && strcmp(word, "gzip") == 0) return "gzip";
    if (word && strcmp(word, "brotli") == 0) return "brotli";
    if (word && strcmp(word, "none") == 0) return "raw";
    import_wrong(i, node ? node : entry->node, "`gzip`, `brotli` or `none` as compression");
    return NULL;
}

/* `<hash>` and other labels stand for what changes from build to build. */
static const char *labels_opened(struct arena *arena, const char *path) {
    struct text out = text_begin(arena);
    while (*path) {
        const char *end = *path == '<' ? strchr(path, '>') : NULL;
        text_add_char(&out, end ? '*' : *path);
        path = end ? end + 1 : path + 1;
    }
    return out.data;
}

static const char *path_of(struct importing *i, const struct entry *entry) {
    const struct yaml_node *node = yaml_get(entry->node, "path");
    const char *path = import_text_of(node);
    if (!path) {
        import_wrong(i, node ? node : entry->node, "a `path`");
        return NULL;
    }
    path = import_glob(i->arena, labels_opened(i->arena, path));
    if (!path) {
        diag_error(i->diags, IMPORT_VALUE, node->place, NULL, "the pattern %s has no counterpart",
                   quote(i->arena, node->text));
        return NULL;
    }
    return entry->base ? text_format(i->arena, "%s/%s", entry->base, path) : path;
}

static struct import_budget *read_entry(struct importing *i, const struct entry *entry) {
    double bytes = 0, percent = 0;
    if (!import_is_map(entry->node)) {
        import_wrong(i, entry->node, "a map with `path` and `maxSize`");
        return NULL;
    }
    const struct yaml_node *most = yaml_get(entry->node, "maxSize");
    const struct yaml_node *growth = yaml_get(entry->node, "maxPercentIncrease");
    const char *path = path_of(i, entry), *metric = metric_of(i, entry);
    bool good = path && metric && (!most || import_size(i, most, &sizes, &bytes)) &&
                (!growth || import_number(i, growth, &percent));
    if (!good) return NULL;
    if (!most && !growth) {
        import_leave(i, entry->node->place, "%s has no limit", quote(i->arena, path));
        return NULL;
    }
    const char *title = import_text_of(yaml_get(entry->node, "friendlyName"));
    struct import_budget *budget = import_add(i, title ? title : path, "size");
    const char *key = entry->group ? metric : text_format(i->arena, "%s[*]", metric);
    budget->title = title;
    import_target(i, budget, path);
    if (most) import_bound(i, budget, key, "max", import_bytes_text(i->arena, &sizes, bytes));
    if (growth)
        import_bound(i, budget, key, "regression",
                     text_format(i->arena, "%s%%", import_text_of(growth)));
    import_leave_others(i, entry->node, entry->known);
    return budget;
}

static const char *const plain_known[] = {"path", "maxSize", "compression", NULL};

static void read_files(struct importing *i, const struct yaml_node *files,
                       const char *compression) {
    if (!import_is_list(files)) {
        import_wrong(i, files, "a list of files");
        return;
    }
    for (size_t f = 0; f < files->count; f++)
        read_entry(i, &(struct entry){.node = files->items[f],
                                      .compression = compression,
                                      .known = plain_known});
}

static const char *compression_of(const struct yaml_node *map) {
    const char *word = import_text_of(yaml_get(map, "defaultCompression"));
    return word ? word : "gzip";
}

/* A list of files stands for the map that holds it. */
static const struct yaml_node *files_of(const struct yaml_node *node) {
    const struct yaml_node *files = yaml_get(node, "files");
    return import_is_map(node) && files ? files : node;
}

static bool has_sizes(const struct yaml_node *tree) {
    const struct yaml_node *files = yaml_get(tree, "files");
    return import_is_list(files) && files->count && yaml_get(files->items[0], "path");
}

static const struct yaml_node *find_bundlesize(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *inside = yaml_get(tree, "bundlesize");
    if (inside) return inside;
    return text_starts(name, "bundlesize") || text_starts(name, ".bundlesize") ? tree : NULL;
}

static void read_bundlesize(struct importing *i, const struct yaml_node *node) {
    read_files(i, files_of(node), "gzip");
    static const char *const known[] = {"files", NULL};
    if (import_is_map(node)) import_leave_others(i, node, known);
}

static const struct yaml_node *find_bundlewatch(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *inside = yaml_get(tree, "bundlewatch");
    if (inside) return inside;
    bool monitored = yaml_get(tree, "groups") || yaml_get(tree, "baseDir") ||
                     yaml_get(tree, "reportOutput") || strstr(name, "bundlemon");
    if (monitored || find_bundlesize(tree, name)) return NULL;
    return has_sizes(tree) || strstr(name, "bundlewatch") ? tree : NULL;
}

static void read_bundlewatch(struct importing *i, const struct yaml_node *node) {
    static const char *const known[] = {"files", "defaultCompression", NULL};
    read_files(i, files_of(node), import_is_map(node) ? compression_of(node) : "gzip");
    if (import_is_map(node)) import_leave_others(i, node, known);
}

static const struct yaml_node *find_bundlemon(const struct yaml_node *tree, const char *name) {
    const struct yaml_node *inside = yaml_get(tree, "bundlemon");
    if (inside) return inside;
    bool named = strstr(name, "bundlemon") != NULL;
    bool shaped =
        yaml_get(tree, "groups") || yaml_get(tree, "baseDir") || yaml_get(tree, "reportOutput");
    return named || (shaped && (has_sizes(tree) || yaml_get(tree, "groups"))) ? tree : NULL;
}

/* The first entry that matches a file is the only one: later patterns leave its files out. */
static void exclude_earlier(struct importing *i, struct import_budget *budget,
                            const char *const *earlier, size_t count) {
    if (!strpbrk(budget->targets[0], "*?{")) return;
    for (size_t e = 0; e < count; e++)
        import_target(i, budget, text_format(i->arena, "!%s", earlier[e]));
}

static void read_monitored(struct importing *i, const struct yaml_node *map, const char *key,
                           const char *base) {
    static const char *const known[] = {"path",         "maxSize",     "maxPercentIncrease",
                                        "friendlyName", "compression", NULL};
    const struct yaml_node *list = yaml_get(map, key);
    const char **earlier = NULL;
    size_t count = 0;
    bool group = strcmp(key, "groups") == 0;
    if (list && !import_is_list(list)) import_wrong(i, list, "a list of files");
    for (size_t f = 0; import_is_list(list) && f < list->count; f++) {
        struct import_budget *budget =
            read_entry(i, &(struct entry){.node = list->items[f],
                                          .compression = compression_of(map),
                                          .base = base,
                                          .group = group,
                                          .known = known});
        if (!budget || group) continue;
        const char *own = budget->targets[0];
        exclude_earlier(i, budget, earlier, count);
        *array_add(i->arena, earlier, count) = own;
    }
}

static void read_bundlemon(struct importing *i, const struct yaml_node *node) {
    static const char *const known[] = {"baseDir", "files",      "groups", "defaultCompression",
                                        "verbose", "pathLabels", NULL};
    if (!import_is_map(node)) {
        import_wrong(i, node, "a map with `files` or `groups`");
        return;
    }
    const char *base = import_text_of(yaml_get(node, "baseDir"));
    if (base) base = import_glob(i->arena, base);
    if (base && (strcmp(base, ".") == 0 || *base == '\0')) base = NULL;
    size_t length = base ? strlen(base) : 0;
    while (length > 1 && base[length - 1] == '/') length--;
    if (base) base = text_copy_bytes(i->arena, base, length);
    read_monitored(i, node, "files", base);
    read_monitored(i, node, "groups", base);
    const struct yaml_pair *labels = yaml_pair_of(node, "pathLabels");
    if (labels)
        import_leave(i, labels->key->place,
                     "the patterns of `pathLabels`: any text stands for a name "
                     "like `<hash>`");
    import_leave_others(i, node, known);
}

const struct import_reader import_bundlesize = {find_bundlesize, read_bundlesize};
const struct import_reader import_bundlewatch = {find_bundlewatch, read_bundlewatch};
const struct import_reader import_bundlemon = {find_bundlemon, read_bundlemon};
