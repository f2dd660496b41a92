/** Texts with `{{name}}` in them, for requests: made ready once, filled in for each user. */
#ifndef PROBES_HTTP_TEMPLATE_H
#define PROBES_HTTP_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** Bytes that are put together again and again in the same place. Zero-initialised is empty; free
 * `data` in the end. */
struct http_buffer {
    char *data;
    size_t length, capacity;
};
void http_buffer_add(struct http_buffer *buffer, const char *bytes, size_t length);

/** How a value is written where it goes. */
enum http_encoding {
    HTTP_PLAIN,  /**< as it is */
    HTTP_PATH,   /**< in a path: percent-encoded, but `/` */
    HTTP_QUERY,  /**< in a path's query: percent-encoded */
    HTTP_FORM,   /**< in a parameter or form field: percent-encoded, and so is what stands around it
                  */
    HTTP_JSON,   /**< inside a JSON text: escaped as in a string */
    HTTP_HEADER, /**< in a header: refused with a control character in it */
};

/** Names of values that requests capture; number 0 is `user`, the number of the virtual user. */
struct http_names {
    struct arena *arena;
    const char **items;
    size_t count;
};
enum { HTTP_NAME_USER = 0 };
void http_names_begin(struct http_names *names, struct arena *arena);
/** Number of a name, added where it is new. */
uint32_t http_names_add(struct http_names *names, const char *name);
/** Number of a name, or UINT32_MAX. */
uint32_t http_names_find(const struct http_names *names, const char *name);

struct http_piece {
    const char *text; /**< NULL: the value of a name */
    size_t length;
    uint32_t name;
    enum http_encoding encoding;
};
struct http_template {
    struct http_piece *pieces;
    size_t count;
    bool varies; /**< has a value in it */
};

/** Appends bytes as they are. */
void http_template_literal(struct arena *arena, struct http_template *template, const char *text);

/**
 * Appends `text`, in which `{{name}}` stands for a value. False with *problem, a phrase: a name
 * nobody captures, or no closing `}}`.
 */
bool http_template_text(const struct http_names *names, struct http_template *template,
                        const char *text, enum http_encoding encoding, const char **problem);

/** Values by number of name: NULL where there is none yet. */
struct http_values {
    char *const *items;
    size_t count;
};

/** Appends the template with its values. False with *missing, the number of a name that has no
 * value, or one that cannot stand in a header. */
bool http_template_fill(const struct http_template *template, const struct http_values *values,
                        struct http_buffer *out, uint32_t *missing);

/** `text` with every `{{name}}` as a 0, to check the rest by. */
const char *http_template_sample(struct arena *arena, const char *text);

#endif
