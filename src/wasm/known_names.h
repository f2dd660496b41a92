/** Names that were demangled before: of two builds of a program nearly all are the same. */
#ifndef WASM_KNOWN_NAMES_H
#define WASM_KNOWN_NAMES_H

#include "wasm/profile.h"

/** The functions of a profile by their names as the file has them; an open hash table. */
struct known_names {
    const struct wasm_profile *profile; /**< borrowed; NULL: nothing is known */
    uint32_t *slots;                    /**< number of a function, plus one; 0: empty */
    size_t mask;
};

/** Of a profile with names whose file is still there, or NULL. */
struct known_names known_names_of(struct arena *arena, const struct wasm_profile *profile);

/** The demangled name of a function with just that name, or NULL. Any thread. */
const char *known_name(const struct known_names *known, struct wasm_name raw);

#endif
