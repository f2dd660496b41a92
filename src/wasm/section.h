/** The sections that a WebAssembly module is made of. */
#ifndef WASM_SECTION_H
#define WASM_SECTION_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/** Section ids (WebAssembly Core Specification 3.0, section 5.5.2). */
enum wasm_section_id {
    WASM_CUSTOM,
    WASM_TYPE,
    WASM_IMPORT,
    WASM_FUNCTION,
    WASM_TABLE,
    WASM_MEMORY,
    WASM_GLOBAL,
    WASM_EXPORT,
    WASM_START,
    WASM_ELEMENT,
    WASM_CODE,
    WASM_DATA,
    WASM_DATA_COUNT,
    WASM_TAG,
    WASM_SECTION_IDS /**< how many there are */
};

/** UTF-8 bytes inside the module, not NUL-terminated. */
struct wasm_name {
    const char *bytes;
    size_t length;
};

/** One section. Its cost in the file is header + size. */
struct wasm_section {
    enum wasm_section_id id;
    size_t offset;         /**< of its id byte in the file */
    size_t header;         /**< bytes of the id and of the size field */
    size_t size;           /**< bytes of the contents, a custom section's name included */
    struct wasm_name name; /**< of a custom section, else empty */
};

/** "code", "data", "custom", ... as the specification calls it. */
const char *wasm_section_word(enum wasm_section_id id);

/** What a section is called in lists. A custom section goes by its own name, made inert, except
 * that "custom-" stands before one that a standard section has too, and an empty name is "custom-".
 */
const char *wasm_section_label(struct arena *arena, const struct wasm_section *section);

/**
 * Whether a custom section is there for debugging and linking only: .debug_*, name, linking,
 * reloc.*, sourceMappingURL, external_debug_info (WebAssembly tool conventions).
 */
bool wasm_section_is_debug(const struct wasm_section *section);

#endif
