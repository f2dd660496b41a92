/** What the readers of the DWARF sections share: the sections, and values by form. */
#ifndef WASM_DWARF_READ_H
#define WASM_DWARF_READ_H

#include "wasm/dwarf.h"
#include "wasm/reader.h"

/** The sections of one module; those that are not there are empty. */
struct dwarf {
    struct arena *arena;   /**< of the results */
    struct arena *scratch; /**< of everything else */
    const uint8_t *bytes;
    struct wasm_span info, abbreviations, lines, strings, line_strings, string_offsets;
    struct wasm_problem ignored;
    size_t steps; /**< attributes that may still be read: many units may lead to one table */
    size_t room;  /**< bytes of paths that may still be made: many files may have one text */
};

/** How a unit is written: by its header. */
struct dwarf_format {
    bool wide; /**< offsets of 64 bits */
    unsigned version, address_size;
};

/** A value by its form; a text that is named by an index is looked up by dwarf_text. */
struct dwarf_value {
    uint64_t number;
    struct wasm_name text;
    bool indexed;
};

/** A compile unit by the root of its tree (DWARF 5, section 3.1.1). */
struct dwarf_unit {
    uint64_t lines;             /**< offset of its line table */
    struct wasm_name directory; /**< it was compiled in */
};

static inline struct wasm_reader dwarf_reader(struct dwarf *dwarf, struct wasm_span span) {
    return (struct wasm_reader){span.bytes, span.begin, span.end, &dwarf->ignored, NULL};
}

/** An integer of `size` bytes, least first; at most 8. */
bool dwarf_number(struct wasm_reader *reader, unsigned size, uint64_t *number);

/** An offset of 32 or 64 bits. */
bool dwarf_offset(struct wasm_reader *reader, const struct dwarf_format *format, uint64_t *offset);

/** The length that begins a unit, and with it the width of offsets; `end` is the unit's. */
bool dwarf_length(struct wasm_reader *reader, struct dwarf_format *format, size_t *end);

/** A text that ends with a NUL, without it. */
bool dwarf_string(struct wasm_reader *reader, struct wasm_name *text);

/** The text at an offset of a section of texts; empty where there is none. */
struct wasm_name dwarf_string_at(struct dwarf *dwarf, struct wasm_span section, uint64_t offset);

/** A value of that form (DWARF 5, section 7.5.6); false also for a form that is not known. */
bool dwarf_value_read(struct dwarf *dwarf, struct wasm_reader *reader,
                      const struct dwarf_format *format, uint64_t form, struct dwarf_value *value);

/** All compile units with a line table, by its offset, in the scratch arena. */
struct dwarf_unit *dwarf_units_read(struct dwarf *dwarf, size_t *count);

/** Runs all line tables, and fills in the files of functions that have none yet. */
void dwarf_lines_run(struct dwarf *dwarf, const struct wasm_module *module, size_t code,
                     const char **files);

#endif
