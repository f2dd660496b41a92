#include "probes/http_cookie.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "net/http1.h"
#include "probes/http_config.h"

static char *copy(struct net_span span) {
    char *text = malloc(span.size + 1);
    if (!text) memory_exhausted();
    if (span.size) memcpy(text, span.data, span.size);
    text[span.size] = '\0';
    return text;
}

static struct net_span trimmed(struct net_span span) {
    while (span.size && (span.data[0] == ' ' || span.data[0] == '\t')) span.data++, span.size--;
    while (span.size && (span.data[span.size - 1] == ' ' || span.data[span.size - 1] == '\t'))
        span.size--;
    return span;
}

/* What stands before the next `;`, and the rest after it. */
static struct net_span part_next(struct net_span *rest) {
    const char *end = rest->size ? memchr(rest->data, ';', rest->size) : NULL;
    struct net_span part = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    size_t used = part.size + (end != NULL);
    *rest = (struct net_span){rest->size ? rest->data + used : NULL, rest->size - used};
    return part;
}

static struct net_span before_equals(struct net_span part, struct net_span *value) {
    const char *equals = part.size ? memchr(part.data, '=', part.size) : NULL;
    struct net_span name = {part.data, equals ? (size_t)(equals - part.data) : part.size};
    *value = equals ? (struct net_span){equals + 1, part.size - name.size - 1}
                    : (struct net_span){NULL, 0};
    *value = trimmed(*value);
    return trimmed(name);
}

static bool is_word(struct net_span span, const char *word) {
    return span.size == strlen(word) && strncasecmp(span.data, word, span.size) == 0;
}

static void cookie_remove(struct http_jar *jar, size_t i) {
    free(jar->cookies[i].name);
    free(jar->cookies[i].value);
    free(jar->cookies[i].path);
    jar->cookies[i] = jar->cookies[--jar->count];
}

static void cookie_add(struct http_jar *jar, struct http_cookie cookie) {
    if (!jar->cookies) {
        jar->cookies = calloc(HTTP_COOKIES_MAX, sizeof *jar->cookies);
        if (!jar->cookies) memory_exhausted();
    }
    jar->cookies[jar->count++] = cookie;
}

static void cookie_take(struct http_jar *jar, struct net_span line) {
    struct net_span value, rest = line, path = {"/", 1};
    struct net_span name = before_equals(part_next(&rest), &value);
    bool gone = false;
    if (!name.size || line.size > HTTP_COOKIE_BYTES) return;
    while (rest.size) {
        struct net_span what, word = before_equals(part_next(&rest), &what);
        if (is_word(word, "path") && what.size && what.data[0] == '/') path = what;
        if (is_word(word, "max-age"))
            gone |= what.size && (what.data[0] == '-' || is_word(what, "0"));
    }
    struct http_cookie cookie = {copy(name), copy(value), copy(path)};
    for (size_t i = jar->count; i > 0; i--)
        if (strcmp(jar->cookies[i - 1].name, cookie.name) == 0 &&
            strcmp(jar->cookies[i - 1].path, cookie.path) == 0)
            cookie_remove(jar, i - 1);
    if (!gone && jar->count < HTTP_COOKIES_MAX) {
        cookie_add(jar, cookie);
        return;
    }
    free(cookie.name);
    free(cookie.value);
    free(cookie.path);
}

void http_jar_take(struct http_jar *jar, struct net_span lines) {
    struct http1_header header;
    for (size_t at = 0; http1_header_next(lines, &at, &header);)
        if (is_word(header.name, "set-cookie")) cookie_take(jar, header.value);
}

/* RFC 6265, section 5.1.4. */
static bool path_matches(const char *target, const char *path) {
    size_t length = strlen(path), plain = strcspn(target, "?");
    if (plain < length || strncmp(target, path, length) != 0) return false;
    return length == plain || path[length - 1] == '/' || target[length] == '/';
}

void http_jar_add(const struct http_jar *jar, const char *target, struct http_buffer *out) {
    size_t added = 0;
    for (size_t i = 0; i < jar->count; i++) {
        const struct http_cookie *cookie = &jar->cookies[i];
        if (!path_matches(target, cookie->path)) continue;
        const char *before = added++ ? "; " : "cookie: ";
        http_buffer_add(out, before, strlen(before));
        http_buffer_add(out, cookie->name, strlen(cookie->name));
        http_buffer_add(out, "=", 1);
        http_buffer_add(out, cookie->value, strlen(cookie->value));
    }
    if (added) http_buffer_add(out, "\r\n", 2);
}

void http_jar_release(struct http_jar *jar) {
    while (jar->count) cookie_remove(jar, jar->count - 1);
    free(jar->cookies);
    jar->cookies = NULL;
}
