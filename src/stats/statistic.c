#include "stats/statistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* Decimals of a percentile: p99.9999 is the finest. */
enum { DECIMALS_MAX = 4 };
#define PERCENTILE_SCALE 1e6 /* 100 * 10^DECIMALS_MAX */

static const struct {
    const char *word;
    struct statistic statistic;
} fixed[] = {
    {"min", {STATISTIC_MIN, 0}},       {"max", {STATISTIC_MAX, 0}},
    {"mean", {STATISTIC_MEAN, 0}},     {"median", {STATISTIC_QUANTILE, 0.5}},
    {"stddev", {STATISTIC_STDDEV, 0}}, {"total", {STATISTIC_TOTAL, 0}},
    {"count", {STATISTIC_COUNT, 0}},
};

const char *const statistic_words[] = {"min",    "max",   "mean",  "median",
                                       "stddev", "total", "count", NULL};

/* "95" is 0.95, "99.9" is 0.999: digits / 10^n of two exact doubles is rounded once, so it is the
 * double nearest to the decimal. */
static bool percentile_parse(const char *text, double *p) {
    double digits = 0, scale = 100;
    int decimals = -1, whole = 0; /* decimals: -1 before the point */
    if (*text == '0' && text[1] != '.') return false;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0 && whole > 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9') return false;
        digits = 10 * digits + (*text - '0');
        if (decimals < 0) {
            if (++whole > 2) return false;
        } else {
            if (++decimals > DECIMALS_MAX) return false;
            scale *= 10;
        }
    }
    if (digits == 0 || decimals == 0) return false;
    *p = digits / scale;
    return true;
}

bool statistic_parse(const char *text, struct statistic *statistic) {
    for (size_t i = 0; i < array_length(fixed); i++) {
        if (!text_equal(text, fixed[i].word)) continue;
        *statistic = fixed[i].statistic;
        return true;
    }
    double p;
    if (text[0] != 'p' || !percentile_parse(text + 1, &p)) return false;
    *statistic = (struct statistic){STATISTIC_QUANTILE, p};
    return true;
}

const char *statistic_word(struct arena *arena, const struct statistic *statistic) {
    for (size_t i = 0; i < array_length(fixed); i++) {
        if (fixed[i].statistic.kind != statistic->kind) continue;
        if (statistic->kind != STATISTIC_QUANTILE || statistic->p == fixed[i].statistic.p)
            return fixed[i].word;
    }
    long parts = lround(statistic->p * PERCENTILE_SCALE);
    long whole = parts / 10000, decimals = parts % 10000;
    if (decimals == 0) return text_format(arena, "p%ld", whole);
    int places = DECIMALS_MAX;
    for (; decimals % 10 == 0; decimals /= 10) places--;
    return text_format(arena, "p%ld.%0*ld", whole, places, decimals);
}

static double extreme(const double *samples, size_t count, bool largest) {
    double found = samples[0];
    for (size_t i = 1; i < count; i++)
        if (largest ? samples[i] > found : samples[i] < found) found = samples[i];
    return found;
}

static double quantile_of(const double *samples, size_t count, double p) {
    double *sorted = malloc(count * sizeof *sorted);
    if (!sorted) memory_exhausted();
    memcpy(sorted, samples, count * sizeof *sorted);
    samples_sort(sorted, count);
    double found = quantile_sorted(sorted, count, p);
    free(sorted);
    return found;
}

double statistic_of(const struct statistic *statistic, const double *samples, size_t count) {
    if (statistic->kind == STATISTIC_COUNT) return (double)count;
    if (count == 0) return NAN;
    switch (statistic->kind) {
    case STATISTIC_MIN:
        return extreme(samples, count, false);
    case STATISTIC_MAX:
        return extreme(samples, count, true);
    case STATISTIC_MEAN:
        return samples_mean(samples, count);
    case STATISTIC_QUANTILE:
        return quantile_of(samples, count, statistic->p);
    case STATISTIC_STDDEV:
        return samples_stddev(samples, count);
    case STATISTIC_TOTAL:
        return samples_total(samples, count);
    case STATISTIC_COUNT:
        break;
    }
    return NAN;
}
