#include "wasm/types.h"

#include "wasm/features.h"

enum {
    TYPE_FUNCTION = 0x60,
    TYPE_STRUCT = 0x5f,
    TYPE_ARRAY = 0x5e,
    TYPE_CONTINUATION = 0x5d,
    TYPE_SUB = 0x50,
    TYPE_SUB_FINAL = 0x4f,
    TYPE_GROUP = 0x4e,
    TYPE_DESCRIPTOR = 0x4d,
    TYPE_DESCRIBES = 0x4c,
    TYPE_SHARED = 0x65,
    TYPE_REF = 0x64,
    TYPE_REF_NULL = 0x63,
    TYPE_EXACT = 0x62,
    TYPE_V128 = 0x7b,
    TYPE_FUNCREF = 0x70,
    HEAP_FIRST = 0x68,
    HEAP_LAST = 0x75,
    TYPE_I8 = 0x78,
    TYPE_I16 = 0x77,
    LIMIT_MAXIMUM = 1,
    LIMIT_SHARED = 2,
    LIMIT_WIDE = 4,
    LIMIT_PAGE = 8,
};

/** What abstract heap types need, from cont on. A function reference in a table is of the first
 * version. */
static const enum wasm_feature heap_features[] = {
    FEATURE_STACK_SWITCHING, /* cont */
    FEATURE_EXCEPTIONS,      /* exn */
    FEATURE_GC,              /* array */
    FEATURE_GC,              /* struct */
    FEATURE_GC,              /* i31 */
    FEATURE_GC,              /* eq */
    FEATURE_GC,              /* any */
    FEATURE_REFERENCE_TYPES, /* extern */
    FEATURE_BASE,            /* func */
    FEATURE_GC,              /* none */
    FEATURE_GC,              /* noextern */
    FEATURE_GC,              /* nofunc */
    FEATURE_EXCEPTIONS,      /* noexn */
    FEATURE_STACK_SWITCHING, /* nocont */
};

static void use(struct wasm_reader *reader, enum wasm_feature feature) {
    if (reader->features) *reader->features |= feature_bit(feature);
}

static bool is_abstract_heap(struct wasm_reader *reader, uint8_t byte) {
    if (byte < HEAP_FIRST || byte > HEAP_LAST) return false;
    use(reader, heap_features[byte - HEAP_FIRST]);
    return true;
}

/** i32 i64 f32 f64 v128 */
static bool is_number(uint8_t byte) {
    return byte >= 0x7b && byte <= 0x7f;
}

bool types_heap(struct wasm_reader *reader) {
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    if (is_abstract_heap(reader, byte)) return true;
    if (byte == TYPE_SHARED) {
        use(reader, FEATURE_SHARED_EVERYTHING);
        if (!reader_byte(reader, &byte)) return false;
        return is_abstract_heap(reader, byte) || reader_fail(reader, start, "malformed heap type");
    }
    if (byte == TYPE_EXACT) {
        uint32_t index;
        use(reader, FEATURE_CUSTOM_DESCRIPTORS);
        return reader_u32(reader, &index);
    }
    reader->at = start;
    int64_t index = 0;
    if (!reader_signed(reader, 33, &index)) return false;
    return index >= 0 || reader_fail(reader, start, "malformed heap type");
}

bool types_reference(struct wasm_reader *reader) {
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    if (byte == TYPE_REF || byte == TYPE_REF_NULL) {
        use(reader, FEATURE_FUNCTION_REFERENCES);
        return types_heap(reader);
    }
    if (byte == TYPE_SHARED) {
        use(reader, FEATURE_SHARED_EVERYTHING);
        if (!reader_byte(reader, &byte)) return false;
    }
    return is_abstract_heap(reader, byte) || reader_fail(reader, start, "malformed reference type");
}

bool types_value(struct wasm_reader *reader) {
    if (reader->at < reader->end && is_number(reader->bytes[reader->at])) {
        if (reader->bytes[reader->at++] == TYPE_V128) use(reader, FEATURE_SIMD128);
        return true;
    }
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    if (byte == TYPE_FUNCREF) use(reader, FEATURE_REFERENCE_TYPES);
    if (!is_abstract_heap(reader, byte) && byte != TYPE_REF && byte != TYPE_REF_NULL &&
        byte != TYPE_SHARED)
        return reader_fail(reader, start, "malformed value type");
    reader->at = start;
    return types_reference(reader);
}

static bool values(struct wasm_reader *reader, bool results) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    if (results && count > 1) use(reader, FEATURE_MULTIVALUE);
    for (uint32_t i = 0; i < count; i++)
        if (!types_value(reader)) return false;
    return true;
}

