#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log_guard.h"

static void expect(const char *text, const struct log_guard *guard, const char *made) {
    struct arena *arena = arena_new();
    assert_string_equal(log_guarded(arena, text, guard), made);
    arena_free(arena);
}

static void test_lines_that_start_with_colons(void **state) {
    (void)state;
    expect("::error::x", &log_guard_text, "\\x3a:error::x");
    expect("a\n  ::set-env name=x::y\nb", &log_guard_text, "a\n  \\x3a:set-env name=x::y\nb");
    expect("\t ::a\n::b\n", &log_guard_markup, "\t &#58;:a\n&#58;:b\n");
    /* .NET trims blanks beyond ASCII as well: U+00A0, U+3000. */
    expect("\xc2\xa0::x", &log_guard_text, "\xc2\xa0\\x3a:x");
    expect("\xe3\x80\x80 ::x", &log_guard_text, "\xe3\x80\x80 \\x3a:x");
    expect("::::x", &log_guard_text, "\\x3a:::x");
}

static void test_commands_anywhere_in_a_line(void **state) {
    (void)state;
    expect("a ##[error]x", &log_guard_text, "a #\\x23[error]x");
    expect("##vso[task.complete]", &log_guard_text, "#\\x23vso[task.complete]");
    expect("##teamcity[buildStop]", &log_guard_markup, "#&#35;teamcity[buildStop]");
    expect("\"###[group]\"", &log_guard_json, "\"##\\u0023[group]\"");
    expect("::x ##[y]\n##[z]", &log_guard_text, "\\x3a:x #\\x23[y]\n#\\x23[z]");
}

static void test_other_text_stays(void **state) {
    (void)state;
    static const char plain[] = "## A title\nstd::string a::b\n x:: y\n#[x] ## [y] ##X[\n:x\n";
    struct arena *arena = arena_new();
    assert_ptr_equal(log_guarded(arena, plain, &log_guard_text), plain);
    static const char colons[] = "  ::x";
    assert_ptr_equal(log_guarded(arena, colons, &log_guard_json), colons);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_that_start_with_colons),
        cmocka_unit_test(test_commands_anywhere_in_a_line),
        cmocka_unit_test(test_other_text_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
