#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/array.h"
#include "base/file.h"
#include "scratch.h"

struct world {
    struct arena *arena;
    const char *top, *root; /* root is top/root */
};

static const char *in(const struct world *world, const char *name) {
    return scratch_path(world->arena, world->root, name);
}

static void link_to(const struct world *world, const char *target, const char *name) {
    assert_int_equal(symlink(target, in(world, name)), 0);
}

static int set_up(void **state) {
    static struct world world;
    world.arena = arena_new();
    world.top = scratch_new(world.arena);
    world.root = scratch_path(world.arena, world.top, "root");
    mkdir(world.root, 0777);
    mkdir(in(&world, "sub"), 0777);
    scratch_write(world.arena, world.top, "secret", "out");
    scratch_write(world.arena, world.root, "a", "in");
    scratch_write(world.arena, world.root, "sub/b", "in");
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->top);
    arena_free(world->arena);
    return 0;
}

static void test_join(void **state) {
    struct world *world = *state;
    static const struct {
        const char *base, *path, *whole;
    } rows[] = {
        {"/a/b", "c", "/a/b/c"},
        {"/a/b", "/c", "/c"},
        {"/a/b", ".", "/a/b"},
        {"/a/b", "", "/a/b"},
        {"/a/b", "..", "/a"},
        {"/a/b", "../../../..", "/"},
        {"/a/b", "./c//d/./e/", "/a/b/c/d/e"},
        {"/a/b", "c/../d", "/a/b/d"},
        {"/", "x", "/x"},
        {"/", "", "/"},
        {"/a/", "...", "/a/..."},
        {"/a", ".x/..y", "/a/.x/..y"},
        {"ignored", "/", "/"},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(path_join(world->arena, rows[i].base, rows[i].path), rows[i].whole);
}

static void test_directory(void **state) {
    struct world *world = *state;
    static const char *const rows[][2] = {
        {"/a/b", "/a"}, {"/a", "/"}, {"/", "/"},      {"a", "."},
        {"a/b", "a"},   {"", "."},   {"/a/b/", "/a"}, {"a//b", "a"},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(path_directory(world->arena, rows[i][0]), rows[i][1]);
}

static void test_relative(void **state) {
    struct world *world = *state;
    static const char *const rows[][3] = {
        {"/a", "/a/b/c", "b/c"},
        {"/a/b", "/a", ".."},
        {"/a/b", "/a/c", "../c"},
        {"/a", "/a", "."},
        {"/", "/x", "x"},
        {"/x/y", "/", "../.."},
        {"/ab", "/a", "../a"},
        {"/a", "/ab", "../ab"},
        {"/a/", "/a/b/", "b"},
        {"/", "/", "."},
        {"/a/b/c", "/x/y", "../../../x/y"},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(path_relative(world->arena, rows[i][0], rows[i][1]), rows[i][2]);
}

static void test_below(void **state) {
    (void)state;
    assert_true(path_below("/a", "/a"));
    assert_true(path_below("/a", "/a/b"));
    assert_true(path_below("/a/", "/a/b"));
    assert_true(path_below("/", "/a"));
    assert_true(path_below("/a", "/a/..b"));
    assert_false(path_below("/a", "/ab"));
    assert_false(path_below("/a/b", "/a"));
    assert_false(path_below("/a", "/a/../b"));
    assert_false(path_below("/a", "/a/b/.."));
}

static void test_find_root(void **state) {
    struct world *world = *state;
    assert_string_equal(path_find_root(world->arena, in(world, "sub")), in(world, "sub"));
    mkdir(in(world, ".git"), 0777);
    assert_string_equal(path_find_root(world->arena, in(world, "sub")), world->root);
    assert_string_equal(path_find_root(world->arena, world->root), world->root);
    scratch_write(world->arena, world->root, "sub/.git", "gitdir: elsewhere");
    assert_string_equal(path_find_root(world->arena, in(world, "sub")), in(world, "sub"));
}

/* What path_open answers: the first byte of the file, or the errno. */
static int opened(const struct world *world, const char *path) {
    int descriptor = path_open(world->root, path);
    if (descriptor < 0) return errno;
    char byte = 0;
    assert_int_equal(read(descriptor, &byte, 1), 1);
    close(descriptor);
    return byte;
}

static void make_links(const struct world *world) {
    link_to(world, "../secret", "out");
    link_to(world, scratch_path(world->arena, world->top, "secret"), "out-absolute");
    link_to(world, "sub/b", "inside");
    link_to(world, in(world, "sub/b"), "inside-absolute");
    link_to(world, "..", "up");
    link_to(world, "loop-b", "loop-a");
    link_to(world, "loop-a", "loop-b");
    link_to(world, "nowhere", "dangling");
    link_to(world, "../root/a", "out-and-in");
}

static void test_open(void **state) {
    struct world *world = *state;
    make_links(world);
    assert_int_equal(opened(world, "a"), 'i');
    assert_int_equal(opened(world, in(world, "a")), 'i');
    assert_int_equal(opened(world, "sub/../a"), 'i');
    assert_int_equal(opened(world, "inside"), 'i');
    assert_int_equal(opened(world, "inside-absolute"), 'i');
    assert_int_equal(opened(world, "out-and-in"), 'i');
    assert_int_equal(opened(world, "missing"), ENOENT);
    assert_int_equal(opened(world, "dangling"), ENOENT);
    assert_int_equal(opened(world, "out"), EXDEV);
    assert_int_equal(opened(world, "out-absolute"), EXDEV);
    assert_int_equal(opened(world, "up/secret"), EXDEV);
    assert_int_equal(opened(world, "../secret"), EXDEV);
    assert_int_equal(opened(world, in(world, "../secret")), EXDEV);
    assert_int_equal(opened(world, scratch_path(world->arena, world->top, "secret")), EXDEV);
    assert_int_equal(opened(world, "loop-a"), ELOOP);
    assert_int_equal(opened(world, "a/x"), ENOTDIR);
}

static void test_open_refuses_what_is_no_file(void **state) {
    struct world *world = *state;
    assert_int_equal(mkfifo(in(world, "fifo"), 0666), 0);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", in(world, "socket"));
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(opened(world, "fifo"), EINVAL);
    assert_int_equal(opened(world, "socket"), EINVAL);
    assert_int_equal(opened(world, "sub"), EINVAL);
    assert_int_equal(opened(world, "."), EINVAL);
    close(listener);
    assert_int_equal(path_open(NULL, "/dev/zero"), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(path_open("/dev", "zero"), -1);
    assert_int_equal(errno, EINVAL);
}

static void test_open_refuses_magic_links(void **state) {
    struct world *world = *state;
    int held = open(scratch_path(world->arena, world->top, "secret"), O_RDONLY | O_CLOEXEC);
    const char *magic = text_format(world->arena, "self/fd/%d", held);
    assert_int_equal(path_open("/proc", magic), -1);
    close(held);
}

static void test_confined(void **state) {
    struct world *world = *state;
    make_links(world);
    static const struct {
        const char *path;
        bool confined;
    } rows[] = {
        {"a", true},           {"inside", true},        {"inside-absolute", true},
        {"missing", true},     {"sub/x/y", true},       {".", true},
        {"out", false},        {"out-absolute", false}, {"up", false},
        {"up/nothing", false}, {"loop-a", false},       {"dangling", false},
        {"..", false},         {"../x", false},         {"missing/../../x", false},
        {"out-and-in", true},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        assert_int_equal(path_confined(world->root, in(world, rows[i].path)), rows[i].confined);
    assert_false(path_confined(in(world, "no-root"), in(world, "a")));
    link_to(world, "root", "../linked-root");
    const char *linked = scratch_path(world->arena, world->top, "linked-root");
    assert_true(path_confined(linked, in(world, "a")));
    assert_int_equal(path_open(linked, "out"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_relative, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_below, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_find_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_open_refuses_what_is_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_open_refuses_magic_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_confined, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
