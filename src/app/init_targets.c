/* What Cargo and CMake have built: what lies where they put it, not what their files promise. */
#include <ctype.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

enum { DEPTH = 4 }; /* of the folders that are looked through */

/* Names that mean themselves in globs, ids aside, in command lines, and in YAML between quotes. */
static bool is_plain(const char *name) {
    if (!*name || *name == '-' || *name == '/') return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-/+@", *c)) return false;
    return !strstr(name, "..");
}

static const char *id_of(struct arena *arena, const char *kind, const char *name) {
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    struct text id = text_begin(arena);
    text_add_format(&id, "%s-", kind);
    for (const char *c = base; *c; c++)
        text_add_char(&id, isalnum((unsigned char)*c) || *c == '-' || *c == '_' ? *c : '-');
    return id.data;
}

static bool is_file(struct initing *init, const char *path, struct stat *status) {
    return is_plain(path) && lstat(path_join(init->arena, init->folder, path), status) == 0 &&
           S_ISREG(status->st_mode);
}

static bool is_script(const char *path) {
    return text_ends(path, ".js") || text_ends(path, ".mjs") || text_ends(path, ".cjs");
}

/* Its start, by what nearly every program answers at once. */
static void add_start(struct initing *init, const char *path, bool executable) {
    struct arena *arena = init->arena;
    if (!executable && !is_script(path)) return;
    const char *command = !executable         ? text_format(arena, "node %s --version", path)
                          : strchr(path, '/') ? text_format(arena, "%s --version", path)
                                              : text_format(arena, "./%s --version", path);
    struct init_found *start = init_add(init, id_of(arena, "start", path), command);
    if (!start) return;
    start->probe = "command";
    start->what = text_format(arena, "the start of %s", path);
    start->executes = start->tried = start->noisy = true;
    start->limits[0] = (struct init_limit){.key = "wall.max", .unit = PROBE_SECONDS};
    start->limits[1] = (struct init_limit){.key = "peak_rss.max", .unit = PROBE_BYTES};
}

void init_add_program(struct initing *init, const char *path, const char *source) {
    struct stat status;
    if (text_starts(path, "./")) path += 2;
    if (!is_file(init, path, &status)) return;
    path = text_copy(init->arena, path);
    struct init_found *found = init_add(init, id_of(init->arena, "program", path), path);
    if (!found) return;
    found->probe = "size";
    found->what = text_format(init->arena, "a program of %s", source);
    found->limits[0] = (struct init_limit){.key = "raw", .unit = PROBE_BYTES};
    add_start(init, path, status.st_mode & S_IXUSR);
}

static void add_library(struct initing *init, const char *path, const char *source) {
    struct stat status;
    struct init_found *found = is_file(init, path, &status)
                                   ? init_add(init, id_of(init->arena, "library", path), path)
                                   : NULL;
    if (!found) return;
    found->probe = "size";
    found->what = text_format(init->arena, "a shared library of %s", source);
    found->limits[0] = (struct init_limit){.key = "raw", .unit = PROBE_BYTES};
}

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Calls back for each file of a folder and of those below it down to a depth; `skip` says which
 * folders are passed over. */
struct looking {
    struct initing *init;
    const char *below; /* of the project's folder */
    int depth;
    bool (*skip)(const FTSENT *folder);
    void (*take)(struct looking *looking, const char *path, const FTSENT *file);
    const char *name; /* of the one file in question, or of the project */
    const char *best; /* what was found */
    int rank;
};

