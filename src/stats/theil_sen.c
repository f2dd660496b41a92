#include "stats/theil_sen.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "stats/statistic.h"

static size_t point_at(size_t i, size_t points, size_t count) {
    return points < 2 ? 0 : i * (count - 1) / (points - 1);
}

static size_t slopes_fill(double *slopes, const double *x, const double *y, size_t count,
                          size_t points) {
    size_t pairs = 0;
    for (size_t i = 0; i < points; i++) {
        size_t from = point_at(i, points, count);
        for (size_t j = i + 1; j < points; j++) {
            size_t to = point_at(j, points, count);
            if (x[to] > x[from]) slopes[pairs++] = (y[to] - y[from]) / (x[to] - x[from]);
        }
    }
    return pairs;
}

/* The slope of a rank counted from 0, between two ranks their mean; clamped to what there is. */
static double rank_value(const double *sorted, size_t count, double rank) {
    double last = (double)(count - 1), at = rank < 0 ? 0 : rank > last ? last : rank;
    size_t below = (size_t)floor(at), above = (size_t)ceil(at);
    return (sorted[below] + sorted[above]) / 2;
}

struct slope theil_sen(const double *x, const double *y, size_t count, double deviations) {
    struct slope slope = {(double)NAN, (double)NAN, (double)NAN, 0};
    size_t points = count < THEIL_SEN_POINTS ? count : THEIL_SEN_POINTS;
    if (points < 3) return slope;
    double *slopes = calloc(points * (points - 1) / 2, sizeof *slopes);
    if (!slopes) memory_exhausted();
    size_t pairs = slopes_fill(slopes, x, y, count, points);
    if (pairs >= 3) {
        double n = (double)points, middle = ((double)pairs - 1) / 2;
        double reach = deviations * sqrt(n * (n - 1) * (2 * n + 5) / 18) / 2;
        samples_sort(slopes, pairs);
        slope.estimate = rank_value(slopes, pairs, middle);
        slope.low = rank_value(slopes, pairs, floor(middle - reach));
        slope.high = rank_value(slopes, pairs, ceil(middle + reach));
        slope.points = points;
    }
    free(slopes);
    return slope;
}
