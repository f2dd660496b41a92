#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stats/statistic.h"

/* Below this, counting passes cost more than they save. */
enum { SMALL = 256, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, PASSES = 6 };

/* Order of the keys as unsigned integers is the order of the doubles: IEEE 754 numbers of one sign
 * are ordered as their bits are, and negative ones the other way round. */
static uint64_t key_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double value_of(uint64_t key) {
    uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int compare_keys(const void *a, const void *b) {
    uint64_t x = key_of(*(const double *)a), y = key_of(*(const double *)b);
    return (x > y) - (x < y);
}

static size_t digit_of(uint64_t key, int pass) {
    return (size_t)(key >> (pass * DIGIT_BITS)) & (DIGITS - 1);
}

/* Counts how often each digit occurs, for all passes in one walk. */
static void count_digits(const uint64_t *keys, size_t count, size_t (*counts)[DIGITS]) {
    memset(counts, 0, PASSES * sizeof *counts);
    for (size_t i = 0; i < count; i++)
        for (int pass = 0; pass < PASSES; pass++) counts[pass][digit_of(keys[i], pass)]++;
}

/* Moves keys into place by one digit; stable, so the passes before it stay in force. */
static void scatter(const uint64_t *from, uint64_t *to, size_t count, int pass, size_t *counts) {
    size_t at = 0;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        size_t many = counts[digit];
        counts[digit] = at;
        at += many;
    }
    for (size_t i = 0; i < count; i++) to[counts[digit_of(from[i], pass)]++] = from[i];
}

static void radix_sort(double *samples, size_t count) {
    if (count > SIZE_MAX / (2 * sizeof(uint64_t))) memory_exhausted();
    uint64_t *keys = malloc(2 * count * sizeof *keys);
    size_t(*counts)[DIGITS] = malloc(PASSES * sizeof *counts);
    if (!keys || !counts) memory_exhausted();
    uint64_t *from = keys, *to = keys + count;
    for (size_t i = 0; i < count; i++) from[i] = key_of(samples[i]);
    count_digits(from, count, counts);
    for (int pass = 0; pass < PASSES; pass++) {
        if (counts[pass][digit_of(from[0], pass)] == count) continue; /* all alike in this digit */
        scatter(from, to, count, pass, counts[pass]);
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < count; i++) samples[i] = value_of(from[i]);
    free(counts);
    free(keys);
}

void samples_sort(double *samples, size_t count) {
    if (count < SMALL)
        qsort(samples, count, sizeof *samples, compare_keys);
    else
        radix_sort(samples, count);
}
