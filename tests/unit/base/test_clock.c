#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#include <cmocka.h>

static void dates_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t days;
    } rows[] = {
        {"1970-01-01", 0},       {"1970-01-02", 1},       {"1969-12-31", -1},
        {"2000-02-29", 11016},   {"2026-11-20", 20777},   {"1900-03-01", -25508},
        {"0001-01-01", -719162}, {"9999-12-31", 2932896},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t days = 7;
        assert_true(clock_date_parse(rows[i].text, &days));
        assert_int_equal(days, rows[i].days);
    }
}

static void no_dates_are_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",           "2026",        "2026-1-01",   "2026-13-01",  "2026-00-10",
        "2026-02-29", "1900-02-29",  "2026-04-31",  "2026-01-00",  "2026-01-32",
        "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-01T", "-026-01-01",
        "0000-01-01", "20260101",    "2O26-01-01",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t days = 7;
        assert_false(clock_date_parse(rows[i], &days));
        assert_int_equal(days, 7);
    }
}

static void today_can_be_replaced(void **state) {
    (void)state;
    setenv("PERFBUDGET_TODAY", "2026-11-20", 1);
    assert_int_equal(clock_today(), 20777);
    setenv("PERFBUDGET_TODAY", "soon", 1);
    int64_t real = clock_today();
    unsetenv("PERFBUDGET_TODAY");
    assert_true(real == clock_today() || real + 1 == clock_today());
    assert_true(real > 20000);
}

static void the_stamp_is_utc(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    const char *stamp = clock_stamp(arena);
    int64_t days;
    assert_int_equal(strlen(stamp), 20);
    assert_int_equal(stamp[10], 'T');
    assert_int_equal(stamp[19], 'Z');
    char date[11] = "";
    memcpy(date, stamp, 10);
    assert_true(clock_date_parse(date, &days));
    assert_true(clock_today() - days <= 1);
    arena_free(arena);
}

static void now_never_goes_back(void **state) {
    (void)state;
    uint64_t before = clock_now();
    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_now();
        assert_true(now >= before);
        before = now;
    }
    assert_true(clock_seconds(1000000000, 2500000000) == 1.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),        cmocka_unit_test(no_dates_are_refused),
        cmocka_unit_test(today_can_be_replaced), cmocka_unit_test(the_stamp_is_utc),
        cmocka_unit_test(now_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
