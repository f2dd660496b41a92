#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

/* Where build tools leave what is shipped; "" is the folder itself, not those below it. */
static const char *const folders[] = {"dist", "build", "public", "out", "pkg", "www", ""};

static const struct kind {
    const char *extension, *id, *what, *probe;
    const char *metrics[INIT_LIMITS_MAX];
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
    struct init_found *found = init_add(init, id, target);
    if (!found) return;
    found->probe = kind->probe;
    found->what = here ? kind->what : text_format(arena, "%s in %s", kind->what, folder);
    for (size_t i = 0; i < INIT_LIMITS_MAX; i++)
        found->limits[i] = (struct init_limit){.key = kind->metrics[i], .unit = PROBE_BYTES};
}

void init_find(struct initing *init) {
    for (size_t f = 0; f < array_length(folders); f++)
        for (size_t k = 0; k < array_length(kinds); k++) find_files(init, folders[f], &kinds[k]);
    init_find_package(init);
    init_find_targets(init);
}
