#include "base/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { LIST_MAX = 4 * 1024 * 1024, NUMBER_ROOM = 32, MOUNT_FIELDS = 6, NAMES_TRIED = 100000 };

#define PREFIX "perfbudget-"

static bool group_make(const char *folder) {
    return mkdir(folder, 0755) == 0;
}

const struct cgroup_system cgroup_system = {
    .groups = "/proc/self/cgroup", .mounts = "/proc/self/mountinfo", .make = group_make};

/* The two versions; v2 has one hierarchy for all controllers. */
struct version {
    const char *type, *option; /* file system, and what its options hold */
    const char *file, *method;
    bool delegated; /* children get only the controllers that the parent passes on */
};
static const struct version versions[] = {
    {"cgroup2", "", "memory.peak", "cgroup v2 memory.peak of the whole tree", true},
    {"cgroup", "memory", "memory.max_usage_in_bytes",
     "cgroup v1 memory.max_usage_in_bytes of the whole tree", false},
};

/* Whether a comma- or blank-separated list holds a word. */
static bool list_has(const char *list, const char *word) {
    size_t length = strlen(word);
    for (; *list; list += *list != '\0') {
        size_t item = strcspn(list, ", \n");
        if (item == length && memcmp(list, word, length) == 0) return true;
        list += item;
    }
    return false;
}

static char *writable(struct arena *arena, const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(arena_alloc(arena, size), text, size);
}

/* Cuts the next piece off a text that may be written to; NULL at the end. */
static char *piece_next(char **at, char separator) {
    while (**at == separator) (*at)++;
    char *piece = *at;
    while (**at && **at != separator) (*at)++;
    if (**at) *(*at)++ = '\0';
    return *piece ? piece : NULL;
}

/* proc(5), mountinfo: id parent major:minor root point options [optional]... - type source super */
static bool mount_read(char *line, const struct version *version, const char **root,
                       const char **point) {
    char *fields[MOUNT_FIELDS], *rest = strstr(line, " - ");
    if (!rest) return false;
    *rest = '\0';
    rest += strlen(" - ");
    for (int i = 0; i < MOUNT_FIELDS; i++)
        if (!(fields[i] = piece_next(&line, ' '))) return false;
    const char *type = piece_next(&rest, ' '), *source = piece_next(&rest, ' ');
    const char *super = piece_next(&rest, ' ');
    if (!type || !source || !super || strcmp(type, version->type) != 0) return false;
    if (*version->option && !list_has(super, version->option)) return false;
    *root = fields[3];
    *point = fields[4];
    return true;
}

/* The group of this process in the hierarchy: lines of id:controllers:path (cgroups(7)). */
static const char *own_path(struct arena *arena, const char *groups,
                            const struct version *version) {
    char *at = writable(arena, groups);
    for (char *line; (line = piece_next(&at, '\n'));) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(++controllers, ':') : NULL;
        if (!path) continue;
        *path++ = '\0';
        bool ours = *version->option ? list_has(controllers, version->option) : !*controllers;
        if (ours) return path;
    }
    return NULL;
}

/* The folder of this process's group; NULL when there is none of this version. */
static const char *home_find(struct arena *arena, const struct version *version, const char *groups,
                             const char *mounts) {
    const char *path = own_path(arena, groups, version), *root, *point;
    if (!path) return NULL;
    char *at = writable(arena, mounts);
    for (char *line; (line = piece_next(&at, '\n'));) {
        if (!mount_read(line, version, &root, &point)) continue;
        size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
        if (strncmp(path, root, length) != 0) continue; /* mounted from elsewhere */
        const char *rest = path + length;
        return strcmp(rest, "/") == 0 ? point : text_format(arena, "%s%s", point, rest);
    }
    return NULL;
}

static bool passes_memory(struct arena *arena, const char *folder) {
    const char *bytes;
    size_t length;
    struct diags diags = diags_begin(arena);
    const char *path = text_format(arena, "%s/cgroup.subtree_control", folder);
    return file_read(arena, path, LIST_MAX, &bytes, &length, &diags) && list_has(bytes, "memory");
}

