#include "probe/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

size_t run_start(const struct series *series, size_t run) {
    if (run > series->runs) return series->count;
    return run ? series->run_ends[run - 1] : 0;
}

size_t run_length(const struct series *series, size_t run) {
    if (run >= series->runs) return 0;
    return series->run_ends[run] - run_start(series, run);
}

/* The samples of one label that are still to be taken. */
struct head {
    const struct series *series;
    size_t at, end;
};

static uint64_t place_of(const struct head *head) {
    return head->series->places[head->at];
}

/* A heap whose first head has the smallest place, but for heads[from], which is put right. */
static void sink(struct head *heads, size_t count, size_t from) {
    for (size_t child; (child = 2 * from + 1) < count; from = child) {
        if (child + 1 < count && place_of(&heads[child + 1]) < place_of(&heads[child])) child++;
        if (place_of(&heads[from]) <= place_of(&heads[child])) return;
        struct head swap = heads[from];
        heads[from] = heads[child];
        heads[child] = swap;
    }
}

static void merge(struct head *heads, size_t count, double *out) {
    for (size_t i = count / 2; i-- > 0;) sink(heads, count, i);
    while (count > 0) {
        *out++ = heads->series->samples[heads->at++];
        if (heads->at == heads->end) heads[0] = heads[--count];
        sink(heads, count, 0);
    }
}

static bool know_places(const struct pooled *pooled, size_t run) {
    for (size_t i = 0; i < pooled->count; i++)
        if (!pooled->items[i]->places && run_length(pooled->items[i], run)) return false;
    return true;
}

static void pool_in_order(const struct pooled *pooled, size_t run, double *out) {
    struct head *heads = malloc(pooled->count * sizeof *heads);
    size_t count = 0;
    if (!heads) memory_exhausted();
    for (size_t i = 0; i < pooled->count; i++) {
        const struct series *series = pooled->items[i];
        size_t length = run_length(series, run), start = run_start(series, run);
        if (length) heads[count++] = (struct head){series, start, start + length};
    }
    merge(heads, count, out);
    free(heads);
}

void pool_samples(const struct pooled *pooled, size_t run, double *out) {
    if (know_places(pooled, run)) {
        pool_in_order(pooled, run, out);
        return;
    }
    for (size_t i = 0; i < pooled->count; i++) {
        const struct series *series = pooled->items[i];
        size_t length = run_length(series, run);
        if (length) memcpy(out, series->samples + run_start(series, run), length * sizeof *out);
        out += length;
    }
}

void pool_trials(const struct pooled *pooled, size_t run, uint64_t *out) {
    for (size_t i = 0; i < pooled->count; i++) {
        const struct series *series = pooled->items[i];
        size_t length = run_length(series, run);
        if (length) memcpy(out, series->trials + run_start(series, run), length * sizeof *out);
        out += length;
    }
}
