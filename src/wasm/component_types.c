#include "wasm/component_types.h"

#include "wasm/component_sections.h"
#include "wasm/sections.h"
#include "wasm/types.h"

enum {
    PRIMITIVE_FIRST = 0x73,
    PRIMITIVE_LAST = 0x7f,
    ERROR_CONTEXT = 0x64,
    CORE_SORT_TYPE = 0x10,
    CORE_SORT_MODULE = 0x11,
    CORE_SORT_INSTANCE = 0x12,
    SORT_CORE = 0,
    SORT_VALUE = 2,
    SORT_TYPE = 3,
    SORT_COMPONENT = 4,
    SORT_INSTANCE = 5,
    CORE_MODULE_TYPE = 0x50,
};

bool component_index(struct wasm_reader *reader) {
    uint32_t index;
    return reader_u32(reader, &index);
}

bool component_vector(struct wasm_reader *reader, bool (*item)(struct wasm_reader *)) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!item(reader)) return false;
    return true;
}

bool component_choice(struct wasm_reader *reader, uint8_t largest, const char *reason,
                      uint8_t *choice) {
    size_t start = reader->at;
    if (!reader_byte(reader, choice)) return false;
    return *choice <= largest || reader_fail(reader, start, reason);
}

static bool exactly(struct wasm_reader *reader, uint8_t wanted, const char *reason) {
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    return byte == wanted || reader_fail(reader, start, reason);
}

static bool is_primitive(uint8_t byte) {
    return (byte >= PRIMITIVE_FIRST && byte <= PRIMITIVE_LAST) || byte == ERROR_CONTEXT;
}

bool component_value_type(struct wasm_reader *reader) {
    size_t start = reader->at;
    int64_t index = 0;
    if (reader_left(reader) > 0 && is_primitive(reader->bytes[start])) {
        reader->at++;
        return true;
    }
    if (!reader_signed(reader, 33, &index)) return false;
    return index >= 0 || reader_fail(reader, start, "malformed component value type");
}

static bool any_name(struct wasm_reader *reader) {
    struct wasm_name name;
    return reader_name(reader, &name);
}

static bool labelled(struct wasm_reader *reader) {
    return any_name(reader) && component_value_type(reader);
}

static bool optional(struct wasm_reader *reader) {
    uint8_t there = 0;
    if (!component_choice(reader, 1, "malformed optional type", &there)) return false;
    return !there || component_value_type(reader);
}

/** A case of a variant; its `refines` was dropped and is 0. */
static bool variant_case(struct wasm_reader *reader) {
    return any_name(reader) && optional(reader) && exactly(reader, 0, "malformed variant case");
}

bool component_results(struct wasm_reader *reader) {
    uint8_t choice = 0;
    if (!component_choice(reader, 1, "malformed result list", &choice)) return false;
    return choice ? exactly(reader, 0, "malformed result list") : component_value_type(reader);
}

static bool attribute(struct wasm_reader *reader) {
    uint8_t kind;
    return component_choice(reader, 2, "malformed name attribute", &kind) && any_name(reader);
}

bool component_extern_name(struct wasm_reader *reader) {
    uint8_t kind = 0;
    if (!component_choice(reader, 2, "malformed component name", &kind)) return false;
    return any_name(reader) && (kind < 2 || component_vector(reader, attribute));
}

bool component_extern(struct wasm_reader *reader) {
    uint8_t sort = 0, bound = 0;
    if (!component_choice(reader, SORT_INSTANCE, "malformed external kind", &sort)) return false;
    if (sort == SORT_CORE && !exactly(reader, CORE_SORT_MODULE, "malformed external kind"))
        return false;
    if (sort == SORT_VALUE) return component_value_type(reader);
    if (sort != SORT_TYPE) return component_index(reader);
    if (!component_choice(reader, 1, "malformed type bound", &bound)) return false;
    return bound == 1 || component_index(reader);
}

static bool is_core_sort(uint8_t sort) {
    return sort <= WASM_KIND_TAG || (sort >= CORE_SORT_TYPE && sort <= CORE_SORT_INSTANCE);
}

/** Reads a sort into one number, 0x100 added to core sorts. */
static bool read_sort(struct wasm_reader *reader, unsigned *sort) {
    uint8_t first = 0, core = 0;
    size_t start = reader->at;
    if (!component_choice(reader, SORT_INSTANCE, "malformed sort", &first)) return false;
    *sort = first;
    if (first != SORT_CORE) return true;
    if (!reader_byte(reader, &core)) return false;
    *sort = 0x100u + core;
    return is_core_sort(core) || reader_fail(reader, start, "malformed core sort");
}

bool component_sort(struct wasm_reader *reader) {
    unsigned sort;
    return read_sort(reader, &sort);
}

bool component_alias(struct wasm_reader *reader) {
    size_t start = reader->at;
    unsigned sort = 0;
    uint8_t target = 0;
    if (!read_sort(reader, &sort)) return false;
    if (!component_choice(reader, 2, "malformed alias target", &target)) return false;
    if (!component_index(reader)) return false;
    if (target < 2) return any_name(reader);
    if (sort != SORT_TYPE && sort != SORT_COMPONENT && sort != 0x100u + CORE_SORT_TYPE &&
        sort != 0x100u + CORE_SORT_MODULE)
        return reader_fail(reader, start, "malformed outer alias");
    return component_index(reader);
}