/** Bit 0: mutable; bit 1: shared. */
static bool mutability(struct wasm_reader *reader, uint8_t largest, bool *is_mutable) {
    uint8_t byte;
    size_t start = reader->at;
    if (!reader_byte(reader, &byte)) return false;
    if (byte > largest) return reader_fail(reader, start, "malformed mutability");
    if ((byte & 2) != 0) use(reader, FEATURE_SHARED_EVERYTHING);
    *is_mutable = (byte & 1) != 0;
    return true;
}

static bool field(struct wasm_reader *reader) {
    bool is_mutable;
    if (reader->at < reader->end &&
        (reader->bytes[reader->at] == TYPE_I8 || reader->bytes[reader->at] == TYPE_I16))
        reader->at++;
    else if (!types_value(reader))
        return false;
    return mutability(reader, 1, &is_mutable);
}

static bool fields(struct wasm_reader *reader) {
    uint32_t count = 0;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!field(reader)) return false;
    return true;
}

/** An optional `describes` or `descriptor` clause (custom descriptors); then the next byte. */
static bool clause(struct wasm_reader *reader, uint8_t kind, uint8_t *byte) {
    uint32_t index;
    if (*byte == kind) use(reader, FEATURE_CUSTOM_DESCRIPTORS);
    return *byte != kind || (reader_u32(reader, &index) && reader_byte(reader, byte));
}

/** The composite type that `byte` begins. */
static bool composite(struct wasm_reader *reader, uint8_t byte) {
    size_t start = reader->at - 1;
    if (byte == TYPE_SHARED) {
        use(reader, FEATURE_SHARED_EVERYTHING);
        if (!reader_byte(reader, &byte)) return false;
    }
    if (!clause(reader, TYPE_DESCRIBES, &byte) || !clause(reader, TYPE_DESCRIPTOR, &byte))
        return false;
    switch (byte) {
    case TYPE_FUNCTION:
        return values(reader, false) && values(reader, true);
    case TYPE_STRUCT:
        use(reader, FEATURE_GC);
        return fields(reader);
    case TYPE_ARRAY:
        use(reader, FEATURE_GC);
        return field(reader);
    case TYPE_CONTINUATION:
        use(reader, FEATURE_STACK_SWITCHING);
        return types_heap(reader);
    default:
        return reader_fail(reader, start, "malformed definition type");
    }
}

static bool subtype(struct wasm_reader *reader) {
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    if (byte != TYPE_SUB && byte != TYPE_SUB_FINAL) return composite(reader, byte);
    uint32_t count = 0, index;
    use(reader, FEATURE_GC);
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!reader_u32(reader, &index)) return false;
    return reader_byte(reader, &byte) && composite(reader, byte);
}

bool types_group(struct wasm_reader *reader, size_t *count) {
    uint32_t members = 1;
    if (reader->at < reader->end && reader->bytes[reader->at] == TYPE_GROUP) {
        reader->at++;
        use(reader, FEATURE_GC);
        if (!reader_count(reader, &members)) return false;
    }
    for (uint32_t i = 0; i < members; i++)
        if (!subtype(reader)) return false;
    *count += members;
    return true;
}

bool types_global(struct wasm_reader *reader, bool *is_mutable) {
    return types_value(reader) && mutability(reader, 3, is_mutable);
}

bool types_limits(struct wasm_reader *reader, bool memory, struct wasm_limits *limits) {
    size_t start = reader->at;
    uint8_t flags;
    if (!reader_byte(reader, &flags)) return false;
    if (flags > (memory ? 15 : 7)) return reader_fail(reader, start, "malformed limits flags");
    *limits = (struct wasm_limits){.has_maximum = (flags & LIMIT_MAXIMUM) != 0,
                                   .shared = (flags & LIMIT_SHARED) != 0,
                                   .wide = (flags & LIMIT_WIDE) != 0,
                                   .custom_page = (flags & LIMIT_PAGE) != 0,
                                   .page_size = memory ? WASM_PAGE : 1};
    if (!reader_u64(reader, &limits->minimum)) return false;
    if (limits->has_maximum && !reader_u64(reader, &limits->maximum)) return false;
    if ((flags & LIMIT_PAGE) == 0) return true;
    size_t place = reader->at;
    uint32_t power = 0;
    if (!reader_u32(reader, &power)) return false;
    if (power >= 64) return reader_fail(reader, place, "invalid custom page size");
    limits->page_size = UINT64_C(1) << power;
    return true;
}
