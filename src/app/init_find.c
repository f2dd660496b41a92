#include <ctype.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

/* Where build tools leave what is shipped; "" is the folder itself, not those below it. */
static const char *const folders[] = {"dist", "build", "public", "out", "pkg", "www", ""};

static const struct kind {
    const char *extension, *id, *what, *probe;
    const char *metrics[INIT_METRICS_MAX];
    bool loose; /* also beside the sources */
} kinds[] = {
    {".wasm", "wasm", "WebAssembly", "wasm", {"gzip", "raw"}, true},
    {".js", "scripts", "scripts", "size", {"gzip", "raw"}, false},
    {".css", "styles", "styles", "size", {"gzip", "raw"}, false},
};

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool passed_over(const FTSENT *entry) {
    return entry->fts_level > 0 && entry->fts_info == FTS_D &&
           (entry->fts_name[0] == '.' || strcmp(entry->fts_name, "node_modules") == 0);
}

/* Whether a file with that extension lies in the folder, or below it. */
static bool folder_holds(const char *folder, const char *extension, bool below) {
    char *const roots[] = {(char *)folder, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    bool holds = false;
    size_t seen = 0;
    if (!walk) return false;
    for (FTSENT *entry; !holds && seen < INIT_FILES_MAX && (entry = fts_read(walk)); seen++) {
        if (passed_over(entry) || (!below && entry->fts_level > 0 && entry->fts_info == FTS_D))
            fts_set(walk, entry, FTS_SKIP);
        holds = entry->fts_info == FTS_F && text_ends(entry->fts_name, extension);
    }
    fts_close(walk);
    return holds;
}

static bool id_taken(const struct initing *init, const char *id) {
    for (size_t i = 0; i < init->count; i++)
        if (strcmp(init->found[i].id, id) == 0) return true;
    return false;
}

/* NULL where the target is there already, named by another file, or there are too many. */
static struct init_found *found_add(struct initing *init, const char *id, const char *target) {
    static const struct init_found none;
    const char *first = id;
    for (size_t i = 0; i < init->count; i++)
        if (strcmp(init->found[i].target, target) == 0) return NULL;
    if (init->count >= INIT_BUDGETS_MAX) return NULL;
    for (int n = 2; id_taken(init, id); n++) id = text_format(init->arena, "%s-%d", first, n);
    struct init_found *found = array_add(init->arena, init->found, init->count);
    *found = none;
    found->id = id;
    found->target = target;
    return found;
}

static void find_files(struct initing *init, const char *folder, const struct kind *kind) {
    bool here = *folder == '\0';
    if ((here && !kind->loose) ||
        !folder_holds(path_join(init->arena, init->folder, here ? "." : folder), kind->extension,
                      !here))
        return;
    struct arena *arena = init->arena;
    const char *id = here ? kind->id : text_format(arena, "%s-%s", folder, kind->id);
    const char *target = here ? text_format(arena, "*%s", kind->extension)
                              : text_format(arena, "%s/**/*%s", folder, kind->extension);
    struct init_found *found = found_add(init, id, target);
    if (!found) return;
    found->probe = kind->probe;
    found->what = here ? kind->what : text_format(arena, "%s in %s", kind->what, folder);
    memcpy(found->metrics, kind->metrics, sizeof found->metrics);
}

/* Names that mean themselves in globs, ids aside, and in YAML between quotes. */
static bool is_plain(const char *name) {
    if (!*name || *name == '-' || *name == '/') return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-/+@", *c)) return false;
    return !strstr(name, "..");
}

static const char *id_of(struct arena *arena, const char *name) {
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    struct text id = text_begin(arena);
    text_add(&id, "program-");
    for (const char *c = base; *c; c++)
        text_add_char(&id, isalnum((unsigned char)*c) || *c == '-' || *c == '_' ? *c : '-');
    return id.data;
}

/* A program that is built; others are not there. */
static void find_program(struct initing *init, const char *path, const char *source) {
    struct stat status;
    if (text_starts(path, "./")) path += 2;
    if (!is_plain(path) || lstat(path_join(init->arena, init->folder, path), &status) ||
        !S_ISREG(status.st_mode))
        return;
    struct init_found *found =
        found_add(init, id_of(init->arena, path), text_copy(init->arena, path));
    if (!found) return;
    found->probe = "size";
    found->what = text_format(init->arena, "a program of %s", source);
    found->metrics[0] = "raw";
}

/* The text of a file of the folder; NULL where there is none that can be read. */
static const char *text_of(struct initing *init, const char *name, size_t *length) {
    struct diags unheard = diags_begin(init->arena);
    const char *bytes;
    const char *path = path_join(init->arena, init->folder, name);
    return file_read(init->arena, path, INIT_BYTES_MAX, &bytes, length, &unheard) ? bytes : NULL;
}

/* `bin` of package.json: a path, or a map of them. */
static void find_package(struct initing *init) {
    size_t length;
    const char *problem, *text = text_of(init, "package.json", &length);
    json *package = text ? json_read(init->arena, text, length, &problem) : NULL;
    if (!package) return;
    const json *bin = json_get(package, "bin");
    if (json_is_text(bin)) find_program(init, json_text(bin, ""), "package.json");
    if (json_is_object(bin))
        for (const json *one = json_first(bin); one; one = json_next(one))
            find_program(init, json_text(one, ""), "package.json");
    json_free(package);
}

/* The word at `from`, up to a blank, quote or bracket. */
static const char *word_at(struct arena *arena, const char *from) {
    from += strspn(from, " \t\r\n\"'");
    return text_copy_bytes(arena, from, strcspn(from, " \t\r\n\"')#"));
}

/* `name = "..."` of [package] and of each [[bin]], as Cargo names what it builds. */
static void find_cargo(struct initing *init) {
    size_t length;
    const char *text = text_of(init, "Cargo.toml", &length);
    bool names = false;
    for (const char *line = text; line && *line;) {
        line += strspn(line, " \t");
        if (*line == '[') names = text_starts(line, "[package]") || text_starts(line, "[[bin]]");
        const char *equals = line + 4 + (text_starts(line, "name") ? strspn(line + 4, " \t") : 0);
        if (names && text_starts(line, "name") && *equals == '=')
            find_program(
                init,
                text_format(init->arena, "target/release/%s", word_at(init->arena, equals + 1)),
                "Cargo.toml");
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

/* The targets of add_executable(), where its own generators leave them. */
static void find_cmake(struct initing *init) {
    static const char call[] = "add_executable";
    size_t length;
    const char *text = text_of(init, "CMakeLists.txt", &length);
    for (const char *at = text; at && (at = strstr(at, call));) {
        at += sizeof call - 1;
        const char *open = at + strspn(at, " \t");
        if (*open != '(') continue;
        const char *name = word_at(init->arena, open + 1);
        find_program(init, text_format(init->arena, "build/%s", name), "CMakeLists.txt");
        find_program(init, text_format(init->arena, "build/bin/%s", name), "CMakeLists.txt");
    }
}

void init_find(struct initing *init) {
    for (size_t f = 0; f < array_length(folders); f++)
        for (size_t k = 0; k < array_length(kinds); k++) find_files(init, folders[f], &kinds[k]);
    find_package(init);
    find_cargo(init);
    find_cmake(init);
}
