#include "stats/tails.h"

#include <float.h>
#include <math.h>

/* All of it in long double: its digits beyond double's pay for the rounding of long sums. */
#define TWO_PI 6.283185307179586476925286766559005768L
#define STOP 1e-20L /* what is left of a sum no longer matters */
enum { STIRLING_SERIES_FROM = 32, FRACTION_STEPS_MAX = 1000000 };

/* ln Gamma(a) less Stirling's (a - 1/2) ln a - a + ln(2 pi) / 2; DLMF 5.11.1. */
static long double stirling_error(long double a) {
    if (a < STIRLING_SERIES_FROM) {
        int sign;
        return lgammal_r(a, &sign) - ((a - 0.5L) * logl(a) - a + 0.5L * logl(TWO_PI));
    }
    long double square = a * a;
    return (1 / 12.0L -
            (1 / 360.0L - (1 / 1260.0L - (1 / 1680.0L - 1 / 1188.0L / square) / square) / square) /
                square) /
           a;
}

/* x ln(x / mean) + mean - x without cancellation where x is near the mean (Loader 2000, "Fast and
 * accurate computation of binomial probabilities", section 2). */
static long double deviance(long double x, long double mean) {
    long double gap = x - mean, ratio = gap / (x + mean);
    if (fabsl(ratio) >= 0.1L) return x * logl(x / mean) - gap;
    long double sum = gap * ratio, power = 2 * x * ratio, square = ratio * ratio;
    for (int odd = 3;; odd += 2) {
        power *= square;
        long double next = sum + power / (long double)odd;
        if (next == sum) return sum;
        sum = next;
    }
}

long double beta_front_log(long double a, long double b, long double x, long double y) {
    long double sum = a + b;
    return logl(a / sum * b / TWO_PI) / 2 + stirling_error(sum) - stirling_error(a) -
           stirling_error(b) - deviance(a, sum * x) - deviance(b, sum * y);
}

static long double beta_front(long double a, long double b, long double x, long double y) {
    return expl(beta_front_log(a, b, x, y));
}

/* ln of a share, from whichever of it and its rest is not rounded. */
static long double log_share(long double share, long double rest) {
    return share < rest ? logl(share) : log1pl(-rest);
}

/* P(Bin(n, q) = k), p = 1 - q. */
static long double binomial_point(long double n, long double q, long double p, long double k) {
    if (k <= 0) return expl(n * log_share(p, q));
    if (k >= n) return expl(n * log_share(q, p));
    return beta_front(k, n - k, q, p) * n / (k * (n - k));
}

/* Sum of P(Bin(n, q) = j) for j = k, k - 1, .., 0, where k lies below the mean, so that the terms
 * shrink. About 10 standard deviations of terms: sqrt(n). */
static long double sum_down(long double n, long double q, long double p, long double k) {
    long double term = binomial_point(n, q, p, k), sum = term;
    for (long double odds = p / q; k > 0; k--) {
        long double ratio = k / (n - k + 1) * odds;
        term *= ratio;
        sum += term;
        if (term * ratio <= STOP * sum * (1 - ratio)) break;
    }
    return sum;
}

double binomial_lower(uint64_t n, double q, uint64_t k) {
    if (k >= n || q <= 0) return 1;
    if (q >= 1) return 0;
    long double size = (long double)n, share = (long double)q, rest = 1 - share;
    if ((long double)k < (size + 1) * share) return (double)sum_down(size, share, rest, k);
    /* P(X >= k + 1) is P(n - X <= n - k - 1) of the other outcome */
    return (double)(1 - sum_down(size, rest, share, size - (long double)k - 1));
}

double binomial_upper(uint64_t n, double q, uint64_t k) {
    if (k == 0) return 1;
    if (k > n || q <= 0) return 0;
    if (q >= 1) return 1;
    long double size = (long double)n, share = (long double)q, rest = 1 - share;
    long double others = size - (long double)k;
    if (others < (size + 1) * rest) return (double)sum_down(size, rest, share, others);
    return (double)(1 - sum_down(size, share, rest, (long double)k - 1));
}

/* By Lentz's method as modified by Thompson and Barnett (1986). */
long double beta_fraction(long double a, long double b, long double x) {
    const long double tiny = LDBL_MIN * 1e30L;
    long double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabsl(d) < tiny ? tiny : d);
    long double value = d;
    for (int step = 1; step <= FRACTION_STEPS_MAX; step++) {
        long double m = (long double)step;
        long double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        long double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        long double before = value;
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabsl(d) < tiny ? tiny : d);
        value *= d * (fabsl(c) < tiny ? tiny : c);
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabsl(d) < tiny ? tiny : d);
        value *= d * (fabsl(c) < tiny ? tiny : c);
        if (fabsl(value - before) <= LDBL_EPSILON * fabsl(value)) break;
    }
    return value;
}

static long double beta_share(long double a, long double b, long double x, long double y) {
    if (x <= 0) return 0;
    if (y <= 0) return 1;
    if (x <= (a + 1) / (a + b + 2)) return beta_front(a, b, x, y) * beta_fraction(a, b, x) / a;
    return 1 - beta_front(b, a, y, x) * beta_fraction(b, a, y) / b;
}

double beta_regularised(double a, double b, double x) {
    return (double)beta_share(a, b, x, 1 - (long double)x);
}

/* P(T >= t) for t >= 0; DLMF 8.17 and Abramowitz and Stegun 26.7.1. */
static long double student_upper(long double t, long double df) {
    long double square = t * t;
    if (!isfinite(square)) return 0;
    return beta_share(df / 2, 0.5L, df / (df + square), square / (df + square)) / 2;
}

double student_lower(double t, double df) {
    long double tail = student_upper(fabsl((long double)t), df);
    return (double)(t < 0 ? tail : 1 - tail);
}

/* Density of T at t > 0. */
static long double student_density(long double t, long double df) {
    long double square = t * t;
    return beta_front(df / 2, 0.5L, df / (df + square), square / (df + square)) / t;
}

/* Newton's steps on the tail, halving where one leaves the bracket. */
double student_quantile(double p, double df) {
    long double tail = p < 0.5 ? (long double)p : 1 - (long double)p;
    long double low = 0, high = 1;
    while (student_upper(high, df) > tail && high < 1e300L) {
        low = high;
        high *= 2;
    }
    long double t = low + (high - low) / 2;
    for (int step = 0; step < 128; step++) {
        long double excess = student_upper(t, df) - tail;
        *(excess > 0 ? &low : &high) = t;
        long double next = t + excess / student_density(t, df);
        if (!(next > low && next < high)) next = low + (high - low) / 2;
        bool settled = fabsl(next - t) <= 4 * LDBL_EPSILON * t;
        t = next;
        if (settled) break;
    }
    return p < 0.5 ? -(double)t : (double)t;
}

uint64_t samples_to_prove(double share_allowed, double alpha) {
    if (!(share_allowed > 0) || !(alpha > 0)) return 0;
    if (share_allowed >= 1 || alpha >= 1) return 1;
    double guess = ceil(log(alpha) / log1p(-share_allowed));
    if (!(guess < 9007199254740992.0)) return 0;
    uint64_t n = guess > 1 ? (uint64_t)guess : 1;
    while (n > 1 && tail_within(binomial_lower(n - 1, share_allowed, 0), alpha)) n--;
    while (!tail_within(binomial_lower(n, share_allowed, 0), alpha)) n++;
    return n;
}
