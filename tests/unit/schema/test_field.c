#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "schema/field.h"

#include <cmocka.h> /* last: its `fail` is also the name of a probe service */

struct config {
    const char *name;
    struct probe_texts names, command;
    bool strict;
    int64_t level;
    double factor, size, grace, share, speed;
    int cache;
    struct probe_pairs environment;
};

static const char *const cache_words[] = {"cold", "warm", NULL};

enum { NAME, NAMES, STRICT, LEVEL, FACTOR, SIZE, GRACE, SHARE, CACHE, COMMAND, ENVIRONMENT, SPEED };
static const struct probe_option rows[] = {
    [NAME] = {PROBE_OPTION(struct config, PROBE_TEXT, name), .fallback = ""},
    [NAMES] = {PROBE_OPTION(struct config, PROBE_TEXTS, names), .fallback = "all"},
    [STRICT] = {PROBE_OPTION(struct config, PROBE_FLAG, strict), .fallback = "true"},
    [LEVEL] = {PROBE_OPTION(struct config, PROBE_INTEGER, level), .fallback = "9", .min = 1,
               .max = 22},
    [FACTOR] = {PROBE_OPTION(struct config, PROBE_NUMBER, factor), .fallback = "-0.5", .min = -1,
                .max = 1},
    [SIZE] = {PROBE_OPTION(struct config, PROBE_SIZE, size), .fallback = "64KiB"},
    [GRACE] = {PROBE_OPTION(struct config, PROBE_TIME, grace), .fallback = "250ms"},
    [SHARE] = {PROBE_OPTION(struct config, PROBE_SHARE, share), .fallback = "95%", .min = 0.5,
               .max = 1},
    [CACHE] = {PROBE_OPTION(struct config, PROBE_CHOICE, cache), .fallback = "warm",
               .choices = cache_words},
    [COMMAND] = {PROBE_OPTION(struct config, PROBE_COMMAND, command), .fallback = NULL},
    [ENVIRONMENT] = {PROBE_OPTION(struct config, PROBE_PAIRS, environment), .fallback = ""},
    [SPEED] = {PROBE_OPTION(struct config, PROBE_RATE, speed), .fallback = "10/s", .min = 0.1,
               .max = 1e6},
};

struct fixture {
    struct arena *arena;
    struct diags diags;
    struct field_context context;
};

static struct fixture fixture_begin(void) {
    struct fixture fixture = {.arena = arena_new()};
    fixture.diags = diags_begin(fixture.arena);
    return fixture;
}

static bool parse(struct fixture *fixture, int row, const char *text, struct config *config) {
    static const struct place place = {.file = "b.yaml", .line = 3, .column = 7};
    fixture->context = (struct field_context){fixture->arena, 1000, &fixture->diags};
    return field_parse(&fixture->context, &rows[row], text, place, config);
}

static void fills_in_the_fallbacks(void **state) {
    (void)state;
    struct fixture fixture = fixture_begin();
    struct config config = {0};
    fixture.context = (struct field_context){fixture.arena, 1000, &fixture.diags};
    assert_true(field_defaults(&fixture.context, rows, array_length(rows), sizeof *rows, &config));
    assert_null(config.name);
    assert_string_equal(config.names.items[0], "all");
    assert_true(config.strict);
    assert_int_equal(config.level, 9);
    assert_true(config.factor == -0.5 && config.size == 65536);
    assert_true(config.grace == 0.25 && config.share == 0.95);
    assert_int_equal(config.cache, 1);
    assert_int_equal(config.command.count, 0);
    static const struct probe_option bad = {
        .name = "plugin", .type = PROBE_TIME, .fallback = "five"};
    assert_false(field_defaults(&fixture.context, &bad, 1, sizeof bad, &config));
    assert_int_equal(fixture.diags.count, 1);
    arena_free(fixture.arena);
}

static void stores_what_it_reads(void **state) {
    (void)state;
    struct fixture fixture = fixture_begin();
    struct config config = {0};
    assert_true(parse(&fixture, NAME, "a b", &config));
    assert_string_equal(config.name, "a b");
    assert_true(parse(&fixture, NAME, "", &config));
    assert_true(parse(&fixture, NAMES, "one", &config) && config.names.count == 1);
    assert_true(parse(&fixture, STRICT, "false", &config) && !config.strict);
    assert_true(parse(&fixture, LEVEL, "22", &config) && config.level == 22);
    assert_true(parse(&fixture, LEVEL, "1", &config) && config.level == 1);
    assert_true(parse(&fixture, FACTOR, "0.25", &config) && config.factor == 0.25);
    assert_true(parse(&fixture, SIZE, "500", &config) && config.size == 500);
    assert_true(parse(&fixture, SIZE, "2 pages", &config) && config.size == 131072);
    assert_true(parse(&fixture, GRACE, "0s", &config) && config.grace == 0);
    assert_true(parse(&fixture, GRACE, "1.5 min", &config) && config.grace == 90);
    assert_true(parse(&fixture, SHARE, "0.99", &config) && config.share == 0.99);
    assert_true(parse(&fixture, SHARE, "99%", &config) && config.share == 0.99);
    assert_true(parse(&fixture, SPEED, "120/min", &config) && config.speed == 2);
    assert_true(parse(&fixture, SPEED, "50 req/s", &config) && config.speed == 50);
    assert_true(parse(&fixture, CACHE, "cold", &config) && config.cache == 0);
    assert_true(parse(&fixture, COMMAND, "./run 'a b' c", &config));
    assert_int_equal(config.command.count, 3);
    assert_string_equal(config.command.items[1], "a b");
    assert_null(config.command.items[3]);
    assert_int_equal(fixture.diags.count, 0);
    arena_free(fixture.arena);
}

