#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "budget/loading.h"

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

/* The path for system calls: as named where that means the same, so that messages show it so. */
static const char *openable(struct loading *l, const char *name, const char *path) {
    char current[PATH_MAX];
    bool here = getcwd(current, sizeof current) && strcmp(current, l->request->directory) == 0;
    return here || name[0] == '/' ? name : path;
}

/* Problems of reading a file stand where the file is named. */
static void problems_place(struct loading *l, size_t first, struct place named) {
    for (size_t i = first; i < l->diags->count; i++)
        if (!l->diags->items[i].place.file) l->diags->items[i].place = named;
}

/* A stranger's file may be a link to one that messages must not show. */
static bool source_trusted(struct loading *l, const struct source *source, struct place named) {
    if (!l->request->untrusted || path_inside(l->set->root, source->path)) return true;
    return diag_error(l->diags, PATH_OUTSIDE, named,
                      "--untrusted reads nothing outside of the root",
                      "%s leads out of the root %s", quote(l->arena, source->name),
                      quote(l->arena, l->set->root));
}

static void source_read(struct loading *l, struct source *source, struct place named) {
    const char *bytes = NULL;
    size_t length = 0, first = l->diags->count;
    bool standard = strcmp(source->path, "-") == 0;
    if (!standard && !source_trusted(l, source, named)) return;
    const char *path = standard ? "-" : openable(l, source->name, source->path);
    if (standard && l->request->input) {
        bytes = l->request->input;
        length = l->request->input_length;
    } else if (!file_read(l->arena, path, yaml_bounds_default.bytes, &bytes, &length, l->diags)) {
        problems_place(l, first, named);
        return;
    }
    struct yaml_node *tree = NULL;
    source->sha256 = sha256_text(l->arena, bytes, length);
    const char *name = standard ? "standard input" : source->name;
    source->name = name;
    if (!yaml_read(l->arena, name, bytes, length, &yaml_bounds_default, &tree, l->diags)) {
        problems_place(l, first, (struct place){.file = name});
        return;
    }
    if (is_map(l, tree, "a budget file")) source->tree = tree;
}

/* Whether the file was taken already; else remembers it. Links to one file are one file. */
static bool source_known(struct loading *l, const char *path) {
    char real[PATH_MAX];
    const char *key =
        strcmp(path, "-") != 0 && realpath(path, real) ? text_copy(l->arena, real) : path;
    return !name_index_add(&l->paths, key, l->source_count);
}

