#include "probes/http_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/suggest.h"
#include "base/text.h"

void http_buffer_add(struct http_buffer *buffer, const char *bytes, size_t length) {
    if (length == 0) return;
    if (buffer->capacity - buffer->length < length) {
        size_t capacity = buffer->capacity ? buffer->capacity : 1024;
        while (capacity - buffer->length < length) capacity *= 2;
        char *data = realloc(buffer->data, capacity);
        if (!data) memory_exhausted();
        buffer->data = data;
        buffer->capacity = capacity;
    }
    memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
}

void http_names_begin(struct http_names *names, struct arena *arena) {
    *names = (struct http_names){.arena = arena};
    http_names_add(names, "user");
}

uint32_t http_names_find(const struct http_names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0) return (uint32_t)i;
    return UINT32_MAX;
}

uint32_t http_names_add(struct http_names *names, const char *name) {
    uint32_t found = http_names_find(names, name);
    if (found != UINT32_MAX) return found;
    *array_add(names->arena, names->items, names->count) = name;
    return (uint32_t)(names->count - 1);
}

/* Bytes that stand for themselves (RFC 3986, section 2.3; and in paths what section 3.3 allows). */
static bool is_unreserved(char byte, enum http_encoding encoding) {
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= '0' && byte <= '9'))
        return true;
    return byte && strchr(encoding == HTTP_PATH ? "-._~/!$&'()*+,;=:@" : "-._~", byte) != NULL;
}

static void add_percent(struct http_buffer *out, const char *text, enum http_encoding encoding) {
    static const char digits[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        const char escaped[] = {'%', digits[byte >> 4], digits[byte & 15]};
        if (is_unreserved(*text, encoding))
            http_buffer_add(out, text, 1);
        else
            http_buffer_add(out, escaped, sizeof escaped);
    }
}

static void add_json(struct http_buffer *out, const char *text) {
    static const char digits[] = "0123456789abcdef";
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') http_buffer_add(out, "\\", 1);
        const char escaped[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
        if (byte < 0x20)
            http_buffer_add(out, escaped, sizeof escaped);
        else
            http_buffer_add(out, text, 1);
    }
}

static bool add_header(struct http_buffer *out, const char *text) {
    for (const char *at = text; *at; at++)
        if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f) return false;
    http_buffer_add(out, text, strlen(text));
    return true;
}

static bool add_value(struct http_buffer *out, const char *text, enum http_encoding encoding) {
    switch (encoding) {
    case HTTP_PLAIN:
        http_buffer_add(out, text, strlen(text));
        return true;
    case HTTP_PATH:
    case HTTP_QUERY:
    case HTTP_FORM:
        add_percent(out, text, encoding);
        return true;
    case HTTP_JSON:
        add_json(out, text);
        return true;
    case HTTP_HEADER:
        return add_header(out, text);
    }
    return false;
}

static void add_literal(struct arena *arena, struct http_template *template, const char *text,
                        size_t length) {
    if (length == 0) return;
    *array_add(arena, template->pieces, template->count) =
        (struct http_piece){.text = text_copy_bytes(arena, text, length), .length = length};
}

void http_template_literal(struct arena *arena, struct http_template *template, const char *text) {
    add_literal(arena, template, text, strlen(text));
}

/* What stands around the values; in forms it is encoded here, once. */
static void add_around(struct arena *arena, struct http_template *template, const char *text,
                       size_t length, enum http_encoding encoding) {
    if (encoding != HTTP_FORM) {
        add_literal(arena, template, text, length);
        return;
    }
    struct http_buffer encoded = {0};
    add_percent(&encoded, text_copy_bytes(arena, text, length), HTTP_FORM);
    add_literal(arena, template, encoded.data, encoded.length);
    free(encoded.data);
}

/* The name in `{{ name }}` that begins at `open`; NULL: it has no end. */
static const char *name_at(struct arena *arena, const char *open, const char **after) {
    const char *end = strstr(open, "}}");
    if (!end) return NULL;
    *after = end + 2;
    open += 2;
    while (*open == ' ') open++;
    while (end > open && end[-1] == ' ') end--;
    return text_copy_bytes(arena, open, (size_t)(end - open));
}

static const char *unknown(const struct http_names *names, const char *name) {
    const char *near = suggest(name, names->items, names->count);
    return text_format(names->arena, "no request captures %s%s", quote(names->arena, name),
                       near ? text_format(names->arena, "; did you mean `{{%s}}`?", near) : "");
}

bool http_template_text(const struct http_names *names, struct http_template *template,
                        const char *text, enum http_encoding encoding, const char **problem) {
    struct arena *arena = names->arena;
    const char *open;
    for (; (open = strstr(text, "{{"));) {
        const char *after, *name = name_at(arena, open, &after);
        uint32_t number = name ? http_names_find(names, name) : UINT32_MAX;
        *problem = name ? NULL : "`{{` has no `}}`";
        if (name && number == UINT32_MAX) *problem = unknown(names, name);
        if (*problem) return false;
        add_around(arena, template, text, (size_t)(open - text), encoding);
        *array_add(arena, template->pieces, template->count) =
            (struct http_piece){.name = number, .encoding = encoding};
        template->varies = true;
        text = after;
    }
    add_around(arena, template, text, strlen(text), encoding);
    return true;
}

bool http_template_fill(const struct http_template *template, const struct http_values *values,
                        struct http_buffer *out, uint32_t *missing) {
    for (size_t i = 0; i < template->count; i++) {
        const struct http_piece *piece = &template->pieces[i];
        if (piece->text) {
            http_buffer_add(out, piece->text, piece->length);
            continue;
        }
        const char *value = piece->name < values->count ? values->items[piece->name] : NULL;
        *missing = piece->name;
        if (!value || !add_value(out, value, piece->encoding)) return false;
    }
    return true;
}

const char *http_template_sample(struct arena *arena, const char *text) {
    struct text out = text_begin(arena);
    const char *open, *close;
    while ((open = strstr(text, "{{")) && (close = strstr(open, "}}"))) {
        text_add_bytes(&out, text, (size_t)(open - text));
        text_add_char(&out, '0');
        text = close + 2;
    }
    text_add(&out, text);
    return out.data;
}
