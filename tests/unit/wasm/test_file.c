/* Components as trees of modules, and function bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "wasm/file.h"
#include "wasm/opcodes.h"

#define CORE "\0asm\1\0\0\0"
#define COMPONENT "\0asm\x0d\0\1\0"
#define SPAN(text) ((struct wasm_span){(const uint8_t *)(text), 0, sizeof(text) - 1})
/** One type [] -> [], one import f, functions with these bodies. */
#define TYPES_AND(functions)                             \
    CORE "\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01m\x01" \
         "f\x00\x00" functions

static void tree_of_a_component(void **state) {
    (void)state;
    static const char bytes[] = COMPONENT "\x01\x08" CORE                      /* module0 */
                                          "\x04\x12" COMPONENT "\x01\x08" CORE /* component0 */
                                          "\x00\x03\x01xy"                     /* custom */
                                          "\x01\x08" CORE;                     /* module1 */
    static const struct {
        const char *path;
        bool component;
        size_t begin, length, glue;
    } expected[] = {
        {"/", true, 0, 53, 19},
        {"/module0", false, 10, 8, 0},
        {"/component0", true, 20, 18, 10},
        {"/component0/module0", false, 30, 8, 0},
        {"/module1", false, 45, 8, 0},
    };
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    assert_true(wasm_file_read(arena, SPAN(bytes), WASM_DECODE, &file, &problem));
    assert_int_equal(file.unit_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(file.units[i].path, expected[i].path);
        assert_int_equal(file.units[i].component, expected[i].component);
        assert_int_equal(file.units[i].begin, expected[i].begin);
        assert_int_equal(file.units[i].length, expected[i].length);
        assert_int_equal(file.units[i].glue, expected[i].glue);
    }
    assert_int_equal(wasm_file_total(&file), sizeof bytes - 1);
    arena_free(arena);
}

static void expect_refused(struct wasm_span span, size_t offset, const char *reason) {
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    assert_false(wasm_file_read(arena, span, WASM_DECODE, &file, &problem));
    assert_string_equal(problem.reason, reason);
    assert_int_equal(problem.offset, offset);
    arena_free(arena);
}

static void refused_components(void **state) {
    (void)state;
    expect_refused(SPAN(COMPONENT "\x0d\x00"), 8, "malformed section id");
    expect_refused(SPAN(COMPONENT "\x01\x09" CORE), 9, "length out of bounds");
    expect_refused(SPAN(COMPONENT "\x01\x08" COMPONENT), 14,
                   "a component where a module should be");
    expect_refused(SPAN(COMPONENT "\x04\x08" CORE), 10, "no component where one should be");
    expect_refused(SPAN(COMPONENT "\x08\x02\x01\x7f"), 11, "malformed canonical function");
    expect_refused(SPAN(COMPONENT "\x08\x03\x01\x05\x00"), 12, "section size mismatch");
}

/* Sections of five bytes of size each, so that each length can be written afterwards. */
static void nested(void **state) {
    (void)state;
    enum { DEPTH = 5000, STEP = 14 };
    uint8_t *bytes = malloc((size_t)DEPTH * STEP);
    assert_non_null(bytes);
    for (size_t i = 0; i < DEPTH; i++) {
        uint32_t inside = (uint32_t)((DEPTH - 1 - i) * STEP);
        uint8_t *at = bytes + i * STEP;
        memcpy(at, COMPONENT "\4", 9);
        for (int b = 0; b < 5; b++) at[9 + b] = (uint8_t)((inside >> 7 * b & 0x7f) | (b < 4) << 7);
    }
    struct wasm_span span = {bytes, 0, (size_t)DEPTH * STEP};
    expect_refused(span, (WASM_DEPTH_MAX + 1) * STEP, "components nested too deeply");
    free(bytes);
}

static void calls_and_features(void **state) {
    (void)state;
    /* function 1 calls 0, 2, 2 again; function 2 tail-calls 1 inside a block; an element names 2 */
    static const char bytes[] = TYPES_AND("\x03\x03\x02\x00\x00"
                                          "\x09\x07\x01\x00\x41\x00\x0b\x01\x02"
                                          "\x0a\x11\x02\x08\x00\x10\x00\x10\x02\x10\x02\x0b"
                                          "\x06\x00\x02\x40\x12\x01\x0b");
    struct arena *arena = arena_new();
    struct wasm_module module;
    struct wasm_problem problem;
    struct wasm_span span = {(const uint8_t *)bytes, 0, sizeof bytes - 1};
    assert_false(
        wasm_module_read(arena, span.bytes, span.end, &module, &problem)); /* no second end */
    assert_string_equal(problem.reason, "END opcode expected");
    static const char good[] = TYPES_AND("\x03\x03\x02\x00\x00"
                                         "\x09\x07\x01\x00\x41\x00\x0b\x01\x02"
                                         "\x0a\x12\x02\x08\x00\x10\x00\x10\x02\x10\x02\x0b"
                                         "\x07\x00\x02\x40\x12\x01\x0b\x0b");
    assert_true(wasm_module_read(arena, (const uint8_t *)good, sizeof good - 1, &module, &problem));
    assert_int_equal(module.rooted.count, 1);
    assert_int_equal(module.rooted.items[0], 2);
    assert_int_equal(module.called.count, 3);
    assert_int_equal(module.call_begin[1], 2);
    assert_int_equal(module.called.items[0], 0);
    assert_int_equal(module.called.items[1], 2);
    assert_int_equal(module.called.items[2], 1);
    assert_true(module.features == (1u | 1u << FEATURE_TAIL_CALL));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_of_a_component),
        cmocka_unit_test(refused_components),
        cmocka_unit_test(nested),
        cmocka_unit_test(calls_and_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