static void source_add(struct loading *l, const char *name, const char *path, bool root,
                       struct place named) {
    if (source_known(l, path)) return;
    if (l->source_count == BUDGET_FILES_MAX) {
        diag_error(l->diags, BUDGET_TOO_MANY_FILES, named, NULL,
                   "%s is one file too many: at most %d budget files take part in a run",
                   quote(l->arena, name), BUDGET_FILES_MAX);
        return;
    }
    bool standard = strcmp(path, "-") == 0;
    struct source *source = array_add(l->arena, l->sources, l->source_count);
    *source = (struct source){
        .name = name,
        .path = path,
        .folder = standard ? l->request->directory : path_directory(l->arena, path),
        .root = root,
        .kilobyte = 1000,
        .var_index = {.arena = l->arena},
    };
    source_read(l, source, named);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_budget_name(const char *name) {
    return text_ends(name, ".yaml") && name[0] != '_' && name[0] != '.';
}

/* The *.yaml of a folder but not its _*.yaml, sorted by bytes. One more than may take part is
 * enough to say so. */
static void folder_add(struct loading *l, const char *name, const char *path) {
    const char **names = NULL;
    size_t count = 0;
    CLEANUP(cleanup_directory) DIR *folder = opendir(path);
    if (!folder) {
        diag_error(l->diags, FILE_OPEN, NO_PLACE, NULL, "cannot open the folder %s: %s",
                   quote(l->arena, name), strerror(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (is_budget_name(entry->d_name))
            *array_add(l->arena, names, count) = text_copy(l->arena, entry->d_name);
    if (count == 0) {
        diag_error(l->diags, BUDGET_NO_FILE, NO_PLACE,
                   "files that begin with `_` are only ever included",
                   "there is no budget file in %s: no NAME.yaml", quote(l->arena, name));
        return;
    }
    qsort(names, count, sizeof *names, by_name);
    const char *slash = text_ends(name, "/") ? "" : "/";
    for (size_t i = 0; i < count && l->source_count <= BUDGET_FILES_MAX; i++) {
        const char *file = text_format(l->arena, "%s%s%s", name, slash, names[i]);
        size_t errors = l->diags->errors;
        source_add(l, file, path_join(l->arena, path, names[i]), true, NO_PLACE);
        if (l->source_count == BUDGET_FILES_MAX && l->diags->errors > errors) break;
    }
}

static void argument_add(struct loading *l, const char *name) {
    if (strcmp(name, "-") == 0) {
        source_add(l, name, name, true, NO_PLACE);
        return;
    }
    if (!*name) {
        diag_error(l->diags, BUDGET_NO_FILE, NO_PLACE, "name a budget file or a folder",
                   "a budget file was named by an empty text");
        return;
    }
    const char *path = path_join(l->arena, l->request->directory, name);
    if (!is_folder(path)) {
        source_add(l, name, path, true, NO_PLACE);
        return;
    }
    const char *whole = path_join(l->arena, path, "perfbudget.yaml");
    const char *slash = text_ends(name, "/") ? "" : "/";
    if (exists(whole))
        source_add(l, text_format(l->arena, "%s%sperfbudget.yaml", name, slash), whole, true,
                   NO_PLACE);
    else
        folder_add(l, name, path);
}

static void found_add(struct loading *l) {
    const char *here = l->request->directory;
    if (exists(path_join(l->arena, here, "perfbudget.yaml")))
        argument_add(l, "perfbudget.yaml");
    else if (is_folder(path_join(l->arena, here, "budgets")))
        folder_add(l, "budgets", path_join(l->arena, here, "budgets"));
    else
        diag_error(l->diags, BUDGET_NO_FILE, NO_PLACE,
                   exists(path_join(l->arena, here, "perfbudget.yml"))
                       ? "rename perfbudget.yml, or name it"
                       : "name a budget file, or have one written: `perfbudget init`",
                   "there is neither perfbudget.yaml nor budgets/*.yaml here");
}

static bool stays_inside(struct loading *l, const char *path, const char *text,
                         struct place place) {
    const char *root = l->set->root;
    if (l->request->allow_outside || (path_below(root, path) && path_confined(root, path)))
        return true;
    return diag_error(l->diags, PATH_OUTSIDE, place,
                      "keep it below the root, or pass --allow-outside if you trust the file",
                      "%s leaves the root %s", quote(l->arena, text), quote(l->arena, root));
}

static void directory_set(struct loading *l, struct source *source) {
    const struct yaml_pair *pair = yaml_pair_of(source->tree, "directory");
    const char *written = source->values.directory;
    struct place place = pair ? pair->value->place : (struct place){.file = source->name};
    source->directory = written ? path_join(l->arena, source->folder, written) : source->folder;
    if (l->request->unmoored) return;
    if (!stays_inside(l, source->directory, written ? written : source->name, place)) return;
    if (written && !is_folder(source->directory))
        diag_error(l->diags, BUDGET_DIRECTORY, place, "it is relative to the folder of this file",
                   "%s is no folder", quote(l->arena, written));
}

static void includes_add(struct loading *l, size_t number) {
    const struct yaml_node *list = yaml_get(l->sources[number].tree, "include");
    const struct probe_texts *include = &l->sources[number].values.include;
    for (size_t i = 0; i < include->count; i++) {
        const char *written = include->items[i];
        struct place place = list->kind == YAML_LIST ? list->items[i]->place : list->place;
        const char *path = path_join(l->arena, l->sources[number].folder, written);
        if (!stays_inside(l, path, written, place)) continue;
        const char *name = path_relative(l->arena, l->request->directory, path);
        source_add(l, name, path, false, place);
    }
}

void sources_collect(struct loading *l) {
    const struct probe_texts *files = &l->request->files;
    l->paths.arena = l->arena;
    for (size_t i = 0; i < files->count; i++) argument_add(l, files->items[i]);
    if (files->count == 0) found_add(l);
    /* includes append to the list, so that one file that includes itself is met once */
    for (size_t i = 0; i < l->source_count; i++) {
        if (!l->sources[i].tree) continue;
        header_read(l, i);
        size_t first = l->diags->count;
        directory_set(l, &l->sources[i]);
        if (l->secret_count) diags_redact(l, first);
        includes_add(l, i);
    }
}
