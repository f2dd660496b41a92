/* Verdicts on streams of which all samples are in buckets, and only some in order. */
#include "fixture.h"

enum { SAMPLES = 80000, STRIDE = 8 };

/* The stream as one series; thinned, or all of it. */
static const struct verdict_row *judge_stream(struct fixture *f, double *samples, bool thinned) {
    static const struct probe stream = {.name = "test", .needs = PROBE_ONCE | PROBE_STREAM};
    f->budgets[0].probe = &stream;
    f->budgets[0].runs = (struct budget_runs){.min = 1, .max = 1, .fixed = true};
    struct series *series = fixture_series(f, WALL, NULL, samples, SAMPLES);
    if (thinned) {
        series->whole = buckets_new(f->arena);
        for (size_t i = 0; i < SAMPLES; i++) buckets_add(series->whole, samples[i]);
        series->stride = STRIDE;
        series->samples = arena_alloc(f->arena, SAMPLES / STRIDE * sizeof(double));
        series->count = SAMPLES / STRIDE;
        series->run_ends[0] = series->count;
        for (size_t i = 0; i < series->count; i++)
            series->samples[i] = samples[i * STRIDE + i * 5 % STRIDE];
    }
    return fixture_judge(f);
}

static double next_random(uint64_t *seed) { /* splitmix64; 0 to 1 */
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* AR(1) in the ranks, exponential in the values. */
static double *stream_of(struct arena *arena, uint64_t seed, double rho) {
    double *samples = arena_alloc(arena, SAMPLES * sizeof *samples), level = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        double noise = next_random(&seed) + next_random(&seed) + next_random(&seed) - 1.5;
        level = rho * level + noise;
        samples[i] = 0.01 * exp(0.5 * level);
    }
    return samples;
}

static enum outcome outcome_at(uint64_t seed, double rho, double bound, bool thinned) {
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", bound);
    double *samples = stream_of(f->arena, seed, rho);
    enum outcome outcome = judge_stream(f, samples, thinned)->outcome;
    fixture_free(f);
    return outcome;
}

/* Whatever the bound: never the opposite of what all samples say, and clear cases are decided. */
static void test_never_the_opposite(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (double factor = 0.5; factor < 2; factor *= 1.07) {
            double rho = seed % 2 ? 0 : 0.9, bound = 0.02 * factor;
            enum outcome whole = outcome_at(seed, rho, bound, false);
            enum outcome thinned = outcome_at(seed, rho, bound, true);
            assert_true(thinned == whole || thinned == OUTCOME_INCONCLUSIVE ||
                        whole == OUTCOME_INCONCLUSIVE);
        }
    assert_int_equal(outcome_at(1, 0, 0.04, true), OUTCOME_PASS);
    assert_int_equal(outcome_at(1, 0, 0.01, true), OUTCOME_FAIL);
    assert_int_equal(outcome_at(2, 0.9, 0.2, true), OUTCOME_PASS);
    assert_int_equal(outcome_at(2, 0.9, 0.01, true), OUTCOME_FAIL);
}

/* The bucket that the bound lies in counts against passing, and against failing. */
static void test_straddled_bucket(void **state) {
    (void)state;
    static const struct {
        double bound;
        size_t slow; /* samples of 1.0004 among those of 1.0002, which share a bucket */
        enum outcome outcome;
    } rows[] = {
        {1.0003, SAMPLES / 1000, OUTCOME_INCONCLUSIVE}, /* one by one it would pass */
        {1.0003, SAMPLES / 2, OUTCOME_INCONCLUSIVE},    /* .. and fail */
        {1.002, SAMPLES / 2, OUTCOME_PASS},
        {0.999, SAMPLES / 2, OUTCOME_FAIL},
        {1.0004, SAMPLES / 2, OUTCOME_PASS}, /* at the largest of all nothing is in doubt */
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct fixture *f = fixture_new(1);
        uint64_t seed = i;
        at_most(f, "wall.p95", rows[i].bound);
        double *samples = arena_alloc(f->arena, SAMPLES * sizeof *samples);
        for (size_t s = 0; s < SAMPLES; s++)
            samples[s] = next_random(&seed) * SAMPLES < (double)rows[i].slow ? 1.0004 : 1.0002;
        const struct verdict_row *row = judge_stream(f, samples, true);
        assert_int_equal(row->outcome, rows[i].outcome);
        fixture_free(f);
    }
}

/* The row says what it rests on: one in so many, an interval that holds both, all in the rest. */
static void test_row(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.p95", 0.04);
    at_most(f, "wall.count", 1e9);
    at_most(f, "wall.max", 1e9);
    double *samples = stream_of(f->arena, 9, 0);
    double most = 0;
    for (size_t i = 0; i < SAMPLES; i++) most = fmax(most, samples[i]);
    const struct verdict_row *rows = judge_stream(f, samples, true);
    const struct statistic p95 = {STATISTIC_QUANTILE, 0.95};
    double exact = statistic_of(&p95, samples, SAMPLES);
    assert_int_equal(rows[0].outcome, OUTCOME_PASS);
    assert_int_equal(rows[0].test.step % STRIDE, 0);
    assert_true(rows[0].test.step >= STRIDE);
    assert_true(rows[0].test.n <= SAMPLES / STRIDE);
    assert_true(fabs(rows[0].observed - exact) <= exact / 1024);
    assert_true(rows[0].low < exact && exact < rows[0].high);
    assert_true(rows[1].observed == SAMPLES);
    assert_true(rows[2].observed == most);
    fixture_free(f);
}

/* A mean is judged by what is kept in order. */
static void test_mean(void **state) {
    (void)state;
    struct fixture *f = fixture_new(1);
    at_most(f, "wall.mean", 0.02);
    at_most(f, "wall.mean", 0.005);
    const struct verdict_row *rows = judge_stream(f, stream_of(f->arena, 11, 0), true);
    assert_int_equal(rows[0].outcome, OUTCOME_PASS);
    assert_int_equal(rows[1].outcome, OUTCOME_FAIL);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_the_opposite),
        cmocka_unit_test(test_straddled_bucket),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
