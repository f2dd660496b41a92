#include "wasm/features.h"

static const char *const words[WASM_FEATURES] = {
    [FEATURE_BASE] = "mvp",
    [FEATURE_ATOMICS] = "atomics",
    [FEATURE_BULK_MEMORY] = "bulk-memory",
    [FEATURE_COMPACT_IMPORTS] = "compact-imports",
    [FEATURE_CUSTOM_DESCRIPTORS] = "custom-descriptors",
    [FEATURE_CUSTOM_PAGE_SIZES] = "custom-page-sizes",
    [FEATURE_EXCEPTIONS] = "exception-handling",
    [FEATURE_EXCEPTIONS_LEGACY] = "exception-handling-legacy",
    [FEATURE_EXTENDED_CONST] = "extended-const",
    [FEATURE_FUNCTION_REFERENCES] = "function-references",
    [FEATURE_GC] = "gc",
    [FEATURE_MEMORY64] = "memory64",
    [FEATURE_MEMORY_CONTROL] = "memory-control",
    [FEATURE_MULTIMEMORY] = "multimemory",
    [FEATURE_MULTIVALUE] = "multivalue",
    [FEATURE_MUTABLE_GLOBALS] = "mutable-globals",
    [FEATURE_NONTRAPPING] = "nontrapping-fptoint",
    [FEATURE_REFERENCE_TYPES] = "reference-types",
    [FEATURE_RELAXED_SIMD] = "relaxed-simd",
    [FEATURE_SHARED_EVERYTHING] = "shared-everything",
    [FEATURE_SIGN_EXT] = "sign-ext",
    [FEATURE_SIMD128] = "simd128",
    [FEATURE_STACK_SWITCHING] = "stack-switching",
    [FEATURE_TAIL_CALL] = "tail-call",
    [FEATURE_WIDE_ARITHMETIC] = "wide-arithmetic",
};

const char *wasm_feature_word(enum wasm_feature feature) {
    return words[feature];
}

/** Shared memories need atomics; a shared table is of shared-everything threads. */
static uint64_t of_limits(const struct wasm_module *module) {
    uint64_t features = 0;
    for (size_t i = 0; i < module->memory_count; i++) {
        const struct wasm_limits *memory = &module->memories[i];
        if (memory->shared) features |= feature_bit(FEATURE_ATOMICS);
        if (memory->wide) features |= feature_bit(FEATURE_MEMORY64);
        if (memory->custom_page) features |= feature_bit(FEATURE_CUSTOM_PAGE_SIZES);
    }
    for (size_t i = 0; i < module->table_count; i++) {
        if (module->tables[i].shared) features |= feature_bit(FEATURE_SHARED_EVERYTHING);
        if (module->tables[i].wide) features |= feature_bit(FEATURE_MEMORY64);
    }
    return features;
}

/** The first version had mutable globals inside of a module only. */
static bool exports_mutable(const struct wasm_module *module) {
    for (size_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        if (export->kind == WASM_KIND_GLOBAL && export->index < module->global_count &&
            module->mutable_globals[export->index])
            return true;
    }
    return false;
}

uint64_t features_of_structure(const struct wasm_module *module) {
    uint64_t features = feature_bit(FEATURE_BASE) | of_limits(module);
    if (module->memory_count > 1) features |= feature_bit(FEATURE_MULTIMEMORY);
    if (module->table_count > 1) features |= feature_bit(FEATURE_REFERENCE_TYPES);
    if (module->has[WASM_DATA_COUNT]) features |= feature_bit(FEATURE_BULK_MEMORY);
    if (exports_mutable(module)) features |= feature_bit(FEATURE_MUTABLE_GLOBALS);
    return features;
}
