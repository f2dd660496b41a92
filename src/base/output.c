#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

enum {
    NAME_KEPT = 200,     /* bytes of the target's name in that of its temporary file */
    ENTRIES_MAX = 10000, /* looked through for leftovers in one folder */
    CREATE_ATTEMPTS = 16,
};

static bool target_refused(struct diags *diags, const char *path, const char *hint,
                           const char *why) {
    return diag_error(diags, OUTPUT_TARGET, NO_PLACE, hint, "cannot write to `%s`: %s",
                      text_inert(diags->arena, path), why);
}

static bool open_standard_output(struct output *output, struct diags *diags) {
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return target_refused(diags, output->path, NULL, "standard output is closed");
    output->descriptor = STDOUT_FILENO;
    return true;
}

static bool open_null(struct output *output, struct diags *diags) {
    output->descriptor = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (output->descriptor >= 0) return true;
    return target_refused(diags, output->path, NULL, strerror(errno));
}

/* Whether what stands at the path may be replaced; `mode` becomes that of the new file. */
static bool target_usable(const char *path, mode_t *mode, struct diags *diags) {
    static const char hint[] = "name a regular file, or `-` for standard output";
    struct stat status;
    if (path[0] == '\0') return target_refused(diags, path, hint, "the path is empty");
    if (lstat(path, &status) != 0) {
        if (errno != ENOENT) return target_refused(diags, path, NULL, strerror(errno));
        if (!text_ends(path, "/")) return true;
        return target_refused(diags, path, hint, "it is a directory");
    }
    if (S_ISLNK(status.st_mode))
        return target_refused(diags, path, "name the file that the link points to",
                              "it is a symbolic link, and could point anywhere");
    if (S_ISDIR(status.st_mode)) return target_refused(diags, path, hint, "it is a directory");
    if (S_ISFIFO(status.st_mode)) return target_refused(diags, path, hint, "it is a pipe");
    if (!S_ISREG(status.st_mode)) return target_refused(diags, path, hint, "it is a device");
    if ((status.st_mode & 0222) == 0 || access(path, W_OK) != 0)
        return target_refused(diags, path, NULL, "it is read-only");
    *mode = status.st_mode & 07777;
    return true;
}

/* ".report.json." of "out/report.json": how the names of its temporary files begin. */
static const char *temporary_prefix(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    return text_format(arena, ".%.*s.", NAME_KEPT, slash ? slash + 1 : path);
}

/* What a killed run left behind is not locked by anyone. */
static void leftover_remove(int folder, const char *name) {
    CLEANUP(cleanup_descriptor)
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return;
    unlinkat(folder, name, 0);
}

static void leftovers_remove(const char *folder, const char *prefix) {
    CLEANUP(cleanup_directory) DIR *directory = opendir(folder);
    if (!directory) return;
    struct dirent *entry;
    for (int seen = 0; seen < ENTRIES_MAX && (entry = readdir(directory)); seen++)
        if (text_starts(entry->d_name, prefix) && text_ends(entry->d_name, ".tmp"))
            leftover_remove(dirfd(directory), entry->d_name);
}

static int temporary_create(struct arena *arena, const char *folder, const char *prefix,
                            char **name) {
    for (int attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
        unsigned random = 0;
        if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random = (unsigned)attempt;
        *name =
            (char *)text_format(arena, "%s/%s%d-%08x.tmp", folder, prefix, (int)getpid(), random);
        int descriptor = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0 && errno == EEXIST) continue;
        if (descriptor < 0) return -1;
        struct stat status;
        /* Until the lock another run may take it for a leftover; it holds the lock while it looks.
         */
        while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) continue;
        if (fstat(descriptor, &status) == 0 && status.st_nlink > 0) return descriptor;
        close(descriptor);
    }
    errno = EEXIST;
    return -1;
}

bool output_open(struct arena *arena, const char *path, struct output *output,
                 struct diags *diags) {
    *output = (struct output){.path = text_copy(arena, path), .descriptor = -1};
    if (text_equal(path, "-") || text_equal(path, "/dev/stdout"))
        return open_standard_output(output, diags);
    if (text_equal(path, "/dev/null")) return open_null(output, diags);
    mode_t mode = 0;
    if (!target_usable(path, &mode, diags)) return false;

    const char *folder = path_directory(arena, path);
    const char *prefix = temporary_prefix(arena, path);
    leftovers_remove(folder, prefix);
    char *name = NULL;
    output->descriptor = temporary_create(arena, folder, prefix, &name);
    if (output->descriptor < 0) {
        const char *why = errno == ENOENT ? "its folder does not exist" : strerror(errno);
        return target_refused(diags, path, NULL, why);
    }
    output->temporary = name;
    if (mode && fchmod(output->descriptor, mode) != 0) {
        target_refused(diags, path, NULL, strerror(errno));
        output_discard(output);
        return false;
    }
    return true;
}

bool output_open_end(struct arena *arena, const char *path, struct output *output,
                     struct diags *diags) {
    *output = (struct output){.path = text_copy(arena, path), .descriptor = -1};
    int descriptor = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    if (descriptor < 0) return target_refused(diags, path, NULL, strerror(errno));
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return target_refused(diags, path, NULL, "it is no regular file");
    }
    output->descriptor = descriptor;
    return true;
}

/* Whoever shares a pipe may have made it non-blocking. */
static bool wait_for_room(int descriptor) {
    struct pollfd room = {.fd = descriptor, .events = POLLOUT};
    return poll(&room, 1, -1) >= 0 || errno == EINTR;
}

bool descriptor_write(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN && wait_for_room(descriptor)) continue;
        if (written < 0) return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Pipes and terminals cannot be flushed to a disk, and need not be. */
static bool flush(int descriptor) {
    int done;
    do done = fsync(descriptor);
    while (done != 0 && errno == EINTR);
    return done == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

/* The new file is whole and in place by now; only a power cut could still bring the old one back.
 */
static void folder_flush(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    if (length >= sizeof folder) return;
    memcpy(folder, path, length);
    folder[length] = '\0';
    CLEANUP(cleanup_descriptor)
    int descriptor = open(length ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) (void)fsync(descriptor);
}

bool output_commit(struct output *output, const char *bytes, size_t length, struct diags *diags) {
    bool good = descriptor_write(output->descriptor, bytes, length) && flush(output->descriptor);
    if (good && output->temporary) good = rename(output->temporary, output->path) == 0;
    if (!good) {
        int error = errno;
        output_discard(output);
        return diag_error(diags, OUTPUT_WRITE, NO_PLACE, NULL, "cannot write `%s`: %s",
                          text_inert(diags->arena, output->path), strerror(error));
    }
    bool replaced = output->temporary != NULL;
    output->temporary = NULL;
    output_discard(output);
    if (replaced) folder_flush(output->path);
    return true;
}

void output_discard(struct output *output) {
    if (!output->path) return;
    if (output->temporary) unlink(output->temporary);
    if (output->descriptor > STDERR_FILENO) close(output->descriptor);
    output->temporary = NULL;
    output->descriptor = -1;
}
