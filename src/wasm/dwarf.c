#include "wasm/dwarf.h"

#include <string.h>

#include "base/array.h"
#include "wasm/dwarf_read.h"
#include "wasm/names.h"

/** Forms of attributes (DWARF 5, section 7.5.6). */
enum {
    FORM_BLOCK2 = 0x03,
    FORM_BLOCK4,
    FORM_STRING = 0x08,
    FORM_BLOCK,
    FORM_BLOCK1,
    FORM_SDATA = 0x0d,
    FORM_STRP,
    FORM_UDATA,
    FORM_REF_UDATA = 0x15,
    FORM_EXPRLOC = 0x18,
    FORM_FLAG_PRESENT,
    FORM_STRX,
    FORM_ADDRX,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP,
    FORM_LOCLISTX = 0x22,
    FORM_RNGLISTX,
    FORM_STRX1 = 0x25,
    FORM_STRX4 = 0x28,
};

/** Bytes of forms that are always as long; those of offsets and addresses are 'o' and 'a'. */
static const uint8_t widths[] = {
    [0x01] = 'a', [0x05] = 2,   [0x06] = 4, [0x07] = 8, [0x0b] = 1, [0x0c] = 1,   [0x0e] = 'o',
    [0x10] = 'o', [0x11] = 1,   [0x12] = 2, [0x13] = 4, [0x14] = 8, [0x17] = 'o', [0x1c] = 4,
    [0x1d] = 'o', [0x1f] = 'o', [0x20] = 8, [0x24] = 8, [0x25] = 1, [0x26] = 2,   [0x27] = 3,
    [0x28] = 4,   [0x29] = 1,   [0x2a] = 2, [0x2b] = 3, [0x2c] = 4,
};

bool dwarf_number(struct wasm_reader *reader, unsigned size, uint64_t *number) {
    uint64_t sum = 0;
    if (size > 8 || size > reader_left(reader)) return reader_skip(reader, SIZE_MAX);
    for (unsigned i = 0; i < size; i++) sum |= (uint64_t)reader->bytes[reader->at + i] << 8 * i;
    reader->at += size;
    *number = sum;
    return true;
}

bool dwarf_offset(struct wasm_reader *reader, const struct dwarf_format *format, uint64_t *offset) {
    return dwarf_number(reader, format->wide ? 8 : 4, offset);
}

bool dwarf_length(struct wasm_reader *reader, struct dwarf_format *format, size_t *end) {
    uint64_t length = 0;
    if (!dwarf_number(reader, 4, &length)) return false;
    format->wide = length == UINT32_MAX;
    if (format->wide && !dwarf_number(reader, 8, &length)) return false;
    if (length > reader_left(reader)) return false;
    *end = reader->at + (size_t)length;
    return true;
}

bool dwarf_string(struct wasm_reader *reader, struct wasm_name *text) {
    const char *begin = (const char *)reader->bytes + reader->at;
    const char *end = memchr(begin, '\0', reader_left(reader));
    if (!end) return false;
    *text = (struct wasm_name){begin, (size_t)(end - begin)};
    reader->at += text->length + 1;
    return true;
}

struct wasm_name dwarf_string_at(struct dwarf *dwarf, struct wasm_span section, uint64_t offset) {
    struct wasm_name text = {0};
    struct wasm_reader reader = dwarf_reader(dwarf, section);
    if (offset >= section.end - section.begin) return text;
    reader.at += (size_t)offset;
    return dwarf_string(&reader, &text) ? text : (struct wasm_name){0};
}

/** Steps over a block whose length has `size` bytes, or is a LEB128 for 0. */
static bool block(struct wasm_reader *reader, unsigned size) {
    uint64_t length = 0;
    if (size ? !dwarf_number(reader, size, &length) : !reader_u64(reader, &length)) return false;
    return length <= reader_left(reader) && reader_skip(reader, (size_t)length);
}

/** Forms of a length that varies. */
static bool varying(struct wasm_reader *reader, uint64_t form, struct dwarf_value *value) {
    int64_t number;
    switch (form) {
    case FORM_BLOCK1:
        return block(reader, 1);
    case FORM_BLOCK2:
        return block(reader, 2);
    case FORM_BLOCK4:
        return block(reader, 4);
    case FORM_BLOCK:
    case FORM_EXPRLOC:
        return block(reader, 0);
    case FORM_STRING:
        return dwarf_string(reader, &value->text);
    case FORM_SDATA:
        return reader_signed(reader, 64, &number);
    case FORM_UDATA:
    case FORM_REF_UDATA:
    case FORM_STRX:
    case FORM_ADDRX:
    case FORM_LOCLISTX:
    case FORM_RNGLISTX:
        return reader_u64(reader, &value->number);
    case FORM_FLAG_PRESENT:
        return true;
    case FORM_DATA16:
        return reader_skip(reader, 16);
    default:
        return false;
    }
}

bool dwarf_value_read(struct dwarf *dwarf, struct wasm_reader *reader,
                      const struct dwarf_format *format, uint64_t form, struct dwarf_value *value) {
    unsigned width = form < array_length(widths) ? widths[form] : 0;
    *value = (struct dwarf_value){0};
    if (dwarf->steps == 0) return false;
    dwarf->steps--;
    value->indexed = form == FORM_STRX || (form >= FORM_STRX1 && form <= FORM_STRX4);
    if (width == 0) return varying(reader, form, value);
    if (width == 'o') width = format->wide ? 8 : 4;
    if (width == 'a') width = format->address_size;
    if (!dwarf_number(reader, width, &value->number)) return false;
    if (form == FORM_STRP) value->text = dwarf_string_at(dwarf, dwarf->strings, value->number);
    if (form == FORM_LINE_STRP)
        value->text = dwarf_string_at(dwarf, dwarf->line_strings, value->number);
    return true;
}

static struct wasm_span find(const uint8_t *bytes, const struct wasm_module *module,
                             const char *name) {
    const struct wasm_section *section = wasm_custom_find(module, name);
    return section ? wasm_custom_payload(bytes, section) : (struct wasm_span){bytes, 0, 0};
}

/** Where the contents of the code section begin; 0: there is none. */
static size_t code_of(const struct wasm_module *module) {
    for (size_t i = 0; i < module->section_count; i++)
        if (module->sections[i].id == WASM_CODE)
            return module->sections[i].offset + module->sections[i].header;
    return 0;
}

enum { STEPS_LEAST = 1000, STEPS_A_BYTE = 4, ROOM_LEAST = 1 << 20 };

const char **wasm_dwarf_files(struct arena *arena, const uint8_t *bytes,
                              const struct wasm_module *module) {
    struct wasm_span lines = find(bytes, module, ".debug_line");
    size_t code = code_of(module);
    if (lines.begin == lines.end || module->function_count == 0 || code == 0) return NULL;
    const char **files = arena_alloc(arena, module->function_count * sizeof *files);
    struct dwarf dwarf = {
        .arena = arena,
        .scratch = arena_new(),
        .bytes = bytes,
        .info = find(bytes, module, ".debug_info"),
        .abbreviations = find(bytes, module, ".debug_abbrev"),
        .lines = lines,
        .strings = find(bytes, module, ".debug_str"),
        .line_strings = find(bytes, module, ".debug_line_str"),
        .string_offsets = find(bytes, module, ".debug_str_offsets"),
        .steps = STEPS_LEAST + STEPS_A_BYTE * module->length,
        .room = ROOM_LEAST + module->length,
    };
    dwarf_lines_run(&dwarf, module, code, files);
    arena_free(dwarf.scratch);
    return files;
}
