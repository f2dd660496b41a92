#include "report/glance.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

const char *glance(struct arena *arena, const char *path, size_t limit) {
    CLEANUP(cleanup_descriptor)
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return NULL;
    char *bytes = arena_alloc(arena, limit + 1);
    size_t length = 0;
    while (length < limit) {
        ssize_t got = read(descriptor, bytes + length, limit - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return NULL;
        if (got == 0) break;
        length += (size_t)got;
    }
    bytes[length] = '\0';
    return bytes;
}

const char *glance_line(struct arena *arena, const char *path, size_t limit) {
    const char *text = glance(arena, path, limit);
    if (!text) return NULL;
    size_t length = strcspn(text, "\n");
    while (length > 0 && strchr(" \t\r", text[length - 1])) length--;
    return text_copy_bytes(arena, text, length);
}

const char *glance_value(struct arena *arena, const char *text, const char *key) {
    for (const char *line = text; line && *line;) {
        size_t length = strcspn(line, "\n");
        if (text_starts(line, key)) {
            const char *value = line + strlen(key);
            value += strspn(value, " \t");
            return text_copy_bytes(arena, value, strcspn(value, "\n"));
        }
        line += length;
        line += *line == '\n';
    }
    return NULL;
}
