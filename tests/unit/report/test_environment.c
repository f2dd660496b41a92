#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "report/report.h"
#include "report/revision.h"
#include "report/spawn.h"

#include <cmocka.h>

#include <math.h>

#include "scratch.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define OTHER "fedcba9876543210fedcba9876543210fedcba98"

struct world {
    struct arena *arena;
    const char *root;
};

static int set_up(void **state) {
    static struct world world;
    world.arena = arena_new();
    world.root = scratch_new(world.arena);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->root);
    arena_free(world->arena);
    return 0;
}

static void folder(const struct world *world, const char *name) {
    assert_int_equal(mkdir(scratch_path(world->arena, world->root, name), 0777), 0);
}

static void file(const struct world *world, const char *name, const char *content) {
    scratch_write(world->arena, world->root, name, content);
}

static void repository(const struct world *world, const char *head) {
    folder(world, ".git");
    folder(world, ".git/refs");
    folder(world, ".git/refs/heads");
    file(world, ".git/HEAD", head);
}

static void test_loose_ref(void **state) {
    struct world *world = *state;
    repository(world, "ref: refs/heads/main\n");
    file(world, ".git/refs/heads/main", ID "\n");
    struct revision revision = revision_read(world->arena, world->root);
    assert_string_equal(revision.id, ID);
    assert_string_equal(revision.branch, "main");
}

static void test_packed_ref(void **state) {
    struct world *world = *state;
    repository(world, "ref: refs/heads/main\n");
    file(world, ".git/packed-refs",
         "# pack-refs with: peeled fully-peeled sorted\n" OTHER " refs/heads/mainline\n" ID
         " refs/heads/main\n^" OTHER "\n");
    struct revision revision = revision_read(world->arena, world->root);
    assert_string_equal(revision.id, ID);
}

static void test_detached_head(void **state) {
    struct world *world = *state;
    repository(world, ID "\n");
    struct revision revision = revision_read(world->arena, world->root);
    assert_string_equal(revision.id, ID);
    assert_null(revision.branch);
}

static void test_worktree(void **state) {
    struct world *world = *state;
    repository(world, "ref: refs/heads/main\n");
    folder(world, ".git/worktrees");
    folder(world, ".git/worktrees/w");
    folder(world, "w");
    file(world, "w/.git", text_format(world->arena, "gitdir: %s/.git/worktrees/w\n", world->root));
    file(world, ".git/worktrees/w/HEAD", "ref: refs/heads/topic\n");
    file(world, ".git/worktrees/w/commondir", "../..\n");
    file(world, ".git/refs/heads/topic", ID "\n");
    const char *tree = scratch_path(world->arena, world->root, "w");
    struct revision revision = revision_read(world->arena, tree);
    assert_string_equal(revision.id, ID);
    assert_string_equal(revision.branch, "topic");
}

static void test_no_repository(void **state) {
    struct world *world = *state;
    struct revision revision = revision_read(world->arena, world->root);
    assert_null(revision.id);
    assert_null(revision.branch);
    assert_null(revision_read(world->arena, NULL).id);
    repository(world, "ref: refs/heads/unborn\n");
    revision = revision_read(world->arena, world->root);
    assert_null(revision.id);
    assert_string_equal(revision.branch, "unborn");
}

/* A HEAD that points somewhere else in the file system gives nothing away. */
static void test_hostile_head(void **state) {
    struct world *world = *state;
    repository(world, "ref: ../secret\n");
    file(world, "secret", "password\n");
    assert_null(revision_read(world->arena, world->root).id);
}

static void test_knows_the_machine(void **state) {
    struct world *world = *state;
    struct environment environment;
    environment_end(environment_begin(world->arena, world->root, false), &environment);
    assert_int_equal(strlen(environment.fingerprint), 16);
    assert_true(environment.cores >= 1);
    assert_true(environment.memory > 1e6);
    assert_non_null(environment.kernel);
    assert_non_null(environment.cpu);
    assert_true(isnan(environment.spawn));
    assert_true(isnan(environment.pressure_cpu) ||
                (environment.pressure_cpu >= 0 && environment.pressure_cpu <= 1));
    assert_non_null(environment.libraries);
    struct environment again;
    environment_end(environment_begin(world->arena, world->root, false), &again);
    assert_string_equal(environment.fingerprint, again.fingerprint);
}

static void test_spawn(void **state) {
    (void)state;
    double seconds = spawn_median();
    assert_true(seconds > 0 && seconds < 60);
}

static void test_ci(void **state) {
    struct world *world = *state;
    struct environment environment;
    repository(world, ID "\n");
    setenv("GITHUB_ACTIONS", "true", 1);
    setenv("GITHUB_HEAD_REF", "feature/x", 1);
    environment_end(environment_begin(world->arena, world->root, false), &environment);
    unsetenv("GITHUB_ACTIONS");
    unsetenv("GITHUB_HEAD_REF");
    assert_string_equal(environment.ci, "github");
    assert_string_equal(environment.branch, "feature/x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_loose_ref, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_packed_ref, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_detached_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_worktree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_repository, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_knows_the_machine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ci, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
