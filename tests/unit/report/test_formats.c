/* What every format says of a run as a whole, and the pieces of text that formats are made of.
 * Whether strict readers take them is shown by tests/cli/cases/formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/items.h"
#include "report/markdown.h"
#include "report/markup.h"
#include "report/meaning.h"
#include "report_sample.h"

static int set_up(void **state) {
    struct arena *arena = arena_new();
    struct sample *s = arena_new_object(arena, struct sample);
    sample_all(s, arena);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct sample *)*state)->arena);
    return 0;
}

static const char *in_format(struct sample *s, const char *name) {
    const struct report_text_options options = {.columns = 100};
    return report_write(s->arena, report_format_find(name), &s->report, &options);
}

/* What a format shows of a failure that no row tells; each has to say it. Formats for trends have
 * numbers alone, and a run without them is empty. */
static const struct {
    const char *format, *ended, *judged_none;
} troubles[] = {
    {"text", "The run was ended before it was done.", "nothing was judged"},
    {"json", "\"complete\": false", "\"verdict\": \"error\""},
    {"junit", "<error message=\"the run was ended before it was done\"",
     "<error message=\"nothing was judged\""},
    {"markdown", "**The run itself**: the run was ended", "**The run itself**: nothing was judged"},
    {"github", "::error title=error%3A run::the run was ended",
     "::error title=error%3A run::nothing"},
    {"gitlab", "\"description\": \"run: the run was ended", "\"description\": \"run: nothing was"},
    {"sarif", "error: the run was ended before", "error: nothing was judged"},
    {"tap", " - run\n  ---\n  message: \"the run was ended", "not ok 1 - run\n"},
    {"csv", ",error,error,\"the run was ended before it was done\",",
     ",error,error,\"nothing was judged\","},
    {"openmetrics", "perfbudget_complete 0", "perfbudget_exit_code 3"},
    {"smaller-is-better", "[", "[]"},
    {"bigger-is-better", "[", "[]"},
    {"bmf", "{", "{}"},
    {"html", "the run was ended before it was done", "nothing was judged"},
};

static void expect_part(const char *format, const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("%s lacks `%s`:\n%s", format, part, text);
}

static void test_a_run_that_failed_as_a_whole_is_no_pass(void **state) {
    struct sample *s = *state, empty;
    s->report.complete = false;
    s->report.exit_code = 130;
    sample_begin(&empty, s->arena);
    sample_finish(&empty);
    for (size_t i = 0; i < array_length(troubles); i++) {
        const char *format = troubles[i].format;
        expect_part(format, in_format(s, format), troubles[i].ended);
        expect_part(format, in_format(&empty, format), troubles[i].judged_none);
    }
    for (const struct report_format *row = report_formats; row->name; row++) {
        bool known = false;
        for (size_t i = 0; i < array_length(troubles); i++)
            known |= text_equal(troubles[i].format, row->name);
        if (!known) fail_msg("add what %s says of a run that failed as a whole", row->name);
    }
}

static void test_an_error_of_the_run_is_told(void **state) {
    struct sample *s = *state;
    assert_null(report_trouble(s->arena, &s->report));
    diag_warning(&s->diags, CLI_VALUE, NO_PLACE, NULL, "only a warning");
    assert_null(report_trouble(s->arena, &s->report));
    diag_error(&s->diags, OUTPUT_WRITE, NO_PLACE, NULL, "cannot write `a\x1b`");
    assert_string_equal(report_trouble(s->arena, &s->report), "cannot write `a\\x1b`");
    expect_part("junit", in_format(s, "junit"), "cannot write `a\\x1b`");
}

static void test_items_tell_every_row(void **state) {
    struct sample *s = *state;
    struct report_item *items;
    size_t count = report_items(s->arena, &s->report, &items), rows = 0, broken = 0;
    for (size_t i = 0; i < s->set.count; i++)
        rows += s->set.budgets[i].selected ? s->verdicts.budgets[i].count : 1;
    assert_int_equal(count, rows);
    for (size_t i = 0; i < count; i++) broken += item_is_broken(&items[i]);
    assert_true(broken >= s->verdicts.summary[OUTCOME_ERROR]);
    for (size_t i = 0; i < count; i++)
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(item_fingerprint(s->arena, &items[i]),
                                    item_fingerprint(s->arena, &items[other]));
}

static const char *prose(struct arena *arena, const char *foreign, size_t longest) {
    struct text out = text_begin(arena);
    markdown_add(&out, foreign, longest);
    return out.data;
}

static const char *code(struct arena *arena, const char *foreign, size_t longest) {
    struct text out = text_begin(arena);
    markdown_add_code(&out, foreign, longest);
    return out.data;
}

#define JOINER "\xe2\x81\xa0"
static void test_markdown_is_text(void **state) {
    struct arena *arena = ((struct sample *)*state)->arena;
    assert_string_equal(prose(arena, "a *b* [c](d) <e>", 100), "a \\*b\\* \\[c\\](d) \\<e\\>");
    assert_string_equal(prose(arena, "@me #12 !3 100 % a - b", 100),
                        "@" JOINER "me \\#" JOINER "12 \\!" JOINER "3 100 % a - b");
    assert_string_equal(prose(arena, "http://x www.y GH-1 :z:", 100),
                        "http:" JOINER "//x www" JOINER ".y GH-" JOINER "1 :" JOINER "z:");
    assert_string_equal(prose(arena, "0123456789", 5), "01…89");
    assert_string_equal(prose(arena, NULL, 5), "");
    assert_string_equal(code(arena, "a|b", 9), "`a│b`");
    assert_string_equal(code(arena, "a``b`", 9), "``` a``b` ```");
    assert_string_equal(code(arena, "", 9), "`  `");
}

static void test_markup_is_text(void **state) {
    struct text out = text_begin(((struct sample *)*state)->arena);
    markup_attribute(&out, "a", "<\"'&>\x01\xef\xbf\xbe]]>");
    markup_attribute(&out, "b", NULL);
    assert_string_equal(out.data, " a=\"&lt;&quot;&#39;&amp;&gt;\\x01\\u{FFFE}]]&gt;\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_run_that_failed_as_a_whole_is_no_pass, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_error_of_the_run_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_items_tell_every_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_markdown_is_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_markup_is_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
