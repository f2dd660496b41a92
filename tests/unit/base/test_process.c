/* Children that misbehave while they run and when they end: rows C1-C9, C13, C14. */
#include "processes.h"

static void output_and_status_come_back(void **state) {
    (void)state;
    struct process_result result = run_shell("echo out; echo err >&2; exit 3");
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.status, 3);
    assert_string_equal(result.out.bytes, "out\n");
    assert_string_equal(result.err.bytes, "err\n");
    assert_int_equal(result.out.total, 4);
    assert_false(result.out.cut);
    assert_int_equal(result.leftovers, 0);
    assert_true(result.wall > 0);
    assert_true(isnan(result.peak_rss));
    assert_string_equal(process_end_text(arena, &result), "exit status 3");
}

static void processor_time_is_counted(void **state) {
    (void)state;
    struct process_result result = run_shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    assert_true(result.user + result.system > 0);
    assert_true(result.user + result.system <= 2 * result.wall);
}

/* C1 */
static void what_never_ends_is_ended(void **state) {
    (void)state;
    struct process_result result = run_shell_for("sleep 1000", 0.1);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_string_equal(process_end_text(arena, &result), "timed out");
}

/* C2 */
static void neither_traps_nor_stops_help(void **state) {
    (void)state;
    static const char *const scripts[] = {
        "trap '' TERM INT HUP; while :; do sleep 1; done",
        "kill -STOP $$; sleep 1000",
        "trap '' TERM; kill -STOP $$; while :; do sleep 1; done",
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        assert_int_equal(run_shell_for(scripts[i], 0.1).end, PROCESS_TIMED_OUT);
}

/* C2: the child may finish what it does. */
static void sigterm_comes_first(void **state) {
    (void)state;
    struct process_result result = run(&(struct process_plan){
        .argv = shell("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait"),
        .cancel_fd = -1,
        .deadline = clock_now() + 1000000000,
        .grace = 20});
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_string_equal(result.out.bytes, "up\nbye\n");
}

static void cancelling_ends_it(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "", 1), 1);
    struct process_result result =
        run(&(struct process_plan){.argv = shell("sleep 1000"), .cancel_fd = ends[0]});
    assert_int_equal(result.end, PROCESS_CANCELLED);
    close(ends[0]);
    close(ends[1]);
}

