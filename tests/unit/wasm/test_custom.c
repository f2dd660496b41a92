/* Custom sections: what is read of them, and that mistakes inside of one are only noted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/custom.h"

#define MAGIC "\0asm\1\0\0\0"
#define BYTES(text) (text), sizeof(text) - 1

enum { SECTION_MAX = 8000 };

struct read {
    struct arena *arena;
    uint8_t *bytes; /* of exactly the module's length */
    struct wasm_file file;
    struct wasm_customs customs;
};

/** A module of one custom section of that name and payload, after `before`. */
static struct read read_section(const char *before, size_t before_length, const char *name,
                                const char *payload, size_t length) {
    struct read read = {.arena = arena_new()};
    size_t inside = 1 + strlen(name) + length, at = 8;
    size_t total = 8 + before_length + 3 + inside;
    assert_true(inside < SECTION_MAX);
    read.bytes = malloc(total);
    assert_non_null(read.bytes);
    memcpy(read.bytes, MAGIC, at);
    if (before_length > 0) memcpy(read.bytes + at, before, before_length);
    at += before_length;
    read.bytes[at++] = 0;
    read.bytes[at++] = (uint8_t)(inside & 0x7f) | 0x80;
    read.bytes[at++] = (uint8_t)(inside >> 7);
    read.bytes[at++] = (uint8_t)strlen(name);
    memcpy(read.bytes + at, name, strlen(name));
    at += strlen(name);
    if (length > 0) memcpy(read.bytes + at, payload, length);
    struct wasm_problem problem;
    struct wasm_span span = {read.bytes, 0, total};
    assert_true(wasm_file_read(read.arena, span, WASM_DECODE, &read.file, &problem));
    assert_int_equal(wasm_file_total(&read.file), total);
    wasm_customs_read(read.arena, read.bytes, &read.file.units[0], &read.customs);
    return read;
}

static void release(struct read read) {
    arena_free(read.arena);
    free(read.bytes);
}

static void assert_name(struct wasm_name name, const char *expected) {
    assert_int_equal(name.length, strlen(expected));
    assert_memory_equal(name.bytes, expected, name.length);
}

/** Sections that are right, and what is wrong with others; offsets count from the payload. */
static const struct {
    const char *name, *payload;
    size_t length;
    const char *reason; /* NULL: nothing is wrong */
    size_t offset;
} rows[] = {
    {"producers",
     BYTES("\x01\x08language\x01\x01"
           "C\x02"
           "11"),
     NULL, 0},
    {"producers", BYTES("\x00"), NULL, 0},
    {"producers", BYTES(""), "unexpected end", 0},
    {"producers",
     BYTES("\x01\x03sdk\x01\x01"
           "E"),
     "unexpected end", 8},
    {"producers",
     BYTES("\x01\x03xyz\x01\x01"
           "E\x00"),
     "an unknown field", 1},
    {"producers",
     BYTES("\x01\x03sdk\x02\x01"
           "E\x00\x01"
           "E\x00"),
     "a value that was there before", 9},
    {"producers",
     BYTES("\x02\x03sdk\x01\x01"
           "E\x00\x03sdk\x00"),
     "a field that was there before", 9},
    {"producers", BYTES("\x00\x00"), "bytes left over", 1},
    {"producers", BYTES("\x01\xff\xff\xff\xff\x0f"), "length out of bounds", 1},
    {"target_features",
     BYTES("\x02+\x04simd-\x04"
           "shar"),
     NULL, 0},
    {"target_features", BYTES("\x01*\x04simd"), "an unknown prefix", 1},
    {"target_features",
     BYTES("\x02+\x01"
           "a-\x01"
           "a"),
     "a feature that was there before", 4},
    {"target_features", BYTES("\x01+\x02\xc0\x80"), "malformed UTF-8 encoding", 3},
    {"sourceMappingURL",
     BYTES("\x05"
           "a.map"),
     NULL, 0},
    {"sourceMappingURL",
     BYTES("\x06"
           "a.map"),
     "length out of bounds", 0},
    {"external_debug_info", BYTES("\x01x\x00"), "bytes left over", 2},
    {"build_id", BYTES("\x02\xff\x00"), NULL, 0},
    {"build_id", BYTES("\x03\xff\x00"), "length out of bounds", 0},
    {"name", BYTES(""), NULL, 0},
    {"name", BYTES("\x00\x02\x01m\x07\x04\x01\x00\x01g\x09\x01\x00"), "an index of nothing", 7},
    {"name", BYTES("\x01\x01\x00\x00\x02\x01m"), "a subsection out of order", 3},
    {"name", BYTES("\x01\x02\x00\x00"), "subsection size mismatch", 3},
    {"name", BYTES("\x1f\x00"), "an unknown subsection", 0},
    {"name",
     BYTES("\x0b\x07\x02\x00\x01"
           "a\x00\x01"
           "b"),
     "an index out of order", 6},
    {"name", BYTES("\x01\xff\xff\xff\xff\x0f"), "length out of bounds", 1},
    {"linking", BYTES("\x02"), NULL, 0},
    {"linking", BYTES("\x01"), "an unknown version of linking", 0},
    {"linking", BYTES("\x02\x63\x00"), "an unknown subsection", 3},
    {"linking", BYTES("\x02\x08\x02\x01\x09"), "unexpected end", 5},
    {"linking", BYTES("\x02\x08\x03\x01\x09\x00"), "an unknown kind of symbol", 4},
    {"reloc.CODE", BYTES("\x00\x00"), NULL, 0},
    {"reloc.CODE", BYTES("\x05\x00"), "a section that is not there", 0},
    {"reloc.CODE", BYTES("\x00\x01\x1f\x00\x00"), "an unknown kind of relocation", 2},
    {"reloc.CODE", BYTES("\x00\x02\x00\x01\x00\x05\x01\x00\x7f"), NULL, 0},
    {"reloc.CODE", BYTES("\x00\x01\x05\x01\x00"), "unexpected end", 5},
    {"dylink.0", BYTES("\x01\x04\x10\x02\x03\x00"), NULL, 0},
    {"dylink.0", BYTES("\x01\x05\x10\x02\x03\x00\x00"), "subsection size mismatch", 6},
    {"dylink.0", BYTES("\x63\x01x"), NULL, 0},
    {"dylink", BYTES("\x10\x02\x03\x00\x00"), NULL, 0},
    {"dylink", BYTES("\x10\x02\x03\x00"), "unexpected end", 4},
    {"unknown", BYTES("\xff\xff"), NULL, 0},
};