/** Types made of others, by their first byte; false with no problem: none of these. */
static bool defined_type(struct wasm_reader *reader, uint8_t kind, size_t start) {
    if (is_primitive(kind)) return true;
    switch (kind) {
    case 0x72: /* record */
        return component_vector(reader, labelled);
    case 0x71: /* variant */
        return component_vector(reader, variant_case);
    case 0x70: /* list */
    case 0x6b: /* option */
        return component_value_type(reader);
    case 0x6f: /* tuple */
        return component_vector(reader, component_value_type);
    case 0x6e: /* flags */
    case 0x6d: /* enum */
        return component_vector(reader, any_name);
    case 0x6a: /* result */
        return optional(reader) && optional(reader);
    case 0x69: /* own */
    case 0x68: /* borrow */
        return component_index(reader);
    case 0x67: /* list of a fixed length */
        return component_value_type(reader) && component_index(reader);
    case 0x66: /* stream */
    case 0x65: /* future */
        return optional(reader);
    case 0x63: /* map */
        return component_value_type(reader) && component_value_type(reader);
    default:
        return reader_fail(reader, start, "malformed component type");
    }
}

static bool resource(struct wasm_reader *reader, bool async) {
    uint8_t there = 0;
    if (!types_value(reader)) return false;
    if (async) return component_index(reader) && optional(reader);
    if (!component_choice(reader, 1, "malformed resource destructor", &there)) return false;
    return !there || component_index(reader);
}

/** An import or export of a module type: an external type as in the import section. */
static bool core_extern(struct wasm_reader *reader) {
    struct wasm_limits limits;
    uint8_t kind = 0, attribute_byte = 0;
    bool is_mutable;
    if (!component_choice(reader, WASM_KIND_TAG, "malformed import kind", &kind)) return false;
    switch ((enum wasm_kind)kind) {
    case WASM_KIND_FUNCTION:
        return component_index(reader);
    case WASM_KIND_TABLE:
        return types_reference(reader) && types_limits(reader, false, &limits);
    case WASM_KIND_MEMORY:
        return types_limits(reader, true, &limits);
    case WASM_KIND_GLOBAL:
        return types_global(reader, &is_mutable);
    case WASM_KIND_TAG:
        return component_choice(reader, 0, "malformed tag attribute", &attribute_byte) &&
               component_index(reader);
    }
    return false;
}

static bool module_alias(struct wasm_reader *reader) {
    return exactly(reader, CORE_SORT_TYPE, "malformed outer alias kind") &&
           exactly(reader, 1, "malformed outer alias target") && component_index(reader) &&
           component_index(reader);
}

static bool module_declaration(struct wasm_reader *reader) {
    size_t types = 0;
    uint8_t kind = 0;
    if (!component_choice(reader, 3, "malformed module type declaration", &kind)) return false;
    if (kind == 0) return any_name(reader) && any_name(reader) && core_extern(reader);
    if (kind == 1) return types_group(reader, &types);
    return kind == 2 ? module_alias(reader) : any_name(reader) && core_extern(reader);
}

static bool declaration(struct wasm_reader *reader, bool imports, unsigned depth) {
    size_t start = reader->at;
    uint8_t kind = 0;
    if (!component_choice(reader, 4, "malformed type declaration", &kind)) return false;
    if (kind < 2) return component_type(reader, kind == 0, depth);
    if (kind == 2) return component_alias(reader);
    if (kind == 3 && !imports) return reader_fail(reader, start, "malformed type declaration");
    return component_extern_name(reader) && component_extern(reader);
}

static bool core_type(struct wasm_reader *reader) {
    size_t types = 0;
    uint8_t first = reader_left(reader) > 0 ? reader->bytes[reader->at] : 0x60;
    if (first == 0) { /* `sub` behind a 0, because its own byte means a module here */
        reader->at++;
        if (reader_left(reader) > 0 && reader->bytes[reader->at] != CORE_MODULE_TYPE)
            return reader_fail(reader, reader->at, "malformed definition type");
    }
    if (first != CORE_MODULE_TYPE) return types_group(reader, &types);
    reader->at++;
    return component_vector(reader, module_declaration);
}

bool component_type(struct wasm_reader *reader, bool core, unsigned depth) {
    size_t start = reader->at;
    uint8_t kind;
    uint32_t count = 0;
    if (depth == 0) return reader_fail(reader, start, "types nested too deeply");
    if (core) return core_type(reader);
    if (!reader_byte(reader, &kind)) return false;
    if (kind == 0x3f || kind == 0x3e) return resource(reader, kind == 0x3e);
    if (kind == 0x40 || kind == 0x43)
        return component_vector(reader, labelled) && component_results(reader);
    if (kind != 0x41 && kind != 0x42) return defined_type(reader, kind, start);
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!declaration(reader, kind == 0x41, depth - 1)) return false;
    return true;
}
