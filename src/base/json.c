#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/text.h"

json *json_read(struct arena *arena, const char *bytes, size_t length, const char **problem) {
    struct arena *scratch = arena_new();
    const char *wrong;
    size_t at;
    bool good = json_check(scratch, bytes, length, &wrong, &at);
    arena_free(scratch);
    if (!good) {
        *problem = text_format(arena, "%s at byte %zu", wrong, at);
        return NULL;
    }
    json *value = cJSON_ParseWithLength(bytes, length);
    if (!value) memory_exhausted(); /* what json_check accepts, cJSON reads */
    return value;
}

void json_free(json *value) {
    cJSON_Delete(value);
}

const json *json_get(const json *object, const char *name) {
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const json *json_first(const json *list_or_object) {
    return list_or_object ? list_or_object->child : NULL;
}

const json *json_next(const json *child) {
    return child->next;
}

const char *json_name(const json *member) {
    return member->string;
}

size_t json_count(const json *list_or_object) {
    size_t count = 0;
    for (const json *child = json_first(list_or_object); child; child = child->next) count++;
    return count;
}

const char *json_text(const json *value, const char *fallback) {
    return cJSON_IsString(value) ? value->valuestring : fallback;
}

double json_number(const json *value, double fallback) {
    return cJSON_IsNumber(value) ? value->valuedouble : fallback;
}

bool json_flag(const json *value, bool fallback) {
    return cJSON_IsBool(value) ? (bool)cJSON_IsTrue(value) : fallback;
}

bool json_is_object(const json *value) {
    return cJSON_IsObject(value);
}

bool json_is_list(const json *value) {
    return cJSON_IsArray(value);
}

bool json_is_text(const json *value) {
    return cJSON_IsString(value);
}

bool json_is_number(const json *value) {
    return cJSON_IsNumber(value);
}

bool json_is_null(const json *value) {
    return cJSON_IsNull(value);
}

static json *made(json *value) {
    if (!value) memory_exhausted();
    return value;
}

json *json_new_object(void) {
    return made(cJSON_CreateObject());
}

json *json_new_list(void) {
    return made(cJSON_CreateArray());
}

json *json_put(json *object, const char *name, json *value) {
    if (!cJSON_AddItemToObject(object, name, value)) memory_exhausted();
    return value;
}

json *json_push(json *list, json *value) {
    if (!cJSON_AddItemToArray(list, value)) memory_exhausted();
    return value;
}

static json *new_text(const char *text) {
    return made(text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static json *new_number(double number) {
    return made(isfinite(number) ? cJSON_CreateNumber(number) : cJSON_CreateNull());
}

json *json_put_text(json *object, const char *name, const char *text) {
    return json_put(object, name, new_text(text));
}

json *json_put_number(json *object, const char *name, double number) {
    return json_put(object, name, new_number(number));
}

json *json_put_flag(json *object, const char *name, bool flag) {
    return json_put(object, name, made(cJSON_CreateBool(flag)));
}

json *json_put_null(json *object, const char *name) {
    return json_put(object, name, made(cJSON_CreateNull()));
}

json *json_put_object(json *object, const char *name) {
    return json_put(object, name, json_new_object());
}

json *json_put_list(json *object, const char *name) {
    return json_put(object, name, json_new_list());
}

void json_push_text(json *list, const char *text) {
    json_push(list, new_text(text));
}

void json_push_borrowed(json *list, const char *text) {
    json_push(list, made(text ? cJSON_CreateStringReference(text) : cJSON_CreateNull()));
}

void json_push_number(json *list, double number) {
    json_push(list, new_number(number));
}

void json_push_flag(json *list, bool flag) {
    json_push(list, made(cJSON_CreateBool(flag)));
}

/* One reference token with ~1 and ~0 resolved; returns what follows it. */
static const char *token_read(struct text *token, const char *from) {
    for (; *from && *from != '/'; from++) {
        char c = *from;
        if (c == '~' && (from[1] == '0' || from[1] == '1')) c = *++from == '0' ? '~' : '/';
        text_add_char(token, c);
    }
    return from;
}

static const json *list_at(const json *list, const char *token) {
    size_t index = 0;
    if (token[0] == '\0' || (token[0] == '0' && token[1])) return NULL;
    for (const char *digit = token; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || digit - token > 9) return NULL;
        index = index * 10 + (size_t)(*digit - '0');
    }
    const json *child = json_first(list);
    while (child && index-- > 0) child = child->next;
    return child;
}

const json *json_at(const json *value, const char *pointer) {
    struct arena *scratch = arena_new();
    while (value && *pointer) {
        struct text token = text_begin(scratch);
        if (*pointer != '/')
            value = NULL;
        else
            pointer = token_read(&token, pointer + 1);
        if (cJSON_IsArray(value))
            value = list_at(value, token.data);
        else
            value = json_get(value, token.data);
    }
    arena_free(scratch);
    return value;
}
