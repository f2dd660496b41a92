/* What a child starts with, and why it may not start: rows C8, C10-C12, M3, K4. */
#include <fcntl.h>
#include <sys/prctl.h>

#include "processes.h"

/* C8 */
static void standard_input_is_empty(void **state) {
    (void)state;
    struct process_result result =
        run_shell("cat; readlink /proc/self/fd/0; exec >&- 2>&-; exit 0");
    assert_int_equal(result.status, 0);
    assert_string_equal(result.out.bytes, "/dev/null\n");
}

/* C8: ignored in perfbudget, standard in the child. */
static void the_child_has_standard_signals(void **state) {
    (void)state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    static const char *const argv[] = {"cat", "/proc/self/status", NULL};
    struct process_result result = run(&(struct process_plan){.argv = argv, .cancel_fd = -1});
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_non_null(strstr(result.out.bytes, "SigBlk:\t0000000000000000\n"));
    assert_non_null(strstr(result.out.bytes, "SigIgn:\t0000000000000000\n"));
    assert_non_null(strstr(result.out.bytes, "SigCgt:\t0000000000000000\n"));
}

static void standard_input_is_a_file_or_bytes(void **state) {
    (void)state;
    static const char *const cat[] = {"cat", NULL};
    struct process_plan plan = {.argv = cat, .cancel_fd = -1, .input = "a\0b", .input_length = 3};
    struct process_result result = run(&plan);
    assert_int_equal(result.out.length, 3);
    assert_memory_equal(result.out.bytes, "a\0b", 3);
    plan = (struct process_plan){
        .argv = cat, .cancel_fd = -1, .input_path = file_make("input", "from a file", 0644)};
    assert_string_equal(run(&plan).out.bytes, "from a file");
    plan.input_path = "/nowhere/at/all";
    result = run(&plan);
    assert_int_equal(result.end, PROCESS_NOT_STARTED);
    assert_int_equal(result.status, ENOENT);
    assert_string_equal(process_end_text(arena, &result),
                        "could not start: standard input: No such file or directory");
    plan.input_path = text_format(arena, "%s/fifo", folder);
    assert_int_equal(mkfifo(plan.input_path, 0600), 0);
    assert_int_equal(run(&plan).status, EINVAL);
}

/* More than a pipe holds, to a child that never reads. */
static void unread_input_does_not_block(void **state) {
    (void)state;
    size_t length = 4000000;
    struct process_result result = run(&(struct process_plan){.argv = shell("exit 0"),
                                                              .cancel_fd = -1,
                                                              .input = arena_alloc(arena, length),
                                                              .input_length = length});
    assert_int_equal(result.status, 0);
}

static struct process_result run_program(const char *program) {
    const char *const argv[] = {program, NULL};
    return run(&(struct process_plan){.argv = argv, .cancel_fd = -1, .directory = folder});
}

