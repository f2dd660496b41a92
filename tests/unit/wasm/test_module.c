/* Rows W1 to W7 of the list of faults, on modules made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/format.h"
#include "wasm/module.h"

#define MAGIC "\0asm\1\0\0\0"
#define BYTES(text) (text), sizeof(text) - 1

/** Every section: a type, an import, a function, a table, a memory, a tag, a global, an export,
 * start, an element segment, a data count, code, data, and two custom sections. */
#define WHOLE_MODULE                             \
    MAGIC "\x01\x04\x01\x60\x00\x00"             \
          "\x02\x07\x01\x01m\x01"                \
          "f\x00\x00"                            \
          "\x03\x02\x01\x00"                     \
          "\x04\x04\x01\x70\x00\x05"             \
          "\x05\x04\x01\x01\x02\x64"             \
          "\x0d\x03\x01\x00\x00"                 \
          "\x06\x06\x01\x7f\x00\x41\x00\x0b"     \
          "\x07\x05\x01\x01x\x00\x01"            \
          "\x08\x01\x01"                         \
          "\x09\x07\x01\x00\x41\x00\x0b\x01\x00" \
          "\x0c\x01\x01"                         \
          "\x0a\x04\x01\x02\x00\x0b"             \
          "\x0b\x08\x01\x00\x41\x00\x0b\x02hi"   \
          "\x00\x06\x04name\x00"                 \
          "\x00\x08\x07.debug_"

struct result {
    bool good;
    struct wasm_module module;
    struct wasm_problem problem;
    struct arena *arena;
    uint8_t *bytes; /* the module's names point into them */
};

/* From memory of exactly that length, so that a sanitizer sees any byte read beyond it. */
static struct result read_bytes(const char *bytes, size_t length) {
    struct result result = {.arena = arena_new()};
    uint8_t *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    if (length > 0) memcpy(copy, bytes, length);
    result.good = wasm_module_read(result.arena, copy, length, &result.module, &result.problem);
    if (result.good) assert_int_equal(wasm_module_total(&result.module), length);
    if (!result.good) assert_non_null(result.problem.reason);
    if (!result.good) assert_true(result.problem.offset <= length);
    result.bytes = copy;
    return result;
}

static void release(struct result result) {
    arena_free(result.arena);
    free(result.bytes);
}

static void expect_refused(const char *bytes, size_t length, size_t offset, const char *reason) {
    struct result result = read_bytes(bytes, length);
    assert_false(result.good);
    assert_string_equal(result.problem.reason, reason);
    assert_int_equal(result.problem.offset, offset);
    release(result);
}

static void expect_accepted(const char *bytes, size_t length) {
    struct result result = read_bytes(bytes, length);
    if (!result.good) print_error("%zu: %s\n", result.problem.offset, result.problem.reason);
    assert_true(result.good);
    release(result);
}

static void reads_all_sections(void **state) {
    (void)state;
    struct result result = read_bytes(BYTES(WHOLE_MODULE));
    assert_true(result.good);
    const struct wasm_module *module = &result.module;
    assert_int_equal(module->section_count, 15);
    for (int id = WASM_TYPE; id < WASM_SECTION_IDS; id++) {
        assert_true(module->has[id]);
        assert_int_equal(module->counts[id], 1);
    }
    assert_int_equal(module->import_count, 1);
    assert_int_equal(module->imported_functions, 1);
    assert_int_equal(module->imports[0].kind, WASM_KIND_FUNCTION);
    assert_int_equal(module->export_count, 1);
    assert_int_equal(module->exports[0].index, 1);
    assert_int_equal(module->function_count, 1);
    assert_int_equal(module->functions[0].size, 3);
    assert_int_equal(module->memory_count, 1);
    assert_int_equal(module->memories[0].minimum, 2);
    assert_int_equal(module->memories[0].maximum, 100);
    assert_true(module->memories[0].has_maximum);
    assert_int_equal(module->memories[0].page_size, 65536);
    assert_int_equal(module->table_count, 1);
    assert_int_equal(module->tables[0].minimum, 5);
    assert_false(module->tables[0].has_maximum);
    assert_int_equal(wasm_module_size_of(module, WASM_CODE), 6);
    assert_int_equal(wasm_module_size_of(module, WASM_CUSTOM), 18);
    assert_true(wasm_section_is_debug(&module->sections[13]));
    assert_true(wasm_section_is_debug(&module->sections[14]));
    assert_false(wasm_section_is_debug(&module->sections[11]));
    release(result);
}

