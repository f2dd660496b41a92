#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "report_sample.h"

#include <cmocka.h>

#include "report/sheet.h"
#include "report/table.h"

static int set_up(void **state) {
    static struct sample s;
    sample_all(&s, arena_new());
    *state = &s;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct sample *)*state)->arena);
    return 0;
}

static const char *text_of(const struct sample *s, bool colour, int columns, bool verbose) {
    const struct report_text_options options = {colour, columns, verbose};
    return report_text(s->arena, &s->report, &options);
}

static void expect_all(const char *text, const char *const *wanted, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strstr(text, wanted[i])) fail_msg("`%s` is not in:\n%s", wanted[i], text);
}

static void test_says_what_matters(void **state) {
    static const char *const wanted[] = {
        "✗ bundle-size  Bundle size",
        "✗ gzip ",
        "113.5 KB  ≤ 100 KB",
        "13 % over",
        "46 % left",
        "≤ 5 % worse",
        "+25.5 %",
        "skipped: nightly (not in --only)",
        "why     Download speed, mobile experience",
        "fix     Run the minifier",
        "owner   web-team",
        "at      budgets/app.yaml:11:7",
        "dist/app.js",
        "61.23 KB, 54 %",
        "settle  ",
        "no bound",
        "cannot start `./bench`",
        "hint    build it first",
        "waiver  until 2027-01-31, 72 days left: New index, see #123",
        "(counts as warn)",
        "113.5 KB",
        "110.8×  ≥ 100×",
        "mycelium-sync: 2 error, 6 fail, 1 inconclusive, 1 waived, 1 warn, 9 pass, 1 skipped",
        "exit 3: something could not be measured",
    };
    expect_all(text_of(*state, false, 100, false), wanted, array_length(wanted));
}

static void test_verbose_says_more(void **state) {
    static const char *const wanted[] = {"Also measured", "Environment", "cores",
                                         "gzip by zlib 1.2.13 level 9", "files   budgets/app.yaml"};
    const char *text = text_of(*state, false, 100, true);
    expect_all(text, wanted, array_length(wanted));
    assert_null(strstr(text_of(*state, false, 100, false), "Environment"));
}

/* Lines that hold a word longer than the page are the only ones that may be wider. */
static void test_fits_the_columns(void **state) {
    for (int columns = 40; columns <= 200; columns += 20) {
        struct text copy = text_begin(((struct sample *)*state)->arena);
        text_add(&copy, text_of(*state, false, columns, false));
        for (char *line = copy.data, *end; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            if (text_width(line) > (size_t)columns + 8)
                fail_msg("%zu > %d: %s", text_width(line), columns, line);
            assert_true(*line == '\0' || end[-1] != ' ');
        }
    }
}

static void test_colour_only_when_asked(void **state) {
    const char *plain = text_of(*state, false, 100, true);
    const char *painted = text_of(*state, true, 100, true);
    assert_null(strchr(plain, '\x1b'));
    assert_non_null(strstr(painted, "\x1b[31m✗\x1b[0m"));
    struct text stripped = text_begin(((struct sample *)*state)->arena);
    for (const char *at = painted; *at; at++) {
        if (*at != '\x1b')
            text_add_char(&stripped, *at);
        else
            at += strcspn(at, "m");
    }
    /* trailing blanks inside colours aside, the same text */
    assert_int_equal(strlen(stripped.data), strlen(plain));
    assert_string_equal(stripped.data, plain);
}

/* X1: whatever names say, no control byte but line ends comes out, and no hidden character. */
static void expect_inert(const char *text, bool colour) {
    for (size_t at = 0, length = strlen(text); at < length;) {
        unsigned point = 0;
        size_t size = text_utf8_length(text + at, length - at, &point);
        assert_int_not_equal(size, 0);
        bool escape = point == 0x1b && colour;
        if (!escape && (point < 0x20 || (point >= 0x7f && point < 0xa0)))
            assert_int_equal(point, '\n');
        assert_false(point >= 0x202a && point <= 0x202e);
        assert_false(point >= 0x2066 && point <= 0x2069);
        at += size;
    }
}

static const char *hostile(struct sample *s) {
    static const char *const pieces[] = {"\x1b[31m", "\n::error::", "\r",           "\x07",
                                         "\xC2\x9B", "\xFF",        "\xE2\x80\xAE", "\xE2\x81\xA6",
                                         "a",        " ",           "\x7f",         "\xC3"};
    struct text text = text_begin(s->arena);
    for (int i = 0; i < 12; i++)
        text_add(&text, pieces[(size_t)(sample_random(s) * (double)array_length(pieces))]);
    return text.data;
}

static void make_hostile(struct sample *s) {
    for (size_t i = 0; i < s->set.count; i++) {
        struct budget *budget = &s->set.budgets[i];
        budget->title = hostile(s);
        budget->why = hostile(s);
        budget->fix = hostile(s);
        budget->owner = hostile(s);
        budget->target_text = hostile(s);
        budget->id = hostile(s);
        budget->place.file = hostile(s);
        if (budget->skipped) budget->skipped = hostile(s);
        budget->waiver.reason = hostile(s);
        for (size_t row = 0; row < budget->limit_count; row++) {
            budget->limits[row].key = hostile(s);
            budget->limits[row].place.file = hostile(s);
            s->verdicts.budgets[i].rows[row].reason = hostile(s);
            s->verdicts.budgets[i].rows[row].settle = hostile(s);
        }
        const struct measurement *measurement = s->evidence[i].measurement;
        for (size_t n = 0; measurement && n < measurement->count; n++)
            if (measurement->series[n].labels[0]) measurement->series[n].labels[0] = hostile(s);
        for (size_t n = 0; measurement && measurement->methods && n < 3; n++)
            measurement->methods[n] = hostile(s);
        for (size_t n = 0; measurement && n < measurement->problems.count; n++)
            measurement->problems.items[n].message = hostile(s);
    }
    s->set.project = hostile(s);
    s->set.files[0].path = hostile(s);
    s->report.environment.branch = s->report.environment.cpu = hostile(s);
}

