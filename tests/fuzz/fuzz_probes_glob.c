/* A pattern, a NUL byte and a path: either the pattern is refused, or it is matched in bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/glob.h"
#include "probes/glob_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match_all(struct arena *arena, const char *text, const char *path) {
    const char **texts = NULL;
    size_t count = 0;
    struct glob_problem problem;
    if (!glob_braces(arena, text, &texts, &count, &problem)) abort(); /* it was good before */
    for (size_t i = 0; i < count; i++) {
        struct glob_pattern pattern;
        if (!glob_pattern_read(arena, "/folder", texts[i], &pattern, &problem)) abort();
        bool matches = glob_pattern_matches(&pattern, path);
        if (matches && !path_below(pattern.base, path)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > GLOB_PATTERN_MAX) return 0;
    struct arena *arena = arena_new();
    const char *text = text_copy_bytes(arena, (const char *)data, size);
    size_t length = strlen(text);
    const char *rest = length < size ? text + length + 1 : "";
    const char *path = path_join(arena, "/folder", rest);
    struct glob_problem problem = {0};
    if (glob_check(arena, (struct probe_texts){&text, 1}, &problem))
        match_all(arena, text, path);
    else if (!problem.message)
        abort();
    if (!glob_fixed_folder(arena, "/folder", text)) abort();
    arena_free(arena);
    return 0;
}
