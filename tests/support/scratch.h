/** A folder of a test's own, removed with all it holds. */
#ifndef SUPPORT_SCRATCH_H
#define SUPPORT_SCRATCH_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static int scratch_unlink(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

/** Makes the folder; the path is absolute and without symlinks. */
static inline const char *scratch_new(struct arena *arena) {
    const char *parent = getenv("TMPDIR");
    char made[4096];
    snprintf(made, sizeof made, "%s/perfbudget-test-XXXXXX", parent ? parent : P_tmpdir);
    if (!mkdtemp(made)) abort();
    char *resolved = realpath(made, NULL);
    if (!resolved) abort();
    const char *path = text_copy(arena, resolved);
    free(resolved);
    return path;
}

static inline void scratch_remove(const char *path) {
    nftw(path, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch_path(struct arena *arena, const char *folder, const char *name) {
    return text_format(arena, "%s/%s", folder, name);
}

static inline const char *scratch_write(struct arena *arena, const char *folder, const char *name,
                                        const char *content) {
    const char *path = scratch_path(arena, folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0) abort();
    return path;
}

/** How many entries the folder has besides . and .. */
static inline size_t scratch_count(const char *folder) {
    size_t count = 0;
    DIR *directory = opendir(folder);
    if (!directory) abort();
    while (readdir(directory)) count++;
    closedir(directory);
    return count - 2;
}

#endif
