/** Which functions keep which others in a module: the call graph and its dominator tree. */
#ifndef WASM_GRAPH_H
#define WASM_GRAPH_H

#include "wasm/module.h"

/** Stands for what the host reaches by itself: exports, start, and what element segments and
 * initial values name. */
enum { WASM_GRAPH_NONE = UINT32_MAX, WASM_GRAPH_ROOT = UINT32_MAX - 1 };

/** By function index, imported functions first. */
struct wasm_graph {
    uint32_t *dominator; /**< the last function every path goes through, WASM_GRAPH_ROOT, or
                            WASM_GRAPH_NONE for a function that nothing reaches */
    uint32_t *caller;    /**< the function it was first reached from, likewise */
    uint64_t *retained;  /**< bytes that would go if the function went: its own and those of the
                            functions it alone keeps; 0 where nothing reaches it */
    size_t count;
    uint64_t unreferenced; /**< bytes of functions that nothing reaches */
};

/**
 * Builds the graph of a decoded module. Dominators by Lengauer and Tarjan (1979), simple form,
 * without recursion. A function that a table may call counts as reached from the host.
 */
struct wasm_graph wasm_graph_make(struct arena *arena, const struct wasm_module *module);

#endif
