#include "base/array.h"
#include "base/text.h"
#include "probes/extract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct extract_unit count = {1, PROBE_COUNT}, milliseconds = {0.001, PROBE_SECONDS},
                                 bytes = {1, PROBE_BYTES}, huge_bytes = {1e9, PROBE_BYTES},
                                 per_second = {1, PROBE_PER_SECOND};

static void numbers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const struct extract_unit *unit;
        double value;
    } rows[] = {
        {"12", &count, 12},
        {" 12.5\r\n", &count, 12.5},
        {"-3", &count, -3},
        {"12.3", &milliseconds, 12.3e-3},
        {"12.3 ms", &milliseconds, 12.3e-3},
        {"2s", &milliseconds, 2},
        {"7 us", &milliseconds, 7e-6},
        {"0", &milliseconds, 0},
        {"1 KB", &bytes, 1000},
        {"4KiB", &bytes, 4096},
        {"100", &bytes, 100},
        {"50 ops/s", &per_second, 50},
        {"60", &per_second, 60},
        {"1e3", &count, 1000},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct extract_number number =
            extract_number(arena, rows[i].text, strlen(rows[i].text), rows[i].unit);
        assert_null(number.problem);
        assert_true(number.value == rows[i].value);
    }
}

static void no_numbers_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const struct extract_unit *unit;
    } rows[] = {
        {"", &count},           {"  ", &count},           {"nan", &count},
        {"NaN", &milliseconds}, {"inf", &count},          {"-inf", &count},
        {"0x10", &count},       {"1,000", &count},        {"12 13", &count},
        {"12x", &count},        {"1e400", &count},        {"-1", &milliseconds},
        {"-1", &bytes},         {"-1 s", &milliseconds},  {"12 ms", &count},
        {"12 ms", &bytes},      {"12 KB", &milliseconds}, {"five", &count},
        {"--1", &count},        {"1e308", &huge_bytes},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        assert_non_null(
            extract_number(arena, rows[i].text, strlen(rows[i].text), rows[i].unit).problem);
    }
    assert_non_null(extract_number(arena, "1\0002", 3, &count).problem);
}

struct outcome {
    bool good;
    struct extract_values values;
    const char *problem;
};

static struct outcome read_one(struct probe_reading reading, const char *from) {
    struct outcome outcome = {0};
    reading.name = "m";
    if (reading.scale == 0) reading.scale = 1;
    struct extractor *extractor =
        extract_open(arena, &(struct probe_readings){&reading, 1}, &outcome.problem);
    if (!extractor) return outcome;
    struct extract_text text = {.bytes = from, .length = strlen(from)};
    outcome.values = extract_read(arena, extractor, 0, &text);
    outcome.problem = outcome.values.problem;
    outcome.good = !outcome.problem;
    extract_text_release(&text);
    extract_close(extractor);
    return outcome;
}

static struct outcome by_pattern(const char *pattern, const char *text) {
    return read_one((struct probe_reading){.pattern = pattern}, text);
}

static struct outcome by_json(const char *pointer, const char *text) {
    return read_one((struct probe_reading){.json = pointer}, text);
}

static void values_are(struct outcome outcome, size_t length, const double *expected) {
    if (!outcome.good) print_error("%s\n", outcome.problem);
    assert_true(outcome.good);
    assert_int_equal(outcome.values.count, length);
    for (size_t i = 0; i < length; i++) assert_true(outcome.values.items[i] == expected[i]);
}
#define VALUES(...)                                                \
    sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]) { \
        __VA_ARGS__                                                \
    }

static void patterns_find_every_match(void **state) {
    (void)state;
    values_are(by_pattern("([0-9.]+) ops/s", "merge 12.5 ops/s\nsync 7 ops/s\n"), VALUES(12.5, 7));
    values_are(by_pattern("^([0-9]+)$", "1\n2\r\nx3\n4"), VALUES(1, 2, 4));
    values_are(by_pattern("(?:a|b)=(\\d+)", "a=1 b=2 c=3"), VALUES(1, 2));
    values_are(by_pattern("(a|b)=(?<value>\\d+)", "a=1 b=2"), VALUES(1, 2));
    values_are(by_pattern("x=(\\d*)", "x=1 x=2"), VALUES(1, 2));
    values_are(by_pattern("a=(\\d+)|b", "a=1 b a=2"), VALUES(1, 2)); /* b has no value */
    values_are(by_pattern("(?=(\\d))", "1 2"), VALUES(1, 2));        /* empty matches move on */
    values_are(by_pattern("t: (.+)$", "\xff\xfe t: 5\n"), VALUES(5));
    values_are(
        read_one(
            (struct probe_reading){.pattern = "took (.*)", .scale = 0.001, .unit = PROBE_SECONDS},
            "took 12.3\ntook 1.5 s"),
        VALUES(12.3e-3, 1.5));
}

