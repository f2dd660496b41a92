#include "base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { PATTERN_MAX = 64 * 1024, MATCH_LIMIT = 1000000, HEAP_LIMIT = 20000, MESSAGE_ROOM = 256 };

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *bounds;
};

struct pattern *pattern_open(struct arena *arena, const char *text, const char **problem) {
    int error;
    size_t at;
    if (strlen(text) > PATTERN_MAX) {
        *problem = "the pattern is too long";
        return NULL;
    }
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                     PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
    if (!code) {
        char message[MESSAGE_ROOM];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
        *problem = text_format(arena, "the pattern is wrong at character %zu: %s", at + 1, message);
        return NULL;
    }
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern) memory_exhausted();
    *pattern = (struct pattern){code, pcre2_match_data_create_from_pattern(code, NULL),
                                pcre2_match_context_create(NULL)};
    if (!pattern->match || !pattern->bounds) memory_exhausted();
    pcre2_set_match_limit(pattern->bounds, MATCH_LIMIT);
    pcre2_set_heap_limit(pattern->bounds, HEAP_LIMIT);
    return pattern;
}

bool pattern_matches(const struct pattern *pattern, const char *bytes, size_t length) {
    return pcre2_match(pattern->code, (PCRE2_SPTR)bytes, length, 0, 0, pattern->match,
                       pattern->bounds) >= 0;
}

void pattern_close(struct pattern *pattern) {
    if (!pattern) return;
    pcre2_match_context_free(pattern->bounds);
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
    free(pattern);
}
