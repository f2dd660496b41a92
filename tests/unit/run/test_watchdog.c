#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/watchdog.h"

/* What the child of a test does; its exit status and what it wrote on standard error come back. */
static int child_status(void (*act)(void), char *said, size_t size) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        act();
        _exit(77);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], said + length, size - 1 - length)) > 0;)
        length += (size_t)got;
    said[length] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void hang(void) {
    watchdog_watch(watchdog_start("stuck", -1), clock_now());
    for (;;) pause();
}

static void hang_once_cancelled(void) {
    int ends[2];
    if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1) _exit(1);
    watchdog_watch(watchdog_start("stuck", ends[0]), UINT64_MAX / 2);
    for (;;) pause();
}

static void come_back(void) {
    struct watchdog *watchdog = watchdog_start("fine", -1);
    for (int i = 0; i < 100; i++) {
        watchdog_watch(watchdog, clock_now());
        watchdog_rest(watchdog);
    }
    usleep(1500000); /* longer than its patience */
    watchdog_stop(watchdog);
}

static void test_gives_up(void **state) {
    (void)state;
    char said[256];
    assert_int_equal(child_status(hang, said, sizeof said), 4);
    assert_non_null(strstr(said, "`stuck` does not return"));
    assert_int_equal(child_status(hang_once_cancelled, said, sizeof said), 4);
    assert_non_null(strstr(said, "`stuck` does not return"));
}

static void test_rests(void **state) {
    (void)state;
    char said[256];
    assert_int_equal(child_status(come_back, said, sizeof said), 77);
    assert_string_equal(said, "");
}

static void test_none_is_fine(void **state) {
    (void)state;
    watchdog_watch(NULL, 0);
    watchdog_rest(NULL);
    watchdog_stop(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_up),
        cmocka_unit_test(test_rests),
        cmocka_unit_test(test_none_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
