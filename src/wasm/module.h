/** A WebAssembly core module as its sections, counts and limits: what a size is made of. */
#ifndef WASM_MODULE_H
#define WASM_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/thread.h"
#include "wasm/section.h"

/** Kinds of imports and exports (section 5.5.5); an exact function import counts as a function. */
enum wasm_kind {
    WASM_KIND_FUNCTION,
    WASM_KIND_TABLE,
    WASM_KIND_MEMORY,
    WASM_KIND_GLOBAL,
    WASM_KIND_TAG,
};

enum {
    WASM_PREAMBLE = 8,          /**< bytes of magic, version and layer */
    WASM_PAGE = 65536,          /**< bytes of a memory page where none is written */
    WASM_SECTIONS_MAX = 100000, /**< more sections than this are refused */
    WASM_ITEMS_MAX = 1000000,   /**< likewise functions, imports, exports (JS API, 2.2) */
    WASM_MEMORIES_MAX = 100000, /**< likewise memories and tables */
};

/** One function body; its index in the module is the number of imported functions plus its own. */
struct wasm_function {
    size_t offset; /**< of its size field in the file */
    size_t size;   /**< bytes, the size field included */
    size_t body;   /**< offset of its locals, after the size field */
};

/** A data segment, active or passive. */
struct wasm_data {
    size_t offset; /**< of its flags in the file */
    size_t size;   /**< bytes, flags, place and length field included */
};

/** Limits of a memory, in pages, or of a table, in entries. */
struct wasm_limits {
    uint64_t minimum, maximum;
    uint64_t page_size;                       /**< bytes; 1 for a table */
    bool has_maximum, shared, wide, imported; /**< wide: indexed by 64 bits */
    bool custom_page;                         /**< the page size is written, be it the usual one */
};

struct wasm_import {
    struct wasm_name module, field;
    enum wasm_kind kind;
};

struct wasm_export {
    struct wasm_name name;
    enum wasm_kind kind;
    uint32_t index;
};

/** A list of functions by index. */
struct wasm_indexes {
    uint32_t *items;
    size_t count;
};

/** A module; names point into the bytes it was read from, arrays live in the arena. */
struct wasm_module {
    size_t begin;  /**< offset in the file; not 0 inside a component */
    size_t length; /**< bytes, from the preamble on */
    struct wasm_section *sections;
    size_t section_count;
    struct wasm_function *functions; /**< those with a body */
    size_t function_count;
    struct wasm_import *imports;
    size_t import_count;
    size_t imported_functions;
    struct wasm_export *exports;
    size_t export_count;
    struct wasm_limits *memories; /**< imported ones included, first */
    size_t memory_count;
    struct wasm_limits *tables; /**< imported ones included, first */
    size_t table_count;
    bool *mutable_globals; /**< imported ones included, first */
    size_t global_count;
    struct wasm_data *data; /**< segments */
    size_t data_count;
    size_t counts[WASM_SECTION_IDS]; /**< items of each section; for types those in groups too */
    bool has[WASM_SECTION_IDS];      /**< whether the section is there */
    uint32_t start;                  /**< the start function, where has[WASM_START] */
    struct wasm_indexes rooted; /**< functions that element segments and initial values name; an
                                   index beyond the last function may be among them */
    struct wasm_indexes called; /**< functions that bodies name, each once a body; see call_begin */
    size_t *call_begin; /**< by body: where its part of `called` begins; function_count + 1 of them,
                           or NULL where bodies were not decoded */
    uint64_t features;  /**< bits, 1 << enum wasm_feature: of types, limits, imports, exports,
                           segments, and of instructions of constants and of decoded bodies */
};

/** Where and why a file is no module. */
struct wasm_problem {
    size_t offset;      /**< bytes from the start of the file */
    const char *reason; /**< static text, without the offset */
};

/**
 * Reads a core module (WebAssembly Core Specification 3.0, chapter 5, with threads, custom page
 * sizes, compact imports, legacy exceptions, stack switching, custom descriptors, wide arithmetic
 * and shared-everything threads). Strict: whatever the binary format does not allow is refused, in
 * bodies too; what only validation could tell is not. Takes memory in proportion to what is really
 * there, never to a count that is only claimed. On failure `problem` is set and the module is not
 * to be used.
 */
bool wasm_module_read(struct arena *arena, const uint8_t *bytes, size_t length,
                      struct wasm_module *module, struct wasm_problem *problem);

/** Part of a file: bytes[begin] up to, not including, bytes[end]. */
struct wasm_span {
    const uint8_t *bytes;
    size_t begin, end;
};

/** As wasm_module_read of a span, but leaves the instructions of bodies alone: sizes, counts, names
 * and limits only. Offsets count from bytes[0]. */
bool wasm_module_walk(struct arena *arena, struct wasm_span span, struct wasm_module *module,
                      struct wasm_problem *problem);

/** Decodes every body of a module that was walked, large ones on the threads of `pool` (NULL: on
 * the caller's alone): strictness, `called` and `features`. */
bool wasm_module_decode(struct arena *arena, const uint8_t *bytes, struct wasm_module *module,
                        struct thread_pool *pool, struct wasm_problem *problem);

/** 8 + headers + contents of all sections: always the length of the module. */
size_t wasm_module_total(const struct wasm_module *module);

/** Bytes of all sections of that id, headers included. */
size_t wasm_module_size_of(const struct wasm_module *module, enum wasm_section_id id);

#endif
