/** A module or component as the numbers that limits bound. */
#ifndef PROBES_WASM_SUMMARY_H
#define PROBES_WASM_SUMMARY_H

#include "wasm/file.h"

/** All sections of one name; sizes include the sections' headers. */
struct wasm_section_sum {
    const char *name; /**< inert */
    uint64_t bytes;
};

struct wasm_summary {
    uint64_t code, data, custom, debug;         /**< bytes, headers included */
    uint64_t names, exports_size, imports_size; /**< likewise: sections name, export, import */
    uint64_t glue; /**< bytes of components that are in no module; 0 for a core module */
    struct wasm_section_sum *units; /**< modules by path, and components with their glue alone */
    size_t unit_count;
    uint64_t functions, imports, exports, data_segments;
    uint64_t largest_function;         /**< bytes of the body and its size field; 0: none */
    double memory_initial;             /**< bytes of all memories, imported ones included */
    double memory_maximum;             /**< likewise; meaningless when unbounded */
    bool memory_unbounded;             /**< some memory has no maximum */
    double table;                      /**< entries all tables begin with */
    struct wasm_section_sum *sections; /**< preamble, the 13 standard ones, a component's glue, then
                                          custom by name */
    size_t section_count;
};

/**
 * Adds up a file: a module, or all modules of a component. The section list holds every standard
 * section, with 0 bytes where it is absent, and of a component "component" with its glue; its sum
 * is the file's length. A custom section goes by its own name, except that "custom-" stands before
 * one that a standard section has too, and an empty name is "custom-". Texts live in `arena`.
 */
void wasm_summarise(struct arena *arena, const struct wasm_file *file,
                    struct wasm_summary *summary);

#endif