static void fails_with(struct outcome outcome, const char *part) {
    assert_false(outcome.good);
    if (!strstr(outcome.problem, part)) print_error("%s\n", outcome.problem);
    assert_non_null(strstr(outcome.problem, part));
}

static void patterns_that_give_nothing_fail(void **state) {
    (void)state;
    fails_with(by_pattern("([0-9]+) ops", "no such\nline"), "begins with: no such");
    fails_with(by_pattern("([0-9]+) ops", ""), "the output is empty");
    fails_with(by_pattern("x=(.*)", "x=1\nx=nan"), "nan");
    fails_with(by_pattern("x=(\\S*)", "x="), "there is no number");
    fails_with(by_pattern("t=(.*)", "t=5 ms"), "a time, expected a plain count");
    fails_with(by_pattern("(\\d+)z", "\x1b[31mred\n"), "\\x1b[31mred");
}

static struct outcome milliseconds_by(const char *pattern, const char *text) {
    return read_one(
        (struct probe_reading){.pattern = pattern, .scale = 0.001, .unit = PROBE_SECONDS}, text);
}

static void parts_of_numbers_fail(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"x ([0-9])", "x 10", "`1` of `10`"},
        {"x ([0-9.]+)", "x 1e3 ", "`1` of `1e3`"},
        {"x ([0-9.]+)", "x 1.5e+06 us", "`1.5` of `1.5e+06`"},
        {"x ([0-9.]+)", "x 1.5E-07\n", "`1.5` of `1.5E-07`"},
        {"x ([0-9]+)", "x 12.5", "`12` of `12.5`"},
        {"took.*([0-9.]+) ms", "took 12 ms", "`2` of `12`"},
        {"took.*([0-9]+) ms", "took 12.5 ms", "`5` of `12.5`"},
        {"([0-9.]+)", "-1000", "`1000` of `-1000`"},
        {"([0-9.]+) instr", "1,234,567 instr", "`567` of `1,234,567`"},
        {"x ([0-9.]+)", "x 1,234.5", "`1` of `1,234.5`"},
        {"x ([0-9.]+)", "x 12,345\nx 7", "`12` of `12,345`"},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        fails_with(by_pattern(rows[i][0], rows[i][1]), rows[i][2]);
}

static void what_only_looks_like_a_part_is_read(void **state) {
    (void)state;
    values_are(by_pattern("([0-9]+)", "100,200,300\n400"), VALUES(100, 200, 300, 400));
    values_are(by_pattern("a,([0-9]+),", "a,100,200"), VALUES(100));
    values_are(by_pattern("a,[0-9]+,([0-9]+)", "a,100,200"), VALUES(200));
    values_are(by_pattern("x=([0-9]+),", "x=1,200"), VALUES(1));
    values_are(by_pattern("p95-([0-9]+)", "p95-10"), VALUES(10));
    values_are(by_pattern("([0-9]+)\\.[0-9]", "12.5"), VALUES(12));
    values_are(by_pattern("1\\.2\\.([0-9]+)", "1.2.3"), VALUES(3));
    values_are(by_pattern("n ([0-9]+)", "n 5, 100"), VALUES(5));
    values_are(by_pattern("n ([0-9]+)", "n 5."), VALUES(5));
    values_are(by_pattern("n ([0-9]+)", "n 5e, n 6east"), VALUES(5, 6));
    values_are(milliseconds_by("t ([0-9.]+)", "t 12.5 ms"), VALUES(12.5e-3));
    values_are(milliseconds_by("avg ([0-9]+)", "avg 5 min 3 max 9"), VALUES(5e-3));
    values_are(milliseconds_by("t ([0-9]+)", "t 5 sets, t 6 s2"), VALUES(5e-3, 6e-3));
    values_are(milliseconds_by("t ([0-9.]+ ?m?s)", "t 985 ms\nt 1.02 s"), VALUES(0.985, 1.02));
}

static void another_unit_behind_the_number_fails(void **state) {
    (void)state;
    fails_with(milliseconds_by("t ([0-9.]+)", "t 985 ms\nt 1.02 s\n"), "`s` follows");
    fails_with(milliseconds_by("t ([0-9.]+) us", "t 985 us"), "`us` follows");
    fails_with(milliseconds_by("t ([0-9.]+)", "t 5min"), "`min` follows");
    fails_with(
        read_one((struct probe_reading){.pattern = "([0-9.]+)", .scale = 1024, .unit = PROBE_BYTES},
                 "1.5 MB"),
        "`MB` follows");
    values_are(
        read_one((struct probe_reading){.pattern = "([0-9.]+)", .scale = 1024, .unit = PROBE_BYTES},
                 "1.5 KB"),
        VALUES(1536));
}

