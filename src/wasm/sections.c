#include "wasm/sections.h"

#include "base/array.h"
#include "wasm/features.h"
#include "wasm/types.h"

enum {
    EXPORT_LEAST = 3, /* bytes: of the name's length, a kind, an index */
    BODY_LEAST = 1    /* of its size */
};

/** What the readers of one section share. */
struct section_reading {
    struct arena *arena;
    struct wasm_reader *reader;
    struct wasm_module *module;
    struct instructions *constants;
};

static bool too_many(struct section_reading *reading) {
    return reader_fail(reading->reader, reading->reader->at, "too many items: see WASM_ITEMS_MAX");
}

static void use(struct section_reading *reading, enum wasm_feature feature) {
    reading->module->features |= feature_bit(feature);
}

static bool read_index(struct wasm_reader *reader) {
    uint32_t index;
    return reader_u32(reader, &index);
}

/** A constant expression; which instructions are constant is validation's business. */
static bool read_expression(struct section_reading *reading) {
    return instructions_read(reading->reader, reading->constants);
}

static bool add_limits(struct section_reading *reading, bool memory, bool imported) {
    struct wasm_limits limits;
    struct wasm_module *module = reading->module;
    if (!types_limits(reading->reader, memory, &limits)) return false;
    if (module->memory_count + module->table_count >= WASM_MEMORIES_MAX) return too_many(reading);
    limits.imported = imported;
    if (memory)
        *array_add(reading->arena, module->memories, module->memory_count) = limits;
    else
        *array_add(reading->arena, module->tables, module->table_count) = limits;
    return true;
}

static bool read_tag(struct section_reading *reading) {
    size_t start = reading->reader->at;
    uint8_t attribute;
    if (!reader_byte(reading->reader, &attribute)) return false;
    if (attribute != 0) return reader_fail(reading->reader, start, "malformed tag attribute");
    use(reading, FEATURE_EXCEPTIONS);
    return read_index(reading->reader);
}

static bool read_table_type(struct section_reading *reading, bool imported) {
    return types_reference(reading->reader) && add_limits(reading, false, imported);
}

static bool add_global(struct section_reading *reading, bool *is_mutable) {
    struct wasm_module *module = reading->module;
    if (!types_global(reading->reader, is_mutable)) return false;
    if (module->global_count >= WASM_ITEMS_MAX) return too_many(reading);
    *array_add(reading->arena, module->mutable_globals, module->global_count) = *is_mutable;
    return true;
}

static bool read_global_import(struct section_reading *reading) {
    bool is_mutable;
    if (!add_global(reading, &is_mutable)) return false;
    if (is_mutable) use(reading, FEATURE_MUTABLE_GLOBALS);
    return true;
}

/** An external type (section 5.3.17); 0x20 is an exact function (custom descriptors). */
static bool read_external(struct section_reading *reading, enum wasm_kind *kind) {
    struct wasm_reader *reader = reading->reader;
    size_t start = reader->at;
    uint8_t byte;
    if (!reader_byte(reader, &byte)) return false;
    *kind = byte == 0x20 ? WASM_KIND_FUNCTION : (enum wasm_kind)byte;
    switch (byte) {
    case 0x20:
        use(reading, FEATURE_CUSTOM_DESCRIPTORS);
        return read_index(reader);
    case WASM_KIND_FUNCTION:
        return read_index(reader);
    case WASM_KIND_TABLE:
        return read_table_type(reading, true);
    case WASM_KIND_MEMORY:
        return add_limits(reading, true, true);
    case WASM_KIND_GLOBAL:
        return read_global_import(reading);
    case WASM_KIND_TAG:
        return read_tag(reading);
    default:
        return reader_fail(reader, start, "malformed import kind");
    }
}

static bool add_import(struct section_reading *reading, struct wasm_import import) {
    struct wasm_module *module = reading->module;
    if (module->import_count >= WASM_ITEMS_MAX) return too_many(reading);
    *array_add(reading->arena, module->imports, module->import_count) = import;
    if (import.kind == WASM_KIND_FUNCTION) module->imported_functions++;
    return true;
}

/** Where the type stands that several compact imports share. */
struct shared_type {
    size_t begin, end;
};

