/** What functions are called: by the name section, else by what they are exported as. */
#ifndef WASM_NAMES_H
#define WASM_NAMES_H

#include "wasm/module.h"

/** By function index, imported functions first; an empty name where there is none. */
struct wasm_names {
    struct wasm_name *functions;
    size_t count;
    size_t named; /**< functions with a body that the name section names */
};

/**
 * Reads the function names of a module. A name section that is malformed is no error, as the format
 * has it: what comes before the mistake counts. Functions it leaves out get their export's name.
 */
struct wasm_names wasm_names_read(struct arena *arena, const uint8_t *bytes,
                                  const struct wasm_module *module);

/** The custom section of that name, or NULL; the first of several. */
const struct wasm_section *wasm_custom_find(const struct wasm_module *module, const char *name);

/** A reader of a custom section's contents after its name. */
struct wasm_span wasm_custom_payload(const uint8_t *bytes, const struct wasm_section *section);

#endif
