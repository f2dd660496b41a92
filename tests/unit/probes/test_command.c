/* The `command` probe on children that do and do not behave: rows C1-C10, C12. */
#include "base/process.h"
#include "leftovers.h"
#include "probe_host.h"
#include "probes/command.h"
#include "probes/command_parts.h"
#include "scratch.h"
#include "valgrind.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct probe_host host;
static const char *folder;
static struct arena *arena;
static struct command_config config;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    folder = scratch_new(arena);
    config = (struct command_config){0};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    probe_host_end(&host);
    scratch_remove(folder);
    arena_free(arena);
    return 0;
}

static void want_what_any_machine_can(void) {
    host.wanted &= ~(1u << probe_host_metric(&host, "instructions"));
}

static bool measure_argv(struct probe_texts argv, size_t runs) {
    if (host.arena) probe_host_end(&host);
    probe_host_begin(&host, &command_probe, &config, argv, folder);
    want_what_any_machine_can();
    host.run.root = folder;
    host.run.deadline = clock_now() + 60000000000u;
    bool good = probe_host_run(&host, runs);
    if (good == host.failed) print_error("%s\n", host.message ? host.message : "no message");
    assert_true(good != host.failed);
    assert_true(nothing_is_left());
    return good;
}

static bool measure(const char *script, size_t runs) {
    const char *const argv[] = {"/bin/sh", "-c", script};
    return measure_argv((struct probe_texts){argv, 3}, runs);
}

static void fails_with(const char *script, enum probe_fault fault, const char *part) {
    assert_false(measure(script, 1));
    if (!strstr(host.message, part)) print_error("%s\n", host.message);
    assert_int_equal(host.fault, fault);
    assert_non_null(strstr(host.message, part));
}