static void right_and_wrong(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++) {
        struct read read = read_section(NULL, 0, rows[i].name, rows[i].payload, rows[i].length);
        size_t payload = 8 + 4 + strlen(rows[i].name);
        size_t notes = rows[i].reason ? 1 : 0;
        if (read.customs.note_count != notes)
            print_error("row %zu, %s: %s\n", i, rows[i].name,
                        notes ? "not noted" : read.customs.notes[0].reason);
        assert_int_equal(read.customs.note_count, notes);
        if (notes) {
            assert_string_equal(read.customs.notes[0].reason, rows[i].reason);
            assert_int_equal(read.customs.notes[0].offset, payload + rows[i].offset);
            assert_name(read.customs.notes[0].section, rows[i].name);
        }
        release(read);
    }
}

/** A section cut at every byte is never a malformed module, and read as far as it goes. */
static void cut_at_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++)
        for (size_t length = 0; length < rows[i].length; length++)
            release(read_section(NULL, 0, rows[i].name, rows[i].payload, length));
}

static void every_byte_replaced(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++) {
        char copy[SECTION_MAX];
        for (size_t at = 0; at < rows[i].length; at++)
            for (int value = 0; value < 256; value += 5) {
                memcpy(copy, rows[i].payload, rows[i].length);
                copy[at] = (char)value;
                release(read_section(NULL, 0, rows[i].name, copy, rows[i].length));
            }
    }
}

static void producers_and_features(void **state) {
    (void)state;
    struct read read = read_section(NULL, 0, "producers",
                                    BYTES("\x02\x08language\x01\x03"
                                          "C11\x00\x0cprocessed-by\x02\x05"
                                          "clang\x02"
                                          "14\x08wasm-opt\x03"
                                          "132"));
    assert_int_equal(read.customs.producer_count, 3);
    assert_name(read.customs.producers[0].field, "language");
    assert_name(read.customs.producers[1].name, "clang");
    assert_name(read.customs.producers[1].version, "14");
    assert_true(custom_produced_by(&read.customs, "wasm-opt"));
    assert_false(custom_produced_by(&read.customs, "wasm"));
    release(read);
    read = read_section(NULL, 0, "target_features",
                        BYTES("\x02+\x08sign-ext-\x07"
                              "atomics"));
    assert_int_equal(read.customs.feature_count, 2);
    assert_int_equal(read.customs.features[1].prefix, '-');
    assert_name(read.customs.features[1].name, "atomics");
    release(read);
}

