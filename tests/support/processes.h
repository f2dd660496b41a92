/** What the tests of processes share: a folder, a shell, and a check that nothing is left. */
#ifndef SUPPORT_PROCESSES_H
#define SUPPORT_PROCESSES_H

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "leftovers.h"
#include "scratch.h"
#include "valgrind.h"

#include <cmocka.h>

/* Times are only bounded so that a hang is seen. */
enum { HANG_SECONDS = 60 };

static struct arena *arena;
static const char *folder;

static inline int set_up(void **state) {
    (void)state;
    arena = arena_new();
    folder = scratch_new(arena);
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    scratch_remove(folder);
    arena_free(arena);
    return 0;
}

static inline struct process_result run(const struct process_plan *plan) {
    struct process_result result;
    uint64_t start = clock_now();
    process_run(arena, plan, &result);
    assert_true(clock_seconds(start, clock_now()) < HANG_SECONDS);
    assert_true(nothing_is_left());
    return result;
}

static inline const char *const *shell(const char *script) {
    const char **argv = arena_alloc(arena, 4 * sizeof *argv);
    argv[0] = "/bin/sh", argv[1] = "-c", argv[2] = script;
    return argv;
}

static inline struct process_result run_shell(const char *script) {
    return run(&(struct process_plan){.argv = shell(script), .cancel_fd = -1});
}

static inline struct process_result run_shell_for(const char *script, double seconds) {
    return run(&(struct process_plan){.argv = shell(script),
                                      .cancel_fd = -1,
                                      .deadline = clock_now() + (uint64_t)(seconds * 1e9),
                                      .grace = 0.2});
}

static inline const char *file_make(const char *name, const char *content, mode_t mode) {
    const char *path = scratch_write(arena, folder, name, content);
    chmod(path, mode);
    return path;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
