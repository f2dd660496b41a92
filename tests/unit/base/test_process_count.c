/* What the kernel counts of a whole tree. Page faults stand in for instructions on machines whose
 * processor tells none: the way of counting is the same. */
#include "processes.h"

static bool can_count(enum process_counter counter, const char *what) {
    int error = process_counts(counter);
    if (error != 0) print_message("skipped: no %s here: %s\n", what, strerror(error));
    return error == 0;
}

static double count_of(enum process_counter counter, const char *script) {
    struct process_result result =
        run(&(struct process_plan){.argv = shell(script), .cancel_fd = -1, .counter = counter});
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.status, 0);
    assert_int_equal(result.count_error, 0);
    assert_true(result.count > 0);
    return result.count;
}

static void nothing_is_counted_unasked(void **state) {
    (void)state;
    struct process_result result = run_shell("exit 0");
    assert_true(isnan(result.count));
    assert_int_equal(result.count_error, 0);
}

/* Each program that is started faults at least its own pages in; children of children count, and
 * what one run counted is not in the next. */
static void the_whole_tree_is_counted(void **state) {
    (void)state;
    skip_under_valgrind();
    enum process_counter counter = PROCESS_COUNTS_PAGE_FAULTS;
    if (!can_count(counter, "count of page faults")) skip();
    double alone = count_of(counter, "exit 0");
    double child = count_of(counter, "/bin/sh -c 'exit 0'; exit 0");
    double many = count_of(
        counter,
        "(/bin/sh -c '/bin/sh -c \"exit 0\"; exit 0'; exit 0) & /bin/sh -c 'exit 0'; wait");
    assert_true(child > 1.5 * alone);
    assert_true(many > child + alone);
    assert_true(count_of(counter, "exit 0") < child);
}

static void a_command_that_does_not_start_counts_nothing(void **state) {
    (void)state;
    skip_under_valgrind();
    static const char *const argv[] = {"./absent", NULL};
    struct process_result result = run(&(struct process_plan){
        .argv = argv, .cancel_fd = -1, .counter = PROCESS_COUNTS_PAGE_FAULTS});
    assert_int_equal(result.end, PROCESS_NOT_STARTED);
    assert_true(isnan(result.count));
}

static void instructions_are_counted(void **state) {
    (void)state;
    enum process_counter counter = PROCESS_COUNTS_INSTRUCTIONS;
    if (!can_count(counter, "counter of instructions")) skip();
    double few = count_of(counter, "exit 0");
    double many = count_of(counter, "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done");
    assert_true(few > 10e3);
    assert_true(many > few + 1e6);
}

/* A counter that cannot be had is an error number, never 0. */
static void what_cannot_be_counted_says_why(void **state) {
    (void)state;
    int error = process_counts(PROCESS_COUNTS_INSTRUCTIONS);
    struct process_result result = run(&(struct process_plan){
        .argv = shell("exit 0"), .cancel_fd = -1, .counter = PROCESS_COUNTS_INSTRUCTIONS});
    assert_int_equal(result.status, 0);
    if (error == 0) skip();
    assert_true(isnan(result.count));
    assert_int_equal(result.count_error, error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(nothing_is_counted_unasked),
        CASE(the_whole_tree_is_counted),
        CASE(a_command_that_does_not_start_counts_nothing),
        CASE(instructions_are_counted),
        CASE(what_cannot_be_counted_says_why),
    };
    process_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
