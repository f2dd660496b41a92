/* Runs of one plan in a row: how many there are, what ends them, and that each has its own figures.
 */
#include "base/process_repeat.h"

#include "processes.h"

#include <poll.h>
#include <pthread.h>

enum { MOST = 20 };

static struct process_result results[PROCESS_REPEATS_MAX];
static const char *tally; /* each run adds a byte to this file */

static size_t runs_made(void) {
    struct stat status;
    return stat(tally, &status) == 0 ? (size_t)status.st_size : 0;
}

/* A script that counts its runs, and then does what is said; $n is the number of the run. */
static const char *const *counting(const char *script) {
    tally = text_format(arena, "%s/tally", folder);
    return shell(text_format(arena, "printf x >>%s; n=$(wc -c <%s); %s", tally, tally, script));
}

/* The outputs are shared from the second run on, unless one before left something behind, and only
 * then there is more than one in a row. */
static void settle(void) {
    struct process_result result;
    process_leave();
    process_run(arena, &(struct process_plan){.argv = shell(":"), .cancel_fd = -1}, &result);
}

static size_t repeat_with(const struct process_plan *plan, struct process_repeat repeat) {
    settle();
    if (!repeat.begin_by) repeat.begin_by = UINT64_MAX;
    if (!repeat.time) repeat.time = UINT64_MAX;
    if (!repeat.most) repeat.most = MOST;
    size_t count = process_repeat(arena, plan, &repeat, results);
    assert_true(count >= 1 && count <= repeat.most);
    assert_true(nothing_is_left());
    return count;
}

static size_t repeat(const char *script) {
    struct process_plan plan = {.argv = counting(script), .cancel_fd = -1, .want_peak_rss = true};
    return repeat_with(&plan, (struct process_repeat){0});
}

static void each_run_has_its_own_figures(void **state) {
    (void)state;
    assert_int_equal(repeat(":"), MOST);
    assert_int_equal(runs_made(), MOST);
    for (size_t i = 0; i < MOST; i++) {
        assert_int_equal(results[i].end, PROCESS_EXITED);
        assert_int_equal(results[i].status, 0);
        assert_int_equal(results[i].leftovers, 0);
        assert_int_equal(results[i].out.total + results[i].err.total, 0);
        assert_string_equal(results[i].out.bytes, "");
        assert_true(results[i].wall > 0);
        assert_true(results[i].user + results[i].system <= 2 * results[i].wall);
        assert_true(results[i].peak_rss > 0 || running_under_valgrind());
        if (i == 0) continue;
        double apart = clock_seconds(results[i - 1].started, results[i].started);
        assert_true(apart >= results[i - 1].wall);
    }
}

/* The one that goes wrong is the last, and what it printed is known. */
static void what_goes_wrong_ends_them(void **state) {
    (void)state;
    static const struct {
        const char *script;
        enum process_end end;
        int status;
        const char *said;
    } rows[] = {
        {"[ $n -lt 6 ] || exit 3", PROCESS_EXITED, 3, ""},
        {"[ $n -lt 6 ] || { echo why >&2; exit 3; }", PROCESS_EXITED, 3, "why\n"},
        {"[ $n -lt 6 ] || kill -SEGV $$", PROCESS_SIGNALLED, SIGSEGV, ""},
        {"[ $n -lt 6 ] || echo loud >&2", PROCESS_EXITED, 0, "loud\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(repeat(rows[i].script), 6);
        assert_int_equal(runs_made(), 6);
        for (size_t run = 0; run < 5; run++) assert_int_equal(results[run].end, PROCESS_EXITED);
        assert_int_equal(results[5].end, rows[i].end);
        assert_int_equal(results[5].status, rows[i].status);
        assert_string_equal(results[5].err.bytes, rows[i].said);
        assert_int_equal(unlink(tally), 0);
    }
}

/* Each that prints is alone: its output is its own. */
static void what_prints_comes_one_by_one(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(repeat("echo out $n"), 1);
        assert_string_equal(results[0].out.bytes, text_format(arena, "out %d\n", i + 1));
    }
    assert_int_equal(runs_made(), 5);
}

static void another_status_may_be_the_right_one(void **state) {
    (void)state;
    struct process_plan plan = {.argv = counting("exit 4"), .cancel_fd = -1};
    assert_int_equal(repeat_with(&plan, (struct process_repeat){.status = 4}), MOST);
    assert_int_equal(results[MOST - 1].status, 4);
    assert_int_equal(repeat_with(&plan, (struct process_repeat){0}), 1);
}

/* What is left behind is ended before anything else begins; and the outputs are not shared again.
 */
