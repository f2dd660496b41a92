#include "stats/welch.h"

#include <math.h>

#include "stats/statistic.h"
#include "stats/tails.h"

struct welch welch_of(const double *first, size_t first_count, const double *second,
                      size_t second_count) {
    double a = samples_stddev(first, first_count), b = samples_stddev(second, second_count);
    double n = (double)first_count, m = (double)second_count;
    double u = a * a / n, v = b * b / m;
    struct welch welch = {
        .difference = samples_mean(first, first_count) - samples_mean(second, second_count),
        .error = sqrt(u + v),
    };
    if (u + v > 0) welch.freedom = (u + v) * (u + v) / (u * u / (n - 1) + v * v / (m - 1));
    return welch;
}

double welch_margin(const struct welch *welch, double alpha) {
    if (!(welch->freedom > 0)) return 0;
    return student_quantile(1 - alpha, welch->freedom) * welch->error;
}