/** Two functions, a memory and two data segments; then names of everything. */
static void names_of_everything(void **state) {
    (void)state;
    static const char before[] = "\x01\x04\x01\x60\x00\x00\x03\x03\x02\x00\x00\x05\x03\x01\x00\x01"
                                 "\x0a\x07\x02\x02\x00\x0b\x02\x00\x0b"
                                 "\x0b\x05\x02\x01\x00\x01\x00";
    struct read read = read_section(BYTES(before), "name",
                                    BYTES("\x00\x02\x01m"                /* module */
                                          "\x01\x07\x02\x00\x01"         /* functions */
                                          "f\x01\x01g"                   /*  */
                                          "\x02\x09\x01\x01\x02\x00\x01" /* locals */
                                          "a\x01\x01"
                                          "b"
                                          "\x06\x06\x01\x00\x03mem" /* memories */
                                          "\x09\x07\x01\x01\x04.bss" /* data */));
    const struct wasm_customs *customs = &read.customs;
    assert_int_equal(customs->note_count, 0);
    assert_name(customs->module_name, "m");
    assert_int_equal(customs->named[NAMING_FUNCTIONS], 2);
    assert_int_equal(customs->named[NAMING_LOCALS], 2);
    assert_int_equal(customs->named[NAMING_TABLES], 0);
    assert_name(customs->memories.items[0], "mem");
    assert_int_equal(customs->data.count, 2);
    assert_int_equal(customs->data.items[0].length, 0);
    assert_name(customs->data.items[1], ".bss");
    release(read);
}

static void object_files(void **state) {
    (void)state;
    struct read read = read_section(NULL, 0, "linking",
                                    BYTES("\x02\x05\x08\x01\x04"
                                          "data\x00\x00" /* a segment */
                                          "\x08\x1b\x05"
                                          "\x00\x00\x00\x04main" /* a function that is defined */
                                          "\x00\x10\x01"         /* one that is not */
                                          "\x01\x10\x02hi"       /* data that is not */
                                          "\x01\x00\x01x\x00\x00\x04" /* data that is */
                                          "\x03\x02\x01"              /* a section */
                                          ));
    const struct wasm_customs *customs = &read.customs;
    if (customs->note_count)
        print_error("%zu: %s\n", customs->notes[0].offset, customs->notes[0].reason);
    assert_int_equal(customs->note_count, 0);
    assert_true(customs->linking);
    assert_int_equal(customs->segments, 1);
    assert_int_equal(customs->symbols[SYMBOL_FUNCTION], 2);
    assert_int_equal(customs->symbols[SYMBOL_DATA], 2);
    assert_int_equal(customs->symbols[SYMBOL_SECTION], 1);
    assert_int_equal(customs->undefined, 2);
    release(read);
    read = read_section(NULL, 0, "reloc.CODE", BYTES("\x00\x02\x00\x01\x00\x05\x01\x00\x7f"));
    assert_int_equal(read.customs.relocations, 2);
    release(read);
}

static void dynamic_libraries(void **state) {
    (void)state;
    struct read read = read_section(NULL, 0, "dylink.0",
                                    BYTES("\x01\x04\x10\x02\x03\x00"
                                          "\x02\x06\x01\x04libc"
                                          "\x03\x04\x01\x01"
                                          "f\x00"
                                          "\x04\x06\x01\x01m\x01"
                                          "f\x00"));
    const struct custom_dylink *dylink = &read.customs.dylink;
    assert_int_equal(read.customs.note_count, 0);
    assert_true(dylink->there && !dylink->old);
    assert_int_equal(dylink->memory_size, 16);
    assert_int_equal(dylink->table_size, 3);
    assert_int_equal(dylink->needed_count, 1);
    assert_name(dylink->needed[0], "libc");
    assert_int_equal(dylink->exports, 1);
    assert_int_equal(dylink->imports, 1);
    release(read);
    static const char type[] = "\x01\x01\x00";
    read = read_section(BYTES(type), "dylink.0", BYTES("\x01\x04\x10\x02\x03\x00"));
    assert_int_equal(read.customs.note_count, 1);
    assert_string_equal(read.customs.notes[0].reason, "is not the first section");
    assert_int_equal(read.customs.dylink.memory_size, 16);
    release(read);
}

/** More values than are kept: read on, and said. */
static void many_items(void **state) {
    (void)state;
    enum { COUNT = CUSTOM_ITEMS_MAX + 5 };
    char payload[2 + 4 * COUNT] = {(char)(COUNT & 0x7f) | -128, COUNT >> 7};
    for (int i = 0; i < COUNT; i++) {
        char *at = payload + 2 + 4 * i;
        memcpy(at, "+\x02", 2);
        at[2] = (char)('0' + i % 64);
        at[3] = (char)('0' + i / 64);
    }
    struct read read = read_section(NULL, 0, "target_features", payload, sizeof payload);
    assert_int_equal(read.customs.feature_count, CUSTOM_ITEMS_MAX);
    assert_int_equal(read.customs.note_count, 1);
    assert_string_equal(read.customs.notes[0].reason, "too many items: see CUSTOM_ITEMS_MAX");
    release(read);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_and_wrong),     cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(every_byte_replaced), cmocka_unit_test(producers_and_features),
        cmocka_unit_test(names_of_everything), cmocka_unit_test(object_files),
        cmocka_unit_test(dynamic_libraries),   cmocka_unit_test(many_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
