#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "net/url.h"

/** Drops the last segment of the path built so far. */
static void drop_segment(struct text *out) {
    while (out->length > 0 && out->data[out->length - 1] != '/') out->length--;
    if (out->length > 0) out->length--;
    out->data[out->length] = '\0';
}

/** RFC 3986, section 5.2.4, of a path that begins with a slash; the query follows unchanged. */
static const char *without_dots(struct arena *arena, const char *path) {
    struct text out = text_begin(arena);
    size_t end = strcspn(path, "?");
    for (size_t at = 0; at < end;) {
        size_t next = at + 1;
        while (next < end && path[next] != '/') next++;
        size_t length = next - at;
        bool last = next == end;
        if (length == 2 && path[at + 1] == '.') {
            if (last) text_add_char(&out, '/');
        } else if (length == 3 && path[at + 1] == '.' && path[at + 2] == '.') {
            drop_segment(&out);
            if (last) text_add_char(&out, '/');
        } else {
            text_add_bytes(&out, path + at, length);
        }
        at = next;
    }
    if (out.length == 0) text_add_char(&out, '/');
    text_add(&out, path + end);
    return out.data;
}

/** Whether the text begins with a scheme: a letter, then letters, digits, + - . and a colon. */
static bool has_scheme(const char *text) {
    if (!isalpha((unsigned char)*text)) return false;
    while (isalnum((unsigned char)*text) || *text == '+' || *text == '-' || *text == '.') text++;
    return *text == ':';
}

/** The base's path up to its last slash, or whole for a query alone. */
static const char *merged(struct arena *arena, const struct url *base, const char *location) {
    size_t path = strcspn(base->path, "?");
    size_t query = strlen(base->path);
    if (*location == '/') return location;
    if (*location == '\0' || *location == '#')
        return text_format(arena, "%.*s%s", (int)query, base->path, location);
    if (*location == '?') return text_format(arena, "%.*s%s", (int)path, base->path, location);
    while (path > 0 && base->path[path - 1] != '/') path--;
    return text_format(arena, "%.*s%s", (int)path, base->path, location);
}

bool url_join(struct arena *arena, const struct url *base, const char *location, struct url *url,
              const char **problem) {
    const char *whole = location;
    const char *scheme = url_scheme_word(base->scheme);
    if (strnlen(location, URL_LONGEST + 1) > URL_LONGEST) {
        *problem = "is longer than 8192 bytes";
        return false;
    }
    if (text_starts(location, "//"))
        whole = text_format(arena, "%s:%s", scheme, location);
    else if (!has_scheme(location))
        whole =
            text_format(arena, "%s://%s%s", scheme, base->authority, merged(arena, base, location));
    struct url read;
    if (!url_parse(arena, whole, &read, problem)) return false;
    read.path = without_dots(arena, read.path);
    if (!read.user && url_same_origin(base, &read))
        read.user = base->user, read.password = base->password;
    *url = read;
    return true;
}
