#include "base/suggest.h"

#include <stdbool.h>
#include <string.h>

/* Longer words are not typed by hand; they get no suggestion. */
enum { LONGEST_WORD = 64 };

static char folded(char letter) {
    if (letter >= 'A' && letter <= 'Z') return (char)(letter - 'A' + 'a');
    return letter == '-' ? '_' : letter;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Damerau-Levenshtein, restricted form (optimal string alignment): a swap of neighbours counts 1.
 */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= b_length; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            char x = folded(a[i - 1]), y = folded(b[j - 1]);
            row[j] = smaller(above[j] + 1, row[j - 1] + 1);
            row[j] = smaller(row[j], above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

static bool near_enough(size_t apart, size_t longer) {
    size_t allowed = longer / 3 > 1 ? longer / 3 : 1;
    return apart <= allowed && apart < longer;
}

/* What other tools and people call it. */
static const char *const synonyms[][2] = {
    {"avg", "mean"},
    {"average", "mean"},
    {"med", "median"},
    {"gz", "gzip"},
    {"br", "brotli"},
    {"rss", "peak_rss"},
    {"time", "wall"},
    {"duration", "wall"},
    {"elapsed", "wall"},
    {"real", "wall"},
    {"memory", "peak_memory"},
    {"rps", "throughput"},
    {"sec", "s"},
    {"secs", "s"},
    {"seconds", "s"},
    {"msec", "ms"},
    {"usec", "us"},
    {"mins", "min"},
    {"minutes", "min"},
    {"bytes", "B"},
    {"Ki", "KiB"},
    {"Mi", "MiB"},
    {"Gi", "GiB"},
};

static const char *synonym(const char *word, const char *const *candidates, size_t count) {
    for (size_t s = 0; s < sizeof synonyms / sizeof *synonyms; s++)
        for (size_t i = 0; strcmp(word, synonyms[s][0]) == 0 && i < count; i++)
            if (candidates[i] && strcmp(candidates[i], synonyms[s][1]) == 0) return candidates[i];
    return NULL;
}

const char *suggest(const char *word, const char *const *candidates, size_t count) {
    const char *called = synonym(word, candidates, count);
    if (called) return called;
    size_t length = strlen(word), best_distance = LONGEST_WORD + 1;
    const char *best = NULL;
    if (length == 0 || length > LONGEST_WORD) return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = candidates[i] ? strlen(candidates[i]) : 0;
        if (other == 0 || other > LONGEST_WORD) continue;
        size_t apart = distance(word, length, candidates[i], other);
        if (apart >= best_distance || !near_enough(apart, length > other ? length : other))
            continue;
        best = candidates[i];
        best_distance = apart;
    }
    return best;
}
