#include "stats/dependence.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"

struct ranked {
    double value;
    size_t at;
};

static int ranked_order(const void *a, const void *b) {
    const struct ranked *left = a, *right = b;
    if (left->value != right->value) return left->value < right->value ? -1 : 1;
    return left->at < right->at ? -1 : 1;
}

/* Ranks less their mean; equal samples share the middle of theirs. */
static void rank(const double *samples, size_t count, double *ranks) {
    struct ranked *sorted = malloc(count * sizeof *sorted);
    if (!sorted) memory_exhausted();
    for (size_t i = 0; i < count; i++) sorted[i] = (struct ranked){samples[i], i};
    qsort(sorted, count, sizeof *sorted, ranked_order);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && sorted[to].value == sorted[from].value;) to++;
        double middle = (double)(from + to) / 2 - (double)count / 2;
        for (size_t i = from; i < to; i++) ranks[sorted[i].at] = middle;
    }
    free(sorted);
}

/* Values whose mean is 0, and the sum of their squares. */
struct centred {
    const double *values;
    size_t count;
    double squares;
};

static struct centred centre(const double *values, size_t count) {
    struct centred centred = {values, count, 0};
    for (size_t i = 0; i < count; i++) centred.squares += values[i] * values[i];
    return centred;
}

/* Lag correlation. */
static double correlation(const struct centred *centred, size_t lag) {
    const double *values = centred->values;
    double products = 0, count = (double)centred->count;
    for (size_t i = lag; i < centred->count; i++) products += values[i] * values[i - lag];
    if (!(centred->squares > 0)) return 0;
    return products / centred->squares * count / (count - (double)lag);
}

bool dependence_seen(double correlation, double pairs, double errors) {
    return correlation > fmax(DEPENDENCE_SLIGHT, errors / sqrt(pairs));
}

/* The beyond as numbers less their mean; false: too few on one side. */
static bool indicate(const struct stream *stream, double *values) {
    size_t beyond = 0;
    for (size_t i = 0; i < stream->count; i++) beyond += stream->beyond[i];
    if (beyond < DEPENDENCE_BEYOND || stream->count - beyond < DEPENDENCE_BEYOND) return false;
    double mean = (double)beyond / (double)stream->count;
    for (size_t i = 0; i < stream->count; i++) values[i] = stream->beyond[i] - mean;
    return true;
}

uint64_t dependence_step_next(uint64_t step) {
    return step < DEPENDENCE_FINE ? step + 1 : step + step / DEPENDENCE_COARSE;
}

size_t dependence_step(const struct stream *stream, size_t from, double *first) {
    size_t count = stream->count, step = from > 0 ? from : 1;
    double errors = stream->launches ? DEPENDENCE_ERRORS_LAUNCHES : DEPENDENCE_ERRORS;
    double *values = malloc(2 * (count + 1) * sizeof *values), *ranks = values + count;
    if (!values) memory_exhausted();
    rank(stream->samples, count, ranks);
    bool indicated = indicate(stream, values);
    const struct centred ranked = centre(ranks, count);
    const struct centred beyond = centre(values, indicated ? count : 0);
    if (first && count > 1)
        *first = fmax(correlation(&ranked, 1), indicated ? correlation(&beyond, 1) : -1);
    for (; step <= count / DEPENDENCE_SHARE; step = (size_t)dependence_step_next(step))
        if (!dependence_seen(correlation(&ranked, step), (double)(count - step), errors) &&
            !(indicated &&
              dependence_seen(correlation(&beyond, step), (double)(count - step), errors)))
            break;
    if (step > count / DEPENDENCE_SHARE && step > 1) step = count;
    free(values);
    return step;
}
