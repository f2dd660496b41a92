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

const char *suggest(const char *word, const char *const *candidates, size_t count) {
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
