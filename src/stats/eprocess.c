#include "stats/eprocess.h"

#include <math.h>

#include "stats/tails.h"

/*
 * The mixtures, chosen among about twenty by computing errors and sample numbers exactly; the table
 * stands in docs/statistics.md. Towards rarer events than q <= 1/2: half an event in as many trials
 * as q takes for it, so that none at all proves early. Towards more common ones: ten trials at q.
 */
#define RARER_EVENTS 0.5L
#define COMMONER_TRIALS 10

struct mixture {
    long double a, b;
};

static struct mixture mixture_of(long double q) {
    if (q <= 0.5L) return (struct mixture){RARER_EVENTS, RARER_EVENTS * (1 - q) / q};
    return (struct mixture){COMMONER_TRIALS * q, COMMONER_TRIALS * (1 - q)};
}

/*
 * ln of the integral of t^(a-1) (1-t)^(b-1) over 0..q, divided by q^a (1-q)^b. The large powers
 * cancel inside, so nothing is lost at 10^7 samples.
 */
static long double integral_below(long double a, long double b, long double q) {
    if (q <= (a + 1) / (a + b + 2)) return logl(beta_fraction(a, b, q) / a);
    long double whole = -beta_front_log(a, b, q, 1 - q);
    return whole + log1pl(-expl(-whole) * beta_fraction(b, a, 1 - q) / b);
}

static double evidence(uint64_t n, uint64_t k, long double q) {
    struct mixture mixture = mixture_of(q);
    long double events = (long double)k, others = (long double)(n - k);
    return (double)(integral_below(mixture.a + events, mixture.b + others, q) -
                    integral_below(mixture.a, mixture.b, q));
}

double eprocess_below(uint64_t n, uint64_t k, double q) {
    return evidence(n, k, (long double)q);
}

double eprocess_above(uint64_t n, uint64_t k, double q) {
    return evidence(n, n - k, 1 - (long double)q); /* of what is no event, fewer */
}

struct evidence_of_share eprocess(uint64_t n, uint64_t k, double q) {
    return (struct evidence_of_share){eprocess_below(n, k, q), eprocess_above(n, k, q)};
}

bool eprocess_proves(double logarithm, double alpha) {
    return logarithm >= -log(alpha) * (1 - 1e-12);
}

bool eprocess_most(uint64_t n, double q, double alpha, uint64_t *k) {
    if (!eprocess_proves(eprocess_below(n, 0, q), alpha)) return false;
    uint64_t from = 0, to = n; /* the last that proves lies in from..to */
    while (from < to) {
        uint64_t middle = to - (to - from) / 2;
        if (eprocess_proves(eprocess_below(n, middle, q), alpha))
            from = middle;
        else
            to = middle - 1;
    }
    *k = from;
    return true;
}

bool eprocess_least(uint64_t n, double q, double alpha, uint64_t *k) {
    if (!eprocess_proves(eprocess_above(n, n, q), alpha)) return false;
    uint64_t from = 0, to = n;
    while (from < to) {
        uint64_t middle = from + (to - from) / 2;
        if (eprocess_proves(eprocess_above(n, middle, q), alpha))
            to = middle;
        else
            from = middle + 1;
    }
    *k = from;
    return true;
}

uint64_t eprocess_minimum(double q, double alpha) {
    if (!(q > 0) || !(alpha > 0)) return 0;
    if (q >= 1 || alpha >= 1) return 1;
    uint64_t to = 1;
    for (; !eprocess_proves(eprocess_below(to, 0, q), alpha); to *= 2)
        if (to > UINT64_C(1) << 52) return 0;
    uint64_t from = to / 2; /* does not prove */
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (eprocess_proves(eprocess_below(middle, 0, q), alpha))
            to = middle;
        else
            from = middle;
    }
    return to;
}

struct trials {
    uint64_t n, k;
    double alpha;
};

/* Where evidence against a share q reaches 1 / alpha, between a share that is proven wrong and the
 * one seen, which is not. */
static double share_where(double (*side)(uint64_t, uint64_t, double), struct trials trials,
                          double proven) {
    double seen = (double)trials.k / (double)trials.n;
    for (int step = 0; step < 60; step++) {
        double middle = proven + (seen - proven) / 2;
        if (middle <= 0 || middle >= 1) break;
        bool proves = eprocess_proves(side(trials.n, trials.k, middle), trials.alpha);
        *(proves ? &proven : &seen) = middle;
    }
    return proven;
}

double eprocess_share_low(uint64_t n, uint64_t k, double alpha) {
    return k == 0 ? 0 : share_where(eprocess_above, (struct trials){n, k, alpha}, 0);
}

double eprocess_share_high(uint64_t n, uint64_t k, double alpha) {
    return k == n ? 1 : share_where(eprocess_below, (struct trials){n, k, alpha}, 1);
}
