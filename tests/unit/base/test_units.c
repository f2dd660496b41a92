#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"

#include <cmocka.h> /* last: its `fail` is also the name of a probe service */

static int set_up(void **state) {
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

struct accepted {
    const char *text;
    double kilobyte, value;
    enum probe_unit unit;
    bool bare;
};

static const struct accepted accepted[] = {
    {"0", 1000, 0, PROBE_COUNT, true},
    {"42", 1000, 42, PROBE_COUNT, true},
    {"-3.5", 1000, -3.5, PROBE_COUNT, true},
    {"1e3", 1000, 1000, PROBE_COUNT, true},
    {"2.5E-3", 1000, 0.0025, PROBE_COUNT, true},
    {"9007199254740992", 1000, 9007199254740992.0, PROBE_COUNT, true},
    {"2147483648 B", 1000, 2147483648.0, PROBE_BYTES, false},
    {"4294967297B", 1000, 4294967297.0, PROBE_BYTES, false},
    {"9007199254740991 B", 1000, 9007199254740991.0, PROBE_BYTES, false},
    {"100KB", 1000, 100000, PROBE_BYTES, false},
    {"100KB", 1024, 102400, PROBE_BYTES, false},
    {"100 KB", 1000, 100000, PROBE_BYTES, false},
    {"100kB", 1024, 100000, PROBE_BYTES, false},
    {"1.1MB", 1000, 1100000, PROBE_BYTES, false},
    {"4.35KB", 1000, 4350, PROBE_BYTES, false},
    {"2MB", 1024, 2097152, PROBE_BYTES, false},
    {"3GB", 1000, 3e9, PROBE_BYTES, false},
    {"3GB", 1024, 3221225472.0, PROBE_BYTES, false},
    {"1KiB", 1000, 1024, PROBE_BYTES, false},
    {"1MiB", 1000, 1048576, PROBE_BYTES, false},
    {"1GiB", 1000, 1073741824, PROBE_BYTES, false},
    {"100 pages", 1000, 6553600, PROBE_BYTES, false},
    {"7ns", 1000, 7e-9, PROBE_SECONDS, false},
    {"7us", 1000, 7e-6, PROBE_SECONDS, false},
    {"7\u00b5s", 1000, 7e-6, PROBE_SECONDS, false},
    {"7\u03bcs", 1000, 7e-6, PROBE_SECONDS, false},
    {"12.3ms", 1000, 0.0123, PROBE_SECONDS, false},
    {"0.1 s", 1000, 0.1, PROBE_SECONDS, false},
    {"1.5 min", 1000, 90, PROBE_SECONDS, false},
    {"2h", 1000, 7200, PROBE_SECONDS, false},
    {"0.1%", 1000, 0.001, PROBE_RATIO, false},
    {"37.5 %", 1000, 0.375, PROBE_RATIO, false},
    {"1000/s", 1000, 1000, PROBE_PER_SECOND, false},
    {"800 /s", 1000, 800, PROBE_PER_SECOND, false},
    {"60/min", 1000, 1, PROBE_PER_SECOND, false},
    {"5 ops/s", 1000, 5, PROBE_PER_SECOND, false},
    {"5req/s", 1000, 5, PROBE_PER_SECOND, false},
    {"5rps", 1000, 5, PROBE_PER_SECOND, false},
    {"60fps", 1000, 60, PROBE_PER_SECOND, false},
    {"5KB/s", 1000, 5000, PROBE_BYTES_PER_SECOND, false},
    {"6 MiB/min", 1000, 104857.6, PROBE_BYTES_PER_SECOND, false},
};

static void reads_quantities(void **state) {
    for (size_t i = 0; i < array_length(accepted); i++) {
        const struct accepted *row = &accepted[i];
        struct quantity quantity = {0};
        struct unit_problem problem;
        if (!unit_parse(*state, row->text, row->kilobyte, &quantity, &problem))
            fail_msg("%s refused: %s", row->text, problem.message);
        if (quantity.value != row->value || quantity.unit != row->unit ||
            quantity.bare != row->bare)
            fail_msg("%s read as %.17g, unit %d", row->text, quantity.value, (int)quantity.unit);
        assert_null(problem.message);
    }
}

struct refused {
    const char *text, *message, *hint; /* parts of what is said; hint NULL: not looked at */
};

static const struct refused refused[] = {
    {"", "missing", NULL},
    {"nan", "no quantity", "finite"},
    {"NaN", "no quantity", "finite"},
    {"inf", "no quantity", "finite"},
    {"-Infinity", "no quantity", "finite"},
    {".inf", "no quantity", "finite"},
    {"0x10", "no decimal", "decimal"},
    {"1e400", "too large", NULL},
    {"-1e400", "too large", NULL},
    {"1e-400", "too near to 0", NULL},
    {"1e99999999999999999999", "too large", NULL},
    {"-0", "no sign", "write 0"},
    {"-0.0ms", "no sign", "write 0"},
    {"9007199254740993", "too large", NULL},
    {"9007199254740993 B", "too large", NULL},
    {"18446744073709551616 B", "too large", NULL},
    {"9223372036854775807", "too large", NULL},
    {"9223372036854775809", "too large", NULL},
    {"10000000 GB", "too large", NULL},
    {"1e16", "too large", NULL},
    {"20 EiB", "no unit", NULL},
    {"10,000", "thousands", "write 10000"},
    {"1,234,567 KB", "thousands", "write 1234567 KB"},
    {"-10,000", "thousands", "write -10000"},
    {"10_000", "thousands", "write 10000"},
    {"1_000", "thousands", "write 1000"},
    {"10'000", "thousands", "write 10000"},
    {"10 000", "thousands", "write 10000"},
    {"1,5s", "decimal comma", "1.5"},
    {"012", "leading zeros", "without"},
    {"0o17", "no decimal", NULL},
    {"1:30", "no unit", NULL},
    {"5.", "ends in a point", NULL},
    {".5", "begins with a digit", "0.5"},
    {"-.5s", "begins with a digit", "-0.5s"},
    {"+5", "without a plus", "`5`"},
    {"1 2", "no unit", NULL},
    {"5 KBx", "no unit", "KB"},
    {"5  KB", "one blank", NULL},
    {"5\tKB", "one blank", NULL},
    {" 5KB", "before the number", NULL},
    {"5KB ", "after the unit", NULL},
    {"5 ", "one blank", NULL},
    {"5K", "of what", "KB or KiB"},
    {"5k", "of what", "KB or KiB"},
    {"5M", "of what", "MB or MiB"},
    {"5Kb", "bits or bytes", "write KB or KiB"},
    {"5kb", "bits or bytes", "write KB or KiB"},
    {"5mb", "bits or bytes", "write MB or MiB"},
    {"5Gb", "bits or bytes", "write GB or GiB"},
    {"5kib", "bits or bytes", "write KiB"},
    {"5m", "minutes or milliseconds", "min or ms"},
    {"5mss", "no unit", "ms"},
    {"5 page", "no unit", "pages"},
    {"5KB/h", "no unit", NULL},
    {"5s/s", "no unit", NULL},
    {"abc", "no number", "500ms"},
    {"<= 5", "no number", NULL},
    {"~", "no number", NULL},
    {"null", "no number", NULL},
    {"no", "no number", NULL},
    {"5e", "no unit", NULL},
    {"5e+s", "no unit", NULL},
    {"5\xffs", "no unit", NULL},
};

static void refuses_with_reasons(void **state) {
    for (size_t i = 0; i < array_length(refused); i++) {
        const struct refused *row = &refused[i];
        struct quantity quantity = {.value = 77};
        struct unit_problem problem = {0};
        if (unit_parse(*state, row->text, 1000, &quantity, &problem))
            fail_msg("'%s' was read as %g", row->text, quantity.value);
        assert_true(quantity.value == 77); /* untouched on failure */
        assert_non_null(problem.message);
        if (!strstr(problem.message, row->message))
            fail_msg("'%s': %s", row->text, problem.message);
        if (row->hint && (!problem.hint || !strstr(problem.hint, row->hint)))
            fail_msg("'%s': hint %s", row->text, problem.hint ? problem.hint : "none");
    }
}

static void shows_foreign_bytes_inert(void **state) {
    struct quantity quantity;
    struct unit_problem problem;
    assert_false(unit_parse(*state, "5\x1b[31m", 1000, &quantity, &problem));
    assert_null(strchr(problem.message, '\x1b'));
    char longest[300];
    memset(longest, '1', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(unit_parse(*state, longest, 1000, &quantity, &problem));
    assert_non_null(strstr(problem.message, "128 characters"));
    assert_true(strlen(problem.message) < 200);
}

static void parses_plain_numbers(void **state) {
    (void)state;
    double value = 7;
    assert_true(number_parse("-12.5e1", &value) && value == -125);
    assert_true(number_parse("-0", &value) && value == 0 && !signbit(value));
    assert_true(number_parse("0.1", &value) && value == 0.1);
    value = 7;
    static const char *const bad[] = {"",
                                      "1 ",
                                      " 1",
                                      "1s",
                                      "nan",
                                      "inf",
                                      "0x1",
                                      "01",
                                      "+1",
                                      ".5",
                                      "5.",
                                      "1,5",
                                      "1e",
                                      "-",
                                      "--1",
                                      "1e400",
                                      "1 2",
                                      "1_0",
                                      "9007199254740993",
                                      "1e-400"};
    for (size_t i = 0; i < array_length(bad); i++)
        if (number_parse(bad[i], &value)) fail_msg("'%s' read as %g", bad[i], value);
    assert_true(value == 7);
}

/* What a program prints in ms equals the limit written in ms, to the last bit. */
static void scales_with_one_rounding(void **state) {
    struct quantity limit;
    struct unit_problem problem;
    for (int i = 1; i < 20000; i++) {
        double value = 0, scale = 0;
        enum probe_unit unit;
        assert_true(unit_word("ms", 1000, &scale, &unit) && unit == PROBE_SECONDS);
        const char *number = text_format(*state, "%d.%d", i / 7, i % 7);
        assert_true(number_parse_scaled(number, scale, &value));
        assert_true(
            unit_parse(*state, text_format(*state, "%sms", number), 1000, &limit, &problem));
        assert_true(limit.value == value);
    }
    double value = 0;
    assert_true(number_parse_scaled("3", 65536, &value) && value == 196608);
    assert_false(number_parse_scaled("x", 1, &value));
    assert_false(number_parse_scaled("1e308", 65536, &value));
}

static void knows_unit_words(void **state) {
    (void)state;
    double scale = 0;
    enum probe_unit unit = PROBE_COUNT;
    assert_true(unit_word("", 1000, &scale, &unit) && scale == 1 && unit == PROBE_COUNT);
    assert_true(unit_word("ms", 1000, &scale, &unit) && scale == 0.001 && unit == PROBE_SECONDS);
    assert_true(unit_word("KB", 1024, &scale, &unit) && scale == 1024 && unit == PROBE_BYTES);
    assert_true(unit_word("MB", 1000, &scale, &unit) && scale == 1e6);
    assert_true(unit_word("%", 1000, &scale, &unit) && scale == 0.01 && unit == PROBE_RATIO);
    assert_true(unit_word("KB/s", 1000, &scale, &unit) && scale == 1000 &&
                unit == PROBE_BYTES_PER_SECOND);
    assert_false(unit_word("Kb", 1000, &scale, &unit));
    assert_false(unit_word("/", 1000, &scale, &unit));
    assert_false(unit_word("5ms", 1000, &scale, &unit));
}

struct shown {
    double value;
    enum probe_unit unit;
    const char *text, *exact;
};

static const struct shown shown[] = {
    {0, PROBE_BYTES, "0 B", "0 B"},
    {512, PROBE_BYTES, "512 B", "512 B"},
    {999, PROBE_BYTES, "999 B", "999 B"},
    {1000, PROBE_BYTES, "1 KB", "1000 B"},
    {102400, PROBE_BYTES, "102.4 KB", "102400 B"},
    {123456, PROBE_BYTES, "123.5 KB", "123456 B"},
    {999999, PROBE_BYTES, "1 MB", "999999 B"},
    {-1500, PROBE_BYTES, "-1.5 KB", "-1500 B"},
    {2.5e12, PROBE_BYTES, "2,500 GB", "2500000000000 B"},
    {0, PROBE_SECONDS, "0 s", "0 s"},
    {7e-9, PROBE_SECONDS, "7 ns", "7e-9 s"},
    {1.5e-6, PROBE_SECONDS, "1.5 \u00b5s", "0.0000015 s"},
    {0.0123, PROBE_SECONDS, "12.3 ms", "0.0123 s"},
    {0.01234, PROBE_SECONDS, "12.34 ms", "0.01234 s"},
    {0.99999, PROBE_SECONDS, "1 s", "0.99999 s"},
    {90, PROBE_SECONDS, "90 s", "90 s"},
    {600, PROBE_SECONDS, "10 min", "600 s"},
    {9000, PROBE_SECONDS, "2.5 h", "9000 s"},
    {1234, PROBE_PER_SECOND, "1,234/s", "1234/s"},
    {12.345, PROBE_PER_SECOND, "12.35/s", "12.345/s"},
    {0.0012, PROBE_RATIO, "0.12 %", "0.12 %"},
    {0.001, PROBE_RATIO, "0.1 %", "0.1 %"},
    {1, PROBE_RATIO, "100 %", "100 %"},
    {3.5, PROBE_RATIO, "350 %", "350 %"},
    {1234567, PROBE_COUNT, "1,234,567", "1234567"},
    {3, PROBE_COUNT, "3", "3"},
    {3.14159, PROBE_COUNT, "3.142", "3.14159"},
    {123500, PROBE_BYTES_PER_SECOND, "123.5 KB/s", "123500 B/s"},
    {NAN, PROBE_SECONDS, "none", "none"},
    {INFINITY, PROBE_BYTES, "none", "none"},
};

static void shows_values(void **state) {
    for (size_t i = 0; i < array_length(shown); i++) {
        assert_string_equal(unit_show(*state, shown[i].value, shown[i].unit), shown[i].text);
        assert_string_equal(unit_exact(*state, shown[i].value, shown[i].unit), shown[i].exact);
    }
}

static uint64_t random_next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static void numbers_survive_the_way_out_and_back(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252u;
    struct arena *arena = arena_new();
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_next(&seed);
        double value = 0, back = 0;
        memcpy(&value, &bits, sizeof value);
        if (i % 2) value = (double)(bits >> 11) / (double)(1u << (bits & 15));
        if (!isfinite(value)) continue;
        const char *text = number_text(arena, value);
        if (!number_parse(text, &back) || back != value) fail_msg("%.17g became %s", value, text);
        struct quantity quantity;
        struct unit_problem problem;
        if (fabs(value) > 1e12) continue;
        for (int unit = PROBE_COUNT; unit <= PROBE_BYTES_PER_SECOND; unit++) {
            const char *exact = unit_exact(arena, value, (enum probe_unit)unit);
            if (!unit_parse(arena, exact, 1000, &quantity, &problem) || quantity.value != value)
                fail_msg("%.17g became %s", value, exact);
        }
    }
    arena_free(arena);
}

static void number_text_is_short(void **state) {
    assert_string_equal(number_text(*state, 0.1), "0.1");
    assert_string_equal(number_text(*state, 0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(number_text(*state, 9007199254740991.0), "9007199254740991");
    assert_string_equal(number_text(*state, 9007199254740992.0), "9007199254740992");
    assert_string_equal(number_text(*state, 1e15), "1000000000000000");
    assert_string_equal(number_text(*state, -0.0), "0");
    assert_string_equal(number_text(*state, 1e300), "1e300");
    assert_string_equal(number_text(*state, 1.5e-300), "1.5e-300");
    assert_string_equal(number_text(*state, 5e-324), "5e-324");
    assert_string_equal(number_text(*state, NAN), "none");
}

static void dimensions_add_up(void **state) {
    (void)state;
    enum probe_unit unit = PROBE_COUNT;
    for (int i = PROBE_BYTES; i <= PROBE_BYTES_PER_SECOND; i++) {
        assert_true(unit_of_dimension(unit_dimension_of((enum probe_unit)i), &unit));
        assert_int_equal(unit, i);
    }
    assert_true(unit_of_dimension(unit_dimension_of(PROBE_COUNT), &unit));
    assert_int_equal(unit, PROBE_RATIO);
    assert_false(unit_of_dimension((struct unit_dimension){0, 2}, &unit));
    assert_false(unit_of_dimension((struct unit_dimension){1, 1}, &unit));
}

static void fits_where_it_may_stand(void **state) {
    (void)state;
    struct quantity bare = {.value = 1, .unit = PROBE_COUNT, .bare = true};
    struct quantity time = {.value = 1, .unit = PROBE_SECONDS};
    assert_true(unit_fits(&bare, PROBE_COUNT) && unit_fits(&bare, PROBE_BYTES));
    assert_true(unit_fits(&bare, PROBE_RATIO));
    assert_false(unit_fits(&bare, PROBE_SECONDS) || unit_fits(&bare, PROBE_PER_SECOND));
    assert_false(unit_fits(&bare, PROBE_BYTES_PER_SECOND));
    assert_true(unit_fits(&time, PROBE_SECONDS));
    assert_false(unit_fits(&time, PROBE_BYTES));
    assert_string_equal(unit_symbol(PROBE_RATIO), "1");
    assert_string_equal(unit_symbol(PROBE_BYTES_PER_SECOND), "B/s");
}

static void a_comma_locale_changes_nothing(void **state) {
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "pl_PL.UTF-8",
                                        "de_DE"};
    const char *set = NULL;
    for (size_t i = 0; i < array_length(names) && !set; i++) set = setlocale(LC_ALL, names[i]);
    if (!set) {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    reads_quantities(state);
    shows_values(state);
    number_text_is_short(state);
    setlocale(LC_ALL, "C");
}

#define ARENA_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ARENA_TEST(reads_quantities),
        ARENA_TEST(refuses_with_reasons),
        ARENA_TEST(shows_foreign_bytes_inert),
        cmocka_unit_test(parses_plain_numbers),
        ARENA_TEST(scales_with_one_rounding),
        cmocka_unit_test(knows_unit_words),
        ARENA_TEST(shows_values),
        cmocka_unit_test(numbers_survive_the_way_out_and_back),
        ARENA_TEST(number_text_is_short),
        cmocka_unit_test(dimensions_add_up),
        cmocka_unit_test(fits_where_it_may_stand),
        ARENA_TEST(a_comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
