#include <math.h>

#include "stats/statistic.h"

/* Sum of samples / divisor with Neumaier's compensation (1974), which also holds where a term is
 * larger than the sum. */
static double sum_scaled(const double *samples, size_t count, double divisor) {
    double sum = 0, lost = 0;
    for (size_t i = 0; i < count; i++) {
        double term = samples[i] / divisor, next = sum + term;
        lost += fabs(sum) >= fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return isfinite(lost) ? sum + lost : sum;
}

double samples_total(const double *samples, size_t count) {
    return sum_scaled(samples, count, 1);
}

double samples_mean(const double *samples, size_t count) {
    double low = samples[0], high = samples[0];
    for (size_t i = 1; i < count; i++) {
        low = fmin(low, samples[i]);
        high = fmax(high, samples[i]);
    }
    double total = samples_total(samples, count), mean = total / (double)count;
    if (!isfinite(total)) /* the sum overflows, the mean does not */
        mean = sum_scaled(samples, count, (double)count);
    return fmin(fmax(mean, low), high); /* n equal samples have that mean, whatever rounding says */
}

double samples_stddev(const double *samples, size_t count) {
    if (count < 2) return 0;
    double mean = samples_mean(samples, count), largest = 0;
    for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs(samples[i] - mean));
    if (largest == 0 || !isfinite(largest)) return largest;
    double squares = 0, drift = 0; /* scaled by the largest, so that no square overflows */
    for (size_t i = 0; i < count; i++) {
        double deviation = (samples[i] - mean) / largest;
        squares += deviation * deviation;
        drift += deviation;
    }
    double variance = (squares - drift * drift / (double)count) / (double)(count - 1);
    return largest * sqrt(fmax(variance, 0));
}

double quantile_sorted(const double *sorted, size_t count, double p) {
    /* k / n is rounded as p was from its decimal text, so that shares that are equal on paper
     * compare equal; ceil(n * p) alone gives 8 for 7 % of 100. */
    double n = (double)count;
    size_t k = (size_t)fmin(fmax(ceil(n * p), 1), n);
    while (k > 1 && (double)(k - 1) / n >= p) k--;
    while (k < count && (double)k / n < p) k++;
    return sorted[k - 1];
}
