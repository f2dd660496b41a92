/* Estimates of compressed growth: what is compressed with and without, and what time leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/inspect_compressed.h"
#include "base/clock.h"
#include "temp_folder.h"

enum { TIMES_MAX = 30, ROOM = 200 };

/* A module of one function, exported as `f`, that is `times` i32.const and drop: its lengths have
 * one byte each. */
static size_t build(char *bytes, int times) {
    static const char head[] = "\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\5\1\1f\0\0";
    size_t at = sizeof head - 1;
    memcpy(bytes, head, at);
    const char code[] = {10, (char)(3 * times + 4), 1, (char)(3 * times + 2), 0};
    memcpy(bytes + at, code, sizeof code);
    at += sizeof code;
    for (int i = 0; i < times; i++) {
        const char one[] = {0x41, (char)(i * 29 & 0x3f), 0x1a};
        memcpy(bytes + at, one, sizeof one);
        at += sizeof one;
    }
    bytes[at++] = 0x0b;
    return at;
}

struct files {
    char folder[PATH_MAX], head[2 * PATH_MAX], base[2 * PATH_MAX];
    struct arena *arena;
    struct thread_pool *pool;
};

static void begin(struct files *files) {
    char bytes[ROOM];
    temp_folder_make(files->folder);
    temp_write(files->folder, "head.wasm", bytes, build(bytes, TIMES_MAX));
    temp_write(files->folder, "base.wasm", bytes, build(bytes, 2));
    snprintf(files->head, sizeof files->head, "%s", temp_path(files->folder, "head.wasm"));
    snprintf(files->base, sizeof files->base, "%s", temp_path(files->folder, "base.wasm"));
    files->arena = arena_new();
    files->pool = thread_pool_new(2);
}

static void end(struct files *files) {
    thread_pool_free(files->pool);
    arena_free(files->arena);
    temp_folder_remove(files->folder);
}

static bool estimate(struct files *files, uint64_t deadline, struct compressed *compressed) {
    struct diags diags = diags_begin(files->arena);
    const struct inspect_request request = {.path = files->head,
                                            .against = files->base,
                                            .encoding = "gzip",
                                            .top = 5,
                                            .pool = files->pool,
                                            .deadline = deadline};
    return inspect_compress(files->arena, &request, compressed, &diags);
}

static void parts_of_the_growth(void **state) {
    (void)state;
    struct files files;
    struct compressed compressed;
    begin(&files);
    assert_true(estimate(&files, 0, &compressed));
    assert_true(compressed.whole && compressed.bytes > compressed.before);
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) {
        const struct compressed_list *list = &compressed.lists[kind];
        assert_int_equal(list->count, 1);
        assert_int_equal(list->all, 1);
        const struct compressed_part *part = &list->items[0];
        assert_string_equal(part->name, ((const char *[]){"code", "(none)", "f"})[kind]);
        assert_true(part->raw > part->raw_before && part->bytes > part->before);
        assert_true(part->bytes < (double)compressed.bytes);
    }
    end(&files);
}

/* Nothing is begun that would end too late, and nothing untrue is said of it. */
static void no_time(void **state) {
    (void)state;
    struct files files;
    struct compressed compressed;
    begin(&files);
    assert_true(estimate(&files, clock_now(), &compressed));
    assert_false(compressed.whole);
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) {
        assert_int_equal(compressed.lists[kind].count, 0);
        assert_int_equal(compressed.lists[kind].all, 1);
    }
    end(&files);
}

static void not_there(void **state) {
    (void)state;
    struct files files;
    struct compressed compressed;
    begin(&files);
    assert_int_equal(remove(files.base), 0);
    assert_false(estimate(&files, 0, &compressed));
    end(&files);
}

/* As soon as one job has ended, the file grows. */
static void grow(void *path, size_t done, size_t total) {
    (void)total;
    FILE *file = done == 1 ? fopen(path, "ab") : NULL;
    if (!file) return;
    fputc(0, file);
    fclose(file);
}

/* Files are read anew for each part: what changes meanwhile is not taken for one file. */
static void changed_meanwhile(void **state) {
    (void)state;
    struct files files;
    begin(&files);
    char *const paths[] = {files.head, files.base};
    for (size_t i = 0; i < 2; i++) {
        struct compressed compressed;
        struct diags diags = diags_begin(files.arena);
        const struct inspect_request request = {.path = files.head,
                                                .against = files.base,
                                                .encoding = "gzip",
                                                .top = 5,
                                                .pool = files.pool,
                                                .observe = grow,
                                                .observer = paths[i]};
        assert_false(inspect_compress(files.arena, &request, &compressed, &diags));
        assert_int_equal(diags.count, 1);
        assert_int_equal(diags.items[0].code, FILE_READ);
        end(&files);
        begin(&files);
    }
    end(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_the_growth),
        cmocka_unit_test(no_time),
        cmocka_unit_test(not_there),
        cmocka_unit_test(changed_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
