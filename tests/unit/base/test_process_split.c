/* Commands taken apart into words. */
#include "processes.h"

static void commands_are_split(void **state) {
    (void)state;
    static const struct {
        const char *command;
        const char *words[5];
    } rows[] = {
        {"a", {"a"}},
        {"  a  b\tc ", {"a", "b", "c"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b'\"c\"d", {"abcd"}},
        {"a '' \"\"", {"a", "", ""}},
        {"a\\ b", {"a b"}},
        {"a\\\\b", {"a\\b"}},
        {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
        {"'a\\b'", {"a\\b"}},
        {"a '$x `y` *'", {"a", "$x `y` *"}},
        {"a \\$x \"\\$y\"", {"a", "$x", "$y"}},
        {"a b~ c#d x=y", {"a", "b~", "c#d", "x=y"}},
        {"./a=b c", {"./a=b", "c"}},
        {"a b\n", {"a", "b"}},
        {"a \\\n b", {"a", "b"}},
        {"a {x,y} [z]", {"a", "{x,y}", "[z]"}},
        {"a 'b\nc'", {"a", "b\nc"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *argv, *problem = NULL;
        size_t count;
        assert_true(process_split(arena, rows[i].command, &argv, &count, &problem));
        for (size_t j = 0; j < count; j++) assert_string_equal(argv[j], rows[i].words[j]);
        assert_null(rows[i].words[count]);
        assert_null(argv[count]);
    }
}

static void what_needs_a_shell_is_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "a | b",     "a && b", "a; b", "a > b", "a < b", "(a)",  "a $x",
        "a `b`",     "a *.c",  "a b?", "~/a",   "a # b", "a\nb", "a \"$x\"",
        "a \"`b`\"", "X=1 a",  "a &",  "a x|y", "a b$",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *argv, *problem = NULL;
        size_t count;
        assert_false(process_split(arena, rows[i], &argv, &count, &problem));
        assert_non_null(strstr(problem, "shell: true"));
    }
}

static void broken_commands_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *command, *problem;
    } rows[] = {
        {"", "the command is empty"},
        {" \t\n", "the command is empty"},
        {"''", "the command is empty"},
        {"a 'b", "a single quote is never closed"},
        {"a \"b", "a double quote is never closed"},
        {"a \"b\\", "a double quote is never closed"},
        {"a b\\", "the command ends in a backslash"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *argv, *problem = NULL;
        size_t count;
        assert_false(process_split(arena, rows[i].command, &argv, &count, &problem));
        assert_string_equal(problem, rows[i].problem);
    }
}

int main(void) {
    process_setup();
    const struct CMUnitTest tests[] = {
        CASE(commands_are_split),
        CASE(what_needs_a_shell_is_refused),
        CASE(broken_commands_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