static bool read_shared_type(struct section_reading *reading, struct shared_type *type) {
    struct wasm_module nowhere = {0};
    struct section_reading skipping = {reading->arena, reading->reader, &nowhere, NULL};
    enum wasm_kind kind;
    type->begin = reading->reader->at;
    if (!read_external(&skipping, &kind)) return false;
    type->end = reading->reader->at;
    return true;
}

static bool repeat_shared_type(struct section_reading *reading, const struct shared_type *type,
                               enum wasm_kind *kind) {
    struct wasm_reader again = reader_part(reading->reader, type->begin, type->end);
    struct section_reading repeated = {reading->arena, &again, reading->module, NULL};
    return read_external(&repeated, kind);
}

/** Many imports of one module; with `shared` also of one type (compact import section proposal). */
static bool read_compact(struct section_reading *reading, struct wasm_import import, bool shared) {
    struct wasm_reader *reader = reading->reader;
    struct shared_type type = {0};
    uint32_t count = 0;
    if (shared && !read_shared_type(reading, &type)) return false;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!reader_name(reader, &import.field)) return false;
        if (shared ? !repeat_shared_type(reading, &type, &import.kind)
                   : !read_external(reading, &import.kind))
            return false;
        if (!add_import(reading, import)) return false;
    }
    return true;
}

static bool read_import(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    struct wasm_import import = {0};
    if (!reader_name(reader, &import.module) || !reader_name(reader, &import.field)) return false;
    uint8_t next = reader_left(reader) > 0 ? reader->bytes[reader->at] : 0;
    if (import.field.length == 0 && (next == 0x7f || next == 0x7e)) {
        reader->at++;
        use(reading, FEATURE_COMPACT_IMPORTS);
        return read_compact(reading, import, next == 0x7e);
    }
    return read_external(reading, &import.kind) && add_import(reading, import);
}

static bool read_type(struct section_reading *reading) {
    return types_group(reading->reader, &reading->module->counts[WASM_TYPE]);
}

static bool read_function(struct section_reading *reading) {
    return read_index(reading->reader);
}

/** A table with or without an initial value (section 5.5.7). */
static bool read_table(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    if (reader_left(reader) == 0 || reader->bytes[reader->at] != 0x40)
        return read_table_type(reading, false);
    reader->at++;
    use(reading, FEATURE_FUNCTION_REFERENCES);
    size_t start = reader->at;
    uint8_t zero;
    if (!reader_byte(reader, &zero)) return false;
    if (zero != 0) return reader_fail(reader, start, "malformed table");
    return read_table_type(reading, false) && read_expression(reading);
}

static bool read_memory(struct section_reading *reading) {
    return add_limits(reading, true, false);
}

static bool read_global(struct section_reading *reading) {
    bool is_mutable;
    return add_global(reading, &is_mutable) && read_expression(reading);
}

static bool read_export(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    struct wasm_export export = {0};
    uint8_t kind;
    if (!reader_name(reader, &export.name)) return false;
    size_t start = reader->at;
    if (!reader_byte(reader, &kind)) return false;
    if (kind > WASM_KIND_TAG) return reader_fail(reader, start, "malformed export kind");
    if (!reader_u32(reader, &export.index)) return false;
    if (reading->module->export_count >= WASM_ITEMS_MAX) return too_many(reading);
    export.kind = (enum wasm_kind)kind;
    reading->module->exports[reading->module->export_count++] = export;
    return true;
}

/** The type of an element segment's items: a kind byte, which is 0, or a reference type. */
static bool read_element_type(struct wasm_reader *reader, bool expressions) {
    if (expressions) return types_reference(reader);
    size_t start = reader->at;
    uint8_t kind;
    if (!reader_byte(reader, &kind)) return false;
    return kind == 0 || reader_fail(reader, start, "malformed element kind");
}

/** A function that an element segment names. */
static bool read_root(struct section_reading *reading) {
    struct instructions *constants = reading->constants;
    uint32_t index = 0;
    if (!reader_u32(reading->reader, &index)) return false;
    *array_add(reading->arena, constants->named, constants->named_count) = index;
    return true;
}

/** Bits of the flags: passive or declarative; explicit index or declarative; expressions (5.5.12).
 */
