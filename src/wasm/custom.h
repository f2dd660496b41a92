/** What custom sections say that tools agree on. They never make a module malformed (core
 * specification, section 5.5.3): what is wrong inside of one is a note. */
#ifndef WASM_CUSTOM_H
#define WASM_CUSTOM_H

#include "wasm/file.h"

enum { CUSTOM_ITEMS_MAX = 1000 /**< items of a list that are kept; more are only counted */ };

/** The first thing wrong with a custom section; what stands before it counts. */
struct custom_note {
    struct wasm_name section;
    size_t offset; /**< in the file */
    const char *reason;
};

/** One value of the producers section (tool conventions, ProducersSection.md). */
struct custom_producer {
    struct wasm_name field; /**< language, processed-by or sdk */
    struct wasm_name name, version;
};

/** An entry of target_features (tool conventions, Linking.md): '+' used, '-' disallowed, '='
 * required by old tools. */
struct custom_feature {
    char prefix;
    struct wasm_name name;
};

/** Subsections of the name section (core specification, section 7.4.1; extended names proposal). */
enum custom_naming {
    NAMING_MODULE,
    NAMING_FUNCTIONS,
    NAMING_LOCALS,
    NAMING_LABELS,
    NAMING_TYPES,
    NAMING_TABLES,
    NAMING_MEMORIES,
    NAMING_GLOBALS,
    NAMING_ELEMENTS,
    NAMING_DATA,
    NAMING_FIELDS,
    NAMING_TAGS,
    NAMINGS
};

/** Symbols of an object file by kind (Linking.md). */
enum custom_symbol {
    SYMBOL_FUNCTION,
    SYMBOL_DATA,
    SYMBOL_GLOBAL,
    SYMBOL_SECTION,
    SYMBOL_TAG,
    SYMBOL_TABLE,
    SYMBOLS
};

/** Names by index; those without one are empty. */
struct custom_names {
    struct wasm_name *items;
    size_t count;
};

/** dylink.0, or the dylink section of old tools (DynamicLinking.md). */
struct custom_dylink {
    bool there, old;
    uint32_t memory_size, memory_alignment; /**< bytes, and the power of two */
    uint32_t table_size, table_alignment;   /**< entries, and the power of two */
    struct wasm_name *needed;               /**< at most CUSTOM_ITEMS_MAX */
    size_t needed_count;                    /**< kept */
    size_t imports, exports, paths;         /**< entries with flags, and run-time search paths */
};

/** Everything of one module or component. Names point into the file. */
struct wasm_customs {
    struct custom_producer *producers; /**< in the order of the file */
    size_t producer_count;
    struct custom_feature *features;
    size_t feature_count;
    struct wasm_name module_name;
    size_t named[NAMINGS];              /**< names that each subsection gives */
    struct custom_names memories, data; /**< by index; segments of object files as
                                               linking has them */
    bool linking;                       /**< an object file */
    size_t symbols[SYMBOLS], undefined; /**< undefined: of all of them */
    size_t segments, initial_functions, comdats;
    size_t relocations; /**< of all reloc.* sections */
    struct custom_dylink dylink;
    struct wasm_name source_map;     /**< sourceMappingURL */
    struct wasm_name external_debug; /**< external_debug_info */
    struct wasm_name build_id;       /**< bytes, not text */
    struct custom_note *notes;       /**< one a section at most */
    size_t note_count;
};

/** Reads the known custom sections of a module or component that was walked. Takes memory in
 * proportion to what is really there; never fails. */
void wasm_customs_read(struct arena *arena, const uint8_t *bytes, const struct wasm_unit *unit,
                       struct wasm_customs *customs);

/** "functions", "data", ... ; "symbols" likewise. Static. */
const char *custom_naming_word(enum custom_naming naming);
const char *custom_symbol_word(enum custom_symbol symbol);

/** Whether the producers section names that tool, in any field. */
bool custom_produced_by(const struct wasm_customs *customs, const char *tool);

#endif
