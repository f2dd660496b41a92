/* The metric `instructions` of the `command` probe: by callgrind, by the processor, or not at all.
 */
#include "base/process.h"
#include "leftovers.h"
#include "probe_host.h"
#include "probes/command.h"
#include "probes/command_parts.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct probe_host host;
static const char *folder, *temporary;
static struct arena *arena;
static struct command_config config;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    folder = scratch_new(arena);
    temporary = scratch_path(arena, folder, "temporary");
    if (mkdir(temporary, 0700) != 0) abort();
    config = (struct command_config){.instructions = COMMAND_INSTRUCTIONS_CALLGRIND};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    if (host.arena) probe_host_end(&host);
    scratch_remove(folder);
    arena_free(arena);
    return 0;
}

static bool measure(const char *script) {
    const char *const argv[] = {"/bin/sh", "-c", script};
    static const char *const wanted[] = {"wall", "instructions", NULL};
    if (host.arena) probe_host_end(&host);
    probe_host_begin(&host, &command_probe, &config, (struct probe_texts){argv, 3}, folder);
    probe_host_want(&host, wanted);
    host.run.deadline = clock_now() + 100000000000u;
    setenv("TMPDIR", temporary, 1);
    bool good = probe_host_run(&host, 1);
    unsetenv("TMPDIR");
    if (good == host.failed) print_error("%s\n", host.message ? host.message : "no message");
    assert_true(good != host.failed);
    assert_true(nothing_is_left());
    assert_int_equal(scratch_count(temporary), 0);
    return good;
}

static double instructions_of(const char *script) {
    if (!measure(script)) fail_msg("%s", host.message);
    assert_int_equal(probe_host_count(&host, "instructions", ""), 1);
    return probe_host_value(&host, "instructions", "");
}

static void fails_with(const char *script, enum probe_fault fault, const char *part) {
    assert_false(measure(script));
    if (!strstr(host.message, part)) print_error("%s\n", host.message);
    assert_int_equal(host.fault, fault);
    assert_non_null(strstr(host.message, part));
    assert_int_equal(probe_host_count(&host, "instructions", ""), 0);
}

static void need_valgrind(void) {
    static const char *const words[] = {"valgrind", NULL};
    if (process_program(arena, &(struct process_plan){.argv = words})) return;
    print_message("skipped: valgrind is not installed\n");
    skip();
}

static const char loop[] = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; ";

static void callgrind_counts_the_tree_once(void **state) {
    (void)state;
    need_valgrind();
    double none = instructions_of("exit 0");
    assert_non_null(strstr(host.methods[probe_host_metric(&host, "instructions")], "callgrind"));
    double work = instructions_of(text_format(arena, "%s exit 0", loop)) - none;
    assert_true(none > 10e3 && work > 100e3);
    /* A child that is forked goes on from its parent's counts, which must not count again. */
    double forked = instructions_of(text_format(arena, "%s (exit 0); (exit 0); exit 0", loop));
    assert_true(forked < none + 1.5 * work);
    double both = instructions_of(text_format(arena, "%s (%s exit 0); exit 0", loop, loop));
    assert_true(both > none + 1.9 * work && both < none + 2.5 * work);
    /* A program started by the command counts, its own start included; what the loop takes there
     * differs a little, with where things lie in memory. */
    double program = instructions_of(text_format(arena, "/bin/sh -c '%s exit 0'; exit 0", loop));
    assert_true(program > none + 0.9 * work && program < 3 * none + 1.1 * work);
    double started = instructions_of("/bin/sh -c 'exit 0'; exit 0");
    assert_true(started > 1.6 * none && started < 4 * none);
}

static void each_run_is_prepared_and_the_first_is_the_timed_one(void **state) {
    (void)state;
    need_valgrind();
    static const char *const prepare[] = {"/bin/sh", "-c", "echo x >> prepared"};
    config.prepare = (struct probe_texts){prepare, 3};
    assert_true(measure("echo \"${LD_PRELOAD:-plain}\" >> runs; exit 0"));
    assert_int_equal(probe_host_count(&host, "wall", ""), 1);
    static const char check[] = "[ $(wc -l < prepared) = 2 ] && [ $(wc -l < runs) = 2 ] && "
                                "[ \"$(head -n 1 runs)\" = plain ]";
    struct process_result result;
    const char *const argv[] = {"/bin/sh", "-c", check, NULL};
    process_run(arena, &(struct process_plan){.argv = argv, .directory = folder, .cancel_fd = -1},
                &result);
    assert_int_equal(result.status, 0);
}

static void what_is_killed_tells_no_count(void **state) {
    (void)state;
    need_valgrind();
    fails_with("/bin/sleep 1000 & kill -KILL $!; wait; exit 0", PROBE_FAULT_DATA,
               "without telling its count");
}

/* The command behaves otherwise under callgrind: its failure is told, not its count. */
static void a_run_that_fails_under_callgrind_is_told(void **state) {
    (void)state;
    need_valgrind();
    fails_with("echo >> runs; [ $(wc -l < runs) = 1 ] || exit 3", PROBE_FAULT_CRASH,
               "valgrind /bin/sh");
}

static void without_valgrind_it_is_not_available(void **state) {
    (void)state;
    struct probe_pair path = {"PATH", folder};
    config.env = (struct probe_pairs){&path, 1};
    fails_with("exit 0", PROBE_FAULT_SYSTEM, "valgrind is not installed");
}

static void the_counter_tells_or_says_why_not(void **state) {
    (void)state;
    config.instructions = COMMAND_INSTRUCTIONS_COUNTER;
    if (process_counts(PROCESS_COUNTS_INSTRUCTIONS) != 0) {
        fails_with("exit 0", PROBE_FAULT_SYSTEM, "instructions are not available: ");
        assert_non_null(strstr(host.hint, "instructions: callgrind"));
        print_message("skipped: no counter of instructions here\n");
        return;
    }
    assert_true(instructions_of("exit 0") > 10e3);
    assert_non_null(strstr(host.methods[probe_host_metric(&host, "instructions")], "perf_event"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(callgrind_counts_the_tree_once),
        CASE(each_run_is_prepared_and_the_first_is_the_timed_one),
        CASE(what_is_killed_tells_no_count),
        CASE(a_run_that_fails_under_callgrind_is_told),
        CASE(without_valgrind_it_is_not_available),
        CASE(the_counter_tells_or_says_why_not),
    };
    process_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
