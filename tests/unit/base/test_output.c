#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/file.h"
#include "scratch.h"

struct world {
    struct arena *arena;
    const char *folder;
    struct diags diags;
    struct output output;
    const char *bytes;
    size_t length;
};

static int set_up(void **state) {
    static struct world world;
    world = (struct world){.arena = arena_new()};
    world.folder = scratch_new(world.arena);
    world.diags = diags_begin(world.arena);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->folder);
    arena_free(world->arena);
    return 0;
}

static const char *in(const struct world *world, const char *name) {
    return scratch_path(world->arena, world->folder, name);
}

static bool opens(struct world *world, const char *path) {
    return output_open(world->arena, path, &world->output, &world->diags);
}

static bool commits(struct world *world, const char *text) {
    return output_commit(&world->output, text, strlen(text), &world->diags);
}

static void expect_content(struct world *world, const char *path, const char *content) {
    assert_true(
        file_read(world->arena, path, 1 << 20, &world->bytes, &world->length, &world->diags));
    assert_string_equal(world->bytes, content);
}

static void test_appears_whole(void **state) {
    struct world *world = *state;
    const char *path = in(world, "report.json");
    assert_true(opens(world, path));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(commits(world, "new"));
    expect_content(world, path, "new");
    assert_int_equal(scratch_count(world->folder), 1);
    output_discard(&world->output);
    expect_content(world, path, "new");
}

static void test_replaces_and_keeps_the_mode(void **state) {
    struct world *world = *state;
    const char *path = scratch_write(world->arena, world->folder, "r", "old");
    chmod(path, 0640);
    assert_true(opens(world, path));
    expect_content(world, path, "old");
    assert_true(commits(world, "new"));
    expect_content(world, path, "new");
    struct stat status;
    stat(path, &status);
    assert_int_equal(status.st_mode & 07777, 0640);
}

static void test_discard_leaves_the_old(void **state) {
    struct world *world = *state;
    const char *path = scratch_write(world->arena, world->folder, "r", "old");
    assert_true(opens(world, path));
    output_discard(&world->output);
    output_discard(&world->output);
    expect_content(world, path, "old");
    assert_int_equal(scratch_count(world->folder), 1);
}

static void expect_refused(struct world *world, const char *path) {
    size_t before = world->diags.errors;
    assert_false(opens(world, path));
    assert_int_equal(world->diags.errors, before + 1);
    const struct diag *diag = &world->diags.items[world->diags.count - 1];
    assert_int_equal(diag->code, OUTPUT_TARGET);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_CONFIG);
    assert_int_equal(world->output.descriptor, -1);
}

static void test_refused_targets(void **state) {
    struct world *world = *state;
    mkdir(in(world, "folder"), 0777);
    assert_int_equal(mkfifo(in(world, "fifo"), 0666), 0);
    scratch_write(world->arena, world->folder, "target", "t");
    assert_int_equal(symlink("target", in(world, "link")), 0);
    assert_int_equal(symlink("nowhere", in(world, "dangling")), 0);
    chmod(scratch_write(world->arena, world->folder, "read-only", "r"), 0444);
    size_t entries = scratch_count(world->folder);
    expect_refused(world, in(world, "folder"));
    expect_refused(world, in(world, "folder/"));
    expect_refused(world, in(world, "new/"));
    expect_refused(world, in(world, "fifo"));
    expect_refused(world, in(world, "link"));
    expect_refused(world, in(world, "dangling"));
    expect_refused(world, in(world, "read-only"));
    expect_refused(world, in(world, "no-such-folder/r"));
    expect_refused(world, in(world, "target/r"));
    expect_refused(world, "/dev/full");
    expect_refused(world, "/dev/zero");
    expect_refused(world, "");
    assert_int_equal(scratch_count(world->folder), entries);
    expect_content(world, in(world, "target"), "t");
}

static void test_null_device(void **state) {
    struct world *world = *state;
    assert_true(opens(world, "/dev/null"));
    assert_true(commits(world, "gone"));
    struct stat status;
    stat("/dev/null", &status);
    assert_true(S_ISCHR(status.st_mode));
}

static void test_leftovers_of_dead_runs_go(void **state) {
    struct world *world = *state;
    scratch_write(world->arena, world->folder, ".r.99-dead.tmp", "left");
    scratch_write(world->arena, world->folder, ".other.99-dead.tmp", "not ours");
    struct output living;
    assert_true(output_open(world->arena, in(world, "r"), &living, &world->diags));
    assert_int_not_equal(access(in(world, ".r.99-dead.tmp"), F_OK), 0);
    assert_int_equal(access(in(world, ".other.99-dead.tmp"), F_OK), 0);
    assert_true(opens(world, in(world, "r"))); /* must not take the living one's */
    assert_true(commits(world, "second"));
    assert_true(output_commit(&living, "first", 5, &world->diags));
    expect_content(world, in(world, "r"), "first");
    assert_int_equal(scratch_count(world->folder), 2);
}

