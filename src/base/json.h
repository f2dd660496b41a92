/** JSON through cJSON, made strict for reading and exact for writing. The only user of cJSON. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/** A JSON value: a tree owned by whoever holds its root. */
typedef struct cJSON json;

/**
 * Reads one document strictly by RFC 8259: nothing after it, valid UTF-8 without NUL, no duplicate
 * names, no numbers like 01, 1., 0x10 or 1e400, depth at most 64. On failure returns NULL and says
 * what and at which byte. Free with json_free.
 */
json *json_read(struct arena *arena, const char *bytes, size_t length, const char **problem);
void json_free(json *value);
static inline void json_cleanup(json **value) {
    json_free(*value);
}

/* Reading: wrong type or absent gives the fallback. */
const json *json_get(const json *object, const char *name);
const json *json_first(const json *list_or_object); /**< first child or NULL */
const json *json_next(const json *child);           /**< next sibling or NULL */
const char *json_name(const json *member);          /**< its name in the object around it */
size_t json_count(const json *list_or_object);
const char *json_text(const json *value, const char *fallback);
double json_number(const json *value, double fallback);
bool json_flag(const json *value, bool fallback);
bool json_is_object(const json *value);
bool json_is_list(const json *value);
bool json_is_text(const json *value);
bool json_is_number(const json *value);
bool json_is_null(const json *value);

/* Writing: builders never fail (out of memory ends the process). Text that is not UTF-8 has its bad
 * bytes replaced by U+FFFD. Numbers are the shortest text that reads back the same; not finite
 * becomes null. */
json *json_new_object(void);
json *json_new_list(void);
json *json_put(json *object, const char *name, json *value); /**< takes value; returns it */
json *json_push(json *list, json *value);                    /**< takes value; returns it */
json *json_put_text(json *object, const char *name, const char *text); /**< NULL text: null */
json *json_put_number(json *object, const char *name, double number);
json *json_put_flag(json *object, const char *name, bool flag);
json *json_put_null(json *object, const char *name);
json *json_put_object(json *object, const char *name);
json *json_put_list(json *object, const char *name);
void json_push_text(json *list, const char *text);
void json_push_borrowed(json *list,
                        const char *text); /**< not copied: outlives the list, or NULL */
void json_push_number(json *list, double number);
void json_push_flag(json *list, bool flag);

/** The document as text with a final newline, two blanks a level, lists of plain values on one
 * line. */
const char *json_write(struct arena *arena, const json *value);

/** The value at an RFC 6901 pointer, or NULL. */
const json *json_at(const json *value, const char *pointer);

#endif
