/** Features beyond the first version of WebAssembly, and how they show in a module. */
#ifndef WASM_FEATURES_H
#define WASM_FEATURES_H

#include "wasm/module.h"

/** Features by the names of the tool conventions' target_features where those have one. */
enum wasm_feature {
    FEATURE_BASE,
    FEATURE_ATOMICS,
    FEATURE_BULK_MEMORY,
    FEATURE_COMPACT_IMPORTS,
    FEATURE_CUSTOM_DESCRIPTORS,
    FEATURE_CUSTOM_PAGE_SIZES,
    FEATURE_EXCEPTIONS,
    FEATURE_EXCEPTIONS_LEGACY,
    FEATURE_EXTENDED_CONST,
    FEATURE_FUNCTION_REFERENCES,
    FEATURE_GC,
    FEATURE_MEMORY64,
    FEATURE_MEMORY_CONTROL,
    FEATURE_MULTIMEMORY,
    FEATURE_MULTIVALUE,
    FEATURE_MUTABLE_GLOBALS,
    FEATURE_NONTRAPPING,
    FEATURE_REFERENCE_TYPES,
    FEATURE_RELAXED_SIMD,
    FEATURE_SHARED_EVERYTHING,
    FEATURE_SIGN_EXT,
    FEATURE_SIMD128,
    FEATURE_STACK_SWITCHING,
    FEATURE_TAIL_CALL,
    FEATURE_WIDE_ARITHMETIC,
    WASM_FEATURES
};

/** "simd128"; "mvp" for the base. */
const char *wasm_feature_word(enum wasm_feature feature);

static inline uint64_t feature_bit(enum wasm_feature feature) {
    return UINT64_C(1) << feature;
}

/** What a module that was walked uses by its limits, counts, imports and exports; FEATURE_BASE
 * among it. Types and instructions say for themselves while they are read. */
uint64_t features_of_structure(const struct wasm_module *module);

#endif