static void test_leftover_of_a_killed_run(void **state) {
    struct world *world = *state;
    const char *path = scratch_write(world->arena, world->folder, "r", "old");
    pid_t child = fork();
    if (child == 0) {
        opens(world, path);
        raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(scratch_count(world->folder), 2);
    assert_true(opens(world, path));
    assert_int_equal(scratch_count(world->folder), 2);
    output_discard(&world->output);
    assert_int_equal(scratch_count(world->folder), 1);
    expect_content(world, path, "old");
}

static void expect_commit_failed(struct world *world, const char *content) {
    assert_false(commits(world, content));
    assert_int_equal(world->diags.items[world->diags.count - 1].code, OUTPUT_WRITE);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_INTERNAL);
}

static void test_file_size_limit(void **state) {
    struct world *world = *state;
    const char *path = scratch_write(world->arena, world->folder, "r", "old");
    struct rlimit before, tight;
    getrlimit(RLIMIT_FSIZE, &before);
    tight = (struct rlimit){.rlim_cur = 10, .rlim_max = before.rlim_max};
    assert_true(opens(world, path));
    setrlimit(RLIMIT_FSIZE, &tight);
    bool good = commits(world, "longer than ten bytes");
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(good);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_INTERNAL);
    expect_content(world, path, "old");
    assert_int_equal(scratch_count(world->folder), 1);
}

static void test_full_disk(void **state) {
    struct world *world = *state;
    const char *disk = in(world, "disk");
    mkdir(disk, 0777);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=64k") != 0) skip(); /* only root may */
    const char *path = scratch_write(world->arena, disk, "r", "old");
    char *big = arena_alloc(world->arena, 100001);
    memset(big, 'x', 100000);
    bool opened = opens(world, path);
    bool committed = opened && commits(world, big);
    size_t entries = scratch_count(disk);
    expect_content(world, path, "old");
    assert_int_equal(umount(disk), 0);
    assert_true(opened);
    assert_false(committed);
    assert_int_equal(entries, 1);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_INTERNAL);
}

static void test_folder_lost_meanwhile(void **state) {
    struct world *world = *state;
    mkdir(in(world, "d"), 0777);
    assert_true(opens(world, in(world, "d/r")));
    scratch_remove(in(world, "d"));
    expect_commit_failed(world, "new");
}

/* Runs the commit with standard output replaced by `descriptor`. */
static bool commits_to_stdout(struct world *world, int descriptor, const char *text) {
    fflush(stdout);
    int old = dup(STDOUT_FILENO);
    if (descriptor >= 0)
        dup2(descriptor, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    bool good = opens(world, "-") && commits(world, text);
    dup2(old, STDOUT_FILENO);
    close(old);
    return good;
}

static void test_standard_output(void **state) {
    struct world *world = *state;
    int ends[2];
    char got[8] = "";
    assert_int_equal(pipe(ends), 0);
    assert_true(commits_to_stdout(world, ends[1], "text"));
    assert_int_equal(read(ends[0], got, sizeof got), 4);
    assert_string_equal(got, "text");
    close(ends[0]);
    assert_false(commits_to_stdout(world, ends[1], "text")); /* EPIPE */
    close(ends[1]);
    int full = open("/dev/full", O_WRONLY);
    assert_false(commits_to_stdout(world, full, "text"));
    close(full);
    assert_int_equal(world->diags.errors, 2);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_INTERNAL);
}

static void test_closed_standard_output(void **state) {
    struct world *world = *state;
    assert_false(commits_to_stdout(world, -1, "text"));
    int null = open("/dev/null", O_RDONLY);
    assert_false(commits_to_stdout(world, null, "text"));
    close(null);
    assert_int_equal(world->diags.items[0].code, OUTPUT_TARGET);
    assert_int_equal(world->diags.items[1].code, OUTPUT_TARGET);
}

static void write_often(struct world *world, const char *path, char letter) {
    char content[20001];
    memset(content, letter, sizeof content - 1);
    content[sizeof content - 1] = '\0';
    for (int i = 0; i < 50; i++)
        if (!opens(world, path) || !commits(world, content)) _exit(1);
    _exit(0);
}

static void expect_one_letter(struct world *world, const char *path) {
    assert_true(
        file_read(world->arena, path, 1 << 20, &world->bytes, &world->length, &world->diags));
    assert_int_equal(world->length, 20000);
    for (size_t i = 1; i < world->length; i++) assert_int_equal(world->bytes[i], world->bytes[0]);
}

static void test_writers_never_mix(void **state) {
    struct world *world = *state;
    const char *path = in(world, "r");
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) write_often(world, path, (char)('a' + i));
    }
    for (int i = 0; i < 100; i++)
        if (access(path, F_OK) == 0) expect_one_letter(world, path);
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    expect_one_letter(world, path);
    assert_int_equal(scratch_count(world->folder), 1);
}

static void test_longest_name(void **state) {
    struct world *world = *state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_true(opens(world, in(world, name)));
    assert_true(commits(world, "x"));
    assert_int_equal(scratch_count(world->folder), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_appears_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_replaces_and_keeps_the_mode, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_discard_leaves_the_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_null_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leftovers_of_dead_runs_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leftover_of_a_killed_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_file_size_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_lost_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_standard_output, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closed_standard_output, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writers_never_mix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_longest_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