static bool read_element(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    size_t start = reader->at;
    uint32_t flags = 0, count = 0;
    if (!reader_u32(reader, &flags)) return false;
    if (flags > 7) return reader_fail(reader, start, "malformed element segment flags");
    bool active = (flags & 1) == 0, expressions = (flags & 4) != 0;
    if (flags != 0) use(reading, FEATURE_BULK_MEMORY);
    if ((flags & 3) == 3) use(reading, FEATURE_REFERENCE_TYPES);
    if (active && (flags & 2) != 0 && !read_index(reader)) return false;
    if (active && !read_expression(reading)) return false;
    if ((flags & 3) != 0 && !read_element_type(reader, expressions)) return false;
    if (!reader_count(reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (expressions ? !read_expression(reading) : !read_root(reading)) return false;
    return true;
}

bool section_read_locals(struct wasm_reader *reader) {
    uint32_t runs = 0, count = 0;
    uint64_t total = 0;
    if (!reader_count(reader, &runs)) return false;
    for (uint32_t i = 0; i < runs; i++) {
        size_t start = reader->at;
        if (!reader_u32(reader, &count)) return false;
        total += count;
        if (total > UINT32_MAX) return reader_fail(reader, start, "too many locals");
        if (!types_value(reader)) return false;
    }
    return true;
}

static bool read_code(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    struct wasm_module *module = reading->module;
    size_t start = reader->at;
    uint32_t size = 0;
    if (!reader_count(reader, &size)) return false;
    if (module->function_count >= WASM_ITEMS_MAX) return too_many(reading);
    module->functions[module->function_count++] = (struct wasm_function){
        .offset = start, .size = reader->at - start + size, .body = reader->at};
    reader->at += size;
    return true;
}

static bool read_data(struct section_reading *reading) {
    struct wasm_reader *reader = reading->reader;
    size_t start = reader->at;
    uint32_t flags = 0, length = 0;
    if (!reader_u32(reader, &flags)) return false;
    if (flags > 2) return reader_fail(reader, start, "malformed data segment flags");
    if (flags != 0) use(reading, FEATURE_BULK_MEMORY);
    if (flags == 2 && !read_index(reader)) return false;
    if (flags != 1 && !read_expression(reading)) return false;
    if (!reader_count(reader, &length) || !reader_skip(reader, length)) return false;
    *array_add(reading->arena, reading->module->data, reading->module->data_count) =
        (struct wasm_data){start, reader->at - start};
    return true;
}

/** How one item of each section that is a vector is read; start and data count are no vectors. */
static bool (*const item_readers[WASM_SECTION_IDS])(struct section_reading *reading) = {
    [WASM_TYPE] = read_type,     [WASM_IMPORT] = read_import,   [WASM_FUNCTION] = read_function,
    [WASM_TABLE] = read_table,   [WASM_MEMORY] = read_memory,   [WASM_GLOBAL] = read_global,
    [WASM_EXPORT] = read_export, [WASM_ELEMENT] = read_element, [WASM_CODE] = read_code,
    [WASM_DATA] = read_data,     [WASM_TAG] = read_tag,
};

/** Exports and bodies may be tens of thousands, so they get room at once, but not for more than can
 * be there. */
static void make_room(const struct section_reading *reading, enum wasm_section_id id,
                      size_t count) {
    struct wasm_module *module = reading->module;
    size_t most = reader_left(reading->reader) / (id == WASM_EXPORT ? EXPORT_LEAST : BODY_LEAST);
    if (most > WASM_ITEMS_MAX) most = WASM_ITEMS_MAX;
    if (count > most) count = most;
    if (id == WASM_EXPORT)
        module->exports = arena_alloc(reading->arena, count * sizeof *module->exports);
    if (id == WASM_CODE)
        module->functions = arena_alloc(reading->arena, count * sizeof *module->functions);
}

bool section_read(struct wasm_reader *reader, enum wasm_section_id id, struct wasm_module *module,
                  struct instructions *constants) {
    struct section_reading reading = {constants->arena, reader, module, constants};
    uint32_t count = 0;
    if (!item_readers[id]) {
        if (!reader_u32(reader, &count)) return false;
        module->counts[id] = id == WASM_START ? 1 : count;
        if (id == WASM_START) module->start = count;
        return true;
    }
    if (!reader_count(reader, &count)) return false;
    make_room(&reading, id, count);
    for (uint32_t i = 0; i < count; i++)
        if (!item_readers[id](&reading)) return false;
    if (id == WASM_IMPORT)
        module->counts[id] = module->import_count;
    else if (id != WASM_TYPE)
        module->counts[id] = count;
    return true;
}
