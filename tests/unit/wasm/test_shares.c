/* Lists of names with bytes: joined and ordered as a slow way does it; identical bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/profile.h"

enum { ITEMS = 200, ROUNDS = 200 };

static bool comes_before(const struct wasm_share *a, const struct wasm_share *b) {
    if (a->bytes != b->bytes) return a->bytes > b->bytes;
    return strcmp(a->name, b->name) < 0;
}

/** Bytes of all items of that name. */
static uint64_t bytes_of(const struct wasm_share *items, size_t count, const char *name) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].name, name) == 0) sum += items[i].bytes;
    return sum;
}

static size_t random_items(struct arena *arena, struct wasm_share *items) {
    size_t count = (size_t)rand() % ITEMS;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct wasm_share){text_format(arena, "name%d", rand() % 100),
                                       (uint64_t)rand() % (UINT64_C(1) << (rand() % 20 + 1)),
                                       (uint64_t)rand() % 100, 1};
    return count;
}

static void joined_and_ordered(void **state) {
    (void)state;
    srand(3);
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_new();
        struct wasm_share items[ITEMS], copy[ITEMS];
        size_t count = random_items(arena, items), top = (size_t)rand() % (ITEMS + 20), sum = 0;
        memcpy(copy, items, sizeof copy);
        struct wasm_shares shares = wasm_shares_join(items, count, top);
        assert_true(shares.count <= count);
        for (size_t i = 0; i < shares.count; i++) {
            const struct wasm_share *share = &shares.items[i];
            assert_true(share->bytes == bytes_of(copy, count, share->name));
            sum += share->count;
            for (size_t j = i + 1; j < shares.count; j++)
                assert_string_not_equal(share->name, shares.items[j].name);
            for (size_t j = i + 1; i < top && j < shares.count; j++)
                assert_true(comes_before(share, &shares.items[j]));
        }
        assert_int_equal(sum, count);
        arena_free(arena);
    }
}

/** Five bodies: a, b, a, a, c. */
static void identical_bodies(void **state) {
    (void)state;
    static const char bytes[] = "\0asm\1\0\0\0\1\4\1\x60\0\0\3\6\5\0\0\0\0\0"
                                "\x0a\x16\5\3\0\1\x0b\4\0\1\1\x0b\3\0\1\x0b\3\0\1\x0b\3\0\0\x0b";
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    struct wasm_span span = {(const uint8_t *)bytes, 0, sizeof bytes - 1};
    bool good = wasm_file_read(arena, span, WASM_DECODE, &file, &problem);
    if (!good) print_error("%zu: %s\n", problem.offset, problem.reason);
    assert_true(good);
    struct wasm_profile profile = wasm_profile_make(
        arena, &(struct wasm_profile_request){.file = &file,
                                              .wanted = WASM_PROFILE_NAMES | WASM_PROFILE_BODIES});
    struct wasm_shares doubles = wasm_profile_by_body(arena, &profile, SIZE_MAX);
    assert_int_equal(profile.duplicates, 8);
    assert_int_equal(doubles.count, 1);
    assert_string_equal(doubles.items[0].name, "function-0");
    assert_int_equal(doubles.items[0].bytes, 8);
    assert_int_equal(doubles.items[0].count, 3);
    assert_true(profile.functions[2].duplicate && profile.functions[3].same_as == 0);
    assert_false(profile.functions[0].duplicate || profile.functions[4].duplicate);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_and_ordered),
        cmocka_unit_test(identical_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