static void look(struct looking *looking) {
    const char *top = path_join(looking->init->arena, looking->init->folder, looking->below);
    char *const roots[] = {(char *)top, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    size_t seen = 0;
    if (!walk) return;
    for (FTSENT *entry; seen < INIT_FILES_MAX && (entry = fts_read(walk)); seen++) {
        if (entry->fts_info == FTS_D && entry->fts_level > 0 &&
            (entry->fts_level >= looking->depth || entry->fts_name[0] == '.' ||
             (looking->skip && looking->skip(entry))))
            fts_set(walk, entry, FTS_SKIP);
        if (entry->fts_info != FTS_F) continue;
        const char *path = path_relative(looking->init->arena, looking->init->folder,
                                         text_copy(looking->init->arena, entry->fts_path));
        looking->take(looking, path, entry);
    }
    fts_close(walk);
}

static void take_release(struct looking *looking, const char *path, const FTSENT *file) {
    const char *name = file->fts_name;
    if (!strchr(name, '.') && file->fts_statp->st_mode & S_IXUSR)
        init_add_program(looking->init, path, "Cargo");
    else if (text_starts(name, "lib") && text_ends(name, ".so"))
        add_library(looking->init, path, "Cargo");
}

/* target/wasm32-TARGET/release/NAME.wasm: one budget a target. */
static void take_module(struct looking *looking, const char *path, const FTSENT *file) {
    struct arena *arena = looking->init->arena;
    const char *folder = path_directory(arena, path);
    if (file->fts_level != 3 || !text_ends(path, ".wasm") || !is_plain(folder) ||
        !text_starts(folder, "target/wasm32-") || !text_ends(folder, "/release"))
        return;
    struct init_found *found =
        init_add(looking->init, "cargo-wasm", text_format(arena, "%s/*.wasm", folder));
    if (!found) return;
    found->probe = "wasm";
    found->what = text_format(arena, "WebAssembly in %s", folder);
    found->limits[0] = (struct init_limit){.key = "gzip", .unit = PROBE_BYTES};
    found->limits[1] = (struct init_limit){.key = "raw", .unit = PROBE_BYTES};
}

static bool not_released(const FTSENT *folder) {
    return folder->fts_level == 1 ? !text_starts(folder->fts_name, "wasm32-")
                                  : strcmp(folder->fts_name, "release") != 0;
}

static void find_cargo(struct initing *init) {
    size_t length;
    if (!init_read(init, "Cargo.toml", &length)) return;
    look(&(struct looking){init, "target/release", 1, NULL, take_release, NULL, NULL, 0});
    look(&(struct looking){init, "target", 3, not_released, take_module, NULL, NULL, 0});
}

/* The build folder that comes nearest to what is shipped. */
static void take_cache(struct looking *looking, const char *path, const FTSENT *file) {
    static const char *const types[] = {"Debug", "", "MinSizeRel", "RelWithDebInfo", "Release"};
    static const char key[] = "\nCMAKE_BUILD_TYPE:STRING=";
    size_t length;
    if (strcmp(file->fts_name, "CMakeCache.txt") != 0) return;
    const char *text = init_read(looking->init, path, &length);
    const char *type = text ? strstr(text, key) : NULL;
    if (type) type += sizeof key - 1;
    int rank = 1;
    for (int i = 0; type && i < (int)array_length(types); i++)
        if (strcspn(type, "\r\n") == strlen(types[i]) && text_starts(type, types[i])) rank = i + 1;
    if (rank <= looking->rank) return;
    looking->rank = rank;
    looking->best = path_directory(looking->init->arena, path);
}

/* Programs of tests, and what others wrote, are not the project's own; nor are build folders. */
static bool not_own(const FTSENT *folder) {
    static const char *const names[] = {"node_modules", "test",   "tests",     "third_party",
                                        "vendor",       "extern", "CMakeFiles"};
    for (size_t i = 0; i < array_length(names); i++)
        if (strcmp(folder->fts_name, names[i]) == 0) return true;
    return false;
}

/* The word at `from`, up to a blank, quote or bracket. */
static const char *word_at(struct arena *arena, const char *from) {
    from += strspn(from, " \t\r\n\"'(");
    return text_copy_bytes(arena, from, strcspn(from, " \t\r\n\"')#"));
}

/* The next call of a command behind `at`, of which *name is the first argument; NULL: none. */
static const char *next_call(struct looking *looking, const char *at, const char *command,
                             const char **name) {
    while ((at = strstr(at, command))) {
        at += strlen(command);
        if (at[strspn(at, " \t")] != '(') continue;
        *name = word_at(looking->init->arena, at);
        if (strcmp(*name, "${PROJECT_NAME}") == 0 && looking->name) *name = looking->name;
        return at;
    }
    return NULL;
}

static void take_lists(struct looking *looking, const char *path, const FTSENT *file) {
    static const char *const places[] = {"", "bin/", "lib/"};
    struct initing *init = looking->init;
    size_t length;
    const char *name, *text;
    if (strcmp(file->fts_name, "CMakeLists.txt") != 0) return;
    if (!(text = init_read(init, path, &length))) return;
    const char *folder = path_directory(init->arena, path);
    const char *here = strcmp(folder, ".") == 0 || !*folder
                           ? looking->best
                           : text_format(init->arena, "%s/%s", looking->best, folder);
    for (const char *at = text; (at = next_call(looking, at, "add_executable", &name));)
        for (size_t i = 0; i < array_length(places); i++) {
            const char *base = *places[i] ? looking->best : here;
            init_add_program(init, text_format(init->arena, "%s/%s%s", base, places[i], name),
                             "CMake");
        }
    for (const char *at = text; (at = next_call(looking, at, "add_library", &name));)
        for (size_t i = 0; i < array_length(places); i++) {
            const char *base = *places[i] ? looking->best : here;
            add_library(init, text_format(init->arena, "%s/%slib%s.so", base, places[i], name),
                        "CMake");
        }
}

static void find_cmake(struct initing *init) {
    size_t length;
    const char *text = init_read(init, "CMakeLists.txt", &length);
    struct looking caches = {init, ".", DEPTH, not_own, take_cache, NULL, "build", 0};
    struct looking lists = {init, ".", DEPTH, not_own, take_lists, NULL, NULL, 0};
    if (!text) return;
    look(&caches);
    lists.best = caches.best;
    const char *name;
    if (next_call(&lists, text, "project", &name)) lists.name = name;
    look(&lists);
}

void init_find_targets(struct initing *init) {
    find_cargo(init);
    find_cmake(init);
}
