/* Source files of functions by line tables, made by hand in versions 4 and 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/dwarf.h"
#include "wasm/profile.h"

enum { MODULE_MAX = 2000, FUNCTIONS = 3, BODY = 4, FIRST_BODY = 2 /* from the code's contents */ };

/** Bytes that are written one after the other. */
struct out {
    uint8_t bytes[MODULE_MAX];
    size_t length;
};

static void put(struct out *out, const void *bytes, size_t length) {
    assert_true(out->length + length <= MODULE_MAX);
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

static void put_number(struct out *out, unsigned size, uint64_t number) {
    for (unsigned i = 0; i < size; i++) put(out, &(uint8_t){(uint8_t)(number >> 8 * i)}, 1);
}

static void put_text(struct out *out, const char *text) {
    put(out, text, strlen(text) + 1);
}

/** A section: id, its size in three bytes, contents. */
static void put_section(struct out *out, uint8_t id, const char *name, const struct out *contents) {
    size_t size = contents->length + (name ? 1 + strlen(name) : 0);
    put_number(out, 1, id);
    put_number(out, 1, (size & 0x7f) | 0x80);
    put_number(out, 1, (size >> 7 & 0x7f) | 0x80);
    put_number(out, 1, size >> 14);
    if (name) put_number(out, 1, strlen(name));
    if (name) put(out, name, strlen(name));
    put(out, contents->bytes, contents->length);
}

/** What a table is made with. */
struct made {
    unsigned version;
    bool wide;               /* offsets of 64 bits */
    const char *compiled_in; /* of the unit, or of the table in version 5 */
    const char *directory;   /* number 1 */
    uint64_t addresses[FUNCTIONS];
    uint8_t range;
};

static void put_length(struct out *out, bool wide, size_t length) {
    if (wide) put_number(out, 4, UINT32_MAX);
    put_number(out, wide ? 8 : 4, length);
}

/** A sequence of one function: file, address, a row, the end after BODY bytes. */
static void put_sequence(struct out *out, uint8_t file, uint64_t address) {
    put(out, "\x00\x05\x02", 3);
    put_number(out, 4, address);
    put_number(out, 1, 4);
    put_number(out, 1, file);
    put(out, "\x01", 1); /* a row */
    put(out, "\x02", 1); /* further by BODY */
    put_number(out, 1, BODY);
    put(out, "\x00\x01\x01", 3); /* end of the sequence */
}

static void put_files(struct out *out, const struct made *made) {
    if (made->version < 5) {
        put_text(out, made->directory);
        put_text(out, "");
        put(out, "a.c\0\0\0\0b.h\0\1\0\0\0", 15);
        return;
    }
    put(out, "\1\1\x08\2", 4); /* directories: a path as text */
    put_text(out, made->compiled_in);
    put_text(out, made->directory);
    put(out, "\2\1\x08\2\x0b\2", 6); /* files: a path as text, a directory as a byte */
    put(out, "a.c\0\0b.h\0\1", 10);
}

static struct out line_table(const struct made *made) {
    struct out header = {{0}, 0}, program = {{0}, 0}, table = {{0}, 0};
    static const uint8_t lengths[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    uint8_t first = made->version < 5 ? 1 : 0;
    put(&header, "\1", 1);
    if (made->version >= 4) put(&header, "\1", 1);
    put(&header, "\1\xfb", 2);
    put_number(&header, 1, made->range);
    put_number(&header, 1, sizeof lengths + 1);
    put(&header, lengths, sizeof lengths);
    put_files(&header, made);
    put_sequence(&program, first, made->addresses[0]);
    put_sequence(&program, first + 1, made->addresses[1]);
    put_sequence(&program, first + 7, made->addresses[2]); /* no such file */
    size_t offset = made->wide ? 8 : 4, before = made->version >= 5 ? 4 : 2;
    put_length(&table, made->wide, before + offset + header.length + program.length);
    put_number(&table, 2, made->version);
    if (made->version >= 5) put(&table, "\4\0", 2);
    put_number(&table, (unsigned)offset, header.length);
    put(&table, header.bytes, header.length);
    put(&table, program.bytes, program.length);
    return table;
}

/** One unit that leads to the line table at 0, compiled in a directory that .debug_str has. */
static void put_unit(struct out *out, const struct made *made) {
    struct out info = {{0}, 0}, abbreviations = {{0}, 0}, strings = {{0}, 0};
    put(&abbreviations, "\2\x34\0\0\0\1\x11\1\x10\x17\x1b\x0e\0\0\0", 15);
    put_text(&strings, "x");
    put_text(&strings, made->compiled_in);
    size_t offset = made->wide ? 8 : 4;
    put_length(&info, made->wide, 2 + offset + 1 + 1 + 2 * offset);
    put_number(&info, 2, made->version);
    put_number(&info, (unsigned)offset, 0);
    put(&info, "\4\1", 2);
    put_number(&info, (unsigned)offset, 0);
    put_number(&info, (unsigned)offset, 2);
    put_section(out, 0, ".debug_info", &info);
    put_section(out, 0, ".debug_abbrev", &abbreviations);
    put_section(out, 0, ".debug_str", &strings);
}

static struct out module_of(const struct made *made) {
    struct out module = {{0}, 0}, table = line_table(made);
    put(&module, "\0asm\1\0\0\0\1\4\1\x60\0\0\3\4\3\0\0\0", 20);
    put(&module, "\x0a\x0d\3\3\0\1\x0b\3\0\1\x0b\3\0\1\x0b", 15);
    put_section(&module, 0, ".debug_line", &table);
    if (made->version < 5) put_unit(&module, made);
    return module;
}

/** Reads from exactly as many bytes as there are, so that a sanitizer sees reads beyond them. */
static bool read_files(struct arena *arena, const struct out *out, const char **files) {
    uint8_t *exact = malloc(out->length);
    struct wasm_file file;
    struct wasm_problem problem;
    assert_non_null(exact);
    memcpy(exact, out->bytes, out->length);
    struct wasm_span span = {exact, 0, out->length};
    bool good = wasm_file_read(arena, span, WASM_WALK, &file, &problem);
    const char **found = good ? wasm_dwarf_files(arena, exact, &file.units[0].module) : NULL;
    for (size_t i = 0; i < FUNCTIONS; i++) files[i] = found ? found[i] : NULL;
    free(exact);
    return good;
}

enum { AT_0 = FIRST_BODY, AT_1 = FIRST_BODY + BODY, AT_2 = FIRST_BODY + 2 * BODY };

static const struct {
    struct made made;
    const char *files[FUNCTIONS];
} rows[] = {
    {{4, false, "/made", "/made/lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    {{5, false, "/made", "/made/lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    {{5, false, "/made", "lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    {{4, true, "/made", "lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    {{3, false, "/made", "/made/./x/../lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    {{2, false, "/made", "../lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "../lib/b.h", NULL}},
    {{4, false, "/made", "/madeup", {AT_0, AT_1, AT_2}, 14}, {"a.c", "/madeup/b.h", NULL}},
    {{4, false, "/", "/lib", {AT_0, AT_1, AT_2}, 14}, {"a.c", "lib/b.h", NULL}},
    /* an address inside of a function, one in none, one of code that was left out */
    {{4, false, "/made", "lib", {AT_0 + 1, 0, UINT32_MAX}, 14}, {"a.c", NULL, NULL}},
    /* the first function has no rows */
    {{4, false, "/made", "lib", {AT_1, AT_2, 0}, 14}, {NULL, "a.c", "lib/b.h"}},
    /* what would divide by zero, and a version that is not known */
    {{4, false, "/made", "lib", {AT_0, AT_1, AT_2}, 0}, {NULL, NULL, NULL}},
    {{6, false, "/made", "lib", {AT_0, AT_1, AT_2}, 14}, {NULL, NULL, NULL}},
};

static void files_of_functions(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena *arena = arena_new();
        struct out module = module_of(&rows[i].made);
        const char *files[FUNCTIONS];
        assert_true(read_files(arena, &module, files));
        for (size_t f = 0; f < FUNCTIONS; f++) {
            const char *expected = rows[i].files[f];
            if (!files[f] != !expected)
                print_error("row %zu, function %zu: %s\n", i, f, files[f] ? files[f] : "nothing");
            assert_int_equal(!files[f], !expected);
            if (expected) assert_string_equal(files[f], expected);
        }
        arena_free(arena);
    }
}

/** Whatever stands in the sections, no byte beyond them is read and no module is refused. */
static void any_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(rows); i++) {
        struct out module = module_of(&rows[i].made);
        for (size_t at = 50; at < module.length; at++) {
            uint8_t kept = module.bytes[at];
            for (int value = 0; value < 256; value += 17) {
                struct arena *arena = arena_new();
                const char *files[FUNCTIONS];
                module.bytes[at] = (uint8_t)value;
                read_files(arena, &module, files);
                arena_free(arena);
            }
            module.bytes[at] = kept;
        }
    }
}

/** A namespace is the source file where the name has none; names with one keep it. */
static void namespaces(void **state) {
    (void)state;
    struct made made = rows[0].made;
    struct out module = module_of(&made), names = {{0}, 0};
    put(&names, "\1\x1a\2\0\6helper\1\x0f_ZN4core3fmt1fE", 28);
    put_section(&module, 0, "name", &names);
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    struct wasm_span span = {module.bytes, 0, module.length};
    assert_true(wasm_file_read(arena, span, WASM_DECODE, &file, &problem));
    struct wasm_profile profile = wasm_profile_make(
        arena, &(struct wasm_profile_request){.file = &file, .wanted = WASM_PROFILE_NAMES});
    assert_string_equal(profile.functions[0].name, "helper");
    assert_string_equal(profile.functions[0].namespace, "a.c");
    assert_string_equal(profile.functions[1].namespace, "core");
    assert_string_equal(profile.functions[1].source, "lib/b.h");
    assert_string_equal(profile.functions[2].namespace, "(unnamed)");
    struct wasm_shares sources = wasm_profile_by_source(arena, &profile, SIZE_MAX);
    assert_int_equal(sources.count, 3);
    assert_int_equal(wasm_shares_total(&sources), profile.bytes);
    /* a stripped module takes the files from its twin, too */
    struct out plain = module_of(&made);
    plain.length = 35;
    struct wasm_file stripped;
    span = (struct wasm_span){plain.bytes, 0, plain.length};
    assert_true(wasm_file_read(arena, span, WASM_DECODE, &stripped, &problem));
    profile = wasm_profile_make(
        arena, &(struct wasm_profile_request){
                   .file = &stripped, .symbols = &file, .wanted = WASM_PROFILE_NAMES});
    assert_string_equal(profile.functions[0].namespace, "a.c");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_functions),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
