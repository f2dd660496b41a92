/* What a module needs beyond the first version, by its types, imports, sections and bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/features.h"

#define MAGIC "\0asm\1\0\0\0"
#define BYTES(text) (MAGIC text), sizeof(MAGIC text) - 1

static const struct {
    const char *bytes;
    size_t length;
    const char *features; /* each with a blank after it */
} rows[] = {
    {BYTES(""), ""},
    /* types: [] -> [], [] -> [i32 i32], [externref] -> [], [funcref] -> [], [v128] -> [] */
    {BYTES("\x01\x04\x01\x60\x00\x00"), ""},
    {BYTES("\x01\x06\x01\x60\x00\x02\x7f\x7f"), "multivalue "},
    {BYTES("\x01\x05\x01\x60\x01\x6f\x00"), "reference-types "},
    {BYTES("\x01\x05\x01\x60\x01\x70\x00"), "reference-types "},
    {BYTES("\x01\x05\x01\x60\x01\x7b\x00"), "simd128 "},
    {BYTES("\x01\x05\x01\x60\x01\x69\x00"), "exception-handling "},
    {BYTES("\x01\x05\x01\x60\x01\x6e\x00"), "gc "},
    {BYTES("\x01\x06\x01\x60\x01\x64\x70\x00"), "function-references "},
    {BYTES("\x01\x05\x01\x5f\x01\x7f\x00"), "gc "},
    {BYTES("\x01\x04\x01\x5e\x78\x01"), "gc "},
    {BYTES("\x01\x03\x01\x4e\x00"), "gc "},
    {BYTES("\x01\x06\x01\x50\x00\x60\x00\x00"), "gc "},
    {BYTES("\x01\x06\x01\x60\x01\x65\x70\x00"), "shared-everything "},
    {BYTES("\x01\x07\x01\x60\x01\x64\x62\x00\x00"), "custom-descriptors function-references "},
    {BYTES("\x01\x06\x02\x60\x00\x00\x5d\x00"), "stack-switching "},
    /* imports: a global, constant and mutable; a tag; a shared memory; an exact function */
    {BYTES("\x02\x08\x01\x01m\x01g\x03\x7f\x00"), ""},
    {BYTES("\x02\x08\x01\x01m\x01g\x03\x7f\x01"), "mutable-globals "},
    {BYTES("\x02\x08\x01\x01m\x01t\x04\x00\x00"), "exception-handling "},
    {BYTES("\x02\x09\x01\x01m\x01m\x02\x03\x01\x02"), "atomics "},
    {BYTES("\x02\x07\x01\x01m\x01x\x20\x00"), "custom-descriptors "},
    {BYTES("\x02\x0a\x01\x01m\x00\x7f\x01\x01x\x00\x00"), "compact-imports "},
    /* tables: of functions, of externs, two, of 64 bits, shared, with a value */
    {BYTES("\x04\x04\x01\x70\x00\x00"), ""},
    {BYTES("\x04\x04\x01\x6f\x00\x00"), "reference-types "},
    {BYTES("\x04\x07\x02\x70\x00\x00\x70\x00\x00"), "reference-types "},
    {BYTES("\x04\x04\x01\x70\x04\x00"), "memory64 "},
    {BYTES("\x04\x05\x01\x70\x03\x00\x01"), "shared-everything "},
    {BYTES("\x04\x09\x01\x40\x00\x70\x00\x01\xd0\x70\x0b"), "function-references reference-types "},
    /* memories: of 64 bits, with a page size of their own, two */
    {BYTES("\x05\x03\x01\x00\x01"), ""},
    {BYTES("\x05\x03\x01\x04\x01"), "memory64 "},
    {BYTES("\x05\x04\x01\x08\x01\x00"), "custom-page-sizes "},
    {BYTES("\x05\x04\x01\x08\x01\x10"), "custom-page-sizes "}, /* the usual size, but written */
    {BYTES("\x05\x05\x02\x00\x01\x00\x01"), "multimemory "},
    {BYTES("\x0d\x03\x01\x00\x00"), "exception-handling "},
    /* globals: mutable, mutable and exported, constant and exported, with an extended constant */
    {BYTES("\x06\x06\x01\x7f\x01\x41\x00\x0b"), ""},
    {BYTES("\x06\x06\x01\x7f\x01\x41\x00\x0b\x07\x05\x01\x01g\x03\x00"), "mutable-globals "},
    {BYTES("\x06\x06\x01\x7f\x00\x41\x00\x0b\x07\x05\x01\x01g\x03\x00"), ""},
    {BYTES("\x06\x09\x01\x7f\x00\x41\x00\x41\x01\x6a\x0b"), "extended-const "},
    /* segments: active; passive; declarative; data count */
    {BYTES("\x09\x06\x01\x00\x41\x00\x0b\x00"), ""},
    {BYTES("\x09\x04\x01\x01\x00\x00"), "bulk-memory "},
    {BYTES("\x09\x04\x01\x03\x00\x00"), "bulk-memory reference-types "},
    {BYTES("\x0b\x06\x01\x00\x41\x00\x0b\x00"), ""},
    {BYTES("\x0b\x03\x01\x01\x00"), "bulk-memory "},
    {BYTES("\x0c\x01\x00"), "bulk-memory "},
    /* bodies: a local of v128, a block of a type index, arithmetic (no constant), table.size */
    {BYTES("\x03\x02\x01\x00\x0a\x06\x01\x04\x01\x01\x7b\x0b"), "simd128 "},
    {BYTES("\x03\x02\x01\x00\x0a\x07\x01\x05\x00\x02\x00\x0b\x0b"), "multivalue "},
    {BYTES("\x03\x02\x01\x00\x0a\x05\x01\x03\x00\x6a\x0b"), ""},
    {BYTES("\x03\x02\x01\x00\x0a\x07\x01\x05\x00\xfc\x10\x00\x0b"), "reference-types "},
    {BYTES("\x03\x02\x01\x00\x0a\x06\x01\x04\x00\x12\x00\x0b"), "tail-call "},
};

static const char *words_of(struct arena *arena, uint64_t features) {
    struct text text = text_begin(arena);
    for (unsigned f = FEATURE_BASE + 1; f < WASM_FEATURES; f++)
        if ((features >> f & 1) != 0)
            text_add_format(&text, "%s ", wasm_feature_word((enum wasm_feature)f));
    return text.data;
}

static void features_by_what_is_there(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena *arena = arena_new();
        struct wasm_module module;
        struct wasm_problem problem;
        bool good = wasm_module_read(arena, (const uint8_t *)rows[i].bytes, rows[i].length, &module,
                                     &problem);
        if (!good) print_error("row %zu: byte %zu: %s\n", i, problem.offset, problem.reason);
        assert_true(good);
        assert_string_equal(words_of(arena, module.features), rows[i].features);
        arena_free(arena);
    }
}

static void every_feature_has_a_word(void **state) {
    (void)state;
    for (unsigned f = FEATURE_BASE; f < WASM_FEATURES; f++)
        assert_non_null(wasm_feature_word((enum wasm_feature)f));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_by_what_is_there),
        cmocka_unit_test(every_feature_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