static void what_a_run_costs_is_measured(void **state) {
    (void)state;
    assert_true(measure("exit 0", 3));
    static const char *const names[] = {"wall", "user", "system", "cpu", "exit_status"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(probe_host_count(&host, names[i], ""), 3);
    assert_true(probe_host_value(&host, "wall", "") > 0);
    assert_true(probe_host_value(&host, "cpu", "") ==
                probe_host_value(&host, "user", "") + probe_host_value(&host, "system", ""));
    assert_true(probe_host_value(&host, "exit_status", "") == 0);
    assert_non_null(host.methods[0]);
}

/* A host that wants 9 more gets what fits into one call; each is a run of its own. */
static bool measure_ahead(const char *script, uint64_t ahead) {
    const char *const argv[] = {"/bin/sh", "-c", script};
    static const char *const wanted[] = {"wall", "peak_rss", "exit_status", NULL};
    if (host.arena) probe_host_end(&host);
    probe_host_begin(&host, &command_probe, &config, (struct probe_texts){argv, 3}, folder);
    probe_host_want(&host, wanted);
    host.ahead = ahead;
    host.run.deadline = clock_now() + 60000000000u;
    bool good = probe_host_run(&host, 2);
    assert_true(nothing_is_left());
    return good;
}

static void runs_come_in_a_row_where_the_host_wants_them(void **state) {
    (void)state;
    assert_true(measure("exit 0", 1)); /* outputs are shared from the second command on */
    const char *tally = text_format(arena, "%s/tally", folder);
    assert_true(measure_ahead(text_format(arena, "printf x >>%s", tally), 9));
    assert_int_equal(host.nexts, 9);
    assert_int_equal(probe_host_count(&host, "wall", ""), 11);
    assert_int_equal(probe_host_count(&host, "exit_status", ""), 11);
    struct stat status;
    assert_int_equal(stat(tally, &status), 0);
    assert_int_equal(status.st_size, 11);
}

/* What the runs before gave is there, and the last one says why there is no more. */
static void a_run_in_a_row_that_fails_ends_them(void **state) {
    (void)state;
    assert_true(measure("exit 0", 1));
    const char *tally = text_format(arena, "%s/tally", folder);
    assert_false(measure_ahead(
        text_format(arena, "printf x >>%s; [ $(wc -c <%s) -lt 4 ] || { echo no >&2; exit 7; }",
                    tally, tally),
        9));
    assert_int_equal(host.fault, PROBE_FAULT_CRASH);
    assert_non_null(strstr(host.message, "exit status 7, expected 0"));
    assert_string_equal(host.hint, "It said: no");
    assert_int_equal(probe_host_count(&host, "wall", ""), 3);
}

/* Something happens before, after or beside each, or is read from it. */
static void with_more_to_do_runs_come_one_by_one(void **state) {
    (void)state;
    static const char *const nothing[] = {"true"};
    const struct probe_texts helper = {nothing, 1};
    const struct probe_reading reading = {
        .name = "n", .pattern = "([0-9]+)", .scale = 1, .unit = PROBE_COUNT};
    const struct command_config rows[] = {
        {.prepare = helper},        {.cleanup = helper}, {.cache = COMMAND_CACHE_COLD},
        {.metrics = {&reading, 1}}, {.until = "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        config = rows[i];
        measure_ahead("echo 1", 9); /* whether it is good does not matter */
        assert_int_equal(host.nexts, 0);
        assert_true(probe_host_count(&host, "wall", "") <= 2);
    }
}

static void memory_is_measured_when_wanted(void **state) {
    (void)state;
    static const char *const only_wall[] = {"wall", NULL};
    static const char *const argv[] = {"/bin/sh", "-c", "exit 0"};
    static const char *const memories[] = {"peak_rss", "peak_memory", "tree_rss", "tree_pss"};
    assert_true(measure("exit 0", 1));
    for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) {
        assert_true(probe_host_value(&host, memories[i], "") > 50e3);
        assert_non_null(host.methods[probe_host_metric(&host, memories[i])]);
    }
    probe_host_end(&host);
    probe_host_begin(&host, &command_probe, &config, (struct probe_texts){argv, 3}, folder);
    probe_host_want(&host, only_wall);
    assert_true(probe_host_run(&host, 1));
    assert_int_equal(probe_host_count(&host, "peak_rss", ""), 0);
    assert_int_equal(probe_host_count(&host, "wall", ""), 1);
}

static struct probe_texts words(const char *const *items, size_t count) {
    return (struct probe_texts){items, count};
}

static void what_the_runtime_costs_is_subtracted(void **state) {
    (void)state;
    static const char *const minus[] = {"/bin/sh", "-c", "exit 0"}, *const bad[] = {"false"};
    config.minus = words(minus, 3);
    assert_true(measure("head -c 60000000 /dev/zero | tail -n 1 > /dev/null", 1));
    double peak = probe_host_value(&host, "peak_memory", "");
    double extra = probe_host_value(&host, "extra_memory", "");
    assert_true(extra > 50e6 && extra < peak);
    config.minus = words(bad, 1);
    fails_with("exit 0", PROBE_FAULT_CRASH, "minus: false");
}

static void a_cold_start_drops_its_files(void **state) {
    (void)state;
    static const char *const absent[] = {"absent"}, *const program[] = {"./program"};
    config.cache = COMMAND_CACHE_COLD;
    const char *path = scratch_write(arena, folder, "program", "#!/bin/sh\nexit 0\n");
    assert_int_equal(chmod(path, 0755), 0);
    /* A file system in memory keeps everything: then it is an error, or at least said. */
    if (measure_argv(words(program, 1), 1))
        assert_non_null(strstr(host.methods[0], "not in the page cache"));
    else
        assert_non_null(strstr(host.message, "no file could be dropped"));
    config.cold_files = words(absent, 1);
    fails_with("exit 0", PROBE_FAULT_TARGET, "absent is no readable file");
}

static void hygiene_is_applied_and_said(void **state) {
    (void)state;
    skip_under_valgrind();
    config.cpus = "0";
    config.aslr = COMMAND_ASLR_OFF;
    config.priority = 5;
    assert_true(measure("grep -q 'Cpus_allowed_list:.0$' /proc/self/status && "
                        "[ $(cat /proc/self/personality) = 00040000 ] && "
                        "[ $(cut -d' ' -f19 /proc/self/stat) = 5 ]",
                        1));
    assert_string_equal(host.methods[0], "CLOCK_MONOTONIC, spawn to exit; pinned to cpus 0; "
                                         "addresses not randomised; priority 5");
    static const char *const lists[] = {"a", "0-", "3-2", "0,,1", "99999", "0 1", "-1"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        config.cpus = lists[i];
        fails_with("exit 0", PROBE_FAULT_DATA, "no list of processors");
    }
    config.cpus = "1023"; /* there is none of that number */
    fails_with("exit 0", PROBE_FAULT_SYSTEM, "cpus, priority or aslr");
    assert_non_null(strstr(host.hint, "must be some that this process may use"));
}

static void the_expected_status_may_be_another(void **state) {
    (void)state;
    config.status = 7;
    assert_true(measure("exit 7", 1));
    assert_true(probe_host_value(&host, "exit_status", "") == 7);
    fails_with("exit 0", PROBE_FAULT_CRASH, "exit status 0, expected 7");
}

/* C9 */
static void a_crash_is_no_sample(void **state) {
    (void)state;
    fails_with("kill -SEGV $$", PROBE_FAULT_CRASH, "ended by signal 11 (SIGSEGV)");
    fails_with("echo cannot read x >&2; exit 3", PROBE_FAULT_CRASH, "exit status 3, expected 0");
    assert_string_equal(host.hint, "It said: cannot read x");
    fails_with("printf 'bad\\033[31m \\377\\n'; exit 3", PROBE_FAULT_CRASH, "exit status 3");
    assert_non_null(strstr(host.hint, "bad\\x1b[31m \\xff"));
    assert_int_equal(host.emit_count, 0);
}

/* C1, C2 */
static void a_run_without_end_times_out(void **state) {
    (void)state;
    static const char *const scripts[] = {"sleep 1000", "trap '' TERM; while :; do sleep 1; done"};
    for (size_t i = 0; i < 2; i++) {
        const char *const argv[] = {"/bin/sh", "-c", scripts[i]};
        if (host.arena) probe_host_end(&host);
        probe_host_begin(&host, &command_probe, &config, (struct probe_texts){argv, 3}, folder);
        want_what_any_machine_can();
        host.run.deadline = clock_now() + 100000000u;
        assert_false(probe_host_run(&host, 1));
        assert_int_equal(host.fault, PROBE_FAULT_TIMEOUT);
        assert_non_null(strstr(host.message, "timed out after"));
        assert_int_equal(host.emit_count, 0);
    }
}

static void a_cancelled_run_ends(void **state) {
    (void)state;
    static const char *const argv[] = {"sleep", "1000"};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "", 1), 1);
    probe_host_begin(&host, &command_probe, &config, (struct probe_texts){argv, 2}, folder);
    want_what_any_machine_can();
    host.run.cancel_fd = ends[0];
    assert_false(probe_host_run(&host, 1));
    assert_int_equal(host.fault, PROBE_FAULT_CANCELLED);
    close(ends[0]);
    close(ends[1]);
}

