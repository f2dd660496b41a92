#include "probes/size_label.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct strip {
    pcre2_code *code;
    pcre2_match_context *context;
};

static const char *pcre2_text(struct arena *arena, int error) {
    PCRE2_UCHAR text[256];
    pcre2_get_error_message(error, text, sizeof text);
    return text_copy(arena, (const char *)text);
}

struct strip *strip_new(struct arena *arena, const char *pattern, const char **problem) {
    int error = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
    if (!code) {
        *problem = text_format(arena, "%s, at character %zu", pcre2_text(arena, error), at + 1);
        return NULL;
    }
    struct strip *strip = calloc(1, sizeof *strip);
    if (!strip) memory_exhausted();
    strip->code = code;
    strip->context = pcre2_match_context_create(NULL);
    if (!strip->context) memory_exhausted();
    pcre2_set_match_limit(strip->context, STRIP_MATCH_LIMIT);
    return strip;
}

const char *strip_label(struct arena *arena, const struct strip *strip, const char *label,
                        const char **problem) {
    PCRE2_SIZE room = strlen(label) + 1;
    PCRE2_UCHAR *stripped = arena_alloc(arena, room);
    int count = pcre2_substitute(strip->code, (PCRE2_SPTR)label, PCRE2_ZERO_TERMINATED, 0,
                                 PCRE2_SUBSTITUTE_GLOBAL, NULL, strip->context, (PCRE2_SPTR) "", 0,
                                 stripped, &room);
    if (count < 0) {
        *problem = pcre2_text(arena, count);
        return NULL;
    }
    if (room == 0) {
        *problem = "nothing is left of the label";
        return NULL;
    }
    return (const char *)stripped;
}

void strip_free(struct strip *strip) {
    if (!strip) return;
    pcre2_match_context_free(strip->context);
    pcre2_code_free(strip->code);
    free(strip);
}
