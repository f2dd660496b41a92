/** Types of a module, read only to know that they are well formed, where they end, and which
 * features they need: those are added to the reader's. */
#ifndef WASM_TYPES_H
#define WASM_TYPES_H

#include "wasm/reader.h"

/** A value type (WebAssembly Core Specification 3.0, section 5.3.5). */
bool types_value(struct wasm_reader *reader);

/** A reference type (section 5.3.4). */
bool types_reference(struct wasm_reader *reader);

/** A heap type (section 5.3.3). */
bool types_heap(struct wasm_reader *reader);

/** One entry of the type section: a recursive group or one type; adds its types to `count`. */
bool types_group(struct wasm_reader *reader, size_t *count);

/** A global's type: value type and mutability (section 5.3.11). */
bool types_global(struct wasm_reader *reader, bool *is_mutable);

/** Limits of a memory (`memory` true) or a table (sections 5.3.8 to 5.3.10, threads, custom page
 * sizes). */
bool types_limits(struct wasm_reader *reader, bool memory, struct wasm_limits *limits);

#endif
