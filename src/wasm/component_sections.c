#include "wasm/component_sections.h"

#include "wasm/component_types.h"

static bool any_name(struct wasm_reader *reader) {
    struct wasm_name name;
    return reader_name(reader, &name);
}

static bool core_argument(struct wasm_reader *reader) {
    size_t start = reader->at;
    uint8_t kind;
    if (!any_name(reader)) return false;
    start = reader->at;
    if (!reader_byte(reader, &kind)) return false;
    if (kind != 0x12) return reader_fail(reader, start, "malformed instantiation argument");
    return component_index(reader);
}

static bool core_export(struct wasm_reader *reader) {
    uint8_t kind;
    return any_name(reader) &&
           component_choice(reader, WASM_KIND_TAG, "malformed export kind", &kind) &&
           component_index(reader);
}

static bool core_instance(struct wasm_reader *reader) {
    uint8_t kind = 0;
    if (!component_choice(reader, 1, "malformed core instance", &kind)) return false;
    if (kind == 1) return component_vector(reader, core_export);
    return component_index(reader) && component_vector(reader, core_argument);
}

static bool argument(struct wasm_reader *reader) {
    return any_name(reader) && component_sort(reader) && component_index(reader);
}

static bool inline_export(struct wasm_reader *reader) {
    return component_extern_name(reader) && component_sort(reader) && component_index(reader);
}

static bool instance(struct wasm_reader *reader) {
    uint8_t kind = 0;
    if (!component_choice(reader, 1, "malformed instance", &kind)) return false;
    if (kind == 1) return component_vector(reader, inline_export);
    return component_index(reader) && component_vector(reader, argument);
}

static bool core_type(struct wasm_reader *reader) {
    return component_type(reader, true, COMPONENT_TYPE_DEPTH);
}

static bool type(struct wasm_reader *reader) {
    return component_type(reader, false, COMPONENT_TYPE_DEPTH);
}

/** An option of lift and lower: 3 memory, 4 realloc, 5 post-return, 7 callback and 8 core type
 * have an index. */
static bool canon_option(struct wasm_reader *reader) {
    uint8_t kind = 0;
    if (!component_choice(reader, 9, "malformed canonical option", &kind)) return false;
    bool indexed = (kind >= 3 && kind <= 5) || kind == 7 || kind == 8;
    return !indexed || component_index(reader);
}

/** What follows each kind of canonical function, a letter each: z a zero byte, i an index, o
 * options, b a flag, r results, t a value type. NULL: not assigned. */
static const char *const canons[] = {
    [0x00] = "zioi" /* lift */,
    [0x01] = "zio" /* lower */,
    [0x02] = "i" /* resource.new */,
    [0x03] = "i" /* resource.drop */,
    [0x04] = "i" /* resource.rep */,
    [0x05] = "" /* task.cancel */,
    [0x06] = "b" /* subtask.cancel */,
    [0x07] = "i" /* resource.drop async */,
    [0x08] = "" /* backpressure.set */,
    [0x09] = "ro" /* task.return */,
    [0x0a] = "ti" /* context.get */,
    [0x0b] = "ti" /* context.set */,
    [0x0c] = "b" /* thread.yield */,
    [0x0d] = "" /* subtask.drop */,
    [0x0e] = "i" /* stream.new */,
    [0x0f] = "io" /* stream.read */,
    [0x10] = "io" /* stream.write */,
    [0x11] = "ib" /* stream.cancel-read */,
    [0x12] = "ib" /* stream.cancel-write */,
    [0x13] = "i" /* stream.drop-readable */,
    [0x14] = "i" /* stream.drop-writable */,
    [0x15] = "i" /* future.new */,
    [0x16] = "io" /* future.read */,
    [0x17] = "io" /* future.write */,
    [0x18] = "ib" /* future.cancel-read */,
    [0x19] = "ib" /* future.cancel-write */,
    [0x1a] = "i" /* future.drop-readable */,
    [0x1b] = "i" /* future.drop-writable */,
    [0x1c] = "o" /* error-context.new */,
    [0x1d] = "o" /* error-context.debug-message */,
    [0x1e] = "" /* error-context.drop */,
    [0x1f] = "" /* waitable-set.new */,
    [0x20] = "bi" /* waitable-set.wait */,
    [0x21] = "bi" /* waitable-set.poll */,
    [0x22] = "" /* waitable-set.drop */,
    [0x23] = "" /* waitable.join */,
    [0x24] = "" /* backpressure.inc */,
    [0x25] = "" /* backpressure.dec */,
    [0x26] = "" /* thread.index */,
    [0x27] = "ii" /* thread.new-indirect */,
    [0x28] = "" /* thread.resume-later */,
    [0x29] = "b" /* thread.suspend, and its kin that resume another thread */,
    [0x2a] = "b",
    [0x2b] = "b",
    [0x2c] = "b",
    [0x2d] = "b",
    [0x40] = "i" /* thread.spawn-ref */,
    [0x41] = "ii" /* thread.spawn-indirect */,
    [0x42] = "" /* thread.available-parallelism */,
};

static bool canon_part(struct wasm_reader *reader, char part) {
    uint8_t byte;
    if (part == 'z') return component_choice(reader, 0, "malformed canonical function", &byte);
    if (part == 'b') return component_choice(reader, 1, "malformed flag", &byte);
    if (part == 'r') return component_results(reader);
    if (part == 't') return component_value_type(reader);
    return part == 'i' ? component_index(reader) : component_vector(reader, canon_option);
}

static bool canon(struct wasm_reader *reader) {
    size_t start = reader->at;
    uint8_t kind;
    if (!reader_byte(reader, &kind)) return false;
    if (kind >= sizeof canons / sizeof *canons || !canons[kind])
        return reader_fail(reader, start, "malformed canonical function");
    for (const char *part = canons[kind]; *part; part++)
        if (!canon_part(reader, *part)) return false;
    return true;
}

static bool import(struct wasm_reader *reader) {
    return component_extern_name(reader) && component_extern(reader);
}

static bool export(struct wasm_reader *reader) {
    uint8_t there = 0;
    if (!component_extern_name(reader) || !component_sort(reader) || !component_index(reader) ||
        !component_choice(reader, 1, "malformed export type", &there))
        return false;
    return !there || component_extern(reader);
}

static bool value(struct wasm_reader *reader) {
    uint32_t length = 0;
    return component_value_type(reader) && reader_count(reader, &length) &&
           reader_skip(reader, length);
}

/** A function, its arguments, and how many results it has: no more than there could be values. */
static bool start_function(struct wasm_reader *reader) {
    size_t start;
    uint32_t results = 0;
    if (!component_index(reader) || !component_vector(reader, component_index)) return false;
    start = reader->at;
    if (!reader_u32(reader, &results)) return false;
    return results <= 1000 || reader_fail(reader, start, "too many results");
}

bool component_section_read(struct wasm_reader *reader, enum component_section_id id) {
    static bool (*const items[COMPONENT_SECTION_IDS])(struct wasm_reader *) = {
        [COMPONENT_CORE_INSTANCE] = core_instance,
        [COMPONENT_CORE_TYPE] = core_type,
        [COMPONENT_INSTANCE] = instance,
        [COMPONENT_ALIAS] = component_alias,
        [COMPONENT_TYPE] = type,
        [COMPONENT_CANON] = canon,
        [COMPONENT_IMPORT] = import,
        [COMPONENT_EXPORT] = export,
        [COMPONENT_VALUE] = value,
    };
    return items[id] ? component_vector(reader, items[id]) : start_function(reader);
}
