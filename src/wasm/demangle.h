/** Names of functions as people wrote them, the same from build to build, and whose code they are.
 */
#ifndef WASM_DEMANGLE_H
#define WASM_DEMANGLE_H

#include "base/text.h"
#include "wasm/module.h"

enum { WASM_NAME_MAX = 4096 /**< bytes of a name that are looked at */ };

/**
 * The name demangled (Rust legacy and v0, Itanium C++, also with the extra `_` of Mach-O and
 * Emscripten, and its `orig$`), Binaryen's \5b escapes undone, and without what changes from build
 * to build: hashes
 * (`::h0123456789abcdef`), crate disambiguators (`core[48a3..]`), `.llvm.N` and clone numbers `.N`.
 * Inert text in the arena.
 */
const char *wasm_demangle(struct arena *arena, struct wasm_name name);

/** What wasm_namespace says of a name that has none: "(none)". */
extern const char wasm_nameless[];

/**
 * The Rust crate, C++ namespace or Go package of a demangled name; "(none)" where it has none. Of
 * `<A as B>::f` the crate of the Self type A; where A is a primitive or a type parameter, of B.
 */
const char *wasm_namespace(struct arena *arena, const char *demangled);

/** Adds the name without its generic arguments and parameters: what monomorphisations share. */
void wasm_generic_add(struct text *out, const char *demangled);

#endif
