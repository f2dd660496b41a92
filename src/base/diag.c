#include "base/diag.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

const struct diag_code_row diag_codes[DIAG_CODE_COUNT] = {
#define CODE(name, word, class, meaning, remedy) [name] = {word, class, meaning, remedy},
#include "base/codes/all.h"
#undef CODE
};

struct diags diags_begin(struct arena *arena) {
    return (struct diags){.arena = arena};
}

void diag_add(struct diags *diags, const struct diag *diag) {
    struct diag *copy = array_add(diags->arena, diags->items, diags->count);
    *copy = *diag;
    copy->message = text_copy(diags->arena, diag->message);
    copy->hint = text_copy(diags->arena, diag->hint);
    copy->place.file = text_copy(diags->arena, diag->place.file);
    copy->place.source = text_copy(diags->arena, diag->place.source);
    diags->errors += diag->level == DIAG_ERROR;
}

static void diag_add_list(struct diags *diags, struct diag diag, const char *format, va_list list) {
    diag.message = text_format_list(diags->arena, format, list);
    diag_add(diags, &diag);
}

bool diag_error(struct diags *diags, enum diag_code code, struct place place, const char *hint,
                const char *format, ...) {
    va_list list;
    va_start(list, format);
    diag_add_list(diags,
                  (struct diag){.level = DIAG_ERROR, .code = code, .place = place, .hint = hint},
                  format, list);
    va_end(list);
    return false;
}

void diag_warning(struct diags *diags, enum diag_code code, struct place place, const char *hint,
                  const char *format, ...) {
    va_list list;
    va_start(list, format);
    diag_add_list(diags,
                  (struct diag){.level = DIAG_WARNING, .code = code, .place = place, .hint = hint},
                  format, list);
    va_end(list);
}

void diag_note(struct diags *diags, enum diag_code code, struct place place, const char *hint,
               const char *format, ...) {
    va_list list;
    va_start(list, format);
    diag_add_list(diags,
                  (struct diag){.level = DIAG_NOTE, .code = code, .place = place, .hint = hint},
                  format, list);
    va_end(list);
}

void diags_join(struct diags *into, const struct diags *from) {
    for (size_t i = 0; i < from->count; i++) diag_add(into, &from->items[i]);
}

int diags_exit_code(const struct diags *diags) {
    static const enum diag_class precedence[] = {DIAG_INTERNAL, DIAG_POLICY, DIAG_CONFIG,
                                                 DIAG_UNMEASURED};
    for (size_t p = 0; p < array_length(precedence); p++)
        for (size_t i = 0; i < diags->count; i++)
            if (diags->items[i].level == DIAG_ERROR &&
                diag_codes[diags->items[i].code].class == precedence[p])
                return (int)precedence[p];
    return 0;
}

enum diag_code diag_code_find(const char *word) {
    for (int code = 0; code < DIAG_CODE_COUNT; code++)
        if (strcmp(diag_codes[code].word, word) == 0) return (enum diag_code)code;
    return DIAG_CODE_COUNT;
}

const char *place_text(struct arena *arena, struct place place) {
    if (!place.file || place.line <= 0) return "";
    return text_format(arena, "%s:%d:%d", text_inert(arena, place.file), place.line, place.column);
}
