#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/ending.h"
#include "base/text.h"

enum { FIRST_READ = 16 * 1024 };

static bool is_standard_input(const char *path) {
    return strcmp(path, "-") == 0;
}

/* How messages call the file. */
static const char *file_name(struct arena *arena, const char *path) {
    if (is_standard_input(path)) return "standard input";
    return text_format(arena, "`%s`", text_inert(arena, path));
}

static const char *kind_words(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a directory";
    case S_IFIFO:
        return "a pipe";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

static bool file_open_failed(struct arena *arena, const char *path, int error,
                             struct diags *diags) {
    struct stat status;
    const char *name = file_name(arena, path);
    if (error == EINVAL && stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return diag_error(diags, FILE_KIND, NO_PLACE, NULL, "%s is %s, not a regular file", name,
                          kind_words(status.st_mode));
    return diag_error(diags, FILE_OPEN, NO_PLACE, NULL, "cannot open %s: %s", name,
                      strerror(error));
}

static bool file_too_large(struct arena *arena, const char *path, size_t limit,
                           struct diags *diags) {
    return diag_error(diags, FILE_TOO_LARGE, NO_PLACE, NULL, "%s is larger than %zu bytes",
                      file_name(arena, path), limit);
}

static void room_make(struct text *into, size_t capacity) {
    if (into->capacity >= capacity) return;
    into->data = arena_grow(into->arena, into->data, into->length + 1, capacity);
    into->capacity = capacity;
}

/* Waits until there is something to read, which poll does, unlike read, no longer than until a
 * signal. False with EINTR where perfbudget is to end. */
static bool readable_wait(int descriptor) {
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    while (poll(&wait, 1, -1) < 0) {
        if (errno != EINTR) return true; /* read will say what is wrong */
        if (ending_asked()) return false;
    }
    return true;
}

/* Reads up to `limit` + 1 bytes; the one more tells a file at the limit from one beyond it. */
static bool read_bounded(int descriptor, size_t limit, struct text *into) {
    while (into->length <= limit) {
        if (into->capacity - into->length < 2) room_make(into, into->capacity * 2);
        size_t room = into->capacity - into->length - 1;
        if (room > limit + 1 - into->length) room = limit + 1 - into->length;
        if (descriptor == STDIN_FILENO && !readable_wait(descriptor)) return false;
        ssize_t got = read(descriptor, into->data + into->length, room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        into->length += (size_t)got;
    }
    into->data[into->length] = '\0';
    return true;
}

bool file_read(struct arena *arena, const char *path, size_t limit, const char **bytes,
               size_t *length, struct diags *diags) {
    CLEANUP(cleanup_descriptor) int opened = -1;
    if (!is_standard_input(path)) {
        opened = path_open(NULL, path);
        if (opened < 0) return file_open_failed(arena, path, errno, diags);
    }
    int descriptor = opened >= 0 ? opened : STDIN_FILENO;
    struct stat status;
    if (fstat(descriptor, &status) != 0) return file_open_failed(arena, path, errno, diags);
    size_t expected = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
    if (expected > limit) return file_too_large(arena, path, limit, diags);

    struct text text = text_begin(arena);
    room_make(&text, expected ? expected + 2 : FIRST_READ);
    if (!read_bounded(descriptor, limit, &text))
        return diag_error(diags, FILE_READ, NO_PLACE, NULL, "cannot read %s: %s",
                          file_name(arena, path), strerror(errno));
    if (text.length > limit) return file_too_large(arena, path, limit, diags);
    *bytes = text.data;
    *length = text.length;
    return true;
}
