/* A work list instead of recursion, so that depth costs no stack. Real folders come before symlinks
 * to folders: a folder that has a name of its own below the pattern is known by that name. */
#include "probes/glob_walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

enum { STOP_EVERY = 1024 /* entries between two looks at the clock */ };

/** A folder to look into, for the part of the pattern that names its entries. */
struct place_to_go {
    const char *path;
    size_t part;
};

/** A folder that `**` has entered. */
struct visit {
    dev_t device;
    ino_t inode;
    size_t part;
    bool used;
};

struct walk {
    struct arena *arena;
    const struct glob_plan *plan;
    const struct glob_pattern *pattern;
    struct glob_found *found;
    struct glob_problem *problem;
    struct place_to_go *pending; /* a queue; those before `next` are done */
    size_t pending_count, next;
    struct place_to_go *links; /* symlinked folders met by `**`, for when pending is empty */
    size_t link_count;
    struct visit *visits; /* open addressing; a power of two */
    size_t visit_count, visit_room;
    size_t folders, entries;
};

static const char *shown(const struct walk *walk, const char *path) {
    return text_inert(walk->arena, path_relative(walk->arena, walk->plan->directory, path));
}

static bool walk_errno(struct walk *walk, const char *path, int error) {
    return glob_fail(walk->problem, PROBE_FAULT_TARGET,
                     text_format(walk->arena, "%s: %s", shown(walk, path), strerror(error)), NULL);
}

enum glob_kind glob_kind_of(const char *path) {
    struct stat status;
    if (stat(path, &status) == 0) {
        if (S_ISREG(status.st_mode)) return GLOB_REGULAR;
        return S_ISDIR(status.st_mode) ? GLOB_FOLDER : GLOB_OTHER;
    }
    int error = errno;
    if (error == ELOOP) return GLOB_NOWHERE;
    bool absent = error == ENOENT || error == ENOTDIR;
    if (absent && lstat(path, &status) == 0) return GLOB_NOWHERE;
    errno = error;
    return absent ? GLOB_MISSING : GLOB_UNREADABLE;
}

bool glob_found_add(struct arena *arena, struct glob_found *found, const char *path,
                    struct glob_problem *problem) {
    if (found->count >= GLOB_FILES_MAX)
        return glob_fail(problem, PROBE_FAULT_TARGET,
                         text_format(arena, "more than %d files match", GLOB_FILES_MAX),
                         "write a narrower pattern");
    *array_add(arena, found->paths, found->count) = path;
    return true;
}

/* Where `**` has been */

static size_t visit_slot(const struct visit *visits, size_t room, const struct visit *key) {
    uint64_t hash = ((uint64_t)key->inode * UINT64_C(0x9e3779b97f4a7c15)) ^
                    ((uint64_t)key->device * 31 + key->part);
    size_t slot = (size_t)(hash ^ hash >> 29) & (room - 1);
    while (visits[slot].used &&
           (visits[slot].inode != key->inode || visits[slot].device != key->device ||
            visits[slot].part != key->part))
        slot = (slot + 1) & (room - 1);
    return slot;
}

static void visits_grow(struct walk *walk) {
    size_t room = walk->visit_room ? 2 * walk->visit_room : 64;
    struct visit *grown = arena_alloc(walk->arena, room * sizeof *grown);
    for (size_t i = 0; i < walk->visit_room; i++)
        if (walk->visits[i].used)
            grown[visit_slot(grown, room, &walk->visits[i])] = walk->visits[i];
    walk->visits = grown;
    walk->visit_room = room;
}

/** Whether the folder is new to this `**`; notes that it is not any more. */
static bool visit_first(struct walk *walk, const struct stat *status, size_t part) {
    if (2 * walk->visit_count >= walk->visit_room) visits_grow(walk);
    struct visit key = {status->st_dev, status->st_ino, part, true};
    size_t slot = visit_slot(walk->visits, walk->visit_room, &key);
    if (walk->visits[slot].used) return false;
    walk->visits[slot] = key;
    walk->visit_count++;
    return true;
}

/* Entries */

static bool go_later(struct walk *walk, const char *path, size_t part, bool link) {
    if (++walk->folders > GLOB_FOLDERS_MAX)
        return glob_fail(
            walk->problem, PROBE_FAULT_TARGET,
            text_format(walk->arena, "a pattern walks more than %d folders", GLOB_FOLDERS_MAX),
            "write a narrower pattern");
    struct place_to_go place = {path, part};
    if (link)
        *array_add(walk->arena, walk->links, walk->link_count) = place;
    else
        *array_add(walk->arena, walk->pending, walk->pending_count) = place;
    return true;
}

static bool still_wanted(struct walk *walk) {
    if (!walk->plan->run || walk->entries++ % STOP_EVERY != 0 || !probe_stopped(walk->plan->run))
        return true;
    return glob_fail(walk->problem, PROBE_FAULT_TIMEOUT,
                     "the files were not all found within the time",
                     "write a narrower pattern, or raise the time limit");
}