/* v2 lets no group have both processes and children with controllers, but for the root: so it is
 * this group, or the one above. */
static const char *parent_find(struct arena *arena, const struct version *version,
                               const char *home) {
    if (!version->delegated || passes_memory(arena, home)) return home;
    const char *above = path_directory(arena, home);
    return passes_memory(arena, above) ? above : NULL;
}

/* A group's name tells who made it. */
static void stale_remove(struct arena *arena, const char *parent) {
    DIR *folder = opendir(parent);
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0) continue;
        long pid = strtol(entry->d_name + strlen(PREFIX), NULL, 10);
        if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            rmdir(text_format(arena, "%s/%s", parent, entry->d_name));
    }
    closedir(folder);
}

static bool version_try(struct arena *arena, const struct version *version, const char *groups,
                        const char *mounts, struct cgroup *cgroup) {
    const char *home = home_find(arena, version, groups, mounts);
    const char *parent = home ? parent_find(arena, version, home) : NULL;
    if (!parent || access(parent, W_OK) != 0) return false;
    stale_remove(arena, parent);
    cgroup->home = home;
    cgroup->parent = parent;
    cgroup->file = version->file;
    cgroup->method = version->method;
    return true;
}

bool cgroup_find(struct arena *arena, const struct cgroup_system *system, struct cgroup *cgroup) {
    const char *groups, *mounts;
    size_t length;
    struct diags diags = diags_begin(arena);
    *cgroup = (struct cgroup){.system = system};
    if (!file_read(arena, system->groups, LIST_MAX, &groups, &length, &diags) ||
        !file_read(arena, system->mounts, LIST_MAX, &mounts, &length, &diags))
        return false;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (version_try(arena, &versions[i], groups, mounts, cgroup)) return true;
    return false;
}

static bool process_move(const char *folder, pid_t pid) {
    char path[CGROUP_PATH_MAX + NUMBER_ROOM], number[NUMBER_ROOM];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    int length = snprintf(number, sizeof number, "%ld", (long)pid);
    bool good = write(file, number, (size_t)length) == length;
    int failure = errno;
    close(file);
    errno = failure;
    return good;
}

/* A new group with a name of its own: other threads' keepers make some too. */
static bool group_new(struct cgroup *cgroup, char *path, size_t size) {
    for (int attempt = 0; attempt < NAMES_TRIED; attempt++) {
        int length = snprintf(path, size, "%s/" PREFIX "%ld-%u", cgroup->parent, (long)getpid(),
                              ++cgroup->made);
        if (length >= (int)size) {
            errno = ENAMETOOLONG;
            return false;
        }
        if (cgroup->system->make(path)) return true;
        if (errno != EEXIST) return false;
    }
    return false;
}

bool cgroup_enter(struct cgroup *cgroup, pid_t pid) {
    char path[CGROUP_PATH_MAX], peak[CGROUP_PATH_MAX + NUMBER_ROOM];
    if (!group_new(cgroup, path, sizeof path)) return false;
    snprintf(peak, sizeof peak, "%s/%s", path, cgroup->file);
    if (access(peak, R_OK) != 0 || !process_move(path, pid)) {
        int failure = errno;
        rmdir(path);
        errno = failure;
        return false;
    }
    if (*cgroup->current) rmdir(cgroup->current);
    memcpy(cgroup->current, path, sizeof path);
    return true;
}

void cgroup_leave(const char *group, const char *home) {
    if (*home) process_move(home, getpid());
    rmdir(group);
}

double cgroup_peak(const struct cgroup *cgroup) {
    char path[CGROUP_PATH_MAX + NUMBER_ROOM], bytes[NUMBER_ROOM];
    snprintf(path, sizeof path, "%s/%s", cgroup->current, cgroup->file);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return (double)NAN;
    ssize_t length = read(file, bytes, sizeof bytes - 1);
    close(file);
    if (length <= 0) return (double)NAN;
    bytes[length] = '\0';
    char *end;
    unsigned long long value = strtoull(bytes, &end, 10);
    return end > bytes ? (double)value : (double)NAN;
}
