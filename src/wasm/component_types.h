/** Types of components: what instances, imports and exports are described with. */
#ifndef WASM_COMPONENT_TYPES_H
#define WASM_COMPONENT_TYPES_H

#include "wasm/reader.h"

/** One entry of a type section (`core` false) or core type section, no deeper than `depth` more. */
bool component_type(struct wasm_reader *reader, bool core, unsigned depth);

/** An alias, as a section entry or in a type. */
bool component_alias(struct wasm_reader *reader);

/** A value type: a primitive or an index. */
bool component_value_type(struct wasm_reader *reader);

/** What comes after a function's parameters: one type, or none. */
bool component_results(struct wasm_reader *reader);

/** Name of an import or export, with its attributes. */
bool component_extern_name(struct wasm_reader *reader);

/** The description of an import or export. */
bool component_extern(struct wasm_reader *reader);

/** A sort, with the core sorts behind their prefix 0. */
bool component_sort(struct wasm_reader *reader);

/** Reads a vector of what `item` reads. */
bool component_vector(struct wasm_reader *reader, bool (*item)(struct wasm_reader *));

/** One byte that must be at most `largest`. */
bool component_choice(struct wasm_reader *reader, uint8_t largest, const char *reason,
                      uint8_t *choice);

/** An index. */
bool component_index(struct wasm_reader *reader);

#endif
