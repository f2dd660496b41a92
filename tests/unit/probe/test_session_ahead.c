/* Several runs in one call of sample(): as many as the host wants, each a run like any other. */
#include "fake_probe.h"

/* What a sample() does: `runs` in a row, whatever the host says. */
struct row {
    size_t runs;
    size_t empty; /* this one says nothing; 0: none */
    size_t exact; /* this one gives another exact value; 0: none */
    uint64_t asked, begin_by;
};

static bool row_sample(struct probe_run *run) {
    struct row *row = (struct row *)run->config;
    row->asked = probe_ahead(run, &row->begin_by);
    for (size_t i = 1; i <= row->runs; i++) {
        if (i > 1 && !probe_next(run)) return false;
        if (i == row->empty) continue;
        probe_emit(run, EXACT, 0, i == row->exact ? 2 : 1);
        probe_emit(run, NOISY, 0, (double)i);
        if (i % 2) probe_emit(run, NOISY, 0, (double)i);
    }
    return true;
}

static bool run_ahead(struct fake *fake, uint64_t ahead) {
    const struct session_ahead wanted = {.runs = ahead, .begin_by = 77};
    return session_run_ahead(fake->session, UINT64_MAX, &wanted);
}

static void test_each_is_a_run(void **state) {
    (void)state;
    struct row row = {.runs = 4};
    struct fake fake;
    fake_begin(&fake, row_sample, &row);
    fake_open(&fake);
    assert_true(run_ahead(&fake, 5));
    assert_int_equal(row.asked, 5);
    assert_int_equal(row.begin_by, 77);
    assert_int_equal(fake_measured(&fake)->runs, 4);
    row.runs = 1;
    assert_true(fake_run(&fake));
    assert_int_equal(row.asked, 0);
    const struct series *wall = fake_series(&fake, NOISY, "");
    static const size_t ends[] = {2, 3, 5, 6, 8};
    static const double samples[] = {1, 1, 2, 3, 3, 4, 1, 1};
    assert_int_equal(fake_measured(&fake)->runs, array_length(ends));
    assert_memory_equal(wall->run_ends, ends, sizeof ends);
    assert_memory_equal(wall->samples, samples, sizeof samples);
    fake_end(&fake);
}

static void test_never_more_than_wanted(void **state) {
    (void)state;
    for (size_t ahead = 0; ahead < 3; ahead++) {
        struct row row = {.runs = ahead + 2};
        struct fake fake;
        fake_begin(&fake, row_sample, &row);
        fake_open(&fake);
        assert_false(run_ahead(&fake, ahead));
        expect_failure(&fake, PROBE_CONTRACT, "gave more runs than were wanted");
        fake_end(&fake);
    }
}

static void test_what_is_wrong_with_one_ends_them(void **state) {
    (void)state;
    static const struct {
        struct row row;
        enum diag_code code;
    } rows[] = {
        {{.runs = 5, .empty = 3}, PROBE_NO_DATA},
        {{.runs = 5, .exact = 3}, PROBE_NOT_EXACT},
        {{.runs = 3, .empty = 3}, PROBE_NO_DATA},
        {{.runs = 3, .exact = 3}, PROBE_NOT_EXACT},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct row row = rows[i].row;
        struct fake fake;
        fake_begin(&fake, row_sample, &row);
        fake_open(&fake);
        assert_false(run_ahead(&fake, 9));
        expect_failure(&fake, rows[i].code, "the probe `fake`");
        assert_int_equal(fake_measured(&fake)->runs, 2);
        assert_true(fake_measured(&fake)->missing);
        fake_end(&fake);
    }
}

static bool open_next(struct probe_run *run) {
    uint64_t by;
    assert_int_equal(probe_ahead(run, &by), 0);
    return probe_next(run);
}

static void test_only_while_sampling(void **state) {
    (void)state;
    struct row row = {.runs = 1};
    struct fake fake;
    fake_begin(&fake, row_sample, &row);
    fake.probe.open = open_next;
    fake_open(&fake);
    expect_failure(&fake, PROBE_CONTRACT, "gave more runs than were wanted");
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_a_run),
        cmocka_unit_test(test_never_more_than_wanted),
        cmocka_unit_test(test_what_is_wrong_with_one_ends_them),
        cmocka_unit_test(test_only_while_sampling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
