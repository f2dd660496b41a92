/** A folder of its own for a unit test that needs files, and ways to fill it. */
#ifndef SUPPORT_TEMP_FOLDER_H
#define SUPPORT_TEMP_FOLDER_H

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Makes a new folder; its absolute path without symlinks is written to `path`. */
static inline void temp_folder_make(char path[PATH_MAX]) {
    const char *base = getenv("TMPDIR");
    char pattern[PATH_MAX];
    int length = snprintf(pattern, sizeof pattern, "%s/perfbudget-test-XXXXXX",
                          base && *base == '/' ? base : "/tmp");
    bool good = length > 0 && (size_t)length < sizeof pattern && mkdtemp(pattern) &&
                realpath(pattern, path);
    if (!good) abort();
}

static inline int temp_folder_remove_one(const char *path, const struct stat *status, int type,
                                         struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

/** Removes the folder and all below it, following no symlink. */
static inline void temp_folder_remove(const char *path) {
    nftw(path, temp_folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/** `folder`/`name` in one of a few static buffers. */
static inline const char *temp_path(const char *folder, const char *name) {
    static char paths[4][2 * PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/** Makes the folders that `path` lies in. */
static inline void temp_parents(const char *path) {
    char parent[2 * PATH_MAX];
    for (size_t i = 1; path[i] && i < sizeof parent; i++) {
        if (path[i] != '/') continue;
        memcpy(parent, path, i);
        parent[i] = '\0';
        if (mkdir(parent, 0777) != 0 && errno != EEXIST) abort();
    }
}

/** Writes a file, making the folders it lies in. */
static inline void temp_write(const char *folder, const char *name, const void *bytes,
                              size_t length) {
    const char *path = temp_path(folder, name);
    temp_parents(path);
    FILE *file = fopen(path, "wb");
    if (!file) abort();
    if (length > 0 && fwrite(bytes, 1, length, file) != length) abort();
    if (fclose(file) != 0) abort();
}

/** Writes a text file. */
static inline void temp_write_text(const char *folder, const char *name, const char *text) {
    temp_write(folder, name, text, strlen(text));
}

enum { TEMP_NOBODY = 65534 };

/** Takes root's rights away until temp_with_rights. False when there were none to take. */
static inline bool temp_without_rights(void) {
    return geteuid() == 0 && seteuid(TEMP_NOBODY) == 0;
}
static inline void temp_with_rights(void) {
    if (getuid() == 0 && seteuid(0) != 0) abort();
}

/** A symlink at `folder`/`name`. */
static inline void temp_link(const char *folder, const char *name, const char *target) {
    const char *path = temp_path(folder, name);
    temp_parents(path);
    if (symlink(target, path) != 0) abort();
}

#endif
