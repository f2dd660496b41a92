/** "Did you mean": the nearest of the words that would have been right. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/**
 * The candidate with the smallest Damerau-Levenshtein distance to `word` (case folded, `-` like
 * `_`), or NULL when none is near enough to be meant: at most a third of the longer word's letters,
 * at least 1. Words that other tools use (`avg`, `gz`, `sec`) are known by heart.
 */
const char *suggest(const char *word, const char *const *candidates, size_t count);

#endif