static void bad_patterns_are_refused(void **state) {
    (void)state;
    fails_with(by_pattern("\\d+", "1"), "has 0");
    fails_with(by_pattern("(\\d)(\\d)", "12"), "has 2");
    fails_with(by_pattern("(\\d", "1"), "missing closing parenthesis, at character 4");
    fails_with(by_pattern("(\\d)*+?[", "1"), "metric `m`: pattern `(\\d)*+?[`");
    char *huge = arena_alloc(arena, EXTRACT_PATTERN_MAX + 2);
    memset(huge, 'a', EXTRACT_PATTERN_MAX + 1);
    fails_with(by_pattern(huge, ""), "longer than 64 KiB");
}

static void endless_patterns_are_ended(void **state) {
    (void)state;
    fails_with(
        by_pattern("^(([a-z]+)*)*(?<value>[0-9])$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
        "too many steps");
}

static void json_is_read_at_a_pointer(void **state) {
    (void)state;
    static const char document[] =
        "{\"a\": {\"b/c\": [1, 2.5, \"3\"], \"~\": 4}, \"n\": 5, \"*\": 6}";
    values_are(by_json("/n", document), VALUES(5));
    values_are(by_json("/a/b~1c/*", document), VALUES(1, 2.5, 3));
    values_are(by_json("/a/b~1c/1", document), VALUES(2.5));
    values_are(by_json("/a/~0", document), VALUES(4));
    values_are(by_json("", "7"), VALUES(7));
    values_are(by_json("/*", "[1,2]"), VALUES(1, 2));
    values_are(read_one((struct probe_reading){.json = "/t", .scale = 0.001, .unit = PROBE_SECONDS},
                        "{\"t\": 12.3}"),
               VALUES(12.3e-3));
}

static void json_may_be_the_last_line(void **state) {
    (void)state;
    values_are(by_json("/n", "starting\n{\"n\": 1}\n{\"n\": 2}\n"), VALUES(2));
    values_are(by_json("/n", "{\"n\": 1}\ndone [ok]\n{broken\n"), VALUES(1));
    values_are(by_json("/n", "log\n  {\"n\": 3}"), VALUES(3));
}

static void json_that_gives_nothing_fails(void **state) {
    (void)state;
    fails_with(by_json("/n", "plain text"), "not JSON");
    fails_with(by_json("/n", ""), "not JSON");
    fails_with(by_json("/n", "{}"), "nothing at that place");
    fails_with(by_json("/n/*", "{\"n\": {}}"), "no list at that place");
    fails_with(by_json("/n/*", "{\"n\": []}"), "no value found");
    fails_with(by_json("/n", "{\"n\": null}"), "null");
    fails_with(by_json("/n", "{\"n\": true}"), "true or false");
    fails_with(by_json("/n", "{\"n\": [1]}"), "it is a list");
    fails_with(by_json("/n", "{\"n\": {}}"), "it is an object");
    fails_with(by_json("/n", "{\"n\": \"fast\"}"), "fast");
    fails_with(by_json("/n/*", "{\"n\": [1, \"NaN\"]}"), "NaN");
    fails_with(by_json("n", "{\"n\": 1}"), "starts with `/`");
    fails_with(by_json("/~2", "{}"), "~0");
}

static void statistics_follow_the_unit(void **state) {
    (void)state;
    assert_string_equal(extract_statistic(PROBE_SECONDS), "p95");
    assert_string_equal(extract_statistic(PROBE_BYTES), "max");
    assert_string_equal(extract_statistic(PROBE_PER_SECOND), "mean");
    assert_string_equal(extract_statistic(PROBE_COUNT), "median");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(numbers_are_read),
        CASE(no_numbers_are_refused),
        CASE(patterns_find_every_match),
        CASE(patterns_that_give_nothing_fail),
        CASE(parts_of_numbers_fail),
        CASE(what_only_looks_like_a_part_is_read),
        CASE(another_unit_behind_the_number_fails),
        CASE(bad_patterns_are_refused),
        CASE(endless_patterns_are_ended),
        CASE(json_is_read_at_a_pointer),
        CASE(json_may_be_the_last_line),
        CASE(json_that_gives_nothing_fails),
        CASE(statistics_follow_the_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
