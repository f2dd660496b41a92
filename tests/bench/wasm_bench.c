/* One WebAssembly file in memory: processor milliseconds of hashing all its bytes, of walking it,
 * of decoding every body, and of names with the dominator tree, as medians of rounds in turn.
 *     wasm_bench FILE [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/units.h"
#include "wasm/profile.h"

enum { STEPS = 4, ROUNDS_MAX = 99 };

/* As fast as one multiplication for eight bytes goes: about what a good hash costs. */
static uint64_t hash_all(const uint8_t *bytes, size_t length) {
    uint64_t hash = length, word;
    for (size_t i = 0; i + 8 <= length; i += 8) {
        memcpy(&word, bytes + i, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static uint64_t run_step(int step, struct wasm_span span) {
    if (step == 0) return hash_all(span.bytes, span.end);
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    bool good = wasm_file_read(arena, span, step == 1 ? WASM_WALK : WASM_DECODE, &file, &problem);
    if (!good) exit(1);
    uint64_t found = file.unit_count;
    if (step == 3)
        found =
            wasm_profile_make(arena, &file, NULL, WASM_PROFILE_NAMES | WASM_PROFILE_RETAINED).bytes;
    arena_free(arena);
    return found;
}

/* Time of this thread alone, so that what else the machine does counts little. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int count, char **words) {
    double wanted = 9;
    if (count < 2 || (count > 2 && !number_parse(words[2], &wanted))) return 2;
    if (!(wanted >= 1 && wanted <= ROUNDS_MAX)) return 2;
    int rounds = (int)wanted;
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const char *bytes;
    size_t length;
    if (!file_read(arena, words[1], SIZE_MAX >> 1, &bytes, &length, &diags)) return 1;
    struct wasm_span span = {(const uint8_t *)bytes, 0, length};
    static double times[STEPS][ROUNDS_MAX];
    uint64_t sink = 0;
    for (int round = 0; round < rounds; round++)
        for (int step = 0; step < STEPS; step++) {
            uint64_t start = now();
            sink += run_step(step, span);
            times[step][round] = (double)(now() - start) / 1e6;
        }
    for (int step = 0; step < STEPS; step++)
        qsort(times[step], (size_t)rounds, sizeof **times, by_value);
    int middle = rounds / 2;
    printf("%.2f %.2f %.2f %.2f %zu\n", times[0][middle], times[1][middle], times[2][middle],
           times[3][middle], length);
    arena_free(arena);
    return sink == 0;
}