/* C10 */
static void what_cannot_start_says_why(void **state) {
    (void)state;
    skip_under_valgrind();
    skip_under_valgrind();
    file_make("plain", "#!/bin/sh\n", 0644);
    file_make("nothing", "neither binary nor script\n", 0755);
    file_make("orphan", "#!/no/such/interpreter\n", 0755);
    const char *busy = file_make("busy", "#!/bin/sh\n", 0755);
    file_make("works", "#!/bin/sh\nexit 127\n", 0755);
    int writing = open(busy, O_WRONLY);
    static const struct {
        const char *program;
        int error;
    } rows[] = {
        {"no-such-program-anywhere", ENOENT},
        {"./missing", ENOENT},
        {"./plain", EACCES},
        {"./nothing", ENOEXEC},
        {"./orphan", ENOENT},
        {"./busy", ETXTBSY},
        {"", ENOENT},
        {"/", EACCES},
        {"./works/x", ENOTDIR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct process_result result = run_program(rows[i].program);
        assert_int_equal(result.end, PROCESS_NOT_STARTED);
        assert_int_equal(result.status, rows[i].error);
        assert_string_equal(result.failed_step, "execve");
        assert_string_equal(process_end_text(arena, &result),
                            text_format(arena, "could not start: %s", strerror(rows[i].error)));
    }
    close(writing);
    struct process_result result = run_program("./works");
    assert_int_equal(result.end, PROCESS_EXITED); /* not mixed up with a failed start */
    assert_int_equal(result.status, 127);
}

/* C10 */
static void too_many_arguments_are_an_error(void **state) {
    (void)state;
    skip_under_valgrind();
    skip_under_valgrind();
    char *long_word = arena_alloc(arena, 4000001);
    memset(long_word, 'x', 4000000);
    const char *const argv[] = {"true", long_word, NULL};
    struct process_result result = run(&(struct process_plan){.argv = argv, .cancel_fd = -1});
    assert_int_equal(result.end, PROCESS_NOT_STARTED);
    assert_int_equal(result.status, E2BIG);
}

static void a_missing_directory_is_named(void **state) {
    (void)state;
    skip_under_valgrind();
    struct process_result result = run(&(struct process_plan){
        .argv = shell("exit 0"), .cancel_fd = -1, .directory = "/no/such/folder"});
    assert_int_equal(result.end, PROCESS_NOT_STARTED);
    assert_int_equal(result.status, ENOENT);
    assert_string_equal(process_end_text(arena, &result),
                        "could not start: chdir: No such file or directory");
}

/* C11: also when the keeper is still to be started. */
static void too_few_descriptors_are_an_error(void **state) {
    (void)state;
    skip_under_valgrind();
    process_end_all();
    int taken[70000], kept = 0;
    size_t count = 0;
    while (count < sizeof taken / sizeof *taken &&
           (taken[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    for (struct process_result result;; kept++) {
        result = run_shell("exit 0");
        if (result.end != PROCESS_NOT_STARTED) break;
        assert_int_equal(result.status, EMFILE);
        close(taken[--count]);
    }
    assert_in_range(kept, 4, 12);
    while (count > 0) close(taken[--count]);
    assert_int_equal(run_shell("exit 0").status, 0);
}

/* C12 */
static void no_descriptor_leaks(void **state) {
    (void)state;
    skip_under_valgrind();
    int leak = open("/dev/null", O_RDONLY), high = fcntl(leak, F_DUPFD, 200);
    static const char *const list[] = {"ls", "/proc/self/fd", NULL};
    for (int traced = 0; traced < 2; traced++) {
        struct process_result result =
            run(&(struct process_plan){.argv = list, .cancel_fd = -1, .want_peak_rss = traced});
        assert_string_equal(result.out.bytes, "0\n1\n2\n3\n"); /* 3 is the folder being listed */
    }
    close(leak);
    close(high);
}

/* C12 */
static void the_environment_is_what_is_given(void **state) {
    (void)state;
    skip_under_valgrind();
    const char *const variables[] = {"A=1", "PATH=/usr/bin:/bin", NULL};
    const char *const argv[] = {"env", NULL};
    struct process_result result =
        run(&(struct process_plan){.argv = argv, .cancel_fd = -1, .environment = variables});
    assert_string_equal(result.out.bytes, "A=1\nPATH=/usr/bin:/bin\n");
}

static void programs_are_found_through_the_given_path(void **state) {
    (void)state;
    skip_under_valgrind();
    file_make("here", "#!/bin/sh\necho found\n", 0755);
    file_make("sh", "not executable\n", 0644);
    const char *const argv[] = {"here", NULL};
    const char *const shell_argv[] = {"sh", "-c", "echo real", NULL};
    const char *path = text_format(arena, "PATH=/no/such:%s:/bin", folder);
    const char *const variables[] = {path, NULL}, *const relative[] = {"PATH=:/bin", NULL},
                      *const none[] = {"PATH=/no/such", NULL};
    struct process_plan plan = {.argv = argv, .cancel_fd = -1, .environment = variables};
    assert_string_equal(run(&plan).out.bytes, "found\n");
    plan.environment = relative;
    plan.directory = folder;
    assert_string_equal(run(&plan).out.bytes, "found\n");
    plan.environment = none;
    assert_int_equal(run(&plan).status, ENOENT);
    plan.argv = shell_argv; /* what cannot be run is passed over */
    plan.environment = variables;
    assert_string_equal(run(&plan).out.bytes, "real\n");
}

/* What process_setup makes finer for perfbudget stays as it was for the child. */
static void the_child_sleeps_as_it_would_alone(void **state) {
    (void)state;
    assert_int_equal(prctl(PR_GET_TIMERSLACK), 1);
    struct process_result result = run_shell("cat /proc/$$/timerslack_ns");
    if (result.status == 0) assert_string_equal(result.out.bytes, "50000\n");
}

/* M3, K4: what a parent may have left in a bad state. */
static void a_bad_start_is_put_right(void **state) {
    (void)state;
    skip_under_valgrind();
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGCHLD, SIG_IGN);
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        process_setup();
        sigset_t now;
        sigprocmask(SIG_BLOCK, NULL, &now);
        bool good = !sigismember(&now, SIGTERM) && fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0;
        good = good && write(STDOUT_FILENO, "x", 1) < 0; /* lost output must show */
        struct process_result result;
        process_run(arena, &(struct process_plan){.argv = shell("echo a; exit 3"), .cancel_fd = -1},
                    &result);
        good = good && result.end == PROCESS_EXITED && result.status == 3 &&
               strcmp(result.out.bytes, "a\n") == 0;
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void) {
    process_setup();
    const struct CMUnitTest tests[] = {
        CASE(standard_input_is_empty),
        CASE(the_child_has_standard_signals),
        CASE(standard_input_is_a_file_or_bytes),
        CASE(unread_input_does_not_block),
        CASE(what_cannot_start_says_why),
        CASE(too_many_arguments_are_an_error),
        CASE(a_missing_directory_is_named),
        CASE(too_few_descriptors_are_an_error),
        CASE(no_descriptor_leaks),
        CASE(the_environment_is_what_is_given),
        CASE(programs_are_found_through_the_given_path),
        CASE(the_child_sleeps_as_it_would_alone),
        CASE(a_bad_start_is_put_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
