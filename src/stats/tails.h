/** Exact tails of the distributions that verdicts rest on. */
#ifndef STATS_TAILS_H
#define STATS_TAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * P(Bin(n, q) <= k), relative error below 1e-12; 0 <= q <= 1, n up to 2^53. Sums the points by
 * their ratio from Loader's (2000) saddle-point form of the first, so its time grows with sqrt(n):
 * 1 ms at 10^9.
 */
double binomial_lower(uint64_t n, double q, uint64_t k);
/** P(Bin(n, q) >= k), likewise. */
double binomial_upper(uint64_t n, double q, uint64_t k);
/** Regularised incomplete beta function I_x(a, b), 0 <= x <= 1, a, b > 0. */
double beta_regularised(double a, double b, double x);
/** ln of x^a y^b Gamma(a + b) / (Gamma(a) Gamma(b)) with x + y = 1, without cancellation. */
long double beta_front_log(long double a, long double b, long double x, long double y);
/** The continued fraction F of I_x(a, b) = x^a (1 - x)^b F / (a B(a, b)), DLMF 8.17.22; for x up to
 * (a + 1) / (a + b + 2). */
long double beta_fraction(long double a, long double b, long double x);
/** Quantile of Student's t: the t with P(T <= t) = p at `df` degrees of freedom; df > 0, 0 < p < 1.
 */
double student_quantile(double p, double df);
/** P(T <= t). */
double student_lower(double t, double df);

/** Whether a tail is as small as alpha asks, forgiving the rounding of tails that equal it on
 * paper. */
static inline bool tail_within(double tail, double alpha) {
    return tail <= alpha * (1 + 1e-12);
}

/**
 * Smallest n with (1 - share_allowed)^n <= alpha: so many samples with none beyond the bound prove
 * that at most that share lies beyond (p95 allows 0.05; at alpha 5 % that takes 59). 0: no number
 * does.
 */
uint64_t samples_to_prove(double share_allowed, double alpha);

#endif
