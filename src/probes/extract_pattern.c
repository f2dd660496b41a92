#define PCRE2_CODE_UNIT_WIDTH 8
#include "probes/extract_pattern.h"

#include <pcre2.h>
#include <string.h>

#include "base/text.h"
#include "probes/extract.h"

enum { MESSAGE_ROOM = 256 };

struct pattern_finder {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
    uint32_t group; /* 0: the whole match */
};

static bool group_choose(struct arena *arena, struct pattern_finder *finder, const char **problem) {
    uint32_t groups = 0;
    int named = pcre2_substring_number_from_name(finder->code, (PCRE2_SPTR) "value");
    pcre2_pattern_info(finder->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    finder->group = named > 0 ? (uint32_t)named : 1;
    if (named > 0 || groups == 1) return true;
    *problem = text_format(arena, "it needs one group in ( ) around the value and has %u", groups);
    return false;
}

struct pattern_finder *pattern_finder_open(struct arena *arena, const char *pattern, bool group,
                                           const char **problem) {
    int error = 0;
    PCRE2_SIZE at = 0;
    struct pattern_finder *finder = arena_new_object(arena, struct pattern_finder);
    finder->code =
        pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern), PCRE2_MULTILINE, &error, &at, NULL);
    if (!finder->code) {
        PCRE2_UCHAR message[MESSAGE_ROOM];
        pcre2_get_error_message(error, message, sizeof message);
        *problem = text_format(arena, "%s, at character %zu", (const char *)message, at + 1);
        return NULL;
    }
    if (group && !group_choose(arena, finder, problem)) {
        pattern_finder_close(finder);
        return NULL;
    }
    finder->match = pcre2_match_data_create_from_pattern(finder->code, NULL);
    finder->limits = pcre2_match_context_create(NULL);
    if (!finder->match || !finder->limits) memory_exhausted();
    pcre2_set_match_limit(finder->limits, EXTRACT_MATCH_LIMIT);
    pcre2_set_heap_limit(finder->limits, EXTRACT_HEAP_LIMIT);
    return finder;
}

void pattern_finder_close(struct pattern_finder *finder) {
    if (!finder) return;
    pcre2_code_free(finder->code);
    pcre2_match_data_free(finder->match);
    pcre2_match_context_free(finder->limits);
    *finder = (struct pattern_finder){0};
}

bool pattern_finder_find(const struct pattern_finder *finder, const char *bytes, size_t length,
                         struct pattern_found *found) {
    int count = pcre2_match(finder->code, (PCRE2_SPTR)(bytes ? bytes : ""), length, 0, 0,
                            finder->match, finder->limits);
    if (count <= (int)finder->group) return false;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(finder->match);
    size_t start = ends[2 * finder->group], end = ends[2 * finder->group + 1];
    if (start == PCRE2_UNSET || end < start) return false;
    *found = (struct pattern_found){start, end};
    return true;
}
