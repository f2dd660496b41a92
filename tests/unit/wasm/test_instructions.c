/* Instructions read the same wherever they stand: near the end of a body, where each byte is looked
 * at, and far from it, where lengths are found in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/features.h"
#include "wasm/instructions.h"

#define CODE(text) (const uint8_t *)(text), sizeof(text) - 1

enum { NOPS = 40, BODY_MAX = 200 };

static const struct {
    const uint8_t *code;
    size_t length;
    const char *reason; /* NULL: well formed */
    uint64_t features;
} rows[] = {
    {CODE("\x01"), NULL, 0},
    {CODE("\x20\x00"), NULL, 0},
    {CODE("\x20\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x20\x80\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x20\xff\xff\xff\xff\x0f"), NULL, 0},
    {CODE("\x20\xff\xff\xff\xff\x1f"), "integer too large", 0},
    {CODE("\x20\x80\x80\x80\x80\x80\x00"), "integer representation too long", 0},
    {CODE("\x41\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\xff\x7f"), NULL, 0},
    {CODE("\x41\xff\xff\xff\xff\x0f"), "integer too large", 0},
    {CODE("\x41\x80\x80\x80\x80\x70"), "integer too large", 0},
    {CODE("\x41\x80\x80\x80\x80\x80\x00"), "integer representation too long", 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f"), NULL, 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"), "integer too large", 0},
    {CODE("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), "integer representation too long",
     0},
    {CODE("\x28\x02\x00"), NULL, 0},
    {CODE("\x28\x02\x7f"), NULL, 0},
    {CODE("\x28\x02\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), NULL, 0},
    {CODE("\x28\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"), "integer too large", 0},
    {CODE("\x28\x82\x00\x10"), NULL, 0},
    {CODE("\x28\x82\x80\x80\x80\x00\x10"), NULL, 0},
    {CODE("\x28\x80\x01\x00"), "malformed memop flags", 0},
    {CODE("\x28\x42\x01\x00"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\x42\x81\x00\x80\x01"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x28\xc2\x00\x01\x00"), NULL, UINT64_C(1) << FEATURE_MULTIMEMORY},
    {CODE("\x27"), "illegal opcode", 0},
    {CODE("\x02\x40\x0b"), NULL, 0},
    {CODE("\x05"), "an instruction outside of its block", 0},
    {CODE("\x43\xff\xff\xff\xff"), NULL, 0},
    {CODE("\xc0"), NULL, UINT64_C(1) << FEATURE_SIGN_EXT},
};

struct outcome {
    bool good;
    const char *reason;
    size_t offset, end;
    uint64_t features;
};

/** The code between some nops, then an end; offsets count from the code. */
static struct outcome read_between(size_t row, size_t before, size_t after) {
    uint8_t bytes[BODY_MAX];
    size_t length = before + rows[row].length + after + 1;
    assert_true(length <= BODY_MAX);
    memset(bytes, 0x01, length);
    memcpy(bytes + before, rows[row].code, rows[row].length);
    bytes[length - 1] = 0x0b;
    uint8_t *exact = malloc(length); /* so that a sanitizer sees reads beyond the end */
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    struct arena *arena = arena_new();
    struct wasm_problem problem = {0};
    struct wasm_reader reader = {exact, 0, length, &problem, NULL};
    struct instructions state = {.arena = arena};
    struct outcome outcome = {.good = instructions_read(&reader, &state)};
    outcome.reason = problem.reason;
    outcome.offset = problem.offset - before;
    outcome.end = length - reader.at;
    outcome.features = instructions_features(&state) & ~feature_bit(FEATURE_BASE);
    arena_free(arena);
    free(exact);
    return outcome;
}

static void same_everywhere(void **state) {
    (void)state;
    for (size_t row = 0; row < array_length(rows); row++)
        for (size_t after = 0; after < NOPS; after++) {
            struct outcome found = read_between(row, after % 3, after);
            if (found.good != !rows[row].reason)
                print_error("row %zu, %zu after: %s\n", row, after,
                            found.good ? "accepted" : found.reason);
            assert_int_equal(found.good, !rows[row].reason);
            if (!found.good) assert_string_equal(found.reason, rows[row].reason);
            if (!found.good) assert_true(found.offset < rows[row].length);
            if (found.good) assert_int_equal(found.end, 0);
            if (found.good) assert_true(found.features == rows[row].features);
        }
}

/** Cut at any byte, it lacks its end or the rest of a number. */
static void cut_short(void **state) {
    (void)state;
    static const uint8_t code[] = {0x20, 0x80, 0x01, 0x41, 0xff, 0xff, 0x7f, 0x28, 0x02, 0x80,
                                   0x01, 0x6a, 0x20, 0x03, 0x42, 0x80, 0x80, 0x80, 0x01, 0x0b};
    for (size_t length = 0; length <= sizeof code; length++) {
        uint8_t *exact = malloc(length ? length : 1);
        assert_non_null(exact);
        memcpy(exact, code, length);
        struct arena *arena = arena_new();
        struct wasm_problem problem = {0};
        struct wasm_reader reader = {exact, 0, length, &problem, NULL};
        struct instructions found = {.arena = arena};
        assert_int_equal(instructions_read(&reader, &found), length == sizeof code);
        assert_true(problem.offset <= length);
        arena_free(arena);
        free(exact);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_everywhere),
        cmocka_unit_test(cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