static void test_hostile_names_are_inert(void **state) {
    struct sample *s = *state;
    for (int i = 0; i < 20; i++) {
        make_hostile(s);
        expect_inert(text_of(s, false, 40 + i * 5, true), false);
        expect_inert(text_of(s, true, 100, true), true);
        const char *document = report_json(s->arena, &s->report), *problem;
        expect_inert(document, false);
        json *read = json_read(s->arena, document, strlen(document), &problem);
        if (!read) fail_msg("%s", problem);
        json_free(read);
    }
}

static void test_bar(void **state) {
    struct sample *s = *state;
    static const struct {
        double share;
        const char *bar;
    } rows[] = {{0, "░░░░░░░░░░"},    {0.5, "█████░░░░░"},  {1, "██████████"},
                {1.7, "██████████"},  {-1, "░░░░░░░░░░"},   {0.001, "▏░░░░░░░░░"},
                {0.55, "█████▌░░░░"}, {0.999, "██████████"}};
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(sheet_bar(s->arena, rows[i].share), rows[i].bar);
    assert_int_equal(text_width(sheet_bar(s->arena, 0.33)), 10);
}

static void test_shorten(void **state) {
    struct sample *s = *state;
    assert_string_equal(sheet_shorten(s->arena, "abcdef", 6), "abcdef");
    assert_string_equal(sheet_shorten(s->arena, "abcdefg", 6), "abc…fg");
    assert_string_equal(sheet_shorten(s->arena, "ééééééé", 4), "éé…é");
    assert_string_equal(sheet_shorten(s->arena, "abc", 1), "…");
}

/* 100,000.4 B against 100 KB must not read "100 KB ≤ 100 KB, failed". */
static void test_close_calls_are_exact(void **state) {
    struct sample *s = *state;
    struct limit limit = {.key = "raw", .bound = 100000, .unit = PROBE_BYTES};
    struct verdict_row row = {.limit = &limit, .observed = 100001, .headroom = -0.00001};
    assert_string_equal(row_observed(s->arena, &row), "100001 B");
    assert_string_equal(row_bound(s->arena, &row), "≤ 100000 B");
    assert_string_equal(row_headroom(s->arena, &row), "<0.1 % over");
    row.observed = 100000;
    assert_string_equal(row_observed(s->arena, &row), "100 KB");
}

/* Only where something timed is broken; the numbers are this report's own. */
static void test_a_loud_machine_is_named(void **state) {
    struct sample *s = *state;
    struct environment *machine = &s->report.environment;
    *machine = (struct environment){.cores = 2, .load = {5, 5, 5}, .pressure_cpu = 0.25};
    assert_null(strstr(text_of(s, false, 100, false), "The machine was loud"));
    for (size_t i = 0; i < s->report.set->count; i++) {
        struct budget_verdict *verdict = &s->report.verdicts->budgets[i];
        if (verdict->effect != OUTCOME_FAIL || !verdict->budget->probe) continue;
        struct probe *probe = arena_new_object(s->arena, struct probe);
        struct budget *budget = arena_new_object(s->arena, struct budget);
        *probe = *verdict->budget->probe;
        *budget = *verdict->budget;
        probe->needs |= PROBE_QUIET;
        budget->probe = probe;
        verdict->budget = budget;
    }
    static const char *const wanted[] = {"The machine was loud: tasks waited for a processor 25 % "
                                         "of the time, load 5.0 on 2 cores."};
    expect_all(text_of(s, false, 100, false), wanted, 1);
    static const char *const others[] = {"markdown", "html"};
    for (size_t i = 0; i < array_length(others); i++) {
        const struct report_text_options options = {.columns = 100};
        const struct report_format *format = report_format_find(others[i]);
        expect_all(report_write(s->arena, format, &s->report, &options), wanted, 1);
    }
    *machine = (struct environment){.cores = 2, .load = {1, 5, 5}, .pressure_cpu = 0.05};
    assert_null(strstr(text_of(s, false, 100, false), "The machine was loud"));
}

static void test_only_reporting(void **state) {
    struct sample *s = *state;
    s->report.exit_code = 0;
    assert_non_null(strstr(text_of(s, false, 100, false), "exit 0: only reporting"));
    s->report.exit_code = 130;
    s->report.complete = false;
    const char *text = text_of(s, false, 100, false);
    assert_non_null(strstr(text, "exit 130: ended by signal 2"));
    assert_non_null(strstr(text, "The run was ended before it was done."));
}

static void test_empty_set(void **state) {
    struct sample s;
    sample_begin(&s, ((struct sample *)*state)->arena);
    sample_finish(&s);
    const char *text = text_of(&s, false, 100, true);
    assert_non_null(strstr(text, "nothing was judged"));
    assert_non_null(strstr(text, "exit 3"));
}

static void test_formats(void **state) {
    struct sample *s = *state;
    const struct report_text_options options = {.columns = 100};
    assert_null(report_format_find("nonsense"));
    assert_null(report_format_find(NULL));
    for (const struct report_format *format = report_formats; format->name; format++) {
        assert_ptr_equal(report_format_find(format->name), format);
        assert_non_null(format->write(s->arena, &s->report, &options));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_says_what_matters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_verbose_says_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fits_the_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_colour_only_when_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_names_are_inert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shorten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_close_calls_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_loud_machine_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_reporting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