struct refused {
    int row;
    const char *text, *code, *message, *hint;
};

static const struct refused refused[] = {
    {STRICT, "yes", "bad-value", "`yes` is not read as true or false", "true or false"},
    {STRICT, "NO", "bad-value", "`NO` is not read", "true or false"},
    {STRICT, "on", "bad-value", "`on` is not read", "true or false"},
    {STRICT, "True", "bad-value", "`True` is not read", "small letters"},
    {STRICT, "maybe", "bad-value", "neither true nor false", "true or false"},
    {STRICT, "", "missing-value", "a value is missing", "true or false"},
    {LEVEL, "0", "out-of-range", "`0` is out of range", "a whole number from 1 to 22"},
    {LEVEL, "23", "out-of-range", "out of range", "from 1 to 22"},
    {LEVEL, "2.5", "bad-value", "no whole number", "whole"},
    {LEVEL, "1e1", "bad-value", "no whole number", "whole"},
    {LEVEL, "10,000", "bad-value", "thousands", "write 10000"},
    {LEVEL, "9s", "wrong-unit", "wrong unit", "whole number"},
    {LEVEL, "nine", "bad-value", "no number", NULL},
    {FACTOR, "2", "out-of-range", "out of range", "from -1 to 1"},
    {FACTOR, "nan", "bad-value", "no quantity", NULL},
    {SIZE, "-1", "out-of-range", "negative", "100KB"},
    {SIZE, "5Kb", "bad-value", "bits or bytes", "write KB or KiB"},
    {SIZE, "5s", "wrong-unit", "wrong unit", "a size such as 100KB"},
    {GRACE, "5", "wrong-unit", "`5` has no unit", "`5s` or `5ms`"},
    {GRACE, "0", "wrong-unit", "no unit", "`0s`"},
    {GRACE, "-1s", "out-of-range", "negative", "a time such as 500ms"},
    {GRACE, "5KB", "wrong-unit", "wrong unit", "500ms"},
    {SHARE, "40%", "out-of-range", "out of range", "from 50 % to 100 %"},
    {SHARE, "95", "out-of-range", "out of range", NULL},
    {SPEED, "10", "wrong-unit", "has no unit", "write `10/s`"},
    {SPEED, "10 KB/s", "wrong-unit", "wrong unit", "a rate such as 10/s"},
    {SPEED, "0/s", "out-of-range", "out of range", "from 0.1/s to 1,000,000/s"},
    {CACHE, "cld", "unknown-choice", "`cld` is not one of cold, warm", "did you mean cold"},
    {CACHE, "hot", "unknown-choice", "one of cold, warm", NULL},
    {COMMAND, "", "missing-value", "missing", NULL},
    {COMMAND, "   ", "bad-command", "", NULL},
    {COMMAND, "a | b", "bad-command", "", NULL},
    {COMMAND, "'open", "bad-command", "", NULL},
    {ENVIRONMENT, "A=b", "wrong-kind", "is a text", "a map of texts"},
};

static void refuses_with_row_value_and_remedy(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(refused); i++) {
        const struct refused *row = &refused[i];
        struct fixture fixture = fixture_begin();
        struct config config, before;
        memset(&config, 0x5A, sizeof config);
        before = config;
        if (parse(&fixture, row->row, row->text, &config)) fail_msg("'%s' was read", row->text);
        assert_memory_equal(&config, &before, sizeof config); /* untouched on failure */
        assert_int_equal(fixture.diags.count, 1);
        const struct diag *diag = &fixture.diags.items[0];
        assert_string_equal(diag_codes[diag->code].word, row->code);
        assert_true(text_starts(diag->message, rows[row->row].name));
        assert_int_equal(diag->place.line, 3);
        if (!strstr(diag->message, row->message)) fail_msg("'%s': %s", row->text, diag->message);
        if (row->hint && !strstr(diag->hint, row->hint))
            fail_msg("'%s': hint %s", row->text, diag->hint);
        arena_free(fixture.arena);
    }
}

static void says_what_it_takes(void **state) {
    (void)state;
    static const char *const placeholders[] = {"TEXT",      "TEXT",    "true|false", "N",
                                               "N",         "SIZE",    "TIME",       "SHARE",
                                               "cold|warm", "COMMAND", "NAME=TEXT",  "RATE"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++) {
        assert_string_equal(field_placeholder(arena, &rows[i]), placeholders[i]);
        assert_true(strlen(field_expectation(arena, &rows[i])) > 0);
    }
    assert_string_equal(field_expectation(arena, &rows[CACHE]), "one of cold, warm");
    assert_string_equal(field_expectation(arena, &rows[GRACE]), "a time such as 500ms");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_in_the_fallbacks),
        cmocka_unit_test(stores_what_it_reads),
        cmocka_unit_test(refuses_with_row_value_and_remedy),
        cmocka_unit_test(says_what_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
