/** The contents of each section of a module, one reader a section. */
#ifndef WASM_SECTIONS_H
#define WASM_SECTIONS_H

#include "base/arena.h"
#include "wasm/instructions.h"

/**
 * Reads the contents of the section `id` (not custom); the reader ends where the section ends. Adds
 * what it finds to `module`, and what constant expressions and element segments name to
 * `constants`; must leave nothing over: that is for the caller to check. Of function bodies it
 * reads the sizes.
 */
bool section_read(struct wasm_reader *reader, enum wasm_section_id id, struct wasm_module *module,
                  struct instructions *constants);

/** The locals of a body: runs of a count and a type, 2^32 - 1 together at most (section 5.5.13). */
bool section_read_locals(struct wasm_reader *reader);

#endif
