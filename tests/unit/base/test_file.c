#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "base/array.h"
#include "base/file.h"
#include "scratch.h"

struct world {
    struct arena *arena;
    const char *folder;
    struct diags diags;
    const char *bytes;
    size_t length;
};

static int set_up(void **state) {
    static struct world world;
    world = (struct world){.arena = arena_new()};
    world.folder = scratch_new(world.arena);
    world.diags = diags_begin(world.arena);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->folder);
    arena_free(world->arena);
    return 0;
}

static bool reads(struct world *world, const char *name, size_t limit) {
    const char *path = name[0] == '/' ? name : scratch_path(world->arena, world->folder, name);
    return file_read(world->arena, path, limit, &world->bytes, &world->length, &world->diags);
}

static void expect_refused(struct world *world, const char *name, enum diag_code code) {
    size_t before = world->diags.errors;
    assert_false(reads(world, name, 100));
    assert_int_equal(world->diags.errors, before + 1);
    assert_int_equal(world->diags.items[world->diags.count - 1].code, code);
}

static void test_reads_whole(void **state) {
    struct world *world = *state;
    scratch_write(world->arena, world->folder, "f", "hello");
    assert_true(reads(world, "f", 100));
    assert_int_equal(world->length, 5);
    assert_string_equal(world->bytes, "hello");
    scratch_write(world->arena, world->folder, "empty", "");
    assert_true(reads(world, "empty", 100));
    assert_int_equal(world->length, 0);
    assert_string_equal(world->bytes, "");
}

static void test_limit_is_exact(void **state) {
    struct world *world = *state;
    scratch_write(world->arena, world->folder, "f", "hello");
    assert_true(reads(world, "f", 5));
    assert_false(reads(world, "f", 4));
    assert_int_equal(world->diags.items[0].code, FILE_TOO_LARGE);
    assert_int_equal(diags_exit_code(&world->diags), DIAG_CONFIG);
    assert_false(reads(world, "/proc/self/maps", 10)); /* says it has 0 bytes */
    assert_int_equal(world->diags.items[1].code, FILE_TOO_LARGE);
    assert_true(reads(world, "/proc/self/maps", 1 << 20));
    assert_true(world->length > 10);
}

static void test_sparse_giant_is_not_read(void **state) {
    struct world *world = *state;
    const char *path = scratch_write(world->arena, world->folder, "giant", "");
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    size_t before = arena_used(world->arena);
    expect_refused(world, "giant", FILE_TOO_LARGE);
    assert_true(arena_used(world->arena) - before < 8192);
}

static void test_keeps_nul_bytes(void **state) {
    struct world *world = *state;
    const char *path = scratch_path(world->arena, world->folder, "nul");
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite("a\0b", 1, 3, file), 3);
    fclose(file);
    assert_true(reads(world, "nul", 100));
    assert_int_equal(world->length, 3);
    assert_memory_equal(world->bytes, "a\0b", 4);
}

static void test_refuses_what_is_no_file(void **state) {
    struct world *world = *state;
    assert_int_equal(mkfifo(scratch_path(world->arena, world->folder, "fifo"), 0666), 0);
    assert_int_equal(symlink("loop", scratch_path(world->arena, world->folder, "loop")), 0);
    expect_refused(world, "fifo", FILE_KIND);
    expect_refused(world, ".", FILE_KIND);
    expect_refused(world, "/dev/zero", FILE_KIND);
    expect_refused(world, "missing", FILE_OPEN);
    expect_refused(world, "loop", FILE_OPEN);
    expect_refused(world, "", FILE_KIND);
}

static void test_names_are_inert_in_messages(void **state) {
    struct world *world = *state;
    expect_refused(world, "\x1b[31m\n::error::", FILE_OPEN);
    assert_null(strpbrk(world->diags.items[0].message, "\x1b\n"));
}

static void test_standard_input(void **state) {
    struct world *world = *state;
    int ends[2], old = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    assert_true(file_read(world->arena, "-", 5, &world->bytes, &world->length, &world->diags));
    assert_string_equal(world->bytes, "piped");
    if (old >= 0) {
        dup2(old, STDIN_FILENO);
        close(old);
    }
}

static void test_sha256(void **state) {
    struct world *world = *state;
    /* FIPS 180-4 examples */
    assert_string_equal(sha256_text(world->arena, "abc", 3),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(sha256_text(world->arena, "", 0),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limit_is_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sparse_giant_is_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_keeps_nul_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_what_is_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_inert_in_messages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_standard_input, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sha256, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
