/* Binomial, beta and Student tails against enumeration and independently computed values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"
#include "stats/tails.h"

/* valgrind computes long double in 64 bits, so what is exact to 1e-12 elsewhere is not there. */
static bool is_precise(void) {
    return !getenv("PERFBUDGET_VALGRIND");
}

static void assert_close(double got, long double expected, double relative) {
    if (fabsl(expected) < 1e-300L && !is_precise()) return;
    if (fabsl(expected) < 2.3e-308L) { /* a denormal double has fewer digits */
        assert_true(fabsl((long double)got - expected) <= 4.95e-324L);
        return;
    }
    long double off = fabsl((long double)got / expected - 1);
    if (off > (long double)(is_precise() ? relative : 1e-8))
        fail_msg("got %.17g, expected %.17Lg, off by %.3Lg", got, expected, off);
}

/* Pascal's triangle: row n of the distribution from row n - 1, nothing but sums and products. */
static void binomial_row(int n, double q, long double *points) {
    points[0] = 1;
    for (int size = 1; size <= n; size++) {
        points[size] = points[size - 1] * (long double)q;
        for (int k = size - 1; k > 0; k--)
            points[k] = points[k] * (1 - (long double)q) + points[k - 1] * (long double)q;
        points[0] *= 1 - (long double)q;
    }
}

static void test_small_n_by_enumeration(void **state) {
    (void)state;
    static const double shares[] = {1e-9, 0.001, 0.01, 0.05, 0.1, 1 / 3.0, 0.5, 0.75, 0.95, 0.999};
    long double points[65];
    for (size_t s = 0; s < array_length(shares); s++) {
        for (int n = 1; n <= 64; n++) {
            binomial_row(n, shares[s], points);
            long double below = 0, above = 0;
            for (int k = 0; k <= n; k++) {
                below += points[k];
                assert_close(binomial_lower((uint64_t)n, shares[s], (uint64_t)k), below, 1e-12);
            }
            for (int k = n; k >= 0; k--) {
                above += points[k];
                assert_close(binomial_upper((uint64_t)n, shares[s], (uint64_t)k), above, 1e-12);
            }
        }
    }
}

/* Computed with 40 digits: sums of the recurrence up to n = 10^6, cross-checked by quadrature of
 * the beta density beyond. */
static const struct {
    uint64_t n;
    double q;
    uint64_t k;
    long double lower, upper;
} tails[] = {
    {59, 0.05, 0, 0.04849452524942322932287L, 1.0L},
    {60, 0.05, 1, 0.1915533747352217637667L, 0.9539302010130479322779L},
    {100, 0.05, 5, 0.6159991279561410047861L, 0.5640186993142881461591L},
    {100, 0.05, 0, 0.00592052922033402375316L, 1.0L},
    {1000, 0.01, 10, 0.5830408033010981792081L, 0.5426994078251092007265L},
    {1000, 0.01, 2, 0.002679431993791533538358L, 0.9995207555464210766791L},
    {1000, 0.01, 30, 0.9999999358007139686233L, 2.059988850971958536501e-7L},
    {1000, 0.5, 500, 0.5126125090891804009534L, 0.5126125090891804009534L},
    {1000, 0.5, 430, 0.000005354868832479755593996L, 0.99999601294706162888L},
    {1000000, 0.05, 50000, 0.5011898042281234413507L, 0.5006406654336686597719L},
    {1000000, 0.05, 49300, 0.0006500266872553625834736L, 0.999360335356631287148L},
    {1000000, 0.001, 900, 0.0006940154622868553668647L, 0.9993808124898680863685L},
    {1000000, 0.001, 1200, 0.9999999996194252930551L, 4.589638606100770330169e-10L},
    {1000000000, 0.01, 9990000, 0.0007401391072747531279432L, 0.9992606721842530290238L},
    {1000000000, 0.01, 10003000, 0.8298635572262616668131L, 0.1702169140601807609508L},
    {1000000000, 1e-09, 0, 0.367879440987502578021L, 1.0L},
    {1000000000, 1e-09, 3, 0.9810118431851594273082L, 0.08030139697942434709008L},
    {1000000000000, 0.05, 49999500000, 0.01089071302221412141803L, 0.9891094187068157807263L},
    {1000000000000, 1e-06, 1000900, 0.8160813960929007783231L, 0.1841846018048883172368L},
    {9007199254740992, 1e-12, 8900, 0.1303516489447185056696L, 0.8718771031179900837746L},
};

static void test_large_n_by_table(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(tails); i++) {
        assert_close(binomial_lower(tails[i].n, tails[i].q, tails[i].k), tails[i].lower, 1e-12);
        assert_close(binomial_upper(tails[i].n, tails[i].q, tails[i].k), tails[i].upper, 1e-12);
    }
}

static void test_ends(void **state) {
    (void)state;
    assert_true(binomial_lower(10, 0, 0) == 1 && binomial_upper(10, 0, 1) == 0);
    assert_true(binomial_lower(10, 1, 9) == 0 && binomial_upper(10, 1, 10) == 1);
    assert_true(binomial_lower(10, 0.3, 10) == 1 && binomial_lower(10, 0.3, 99) == 1);
    assert_true(binomial_upper(10, 0.3, 0) == 1 && binomial_upper(10, 0.3, 11) == 0);
}

