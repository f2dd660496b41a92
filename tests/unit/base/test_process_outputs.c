/* Commands one after the other share their outputs where that is safe; none sees another's. */
#include <fcntl.h>

#include "processes.h"

enum { MANY = 1000000, SOME = 60000 };

static struct process_result run_whole(const char *script) {
    return run(&(struct process_plan){
        .argv = shell(script), .cancel_fd = -1, .keep_whole = true, .keep = MANY});
}

static void each_has_its_own_output(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct process_result result =
            run_shell(text_format(arena, "echo out %d; echo err %d >&2", i, i));
        assert_string_equal(result.out.bytes, text_format(arena, "out %d\n", i));
        assert_string_equal(result.err.bytes, text_format(arena, "err %d\n", i));
        assert_string_equal(run_whole("echo whole").out.bytes, "whole\n");
        assert_int_equal(run_shell("exit 0").out.total, 0);
    }
}

static void all_that_was_written_arrives(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(run_shell("head -c 60000 /dev/zero").out.total, SOME);
        assert_int_equal(run_shell("head -c 1000000 /dev/zero").out.total, MANY);
        assert_int_equal(run_shell("head -c 60000 /dev/zero >&2; exit 3").err.total, SOME);
        assert_int_equal(run_whole("head -c 60000 /dev/zero").out.length, SOME);
    }
}

/* Some runtimes stop waiting on their outputs, which is a mark on the pipe, not on the process. */
static void what_one_makes_of_it_is_undone(void **state) {
    (void)state;
    skip_under_valgrind();
    static const char *const unblock[] = {"/proc/self/exe", "unblock", NULL};
    for (int i = 0; i < 3; i++) {
        struct process_result result =
            run(&(struct process_plan){.argv = unblock, .cancel_fd = -1});
        assert_int_equal(result.status, 0);
        result = run_shell("head -c 1000000 /dev/zero && echo written >&2");
        assert_int_equal(result.out.total, MANY);
        assert_string_equal(result.err.bytes, "written\n");
    }
}

/* What outlives a command may still write: not to the next one's output. */
static void nobody_writes_to_the_next_ones(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(run_shell("exit 0").out.total, 0);
        struct process_result result =
            run_shell("(trap '' TERM; while :; do echo late; sleep 0.01; done) & echo first");
        assert_true(result.leftovers > 0);
        assert_non_null(strstr(result.out.bytes, "first\n"));
        assert_string_equal(run_shell("sleep 0.05; echo next").out.bytes, "next\n");
    }
}

static void those_that_are_ended_leave_nothing_in_it(void **state) {
    (void)state;
    assert_int_equal(run_shell("exit 0").out.total, 0);
    struct process_result result = run_shell_for("while :; do echo again; done", 0.1);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_true(result.out.total > 0);
    assert_string_equal(run_shell("echo next").out.bytes, "next\n");
}

static void the_input_is_empty(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_string_equal(run_shell("readlink /proc/self/fd/0; cat").out.bytes, "/dev/null\n");
        struct process_result given = run(&(struct process_plan){
            .argv = shell("cat"), .cancel_fd = -1, .input = "given", .input_length = 5});
        assert_string_equal(given.out.bytes, "given");
    }
}

static int unblock_output(void) {
    return fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) == 0 ? 0 : 1;
}

int main(int count, char **words) {
    if (count == 2 && strcmp(words[1], "unblock") == 0) return unblock_output();
    const struct CMUnitTest tests[] = {
        CASE(each_has_its_own_output),
        CASE(all_that_was_written_arrives),
        CASE(what_one_makes_of_it_is_undone),
        CASE(those_that_are_ended_leave_nothing_in_it),
        CASE(the_input_is_empty),
        CASE(nobody_writes_to_the_next_ones), /* last: from then on nothing is shared */
    };
    process_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
