/* Opening files below a root. The kernel's openat2 keeps a path from leaving it at every step;
 * where it is missing or forbidden, the resolved path is checked before and after. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY };

/* Takes the descriptor; gives it back only if it is a regular file. */
static int regular_only(int descriptor) {
    if (descriptor < 0) {
        if (errno == ENXIO) errno = EINVAL; /* a socket */
        return -1;
    }
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
    close(descriptor);
    errno = EINVAL;
    return -1;
}

static int open_beneath(int root, const char *path, uint64_t resolve) {
    struct open_how how = {.flags = OPEN_FLAGS,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | resolve};
    long opened;
    do opened = syscall(SYS_openat2, root, path, &how, sizeof how);
    while (opened < 0 && (errno == EINTR || errno == EAGAIN));
    return (int)opened;
}

/* `path` without `root` before it, or NULL when it does not lie below as text. */
static const char *below_root(const char *root, const char *path) {
    if (path[0] != '/') return path;
    if (!path_below(root, path)) return NULL;
    path += strlen(root);
    while (*path == '/') path++;
    return *path ? path : ".";
}

/* Whether what the descriptor refers to now lies below the resolved root. */
static bool descriptor_confined(int descriptor, const char *real_root) {
    char link[64], target[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length <= 0) return false;
    target[length] = '\0';
    return path_below(real_root, target);
}

static int open_without_openat2(const char *real_root, const char *resolved) {
    int descriptor = open(resolved, OPEN_FLAGS | O_NOFOLLOW);
    if (descriptor < 0 || descriptor_confined(descriptor, real_root)) return descriptor;
    close(descriptor);
    errno = EXDEV;
    return -1;
}

/* For absolute symlinks that point back into the root, and for kernels without openat2. */
static int open_resolved(const char *root, int root_descriptor, const char *path) {
    char real_root[PATH_MAX], whole[PATH_MAX], resolved[PATH_MAX];
    int length = snprintf(whole, sizeof whole, "%s%s%s", path[0] == '/' ? "" : root,
                          path[0] == '/' ? "" : "/", path);
    if (length < 0 || (size_t)length >= sizeof whole) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!realpath(root, real_root) || !realpath(whole, resolved)) return -1;
    if (!path_below(real_root, resolved)) {
        errno = EXDEV;
        return -1;
    }
    int descriptor =
        open_beneath(root_descriptor, below_root(real_root, resolved), RESOLVE_NO_SYMLINKS);
    if (descriptor < 0 && (errno == ENOSYS || errno == EPERM))
        return open_without_openat2(real_root, resolved);
    return descriptor;
}

/* The repository's own files are no part of the tree, and its configuration may hold a token. */
static int outside_git(int descriptor, const char *root) {
    char link[64], target[PATH_MAX], real_root[PATH_MAX];
    if (descriptor < 0 || !realpath(root, real_root)) return descriptor;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length <= 0) return descriptor;
    target[length] = '\0';
    size_t above = strlen(real_root);
    if ((size_t)length < above || !path_in_git(target + above)) return descriptor;
    close(descriptor);
    errno = EXDEV;
    return -1;
}

int path_open(const char *root, const char *path) {
    if (!root) return regular_only(open(path, OPEN_FLAGS));
    CLEANUP(cleanup_descriptor) int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -1;
    const char *inside = below_root(root, path);
    int descriptor = -1;
    if (inside)
        descriptor = open_beneath(folder, inside, 0);
    else
        errno = EXDEV;
    if (descriptor < 0 && (errno == EXDEV || errno == ENOSYS || errno == EPERM))
        descriptor = open_resolved(root, folder, path);
    int error = errno;
    descriptor = regular_only(descriptor);
    if (descriptor < 0 && errno != EINVAL) errno = error;
    return outside_git(descriptor, root);
}