static void what_is_left_behind_ends_them(void **state) {
    (void)state;
    assert_int_equal(
        repeat("[ $n -lt 4 ] || (trap '' TERM HUP; setsid sleep 1000 >/dev/null 2>&1 &)"), 4);
    assert_int_equal(runs_made(), 4);
    assert_true(results[3].leftovers >= 1);
    assert_int_equal(results[2].leftovers, 0);
    struct process_plan plan = {.argv = counting(":"), .cancel_fd = -1};
    const struct process_repeat repeat = {.most = MOST, .begin_by = UINT64_MAX, .time = UINT64_MAX};
    assert_int_equal(process_repeat(arena, &plan, &repeat, results), 1);
}

static void none_begins_too_late(void **state) {
    (void)state;
    struct process_plan plan = {.argv = counting("sleep 0.02"), .cancel_fd = -1};
    struct process_repeat repeat = {.begin_by = clock_now()};
    assert_int_equal(repeat_with(&plan, repeat), 1);
    assert_int_equal(runs_made(), 1);
    repeat = (struct process_repeat){.begin_by = clock_now() + 100000000, .most = 100};
    size_t count = repeat_with(&plan, repeat);
    assert_true(count < 10);
    assert_true(results[count - 1].started < repeat.begin_by || count == 1);
    assert_int_equal(runs_made(), 1 + count);
}

/* Together they may take longer than one may. */
static void each_has_its_own_time(void **state) {
    (void)state;
    struct process_plan plan = {.argv = counting("[ $n -lt 15 ] && sleep 0.05 || sleep 1000"),
                                .cancel_fd = -1,
                                .grace = 0.1};
    const uint64_t time = running_under_valgrind() ? 5000000000 : 500000000;
    plan.deadline = clock_now() + time;
    assert_int_equal(repeat_with(&plan, (struct process_repeat){.time = time}), 15);
    assert_int_equal(runs_made(), 15);
    assert_int_equal(results[13].end, PROCESS_EXITED);
    assert_int_equal(results[14].end, PROCESS_TIMED_OUT);
    assert_true(results[14].wall >= (double)time / 1e9);
}

static void *write_soon(void *context) {
    const struct timespec soon = {.tv_nsec = 100000000};
    nanosleep(&soon, NULL);
    assert_int_equal(write(*(int *)context, "", 1), 1);
    return NULL;
}

/* Whatever run is at hand is ended, and none follows. */
static void cancelling_ends_them(void **state) {
    (void)state;
    int ends[2];
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    struct process_plan plan = {.argv = counting("sleep 0.005"), .cancel_fd = ends[0]};
    assert_int_equal(pthread_create(&thread, NULL, write_soon, &ends[1]), 0);
    size_t count = repeat_with(&plan, (struct process_repeat){.most = PROCESS_REPEATS_MAX});
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(count < PROCESS_REPEATS_MAX);
    assert_int_equal(results[count - 1].end, PROCESS_CANCELLED);
    size_t made = runs_made();
    assert_true(made == count || made + 1 == count); /* it may not have come to counting */
    close(ends[0]);
    close(ends[1]);
}

static void a_start_that_fails_ends_them(void **state) {
    (void)state;
    skip_under_valgrind();
    const char *program = file_make("once", "#!/bin/sh\nmv $0 $0.gone\n", 0755);
    const char *const argv[] = {program, NULL};
    struct process_plan plan = {.argv = argv, .cancel_fd = -1};
    assert_int_equal(repeat_with(&plan, (struct process_repeat){0}), 2);
    assert_int_equal(results[0].end, PROCESS_EXITED);
    assert_int_equal(results[1].end, PROCESS_NOT_STARTED);
    assert_int_equal(results[1].status, ENOENT);
    assert_int_equal(repeat_with(&plan, (struct process_repeat){0}), 1);
    assert_int_equal(results[0].end, PROCESS_NOT_STARTED);
}

/* There is something to do for each. */
static void some_plans_come_one_by_one(void **state) {
    (void)state;
    const struct process_plan plans[] = {
        {.input = "a", .input_length = 1}, {.input_path = file_make("input", "a", 0644)},
        {.want_peak_memory = true},        {.want_tree_rss = true},
        {.want_tree_pss = true},           {.keep_whole = true},
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct process_plan plan = plans[i];
        plan.argv = counting(":");
        plan.cancel_fd = -1;
        assert_int_equal(repeat_with(&plan, (struct process_repeat){0}), 1);
        assert_int_equal(runs_made(), i + 1);
    }
}

int main(void) {
    process_setup();
    const struct CMUnitTest tests[] = {
        CASE(each_run_has_its_own_figures),  CASE(what_goes_wrong_ends_them),
        CASE(what_prints_comes_one_by_one),  CASE(another_status_may_be_the_right_one),
        CASE(what_is_left_behind_ends_them), CASE(none_begins_too_late),
        CASE(each_has_its_own_time),         CASE(cancelling_ends_them),
        CASE(a_start_that_fails_ends_them),  CASE(some_plans_come_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