/* C3, C4 */
static void what_outlives_it_is_ended(void **state) {
    (void)state;
    static const struct {
        const char *script;
        unsigned least;
    } rows[] = {
        {"sleep 1000 >/dev/null 2>&1 &", 1},
        {"for i in 1 2 3 4 5; do sleep 1000 >/dev/null 2>&1 & done", 5},
        {"setsid sleep 1000 >/dev/null 2>&1 &", 1},
        {"(setsid sh -c '(sleep 1000 &) ; sleep 1000' >/dev/null 2>&1 &); sleep 0.3", 2},
        {"(trap '' TERM HUP; setsid sleep 1000 >/dev/null 2>&1 &)", 1},
        {"setsid sh -c 'kill -STOP $$' >/dev/null 2>&1 & sleep 0.2", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct process_result result = run_shell(rows[i].script);
        assert_int_equal(result.end, PROCESS_EXITED);
        assert_int_equal(result.status, 0);
        assert_true(result.leftovers >= rows[i].least);
    }
}

/* C3 */
static void many_that_outlive_it_are_ended(void **state) {
    (void)state;
    struct process_result result =
        run_shell("i=0; while [ $i -lt 200 ]; do sleep 1000 >/dev/null 2>&1 & i=$((i+1)); done");
    assert_int_equal(result.leftovers, 200);
}

/* C3: each ends and starts two others, for as long as it may. */
static void what_goes_on_forking_is_ended(void **state) {
    (void)state;
    const char *script = file_make(
        "fork", "#!/bin/sh\n[ $1 -gt 5 ] && exec sleep 1000\n$0 $(($1+1)) & $0 $(($1+1)) &\n",
        0755);
    struct process_result result =
        run_shell_for(text_format(arena, "%s 0 >/dev/null 2>&1; exit 0", script), 20);
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_true(result.leftovers > 0);
}

/* C4: also of a child that is ended at its deadline. */
static void a_deadline_ends_those_that_escaped(void **state) {
    (void)state;
    struct process_result result =
        run_shell_for("setsid sleep 1000 >/dev/null 2>&1 & sleep 1000", 0.2);
    assert_int_equal(result.end, PROCESS_TIMED_OUT);
    assert_true(result.leftovers >= 1);
}

/* C5 */
static void a_held_pipe_is_not_waited_for(void **state) {
    (void)state;
    struct process_result result = run_shell("echo before; sleep 1000 & exit 0");
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_string_equal(result.out.bytes, "before\n");
    assert_int_equal(result.leftovers, 1);
    assert_true(result.wall < HANG_SECONDS);
}

/* C6 */
static void endless_output_is_kept_bounded(void **state) {
    (void)state;
    size_t before = arena_used(arena);
    struct process_result result =
        run_shell("echo first; yes | head -c 50000000; echo; yes | head -c 1000000 >&2; echo last");
    assert_int_equal(result.status, 0);
    assert_true(result.out.cut);
    assert_true(result.err.cut);
    assert_int_equal(result.out.total, 50000000 + 6 + 1 + 5);
    assert_int_equal(result.err.total, 1000000);
    assert_int_equal(result.out.length, 65536 + 5);
    assert_memory_equal(result.out.bytes, "first\n", 6);
    assert_memory_equal(result.out.bytes + 32768, "\n...\n", 5);
    assert_string_equal(result.out.bytes + result.out.length - 6, "\nlast\n");
    assert_true(arena_used(arena) - before < 2000000);
}

static void output_that_fits_is_kept_whole(void **state) {
    (void)state;
    for (size_t size = 60; size < 140; size++) {
        struct process_plan plan = {.cancel_fd = -1, .keep = 100};
        plan.argv = shell(text_format(arena, "printf '%%0%zud' 7", size));
        struct process_result result = run(&plan);
        assert_int_equal(result.out.total, size);
        assert_int_equal(result.out.cut, size > 100);
        assert_int_equal(result.out.length, size > 100 ? 105 : size);
        assert_int_equal(result.out.bytes[result.out.length - 1], '7');
        plan.keep_whole = true;
        result = run(&plan);
        assert_int_equal(result.out.length, size > 100 ? 100 : size);
        assert_int_equal(result.out.cut, size > 100);
    }
}

/* C7 */
static void output_may_hold_any_byte(void **state) {
    (void)state;
    struct process_result result = run_shell("printf 'a\\000b\\377\\n'");
    assert_int_equal(result.out.length, 5);
    assert_memory_equal(result.out.bytes, "a\0b\xff\n", 6);
}

/* C9 */
static void signals_are_named(void **state) {
    (void)state;
    struct process_result result = run_shell("kill -SEGV $$");
    assert_int_equal(result.end, PROCESS_SIGNALLED);
    assert_int_equal(result.status, SIGSEGV);
    assert_string_equal(process_end_text(arena, &result), "signal 11 (SIGSEGV)");
    assert_string_equal(
        process_end_text(arena, &(struct process_result){.end = PROCESS_SIGNALLED, .status = 40}),
        "signal 40");
}

/* C13 */
static void killing_its_group_kills_the_child_alone(void **state) {
    (void)state;
    struct process_result result = run_shell("kill -KILL 0; sleep 1000");
    assert_int_equal(result.end, PROCESS_SIGNALLED);
    assert_int_equal(result.status, SIGKILL);
    result = run_shell("echo $$; ps -o sid= -p $$ 2>/dev/null || cut -d' ' -f6 /proc/$$/stat");
    assert_int_equal(result.status, 0);
    long pid = strtol(result.out.bytes, NULL, 10);
    const char *second = strchr(result.out.bytes, '\n') + 1;
    assert_int_equal(strtol(second, NULL, 10), pid); /* a session of its own */
}

/* C14: numbers of processes are given again while this runs; a wrong signal would end a later one.
 */
static void many_short_children_do_not_disturb_each_other(void **state) {
    (void)state;
    for (int i = 0; i < 300; i++) {
        struct arena *own = arena_new();
        struct process_result result;
        process_run(own,
                    &(struct process_plan){
                        .argv = shell("exit 5"), .cancel_fd = -1, .want_peak_rss = i % 2},
                    &result);
        assert_int_equal(result.end, PROCESS_EXITED);
        assert_int_equal(result.status, 5);
        assert_int_equal(result.leftovers, 0);
        arena_free(own);
    }
}

static void everything_can_be_ended_at_once(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            setsid();
            for (;;) pause();
        }
        assert_true(pid > 0);
    }
    process_end_all();
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void) {
    process_setup();
    const struct CMUnitTest tests[] = {
        CASE(output_and_status_come_back),
        CASE(processor_time_is_counted),
        CASE(what_never_ends_is_ended),
        CASE(neither_traps_nor_stops_help),
        CASE(sigterm_comes_first),
        CASE(cancelling_ends_it),
        CASE(what_outlives_it_is_ended),
        CASE(many_that_outlive_it_are_ended),
        CASE(what_goes_on_forking_is_ended),
        CASE(a_deadline_ends_those_that_escaped),
        CASE(a_held_pipe_is_not_waited_for),
        CASE(endless_output_is_kept_bounded),
        CASE(output_that_fits_is_kept_whole),
        CASE(output_may_hold_any_byte),
        CASE(signals_are_named),
        CASE(killing_its_group_kills_the_child_alone),
        CASE(many_short_children_do_not_disturb_each_other),
        CASE(everything_can_be_ended_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
