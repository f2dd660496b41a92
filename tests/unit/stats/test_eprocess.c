/* E-processes: the evidence against sums by hand, and errors and sample numbers computed exactly.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "stats/eprocess.h"
#include "stats/tails.h"

#include <cmocka.h>

/* ln of the mixture likelihood ratio by the midpoint rule; theta = q u^2 takes the pole at 0 out of
 * Beta(1/2, b). */
static double by_quadrature(uint64_t n, uint64_t k, double q) {
    enum { STEPS = 200000 };
    double a = 0.5, b = 0.5 * (1 - q) / q, mixed = 0, whole = 0;
    for (int i = 0; i < STEPS; i++) {
        double u = (i + 0.5) / STEPS, theta = q * u * u;
        double weight = pow(theta, a - 1) * pow(1 - theta, b - 1) * u;
        whole += weight;
        mixed +=
            weight * exp((double)k * log(theta / q) + (double)(n - k) * log((1 - theta) / (1 - q)));
    }
    return log(mixed / whole);
}

static void test_evidence_is_the_mixture(void **state) {
    (void)state;
    static const struct {
        uint64_t n, k;
        double q;
    } rows[] = {{1, 0, 0.05},    {1, 1, 0.05},    {72, 0, 0.05},  {200, 5, 0.05},
                {200, 20, 0.05}, {2000, 9, 0.01}, {30, 10, 0.45}, {500, 480, 0.5}};
    for (size_t i = 0; i < array_length(rows); i++) {
        double expected = by_quadrature(rows[i].n, rows[i].k, rows[i].q);
        double got = eprocess_below(rows[i].n, rows[i].k, rows[i].q);
        assert_true(fabs(got - expected) < 1e-5);
        /* the mirror image */
        assert_true(fabs(eprocess_above(rows[i].n, rows[i].n - rows[i].k, 1 - rows[i].q) - got) <
                    1e-9);
    }
}

/* One more trial: under q itself the evidence stays the same on average. */
static void test_evidence_is_a_martingale(void **state) {
    (void)state;
    static const double shares[] = {0.001, 0.01, 0.05, 0.5, 0.9, 0.95};
    static const uint64_t sizes[] = {1, 10, 100, 10000, 1000000};
    for (size_t s = 0; s < array_length(shares); s++)
        for (size_t i = 0; i < array_length(sizes); i++)
            for (uint64_t part = 0; part <= 4; part++) {
                uint64_t n = sizes[i], k = n * part / 4;
                double q = shares[s],
                       (*sides[])(uint64_t, uint64_t, double) = {eprocess_below, eprocess_above};
                for (size_t side = 0; side < 2; side++) {
                    double now = sides[side](n, k, q);
                    double next = q * exp(sides[side](n + 1, k + 1, q) - now) +
                                  (1 - q) * exp(sides[side](n + 1, k, q) - now);
                    assert_true(fabs(next - 1) < 1e-9);
                }
            }
}

static void test_minimum(void **state) {
    (void)state;
    static const struct {
        double q, alpha;
        uint64_t n;
    } rows[] = {{0.05, 0.05, 72}, {0.05, 0.01, 107}, {0.01, 0.05, 367}, {0.001, 0.05, 3678},
                {0.5, 0.05, 6},   {0, 0.05, 0},      {1, 0.05, 1}};
    for (size_t i = 0; i < array_length(rows); i++)
        assert_int_equal(eprocess_minimum(rows[i].q, rows[i].alpha), rows[i].n);
}

enum { TRIALS_MAX = 2000 };

/* Chances of either end, and the expected number of trials, of watching n = 5..TRIALS_MAX. */
struct outlook {
    double below, above, trials;
};

static struct outlook outlook_of(double q, double alpha, double theta) {
    static double chance[TRIALS_MAX + 2];
    memset(chance, 0, sizeof chance);
    chance[0] = 1;
    struct outlook outlook = {0};
    uint64_t most = 0, least = 0;
    for (uint64_t n = 1; n <= TRIALS_MAX; n++) {
        bool proves = n >= 5 && eprocess_most(n, q, alpha, &most);
        bool refutes = n >= 5 && eprocess_least(n, q, alpha, &least);
        for (uint64_t k = n; k > 0; k--)
            chance[k] = chance[k] * (1 - theta) + chance[k - 1] * theta;
        chance[0] *= 1 - theta;
        double open = 0;
        for (uint64_t k = 0; k <= n; k++) {
            open += chance[k];
            if (proves && k <= most) outlook.below += chance[k];
            if (refutes && k >= least) outlook.above += chance[k];
            if ((proves && k <= most) || (refutes && k >= least)) chance[k] = 0;
        }
        outlook.trials += open;
        if (open < 1e-9) break;
    }
    return outlook;
}

/* The table of docs/statistics.md: a p95 at 98 %, by how many times the true p95 is the bound, of
 * log-normal samples with a variation of 20 %. */
static void test_errors_and_sample_numbers(void **state) {
    (void)state;
    static const struct {
        double theta, below, above, trials;
    } rows[] = {
        {0.0028, 1, 0, 109},          {0.0147, 1, 0, 245},         {0.0285, 0.956, 0, 835},
        {0.05, 0.0173, 0.0119, 1950}, {0.081, 0.0005, 0.994, 563}, {0.1223, 0, 1, 121},
        {0.3022, 0, 1, 18},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct outlook outlook = outlook_of(0.05, 0.02, rows[i].theta);
        assert_true(fabs(outlook.below - rows[i].below) < 0.001);
        assert_true(fabs(outlook.above - rows[i].above) < 0.001);
        assert_true(fabs(outlook.trials - rows[i].trials) <= 1 + 0.002 * rows[i].trials);
    }
}

/* At the boundary, where it is most likely to be wrong. */
static void test_errors_stay_below_alpha(void **state) {
    (void)state;
    static const struct {
        double q, alpha;
    } rows[] = {{0.5, 0.05}, {0.1, 0.1}, {0.05, 0.05}, {0.95, 0.05}, {0.01, 0.01}};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct outlook outlook = outlook_of(rows[i].q, rows[i].alpha, rows[i].q);
        assert_true(outlook.below <= rows[i].alpha && outlook.above <= rows[i].alpha);
        assert_true(outlook.below > 0.2 * rows[i].alpha && outlook.above > 0.2 * rows[i].alpha);
    }
}

static void test_confidence_sequence(void **state) {
    (void)state;
    for (uint64_t k = 0; k <= 100; k += 10) {
        double low = eprocess_share_low(100, k, 0.05), high = eprocess_share_high(100, k, 0.05);
        assert_true(low <= (double)k / 100 && (double)k / 100 <= high);
        if (k > 0) assert_true(fabs(eprocess_above(100, k, low) - log(20)) < 1e-6);
        if (k < 100) assert_true(fabs(eprocess_below(100, k, high) - log(20)) < 1e-6);
        if (k == 0) assert_true(low == 0);
        if (k == 100) assert_true(high == 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_is_the_mixture),
        cmocka_unit_test(test_evidence_is_a_martingale),
        cmocka_unit_test(test_minimum),
        cmocka_unit_test(test_errors_and_sample_numbers),
        cmocka_unit_test(test_errors_stay_below_alpha),
        cmocka_unit_test(test_confidence_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
