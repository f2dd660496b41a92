/* Any contents of the custom sections that are read, in a module of three functions: the input is
 * records of a section's number, two bytes of length, and its contents. The module stays a good
 * one, its sizes add up, memory stays in proportion. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "wasm/custom.h"
#include "wasm/dwarf.h"
#include "wasm/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "name",
    "producers",
    "target_features",
    "linking",
    "reloc.CODE",
    "dylink.0",
    "dylink",
    "sourceMappingURL",
    "build_id",
    "external_debug_info",
    ".debug_line",
    ".debug_info",
    ".debug_abbrev",
    ".debug_str",
    ".debug_line_str",
    ".debug_str_offsets",
};

/** Three types, a memory, three functions of four bytes each, two data segments. */
static const uint8_t base[] = {0, 'a', 's', 'm', 1, 0,  0,  0, 1,    4,    1, 0x60, 0, 0, 3,  4, 3,
                               0, 0,   0,   5,   3, 1,  0,  1, 0x0a, 0x0d, 3, 3,    0, 1, 11, 3, 0,
                               1, 11,  3,   0,   1, 11, 11, 7, 2,    1,    1, 'x',  1, 1, 'y'};

enum { RECORDS_MAX = 64, RECORD_HEAD = 3, HEADER_MAX = 32 };

static void require(bool fact) {
    if (!fact) abort();
}

/** Appends a custom section; its size has five bytes. Returns the bytes written. */
static size_t put_section(uint8_t *out, const char *name, const uint8_t *contents, size_t length) {
    size_t name_length = strlen(name), inside = 1 + name_length + length, at = 0;
    out[at++] = 0;
    for (int i = 0; i < 5; i++) out[at++] = (uint8_t)((inside >> 7 * i & 0x7f) | (i < 4) << 7);
    out[at++] = (uint8_t)name_length;
    memcpy(out + at, name, name_length);
    if (length > 0) memcpy(out + at + name_length, contents, length);
    return at + name_length + length;
}

static size_t assemble(uint8_t *out, const uint8_t *data, size_t size) {
    size_t length = sizeof base;
    memcpy(out, base, sizeof base);
    for (size_t record = 0; record < RECORDS_MAX && size >= RECORD_HEAD; record++) {
        size_t wanted = data[1] | (size_t)data[2] << 8, rest = size - RECORD_HEAD;
        if (wanted > rest) wanted = rest;
        length += put_section(out + length, names[data[0] % array_length(names)],
                              data + RECORD_HEAD, wanted);
        data += RECORD_HEAD + wanted;
        size -= RECORD_HEAD + wanted;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *large = malloc(sizeof base + size + RECORDS_MAX * HEADER_MAX);
    if (!large) return 0;
    size_t length = assemble(large, data, size);
    uint8_t *exact = malloc(length); /* so that a sanitizer sees reads beyond the end */
    if (exact) memcpy(exact, large, length);
    free(large);
    if (!exact) return 0;
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_customs customs;
    struct wasm_problem problem;
    struct wasm_span span = {exact, 0, length};
    require(wasm_file_read(arena, span, WASM_DECODE, &file, &problem));
    require(wasm_file_total(&file) == length);
    wasm_customs_read(arena, exact, &file.units[0], &customs);
    for (size_t i = 0; i < customs.note_count; i++)
        require(customs.notes[i].reason && customs.notes[i].offset <= length);
    wasm_dwarf_files(arena, exact, &file.units[0].module);
    require(arena_used(arena) < 200 * length + (1 << 20));
    struct wasm_profile profile = wasm_profile_make(
        arena, &(struct wasm_profile_request){.file = &file, .wanted = WASM_PROFILE_NAMES});
    struct wasm_shares spaces = wasm_profile_by_namespace(arena, &profile, SIZE_MAX);
    require(wasm_shares_total(&spaces) == profile.bytes);
    arena_free(arena);
    free(exact);
    return 0;
}
