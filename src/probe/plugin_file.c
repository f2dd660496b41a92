#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "probe/plugin.h"

enum { PROGRAM_HEADERS_MAX = 64 };

static bool owner_trusted(const struct stat *status) {
    return status->st_uid == 0 || status->st_uid == geteuid();
}

static bool file_trusted(const struct stat *status) {
    return owner_trusted(status) && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

/* In a sticky folder only the owners of files can replace them. */
static bool folder_trusted(const struct stat *status) {
    if (!owner_trusted(status)) return false;
    if (status->st_mode & S_ISVTX || !(status->st_mode & (S_IWGRP | S_IWOTH))) return true;
    return !(status->st_mode & S_IWOTH) && status->st_gid == getegid();
}

static bool unsafe(struct diags *diags, const char *path, const char *what) {
    return diag_error(diags, PLUGIN_UNSAFE, (struct place){.file = path},
                      "plugins run with your rights: `chmod go-w`, and let root or yourself own it",
                      "others could change %s, so it is not loaded", what);
}

static bool folders_check(const char *path, const char *resolved, struct diags *diags) {
    struct arena *arena = diags->arena;
    struct stat status;
    for (const char *folder = path_directory(arena, resolved);;) {
        if (stat(folder, &status) != 0 || !folder_trusted(&status))
            return unsafe(diags, path, text_format(arena, "the folder `%s`", folder));
        const char *above = path_directory(arena, folder);
        if (strcmp(above, folder) == 0 || strcmp(folder, "/") == 0) return true;
        folder = above;
    }
}

/* A shared object has no interpreter; a program that is linked dynamically has. */
static bool is_shared_object(int descriptor) {
    Elf64_Ehdr header;
    if (pread(descriptor, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_type != ET_DYN)
        return false;
    for (unsigned i = 0; i < header.e_phnum && i < PROGRAM_HEADERS_MAX; i++) {
        Elf64_Phdr segment;
        off_t at = (off_t)(header.e_phoff + i * sizeof segment);
        if (pread(descriptor, &segment, sizeof segment, at) != (ssize_t)sizeof segment) return true;
        if (segment.p_type == PT_INTERP) return false;
    }
    return true;
}

bool plugin_file_check(const char *path, const char **resolved, enum plugin_kind *kind,
                       struct diags *diags) {
    const struct place place = {.file = path};
    CLEANUP(cleanup_memory) char *real = realpath(path, NULL);
    CLEANUP(cleanup_descriptor)
    int descriptor = real ? open(real, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW) : -1;
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return diag_error(diags, PLUGIN_FILE, place, NULL, "the plugin cannot be opened: %s",
                          strerror(errno));
    if (!S_ISREG(status.st_mode))
        return diag_error(diags, PLUGIN_FILE, place, NULL, "the plugin is not a regular file");
    if (!file_trusted(&status)) return unsafe(diags, path, "the file");
    if (!folders_check(path, real, diags)) return false;
    *kind = is_shared_object(descriptor) ? PLUGIN_SHARED : PLUGIN_EXECUTABLE;
    if (*kind == PLUGIN_EXECUTABLE && access(real, X_OK) != 0)
        return diag_error(diags, PLUGIN_FILE, place, "make it executable: `chmod +x`",
                          "the plugin is neither a shared object nor executable");
    *resolved = text_copy(diags->arena, real);
    return true;
}