/* Two ways to the same number: the sum of points and the continued fraction. */
static void test_beta_agrees_with_binomial(void **state) {
    (void)state;
    static const uint64_t sizes[] = {7, 60, 459, 5000, 100000};
    for (size_t s = 0; s < array_length(sizes); s++) {
        uint64_t n = sizes[s];
        for (uint64_t k = 1; k < n; k += 1 + n / 17) {
            double q = 0.25; /* 1 - q is exact */
            double tail = binomial_upper(n, q, k);
            if (tail < 1e-290) continue;
            assert_close(beta_regularised((double)k, (double)(n - k) + 1, q), (long double)tail,
                         1e-12);
        }
    }
}

static void test_beta_by_closed_forms(void **state) {
    (void)state;
    for (double x = 0.05; x < 1; x += 0.05) {
        assert_close(beta_regularised(1, 1, x), (long double)x, 1e-13);
        assert_close(beta_regularised(3, 1, x), powl((long double)x, 3), 1e-13);
        assert_close(beta_regularised(1, 4, x), 1 - powl(1 - (long double)x, 4), 1e-13);
        /* the arc-sine law */
        assert_close(beta_regularised(0.5, 0.5, x), 2 * asinl(sqrtl((long double)x)) / acosl(-1.0L),
                     1e-13);
    }
    assert_true(beta_regularised(2, 3, 0) == 0 && beta_regularised(2, 3, 1) == 1);
}

static void test_samples_to_prove(void **state) {
    (void)state;
    static const struct {
        double share;
        uint64_t n[3];
    } rows[] = {
        {0.5, {5, 7, 8}},        {0.1, {29, 44, 51}},         {0.05, {59, 90, 104}},
        {0.01, {299, 459, 528}}, {0.001, {2995, 4603, 5296}},
    };
    static const double alphas[] = {0.05, 0.01, 0.005};
    for (size_t i = 0; i < array_length(rows); i++)
        for (size_t a = 0; a < array_length(alphas); a++) {
            uint64_t n = samples_to_prove(rows[i].share, alphas[a]);
            assert_int_equal(n, rows[i].n[a]);
            assert_true(binomial_lower(n, rows[i].share, 0) <= alphas[a]);
            assert_true(binomial_lower(n - 1, rows[i].share, 0) > alphas[a]);
        }
    assert_int_equal(samples_to_prove(0.5, 0.03125), 5); /* 2^-5, equal on paper */
    assert_int_equal(samples_to_prove(0, 0.05), 0);
    assert_int_equal(samples_to_prove(-0.1, 0.05), 0);
    assert_int_equal(samples_to_prove(NAN, 0.05), 0);
    assert_int_equal(samples_to_prove(1, 0.05), 1);
    assert_int_equal(samples_to_prove(0.99, 0.05), 1);
}

/* The usual table of one-sided points; 1 and 2 degrees of freedom have closed forms. */
static void test_student_by_table(void **state) {
    (void)state;
    static const struct {
        double p, df, t;
    } rows[] = {
        {0.95, 5, 2.015},  {0.975, 5, 2.571},  {0.99, 5, 3.365},    {0.995, 5, 4.032},
        {0.95, 19, 1.729}, {0.975, 19, 2.093}, {0.99, 19, 2.539},   {0.995, 19, 2.861},
        {0.95, 30, 1.697}, {0.975, 30, 2.042}, {0.95, 120, 1.658},  {0.975, 1e9, 1.960},
        {0.9, 10, 1.372},  {0.999, 19, 3.579}, {0.9995, 19, 3.883},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        double t = student_quantile(rows[i].p, rows[i].df);
        assert_true(fabs(t - rows[i].t) < 0.00051);
        assert_true(student_quantile(1 - rows[i].p, rows[i].df) < 0);
        assert_close(student_lower(t, rows[i].df), (long double)rows[i].p, 1e-13);
    }
    for (double p = 0.02; p < 1; p += 0.07) {
        assert_close(student_quantile(p, 1), tanl(acosl(-1.0L) * ((long double)p - 0.5L)), 1e-12);
        long double two = 2 * (long double)p - 1;
        assert_close(student_quantile(p, 2),
                     two * sqrtl(2 / (4 * (long double)p * (1 - (long double)p))), 1e-12);
    }
    assert_true(fabs(student_quantile(0.5, 7)) < 1e-15);
    assert_true(student_lower(0, 7) == 0.5);
    assert_true(student_lower(-INFINITY, 7) == 0 && student_lower(INFINITY, 7) == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_n_by_enumeration),
        cmocka_unit_test(test_large_n_by_table),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_beta_agrees_with_binomial),
        cmocka_unit_test(test_beta_by_closed_forms),
        cmocka_unit_test(test_samples_to_prove),
        cmocka_unit_test(test_student_by_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
