#include <stdlib.h>

#include "base/array.h"
#include "wasm/dwarf_read.h"

/** Kinds of units and attributes (DWARF 5, sections 7.5.1 and 7.5.4). */
enum {
    UNIT_COMPILE = 1,
    UNIT_TYPE,
    UNIT_PARTIAL,
    UNIT_SKELETON,
    AT_STMT_LIST = 0x10,
    AT_COMP_DIR = 0x1b,
    AT_STR_OFFSETS_BASE = 0x72,
    FORM_IMPLICIT_CONST = 0x21,
    DWARF_OLDEST = 2,
    DWARF_NEWEST = 5,
};

/** What is gathered of the root of a unit's tree. */
struct root {
    struct dwarf_value directory, lines;
    bool has_lines;
    uint64_t string_base; /* of the texts that are named by an index */
};

/** One attribute of an abbreviation: its name and form; both 0 at the end. */
static bool read_pair(struct wasm_reader *reader, uint64_t *name, uint64_t *form) {
    int64_t constant;
    if (!reader_u64(reader, name) || !reader_u64(reader, form)) return false;
    return *form != FORM_IMPLICIT_CONST || reader_signed(reader, 64, &constant);
}

/** Leaves the reader at the attributes of abbreviation `code`. */
static bool find_abbreviation(struct dwarf *dwarf, struct wasm_reader *reader, uint64_t code) {
    uint64_t found = 0, tag, name, form;
    uint8_t children;
    for (;;) {
        if (!reader_u64(reader, &found) || found == 0) return false;
        if (!reader_u64(reader, &tag) || !reader_byte(reader, &children)) return false;
        if (found == code) return true;
        do {
            if (dwarf->steps == 0) return false;
            dwarf->steps--;
            if (!read_pair(reader, &name, &form)) return false;
        } while (name != 0 || form != 0);
    }
}

/** The attributes of the root; an attribute of a form that is not known ends them. */
static void read_root(struct dwarf *dwarf, struct wasm_reader *reader,
                      const struct dwarf_format *format, struct wasm_reader abbreviation,
                      struct root *root) {
    for (;;) {
        uint64_t name = 0, form = 0;
        struct dwarf_value value;
        if (!read_pair(&abbreviation, &name, &form) || (name == 0 && form == 0)) return;
        if (form == FORM_IMPLICIT_CONST) continue;
        if (!dwarf_value_read(dwarf, reader, format, form, &value)) return;
        if (name == AT_STMT_LIST) root->has_lines = true;
        if (name == AT_STMT_LIST) root->lines = value;
        if (name == AT_COMP_DIR) root->directory = value;
        if (name == AT_STR_OFFSETS_BASE) root->string_base = value.number;
    }
}

/** A text that may be named by an index (DWARF 5, section 7.26). */
static struct wasm_name text_of(struct dwarf *dwarf, const struct dwarf_format *format,
                                const struct root *root, const struct dwarf_value *value) {
    struct wasm_reader reader = dwarf_reader(dwarf, dwarf->string_offsets);
    uint64_t offset = 0, width = format->wide ? 8 : 4;
    if (!value->indexed) return value->text;
    if (value->number > reader_left(&reader) || root->string_base > reader_left(&reader))
        return (struct wasm_name){0};
    uint64_t at = root->string_base + value->number * width;
    if (at > reader_left(&reader)) return (struct wasm_name){0};
    reader.at += (size_t)at;
    if (!dwarf_offset(&reader, format, &offset)) return (struct wasm_name){0};
    return dwarf_string_at(dwarf, dwarf->strings, offset);
}

/** What follows the length: version, kind, size of addresses, and place of the abbreviations. */
static bool read_header(struct wasm_reader *reader, struct dwarf_format *format,
                        uint64_t *abbreviations) {
    uint64_t version = 0, kind = UNIT_COMPILE, size = 0;
    if (!dwarf_number(reader, 2, &version) || version < DWARF_OLDEST || version > DWARF_NEWEST)
        return false;
    if (version == DWARF_NEWEST &&
        (!dwarf_number(reader, 1, &kind) || !dwarf_number(reader, 1, &size)))
        return false;
    if (!dwarf_offset(reader, format, abbreviations)) return false;
    if (version < DWARF_NEWEST && !dwarf_number(reader, 1, &size)) return false;
    format->version = (unsigned)version;
    format->address_size = (unsigned)size;
    if (kind == UNIT_SKELETON) return reader_skip(reader, 8);
    return kind == UNIT_COMPILE || kind == UNIT_PARTIAL;
}

/** The unit that `reader` is at, after its length; false: it leads to no line table. */
static bool read_unit(struct dwarf *dwarf, struct wasm_reader *reader, struct dwarf_format format,
                      struct dwarf_unit *unit) {
    struct root root = {.string_base = format.wide ? 16 : 8};
    struct wasm_reader abbreviation = dwarf_reader(dwarf, dwarf->abbreviations);
    uint64_t abbreviations = 0, code = 0;
    if (!read_header(reader, &format, &abbreviations) || !reader_u64(reader, &code)) return false;
    if (abbreviations > reader_left(&abbreviation)) return false;
    abbreviation.at += (size_t)abbreviations;
    if (code == 0 || !find_abbreviation(dwarf, &abbreviation, code)) return false;
    read_root(dwarf, reader, &format, abbreviation, &root);
    unit->lines = root.lines.number;
    unit->directory = text_of(dwarf, &format, &root, &root.directory);
    return root.has_lines;
}

static int by_lines(const void *left, const void *right) {
    const struct dwarf_unit *a = left, *b = right;
    return (a->lines > b->lines) - (a->lines < b->lines);
}

struct dwarf_unit *dwarf_units_read(struct dwarf *dwarf, size_t *count) {
    struct wasm_reader reader = dwarf_reader(dwarf, dwarf->info);
    struct dwarf_unit *units = NULL;
    *count = 0;
    while (reader_left(&reader) > 0) {
        struct dwarf_format format = {0};
        struct dwarf_unit unit;
        size_t end;
        if (!dwarf_length(&reader, &format, &end)) break;
        struct wasm_reader inner = reader_part(&reader, reader.at, end);
        reader.at = end;
        if (read_unit(dwarf, &inner, format, &unit))
            *array_add(dwarf->scratch, units, *count) = unit;
    }
    if (*count > 0) qsort(units, *count, sizeof *units, by_lines);
    return units;
}
