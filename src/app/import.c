#include "app/import.h"

#include <string.h>

#include "app/import_parts.h"
#include "base/file.h"
#include "base/units.h"

const struct import_format import_formats[] = {
    {"size-limit", ".size-limit.json, .jsonc, or package.json", &import_size_limit},
    {"bundlesize", "bundlesize.config.json or package.json", &import_bundlesize},
    {"bundlewatch", "its JSON file or package.json", &import_bundlewatch},
    {"bundlemon", ".bundlemonrc as JSON or YAML, or package.json", &import_bundlemon},
    {"lighthouse", "Lighthouse's budget.json", &import_lighthouse},
    {"lhci", "assertions of Lighthouse CI, as JSON or YAML", &import_lhci},
    {"angular", "angular.json", &import_angular},
    {"webpack", "`performance` of webpack.config.js, or as JSON", &import_webpack},
    {"k6", "`options` of a script, or as JSON", &import_k6},
    {"artillery", "a load file, as YAML or JSON", &import_artillery},
    {"flat", "{\"budgets\": {\"bundleSize\": \"500KB\"}}", &import_flat},
    {0},
};

static const struct import_format *format_named(struct importing *i, const char *name) {
    struct text names = text_begin(i->arena);
    for (const struct import_format *format = import_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0) return format;
        text_add_format(&names, "%s%s", names.length ? ", " : "", format->name);
    }
    diag_error(i->diags, CLI_FORMAT, NO_PLACE, text_format(i->arena, "one of %s", names.data),
               "--from %s: no such tool", quote(i->arena, name));
    return NULL;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A script holds code; what is imported of it must be plain values. */
static bool values_plain(struct importing *i, const struct yaml_node *node) {
    static const char *const words[] = {"true", "false", "null"};
    double number = 0;
    if (node->kind == YAML_SCALAR) {
        bool good = !node->plain || number_parse(node->text, &number);
        for (size_t w = 0; w < array_length(words) && !good; w++) good = import_is(node, words[w]);
        return good || diag_error(i->diags, IMPORT_SCRIPT, node->place,
                                  "write the options as JSON into a file of their own",
                                  "%s is code, and no plain value", quote(i->arena, node->text));
    }
    bool good = true;
    for (size_t n = 0; n < node->count; n++)
        good =
            values_plain(i, node->kind == YAML_MAP ? node->pairs[n].value : node->items[n]) && good;
    return good;
}

static bool source_read(struct importing *i, const char *name) {
    const char *bytes = NULL;
    size_t length = 0;
    struct yaml_node *tree = NULL;
    struct diags found = diags_begin(i->arena);
    if (!file_read(i->arena, i->request->path, IMPORT_BYTES_MAX, &bytes, &length, i->diags))
        return false;
    const char *before = bytes;
    if (!import_source(i, name, &bytes, &length)) return false;
    bool script = bytes != before && name[0] && !text_ends(name, ".json") &&
                  !text_ends(name, ".jsonc") && strstr(name, "js");
    if (!yaml_read(i->arena, name, bytes, length, &yaml_bounds_default, &tree, &found)) {
        if (script)
            return diag_error(i->diags, IMPORT_SCRIPT, (struct place){.file = name},
                              "write the options as JSON into a file of their own, and import that",
                              "the options of the script are no plain values");
        diags_join(i->diags, &found);
        return false;
    }
    i->tree = tree;
    return !script || values_plain(i, tree);
}

static size_t formats_read(struct importing *i, const char *name) {
    size_t found = 0;
    const struct import_format *only = NULL;
    if (i->request->format && !(only = format_named(i, i->request->format))) return 1;
    for (const struct import_format *format = import_formats; format->name; format++) {
        if (only && only != format) continue;
        const struct yaml_node *node = format->reader->find(i->tree, name);
        if (!node && only) node = i->tree;
        if (!node) continue;
        i->tool = format->name;
        format->reader->read(i, node);
        found++;
    }
    return found;
}

static void budgets_drop_empty(struct importing *i) {
    size_t kept = 0;
    for (size_t b = 0; b < i->budget_count; b++)
        if (i->budgets[b]->limit_count) i->budgets[kept++] = i->budgets[b];
    i->budget_count = kept;
}

/* What is written is loaded before it is shown, so that nobody gets a file that is refused. */
static bool written_loads(struct importing *i, const char *yaml) {
    static const char *const files[] = {"-"};
    struct budget_request request = i->request->budget;
    struct budget_set set;
    request.files = (struct probe_texts){files, 1};
    request.input = yaml;
    request.input_length = strlen(yaml);
    request.unmoored = true;
    return budget_load(i->arena, &request, &set, i->diags);
}

bool import_run(struct arena *arena, const struct import_request *request, const char **yaml,
                struct diags *diags) {
    struct importing i = {.arena = arena, .request = request, .diags = diags};
    size_t errors = diags->errors;
    const char *name = file_name(request->path);
    if (!source_read(&i, name)) return false;
    if (!formats_read(&i, name))
        return diag_error(diags, IMPORT_UNKNOWN, (struct place){.file = name},
                          "name the tool with --from", "it is not plain whose budgets these are");
    if (diags->errors > errors) return false;
    budgets_drop_empty(&i);
    if (!i.budget_count)
        return diag_error(diags, IMPORT_NOTHING, (struct place){.file = name}, NULL,
                          "nothing of it could be carried over");
    const char *written = import_write(&i);
    if (!written_loads(&i, written)) return false;
    *yaml = written;
    return true;
}
