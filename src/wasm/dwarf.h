/** Source files of functions, as the DWARF sections of a module name them. */
#ifndef WASM_DWARF_H
#define WASM_DWARF_H

#include "wasm/module.h"

enum { DWARF_PATH_MAX = 4096 /**< bytes of a path that are looked at */ };

/**
 * By body, `function_count` of them: the source file of its first instruction by the line tables
 * (.debug_line; DWARF 2 to 5, section 6.2), inert text in the arena, or NULL where none is named.
 * Paths are relative to the directory of compilation where they lie below it. NULL for a module
 * without line tables. What is malformed is left out: nothing of it makes a module malformed.
 * Addresses count from the contents of the code section (WebAssembly tool conventions, Dwarf.md).
 */
const char **wasm_dwarf_files(struct arena *arena, const uint8_t *bytes,
                              const struct wasm_module *module);

#endif
