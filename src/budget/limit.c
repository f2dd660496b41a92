#include "budget/limit.h"

#include <string.h>

#include "base/text.h"

const char *const limit_kind_words[] = {"max", "min", "warn", "regression", "improvement"};
const char *const limit_operator_signs[] = {"<=", "<", ">=", ">"};

/* Bytes of the character at `label`; what is no UTF-8 counts byte by byte. */
static size_t character_length(const char *label) {
    unsigned point = 0;
    size_t length = text_utf8_length(label, strlen(label) < 4 ? strlen(label) : 4, &point);
    return length ? length : 1;
}

/* Goes over one element of the glob and what it takes of the label; false where they differ. */
static bool element_match(const char **glob, const char **label) {
    if (**glob == '?') {
        *label += character_length(*label);
        *glob += 1;
        return true;
    }
    const char *literal = **glob == '\\' && (*glob)[1] ? *glob + 1 : *glob;
    if (*literal != **label) return false;
    *glob = literal + 1;
    *label += 1;
    return true;
}

bool label_glob_match(const char *glob, const char *label) {
    const char *star = NULL, *retry = NULL; /* the last `*`, and where it would end next */
    while (*label) {
        if (*glob == '*') {
            star = ++glob;
            if (!*star) return true; /* whatever follows: of `*` alone that is 60,000 long names */
            retry = label;
        } else if (*glob && element_match(&glob, &label)) {
            continue;
        } else if (star) {
            glob = star;
            retry += character_length(retry);
            label = retry;
        } else {
            return false;
        }
    }
    while (*glob == '*') glob++;
    return *glob == '\0';
}

bool label_pattern_match(const struct label_pattern *pattern, const struct series *series) {
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
        if (!pattern->globs[d]) continue;
        if (!series->labels[d] || !label_glob_match(pattern->globs[d], series->labels[d]))
            return false;
    }
    return true;
}
