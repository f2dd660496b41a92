/** A WebAssembly file as a tree: a module, or a component with the modules and components in it. */
#ifndef WASM_FILE_H
#define WASM_FILE_H

#include "wasm/module.h"

/** Bounds on components. */
enum {
    WASM_DEPTH_MAX = 100,   /**< components inside components */
    WASM_UNITS_MAX = 10000, /**< modules and components of one file */
};

/** A module or component of a file. */
struct wasm_unit {
    bool component;
    const char *path;              /**< "/" for the file itself, "/component0/module2" */
    size_t parent;                 /**< its number; the file's own unit is 0 and its own parent */
    unsigned depth;                /**< 0 for the file itself */
    unsigned modules, components;  /**< children so far */
    size_t begin, length;          /**< in the file, from the preamble on */
    size_t glue;                   /**< bytes of a component that are in none of its children */
    struct wasm_section *sections; /**< of a component: its custom sections */
    size_t section_count;
    struct wasm_module module; /**< unless a component */
};

/** A file; the bytes must outlive it, everything else lives in the arena. */
struct wasm_file {
    const uint8_t *bytes;
    size_t length;
    struct wasm_unit *units; /**< parents before children, in the order of the file */
    size_t unit_count;
};

/** How much of function bodies to read. */
enum wasm_depth { WASM_WALK, WASM_DECODE };

/**
 * Reads a module or component, strictly and without recursion over what the file nests. On failure
 * `problem` is set and the file is not to be used.
 */
bool wasm_file_read(struct arena *arena, struct wasm_span span, enum wasm_depth depth,
                    struct wasm_file *file, struct wasm_problem *problem);

/** As wasm_file_read of what was read with WASM_WALK does with WASM_DECODE: decodes the bodies of
 * all modules, on the threads of `pool` (NULL: on the caller's alone). */
bool wasm_file_decode(struct arena *arena, struct wasm_file *file, struct thread_pool *pool,
                      struct wasm_problem *problem);

/** Bytes of all modules and all glue: always the length of the file. */
size_t wasm_file_total(const struct wasm_file *file);

#endif