static void empty_module(void **state) {
    (void)state;
    expect_accepted(BYTES(MAGIC));
}

/* W1: cut at every byte, it is malformed or, at the end of some sections, a shorter module whose
 * sizes still add up. */
static void cut_at_every_byte(void **state) {
    (void)state;
    size_t accepted = 0;
    for (size_t length = 0; length < sizeof WHOLE_MODULE - 1; length++) {
        struct result result = read_bytes(WHOLE_MODULE, length);
        accepted += result.good;
        release(result);
    }
    /* after the preamble, type, import, data and the first custom section; a function section
     * without its code, or a data count without its data, is refused */
    assert_int_equal(accepted, 5);
}

/* Every byte replaced by every value: whatever is still a module has sizes that add up. */
static void every_byte_replaced(void **state) {
    (void)state;
    char bytes[] = WHOLE_MODULE;
    for (size_t at = 0; at < sizeof bytes - 1; at++) {
        char kept = bytes[at];
        for (int value = 0; value < 256; value++) {
            bytes[at] = (char)value;
            release(read_bytes(bytes, sizeof bytes - 1));
        }
        bytes[at] = kept;
    }
}

/* W2 */
static void integers(void **state) {
    (void)state;
    /* padded to five bytes, as linkers do */
    expect_accepted(BYTES(MAGIC "\x01\x88\x80\x80\x80\x00\x81\x80\x80\x80\x00\x60\x00\x00"));
    expect_refused(BYTES(MAGIC "\x01\x81\x80\x80\x80\x80\x00"), 9,
                   "integer representation too long");
    expect_refused(BYTES(MAGIC "\x01\x80\x80\x80\x80\x10"), 9, "integer too large");
    expect_refused(BYTES(MAGIC "\x05\x0d\x01\x04\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 12,
                   "integer representation too long");
    expect_refused(BYTES(MAGIC "\x05\x0c\x01\x04\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"), 12,
                   "integer too large");
    expect_refused(BYTES(MAGIC "\x06\x0a\x01\x7f\x00\x41\x80\x80\x80\x80\x10\x0b"), 14,
                   "integer too large"); /* s32: bits beyond the sign */
    expect_accepted(BYTES(MAGIC "\x06\x0a\x01\x7f\x00\x41\x80\x80\x80\x80\x78\x0b"));
    expect_accepted(
        BYTES(MAGIC "\x06\x0f\x01\x7e\x00\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f\x0b"));
    expect_refused(
        BYTES(MAGIC "\x06\x0f\x01\x7e\x00\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7e\x0b"), 14,
        "integer too large");
}

/* W3 */
static void sections(void **state) {
    (void)state;
    expect_refused(BYTES(MAGIC "\x01\x7f\x00"), 8, "a section longer than the file");
    expect_refused(BYTES(MAGIC "\x01\xff\xff\xff\xff\x0f"), 8, "a section longer than the file");
    expect_refused(BYTES(MAGIC "\x01"), 9, "unexpected end");
    expect_refused(BYTES(MAGIC "\x01\x00"), 10, "unexpected end");
    expect_refused(BYTES(MAGIC "\x01\x02\x00\x00"), 11, "section size mismatch");
    expect_refused(BYTES(MAGIC "\x01\x01\x00\x01\x01\x00"), 11, "a section that was there before");
    expect_refused(BYTES(MAGIC "\x02\x01\x00\x01\x01\x00"), 11, "a section out of order");
    expect_refused(BYTES(MAGIC "\x06\x01\x00\x0d\x01\x00"), 11, "a section out of order");
    expect_accepted(BYTES(MAGIC "\x05\x01\x00\x0d\x01\x00\x06\x01\x00"));
    expect_refused(BYTES(MAGIC "\x0e\x00"), 8, "malformed section id");
    expect_refused(BYTES(MAGIC "\x00\x00"), 10, "unexpected end");
    expect_refused(BYTES(MAGIC "\x00\x01\x05"), 10, "length out of bounds");
    expect_refused(BYTES(MAGIC "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00"), 18,
                   "function and code section have inconsistent lengths");
    expect_refused(BYTES(MAGIC "\x0a\x04\x01\x02\x00\x0b"), 14,
                   "function and code section have inconsistent lengths");
    expect_refused(BYTES(MAGIC "\x0c\x01\x01"), 11,
                   "data count and data section have inconsistent lengths");
    expect_refused(BYTES(MAGIC "\x0c\x01\x00\x0b\x03\x01\x01\x00"), 16,
                   "data count and data section have inconsistent lengths");
    expect_refused(BYTES(MAGIC "\x03\x02\x01\x00\x0a\x05\x01\x7f\x00\x0b"
                               "x"),
                   14 + 1, "length out of bounds");
}

static void contents(void **state) {
    (void)state;
    expect_refused(BYTES(MAGIC "\x02\x06\x01\x01m\x01"
                               "f\x05"),
                   15, "malformed import kind");
    expect_refused(BYTES(MAGIC "\x07\x05\x01\x01x\x05\x00"), 13, "malformed export kind");
    expect_refused(BYTES(MAGIC "\x05\x03\x01\x10\x00"), 11, "malformed limits flags");
    expect_refused(BYTES(MAGIC "\x04\x04\x01\x70\x08\x00"), 12, "malformed limits flags");
    expect_accepted(BYTES(MAGIC "\x05\x04\x01\x08\x01\x00"));
    expect_refused(BYTES(MAGIC "\x05\x04\x01\x08\x01\x40"), 13, "invalid custom page size");
    expect_accepted(BYTES(MAGIC "\x04\x09\x01\x40\x00\x70\x00\x01\xd0\x70\x0b"));
    expect_refused(BYTES(MAGIC "\x04\x09\x01\x40\x01\x70\x00\x01\xd0\x70\x0b"), 12,
                   "malformed table");
    expect_refused(BYTES(MAGIC "\x06\x06\x01\x7f\x04\x41\x00\x0b"), 12, "malformed mutability");
    expect_refused(BYTES(MAGIC "\x09\x02\x01\x08"), 11, "malformed element segment flags");
    expect_refused(BYTES(MAGIC "\x0b\x02\x01\x03"), 11, "malformed data segment flags");
    expect_refused(BYTES(MAGIC "\x0d\x03\x01\x01\x00"), 11, "malformed tag attribute");
    expect_refused(BYTES(MAGIC "\x06\x05\x01\x7f\x00\x27\x0b"), 13, "illegal opcode");
    expect_refused(BYTES(MAGIC "\x01\x02\x01\x55"), 11, "malformed definition type");
    /* two runs of 2^31 locals in a body of 14 bytes: counted, never expanded */
    expect_refused(BYTES(MAGIC "\x03\x02\x01\x00\x0a\x11\x01\x0f\x02\x80\x80\x80\x80\x08\x7f\x80"
                               "\x80\x80\x80\x08\x7f\x01\x0b"),
                   23, "too many locals");
}

/** The types that recursive groups hold are counted one by one. */
static void groups_of_types(void **state) {
    (void)state;
    struct result result =
        read_bytes(BYTES(MAGIC "\x01\x12\x02\x4e\x02\x50\x00\x5f\x01\x78\x01\x5e\x7f\x00\x4f\x01"
                               "\x00\x60\x00\x00"));
    assert_true(result.good);
    assert_int_equal(result.module.counts[WASM_TYPE], 3);
    release(result);
}

/** Compact imports: one module name for many, with and without one type for all. */
static void compact_imports(void **state) {
    (void)state;
    struct result result = read_bytes(BYTES(MAGIC "\x02\x16\x02"
                                                  "\x01m\x00\x7f\x02\x01"
                                                  "a\x00\x00\x01"
                                                  "b\x00\x00"
                                                  "\x01m\x00\x7e\x02\x00\x01\x00"));
    assert_true(result.good);
    assert_int_equal(result.module.import_count, 2);
    assert_int_equal(result.module.memory_count, 0);
    release(result);
    result = read_bytes(BYTES(MAGIC "\x02\x1a\x02"
                                    "\x01m\x00\x7f\x02\x01"
                                    "a\x00\x00\x01"
                                    "b\x00\x00"
                                    "\x01m\x00\x7e\x02\x00\x01\x02\x01"
                                    "c\x01"
                                    "d"));
    assert_true(result.good);
    assert_int_equal(result.module.import_count, 4);
    assert_int_equal(result.module.memory_count, 2);
    assert_int_equal(result.module.imported_functions, 2);
    assert_true(result.module.memories[1].imported);
    release(result);
}

static void kinds_of_memory(void **state) {
    (void)state;
    struct result result =
        read_bytes(BYTES(MAGIC "\x05\x0b\x03\x05\x01\x02\x03\x01\x02\x09\x05\x07\x00"));
    assert_true(result.good);
    const struct wasm_limits *memories = result.module.memories;
    assert_int_equal(result.module.memory_count, 3);
    assert_true(memories[0].wide);
    assert_true(memories[1].shared);
    assert_int_equal(memories[2].page_size, 1);
    assert_int_equal(memories[2].maximum, 7);
    release(result);
}

/* W4: what is only claimed takes no memory. */
static void claims(void **state) {
    (void)state;
    static const char *const modules[] = {
        MAGIC "\x01\x06\xff\xff\xff\xff\x0f\x60",
        MAGIC "\x03\x05\xff\xff\xff\xff\x0f",
        MAGIC "\x0a\x05\xff\xff\xff\xff\x0f",
        MAGIC "\x07\x06\x01\xff\xff\xff\xff\x0f",
        MAGIC "\x0b\x08\x01\x01\xff\xff\xff\xff\x0f\x00",
        MAGIC "\x09\x08\x01\x01\x00\xff\xff\xff\xff\x0f",
    };
    for (size_t i = 0; i < array_length(modules); i++) {
        struct result result = read_bytes(modules[i], 8 + 2 + (unsigned char)modules[i][9]);
        assert_false(result.good);
        assert_string_equal(result.problem.reason, "length out of bounds");
        assert_true(arena_used(result.arena) < 65536);
        release(result);
    }
    /* a memory of 4 GiB is only a number */
    expect_accepted(BYTES(MAGIC "\x05\x05\x01\x00\x80\x80\x04"));
}

/** As many items as there are bytes for: memory stays in proportion to the file. */
static void memory_in_proportion(void **state) {
    (void)state;
    enum { COUNT = 200000, HEAD = 8 + 1 + 5 + 5 };
    uint8_t *bytes = calloc(1, HEAD + 3 * COUNT);
    assert_non_null(bytes);
    memcpy(bytes, MAGIC "\x0a", 9);
    size_t size = 5 + 3 * COUNT;
    for (int i = 0; i < 5; i++) {
        bytes[9 + i] = (uint8_t)((size >> 7 * i & 0x7f) | (i < 4 ? 0x80 : 0));
        bytes[14 + i] = (uint8_t)((COUNT >> 7 * i & 0x7f) | (i < 4 ? 0x80 : 0));
    }
    for (size_t i = 0; i < COUNT; i++) memcpy(bytes + HEAD + 3 * i, "\x02\x00\x0b", 3);
    struct result result = read_bytes((const char *)bytes, HEAD + 3 * COUNT);
    assert_false(result.good);
    assert_string_equal(result.problem.reason,
                        "function and code section have inconsistent lengths");
    assert_true(arena_used(result.arena) < 64 * (size_t)(HEAD + 3 * COUNT));
    release(result);
    free(bytes);
}

/* W5 */
static void components_and_versions(void **state) {
    (void)state;
    expect_refused(BYTES("\0asm\x0d\0\1\0"), 4, "a component where a module should be");
    expect_refused(BYTES("\0asm\x0d\0\0\0"), 4, "unknown binary version");
    expect_refused(BYTES("\0asm\x01\0\2\0"), 4, "unknown binary version");
    assert_int_equal(wasm_preamble_read((const uint8_t *)"\0asm\x0d\0\1\0", 8), WASM_IS_COMPONENT);
    /* 100,000 components, each in the one before: the outermost preamble decides */
    enum { DEPTH = 100000 };
    char *nest = calloc(DEPTH, 10);
    assert_non_null(nest);
    for (size_t i = 0; i < DEPTH; i++) memcpy(nest + 10 * i, "\0asm\x0d\0\1\0\4\x7f", 10);
    expect_refused(nest, (size_t)10 * DEPTH, 4, "a component where a module should be");
    free(nest);
}

/* W6 */
static void names(void **state) {
    (void)state;
    expect_refused(BYTES(MAGIC "\x00\x03\x02\xc0\x80"), 11, "malformed UTF-8 encoding");
    expect_refused(BYTES(MAGIC "\x00\x04\x03\xed\xa0\x80"), 11, "malformed UTF-8 encoding");
    expect_refused(BYTES(MAGIC "\x00\x0a\x09"
                               "12345678\xff"),
                   19, "malformed UTF-8 encoding");
    expect_accepted(BYTES(MAGIC "\x00\x06\x05\x1b\xe2\x82\xac\n"));
    /* the payload of a custom section is nobody's business */
    expect_accepted(BYTES(MAGIC "\x00\x0b\x04name\x01\xff\xff\xff\xff\x0f"));
    enum { LONG = 100000 };
    char *bytes = malloc(8 + 1 + 3 + 3 + LONG);
    assert_non_null(bytes);
    memcpy(bytes, MAGIC "\x00\xa3\x8d\x06\xa0\x8d\x06", 15);
    memset(bytes + 15, 'n', LONG);
    struct result result = read_bytes(bytes, 15 + LONG);
    assert_true(result.good);
    assert_int_equal(result.module.sections[0].name.length, LONG);
    release(result);
    free(bytes);
}

/* W7 */
static void other_files(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *name;
    } rows[] = {
        {BYTES(""), "an empty file"},
        {BYTES("\x1f\x8b\x08\0"), "gzip data"},
        {BYTES("\x7f"
               "ELF\2"),
         "an ELF file"},
        {BYTES("(module)\n"), "text"},
        {BYTES("\x28\xb5\x2f\xfd"), "zstd data"},
        {BYTES("PK\3\4"), "a zip archive"},
        {BYTES("\x1f"), "an unknown format"},
        {BYTES("\xef\xbb\xbf\0asm"), "an unknown format"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        expect_refused(rows[i].bytes, rows[i].length, 0, "no WebAssembly magic");
        assert_string_equal(wasm_other_format((const uint8_t *)rows[i].bytes, rows[i].length),
                            rows[i].name);
    }
    expect_refused(BYTES("\0as"), 0, "no WebAssembly magic");
    expect_refused(BYTES("\0asm\1\0"), 6, "unexpected end");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_sections),
        cmocka_unit_test(empty_module),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(every_byte_replaced),
        cmocka_unit_test(integers),
        cmocka_unit_test(sections),
        cmocka_unit_test(contents),
        cmocka_unit_test(groups_of_types),
        cmocka_unit_test(compact_imports),
        cmocka_unit_test(kinds_of_memory),
        cmocka_unit_test(claims),
        cmocka_unit_test(memory_in_proportion),
        cmocka_unit_test(components_and_versions),
        cmocka_unit_test(names),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