/* C3-C5 */
static void what_it_leaves_behind_is_said(void **state) {
    (void)state;
    assert_true(measure("sleep 1000 & sleep 1000 >/dev/null 2>&1 & exit 0", 2));
    size_t said = 0;
    for (size_t i = 0; i < host.remark_count; i++)
        said += strcmp(host.remarks[i].message, "2 left-over processes were ended") == 0;
    assert_int_equal(said, 1);
    assert_true(measure("exit 0", 1));
    assert_int_equal(host.remark_count, 0);
}

/* C10 */
static void what_cannot_start_is_a_fault_of_the_target(void **state) {
    (void)state;
    skip_under_valgrind();
    scratch_write(arena, folder, "plain", "x");
    static const struct {
        const char *program, *message, *hint;
    } rows[] = {
        {"no-such-program-anywhere", "No such file or directory", "PATH"},
        {"./missing", "No such file or directory", "interpreter"},
        {"./plain", "Permission denied", "chmod +x"},
        {"/", "Permission denied", "chmod"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(measure_argv((struct probe_texts){&rows[i].program, 1}, 1));
        assert_int_equal(host.fault, PROBE_FAULT_TARGET);
        assert_non_null(strstr(host.message, rows[i].message));
        assert_non_null(strstr(host.hint, rows[i].hint));
    }
    fails_with("exit 127", PROBE_FAULT_CRASH, "exit status 127");
}

static void metrics_are(const struct probe_reading *items, size_t count) {
    config.metrics = (struct probe_readings){items, count};
}

static void metrics_are_read_from_what_it_prints(void **state) {
    (void)state;
    static const struct probe_reading readings[] = {
        {.name = "ops",
         .pattern = "([0-9.]+) ops/s",
         .scale = 1,
         .unit = PROBE_PER_SECOND,
         .better = PROBE_HIGHER,
         .nature = PROBE_NOISY},
        {.name = "merge",
         .json = "/merge_ms/*",
         .scale = 0.001,
         .unit = PROBE_SECONDS,
         .better = PROBE_LOWER,
         .nature = PROBE_NOISY},
    };
    metrics_are(readings, 2);
    assert_true(measure("echo 12 ops/s; echo 14.5 ops/s; echo '{\"merge_ms\": [1, 2.5]}'", 2));
    assert_int_equal(host.declared_count, 2);
    assert_string_equal(host.declared[0].statistic, "mean");
    assert_string_equal(host.declared[1].statistic, "p95");
    assert_int_equal(host.declared[0].better, PROBE_HIGHER);
    double sum;
    assert_int_equal(probe_host_total(&host, "ops", &sum), 4);
    assert_true(sum == 53);
    assert_int_equal(probe_host_total(&host, "merge", NULL), 4);
    assert_true(probe_host_value(&host, "merge", "") == 0.001);
    fails_with("echo 12 ops/s", PROBE_FAULT_DATA, "metric `merge`");
    fails_with("echo nothing of it", PROBE_FAULT_DATA, "begins with: nothing of it");
    fails_with("echo nan ops/s", PROBE_FAULT_DATA, "metric `ops`");
    fails_with("exit 0", PROBE_FAULT_DATA, "the output is empty");
}

static void metrics_may_come_from_standard_error(void **state) {
    (void)state;
    static const struct probe_reading reading = {.name = "n", .pattern = "n=(\\d+)", .scale = 1};
    metrics_are(&reading, 1);
    const char *script = "printf n=1; echo n=2 >&2";
    double sum;
    assert_true(measure(script, 1));
    assert_int_equal(probe_host_total(&host, "n", &sum), 1);
    assert_true(sum == 1);
    config.from = COMMAND_FROM_STDERR;
    assert_true(measure(script, 1));
    assert_true(probe_host_value(&host, "n", "") == 2);
    config.from = COMMAND_FROM_BOTH;
    assert_true(measure(script, 1));
    assert_int_equal(probe_host_total(&host, "n", &sum), 2);
    assert_true(sum == 3); /* not 12: the outputs do not run together */
}

/* C6 */
static void metrics_are_not_read_from_cut_output(void **state) {
    (void)state;
    static const struct probe_reading reading = {.name = "n", .pattern = "n=(\\d+)", .scale = 1};
    metrics_are(&reading, 1);
    fails_with("echo n=1; yes | head -c 20000000", PROBE_FAULT_DATA, "more than 16 MiB");
    config.from = COMMAND_FROM_STDERR;
    assert_true(measure("echo n=1 >&2; yes | head -c 20000000", 1));
}

static void bad_patterns_are_found_by_check(void **state) {
    (void)state;
    static const struct probe_reading reading = {.name = "n", .pattern = "(\\d", .scale = 1};
    metrics_are(&reading, 1);
    fails_with("touch ran", PROBE_FAULT_DATA, "missing closing parenthesis");
    assert_int_equal(scratch_count(folder), 0); /* nothing was run */
}

static void helpers_run_around_each_run(void **state) {
    (void)state;
    static const char *const prepare[] = {"sh", "-c", "printf p >> log"};
    static const char *const cleanup[] = {"sh", "-c", "printf c >> log"};
    config.prepare = (struct probe_texts){prepare, 3};
    config.cleanup = (struct probe_texts){cleanup, 3};
    config.warmup = 2;
    assert_true(measure("printf r >> log", 3));
    assert_int_equal(probe_host_count(&host, "wall", ""), 3);
    char log[32] = "";
    FILE *file = fopen(scratch_path(arena, folder, "log"), "r");
    assert_non_null(file);
    assert_non_null(fgets(log, sizeof log, file));
    fclose(file);
    assert_string_equal(log, "prcprcprcprcprc"); /* two thrown away, three that count */
}

static void helpers_that_fail_end_the_budget(void **state) {
    (void)state;
    static const char *const bad[] = {"sh", "-c", "exit 5"}, *const log[] = {"touch", "cleaned"};
    config.prepare = (struct probe_texts){bad, 3};
    fails_with("touch ran", PROBE_FAULT_CRASH, "prepare: sh");
    assert_int_equal(scratch_count(folder), 0);
    config.prepare = (struct probe_texts){0};
    config.cleanup = (struct probe_texts){bad, 3};
    fails_with("exit 0", PROBE_FAULT_CRASH, "cleanup: sh");
    config.cleanup = (struct probe_texts){log, 2};
    fails_with("exit 1", PROBE_FAULT_CRASH, "exit status 1"); /* and the first fault counts */
    assert_int_equal(access(scratch_path(arena, folder, "cleaned"), F_OK), 0);
}

static void a_warm_up_run_that_fails_counts(void **state) {
    (void)state;
    config.warmup = 1;
    fails_with("[ -e once ] || { touch once; exit 9; }", PROBE_FAULT_CRASH, "exit status 9");
}

static void the_shell_is_used_when_asked_for(void **state) {
    (void)state;
    static const char *const piped[] = {"echo a b | grep -q 'a b' && exit 4"};
    static const char *const words[] = {"exit $(($1 + $2))", "1", "3"};
    config.shell = true;
    config.status = 4;
    assert_true(measure_argv((struct probe_texts){piped, 1}, 1));
    assert_true(measure_argv((struct probe_texts){words, 3}, 1));
}

static void the_surroundings_are_as_asked(void **state) {
    (void)state;
    static const struct probe_pair pairs[] = {{"ADDED", "x y"}, {"HOME", "/other"}};
    mkdir(scratch_path(arena, folder, "sub"), 0755);
    scratch_write(arena, folder, "input", "from input");
    setenv("PERFBUDGET_TEST_LEAK", "1", 1);
    config.env = (struct probe_pairs){pairs, 2};
    config.stdin = "input";
    config.directory = "sub";
    static const char common[] = "[ \"$ADDED\" = 'x y' ] && [ $HOME = /other ] && "
                                 "[ \"$(cat)\" = 'from input' ] && [ ${PWD##*/} = sub ] && "
                                 "[ -n \"$PATH\" ] && ";
    assert_true(measure(text_format(arena, "%s [ -n \"$PERFBUDGET_TEST_LEAK\" ]", common), 1));
    config.clean_env = true;
    assert_true(measure(text_format(arena, "%s [ -z \"$PERFBUDGET_TEST_LEAK\" ]", common), 2));
    unsetenv("PERFBUDGET_TEST_LEAK");
}

static void nothing_outside_the_root_is_used(void **state) {
    (void)state;
    config.directory = "..";
    fails_with("exit 0", PROBE_FAULT_REFUSED, "`directory: ..` leaves the root");
    config.directory = NULL;
    config.stdin = "/etc/passwd";
    fails_with("exit 0", PROBE_FAULT_REFUSED, "`stdin: /etc/passwd` leaves the root");
    assert_int_equal(symlink("/etc", scratch_path(arena, folder, "link")), 0);
    config.stdin = "link/passwd";
    fails_with("exit 0", PROBE_FAULT_REFUSED, "leaves the root");
    config.stdin = "absent";
    fails_with("exit 0", PROBE_FAULT_TARGET, "standard input: No such file");
}

static void a_larger_child_counts(void **state) {
    (void)state;
    static const char script[] = "head -c 150000000 /dev/zero | tail -n 1 > /dev/null; exit 0";
    assert_true(measure(script, 1));
    assert_true(probe_host_value(&host, "peak_rss", "") > 100e6);
}

int main(void) {
    process_setup();
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_larger_child_counts),
        CASE(what_a_run_costs_is_measured),
        CASE(runs_come_in_a_row_where_the_host_wants_them),
        CASE(a_run_in_a_row_that_fails_ends_them),
        CASE(with_more_to_do_runs_come_one_by_one),
        CASE(memory_is_measured_when_wanted),
        CASE(what_the_runtime_costs_is_subtracted),
        CASE(a_cold_start_drops_its_files),
        CASE(hygiene_is_applied_and_said),
        CASE(the_expected_status_may_be_another),
        CASE(a_crash_is_no_sample),
        CASE(a_run_without_end_times_out),
        CASE(a_cancelled_run_ends),
        CASE(what_it_leaves_behind_is_said),
        CASE(what_cannot_start_is_a_fault_of_the_target),
        CASE(metrics_are_read_from_what_it_prints),
        CASE(metrics_may_come_from_standard_error),
        CASE(metrics_are_not_read_from_cut_output),
        CASE(bad_patterns_are_found_by_check),
        CASE(helpers_run_around_each_run),
        CASE(helpers_that_fail_end_the_budget),
        CASE(a_warm_up_run_that_fails_counts),
        CASE(the_shell_is_used_when_asked_for),
        CASE(the_surroundings_are_as_asked),
        CASE(nothing_outside_the_root_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