static bool confined(struct walk *walk, const char *path) {
    if (!walk->plan->root || path_confined(walk->plan->root, path)) return true;
    return glob_fail(walk->problem, PROBE_FAULT_REFUSED,
                     text_format(walk->arena, "%s leads out of the root", shown(walk, path)),
                     "narrow the pattern so that it is not met, or pass --allow-outside");
}

/** An entry that a part matched: a file if it was the last part, else a folder to look into. */
static bool take_entry(struct walk *walk, const char *path, size_t part, unsigned char type) {
    bool last = part + 1 == walk->pattern->part_count;
    enum glob_kind kind = type == DT_REG   ? GLOB_REGULAR
                          : type == DT_DIR ? GLOB_FOLDER
                                           : glob_kind_of(path);
    if (kind == GLOB_MISSING) return true;
    if (kind == GLOB_UNREADABLE) return walk_errno(walk, path, errno);
    if (kind == GLOB_NOWHERE)
        return !last || glob_fail(walk->problem, PROBE_FAULT_TARGET,
                                  text_format(walk->arena, "%s is a symlink that leads nowhere",
                                              shown(walk, path)),
                                  NULL);
    if (kind != (last ? GLOB_REGULAR : GLOB_FOLDER)) return true;
    if (type != DT_REG && type != DT_DIR && !confined(walk, path)) return false;
    return last ? glob_found_add(walk->arena, walk->found, path, walk->problem)
                : go_later(walk, path, part + 1, false);
}

/** A folder that `**` goes down into. */
static bool descend(struct walk *walk, const char *path, size_t part, unsigned char type) {
    if (type == DT_DIR) return go_later(walk, path, part, false);
    struct stat status;
    if (lstat(path, &status) != 0) return errno == ENOENT || walk_errno(walk, path, errno);
    if (S_ISDIR(status.st_mode)) return go_later(walk, path, part, false);
    if (glob_kind_of(path) != GLOB_FOLDER) return true;
    return confined(walk, path) && go_later(walk, path, part, true);
}

static const char *child(struct walk *walk, const char *folder, const char *name) {
    return text_format(walk->arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
}

/** Whether `**` may go down into the entry; spares most files a look. */
static bool may_descend(const struct dirent *entry) {
    if (entry->d_name[0] == '.') return false;
    return entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
}

/** Hands the entries of a folder that concern `part` on. */
static bool read_folder(struct walk *walk, const char *folder, size_t part) {
    const char *pattern = walk->pattern->parts[part];
    bool any = strcmp(pattern, "**") == 0;
    CLEANUP(cleanup_directory) DIR *stream = opendir(folder);
    if (!stream) return walk_errno(walk, folder, errno);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry) return errno == 0 || walk_errno(walk, folder, errno);
        if (!still_wanted(walk)) return false;
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        if (any ? !may_descend(entry) : !glob_part_matches(pattern, name)) continue;
        const char *path = child(walk, folder, name);
        if (any ? !descend(walk, path, part, entry->d_type)
                : !take_entry(walk, path, part, entry->d_type))
            return false;
    }
}

static bool enter(struct walk *walk, struct place_to_go place) {
    const char *part = walk->pattern->parts[place.part];
    if (strcmp(part, "**") != 0) {
        if (glob_is_special(part)) return read_folder(walk, place.path, place.part);
        const char *name = glob_unescape(walk->arena, part, strlen(part));
        return take_entry(walk, child(walk, place.path, name), place.part, DT_UNKNOWN);
    }
    struct stat status;
    if (stat(place.path, &status) != 0) return walk_errno(walk, place.path, errno);
    if (!visit_first(walk, &status, place.part)) return true;
    return go_later(walk, place.path, place.part + 1, false) &&
           read_folder(walk, place.path, place.part);
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct place_to_go *)a)->path, ((const struct place_to_go *)b)->path);
}

/** Turns to the symlinked folders, in order of their names. */
static bool take_links(struct walk *walk) {
    if (walk->link_count == 0) return false;
    qsort(walk->links, walk->link_count, sizeof *walk->links, by_path);
    for (size_t i = 0; i < walk->link_count; i++)
        *array_add(walk->arena, walk->pending, walk->pending_count) = walk->links[i];
    walk->link_count = 0;
    return true;
}

bool glob_walk(struct arena *arena, const struct glob_plan *plan,
               const struct glob_pattern *pattern, struct glob_found *found,
               struct glob_problem *problem) {
    struct walk walk = {
        .arena = arena, .plan = plan, .pattern = pattern, .found = found, .problem = problem};
    enum glob_kind kind = glob_kind_of(pattern->base);
    if (kind == GLOB_UNREADABLE) return walk_errno(&walk, pattern->base, errno);
    if (kind != GLOB_FOLDER) return true;
    if (!confined(&walk, pattern->base) || !go_later(&walk, pattern->base, 0, false)) return false;
    do {
        while (walk.next < walk.pending_count)
            if (!enter(&walk, walk.pending[walk.next++])) return false;
    } while (take_links(&walk));
    return true;
}
