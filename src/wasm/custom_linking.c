#include "base/array.h"
#include "wasm/custom_read.h"

/** Subsections of linking and of dylink.0, and flags of symbols (tool conventions). */
enum {
    LINKING_VERSION = 2,
    LINKING_SEGMENTS = 5,
    LINKING_INITIAL,
    LINKING_COMDATS,
    LINKING_SYMBOLS,
    SYMBOL_UNDEFINED = 0x10,
    SYMBOL_NAMED = 0x40,
    DYLINK_MEMORY = 1,
    DYLINK_NEEDED,
    DYLINK_EXPORTS,
    DYLINK_IMPORTS,
    DYLINK_PATHS,
};

static const char *const words[SYMBOLS] = {
    [SYMBOL_FUNCTION] = "functions", [SYMBOL_DATA] = "data", [SYMBOL_GLOBAL] = "globals",
    [SYMBOL_SECTION] = "sections",   [SYMBOL_TAG] = "tags",  [SYMBOL_TABLE] = "tables",
};

const char *custom_symbol_word(enum custom_symbol symbol) {
    return words[symbol];
}

static bool numbers(struct custom_reading *reading, int count) {
    uint32_t number;
    for (int i = 0; i < count; i++)
        if (!reader_u32(&reading->reader, &number)) return false;
    return true;
}

static bool any_name(struct custom_reading *reading) {
    struct wasm_name name;
    return reader_name(&reading->reader, &name);
}

/** What follows kind and flags of a data symbol: a name, and where it is defined its place. */
static bool data_symbol(struct custom_reading *reading, bool undefined) {
    uint64_t number;
    if (!any_name(reading)) return false;
    if (undefined) return true;
    return numbers(reading, 1) && reader_u64(&reading->reader, &number) &&
           reader_u64(&reading->reader, &number);
}

static bool symbol(struct custom_reading *reading, uint32_t position) {
    struct wasm_reader *reader = &reading->reader;
    size_t start = reader->at;
    uint8_t kind = 0;
    uint32_t flags = 0;
    (void)position;
    if (!reader_byte(reader, &kind) || !reader_u32(reader, &flags)) return false;
    if (kind >= SYMBOLS) return reader_fail(reader, start, "an unknown kind of symbol");
    bool undefined = (flags & SYMBOL_UNDEFINED) != 0;
    reading->customs->symbols[kind]++;
    reading->customs->undefined += undefined;
    if (kind == SYMBOL_DATA) return data_symbol(reading, undefined);
    if (!numbers(reading, 1)) return false;
    if (kind == SYMBOL_SECTION || (undefined && (flags & SYMBOL_NAMED) == 0)) return true;
    return any_name(reading);
}

/** Names of data segments count where the name section has none. */
static bool segment(struct custom_reading *reading, uint32_t position) {
    struct custom_names *data = &reading->customs->data;
    struct wasm_name name;
    if (!reader_name(&reading->reader, &name) || !numbers(reading, 2)) return false;
    if (!data->items) {
        data->count = reading->unit->module.data_count;
        data->items = arena_alloc(reading->arena, data->count * sizeof *data->items);
    }
    if (position < data->count && data->items[position].length == 0) data->items[position] = name;
    reading->customs->segments++;
    return true;
}

static bool initial(struct custom_reading *reading, uint32_t position) {
    (void)position;
    reading->customs->initial_functions++;
    return numbers(reading, 2);
}

static bool comdat_member(struct custom_reading *reading, uint32_t position) {
    uint8_t kind;
    (void)position;
    return reader_byte(&reading->reader, &kind) && numbers(reading, 1);
}

static bool comdat(struct custom_reading *reading, uint32_t position) {
    size_t start;
    uint32_t flags = 0;
    (void)position;
    reading->customs->comdats++;
    if (!any_name(reading)) return false;
    start = reading->reader.at;
    if (!reader_u32(&reading->reader, &flags)) return false;
    if (flags != 0) reader_fail(&reading->reader, start, "flags that are not assigned");
    return custom_vector(reading, comdat_member);
}

static bool linking_part(struct custom_reading *reading, uint8_t id) {
    switch (id) {
    case LINKING_SEGMENTS:
        return custom_vector(reading, segment);
    case LINKING_INITIAL:
        return custom_vector(reading, initial);
    case LINKING_COMDATS:
        return custom_vector(reading, comdat);
    case LINKING_SYMBOLS:
        return custom_vector(reading, symbol);
    default:
        reader_fail(&reading->reader, reading->reader.at, "an unknown subsection");
        reading->reader.at = reading->reader.end;
        return true;
    }
}

static bool needed(struct custom_reading *reading, uint32_t position) {
    struct custom_dylink *dylink = &reading->customs->dylink;
    struct wasm_name name;
    (void)position;
    if (!reader_name(&reading->reader, &name)) return false;
    if (dylink->needed_count < CUSTOM_ITEMS_MAX)
        *array_add(reading->arena, dylink->needed, dylink->needed_count) = name;
    return true;
}

static bool export_flags(struct custom_reading *reading, uint32_t position) {
    (void)position;
    reading->customs->dylink.exports++;
    return any_name(reading) && numbers(reading, 1);
}

static bool import_flags(struct custom_reading *reading, uint32_t position) {
    (void)position;
    reading->customs->dylink.imports++;
    return any_name(reading) && any_name(reading) && numbers(reading, 1);
}

static bool path(struct custom_reading *reading, uint32_t position) {
    (void)position;
    reading->customs->dylink.paths++;
    return any_name(reading);
}

static bool memory_and_table(struct custom_reading *reading) {
    struct custom_dylink *dylink = &reading->customs->dylink;
    struct wasm_reader *reader = &reading->reader;
    return reader_u32(reader, &dylink->memory_size) &&
           reader_u32(reader, &dylink->memory_alignment) &&
           reader_u32(reader, &dylink->table_size) && reader_u32(reader, &dylink->table_alignment);
}

static bool dylink_part(struct custom_reading *reading, uint8_t id) {
    switch (id) {
    case DYLINK_MEMORY:
        return memory_and_table(reading);
    case DYLINK_NEEDED:
        return custom_vector(reading, needed);
    case DYLINK_EXPORTS:
        return custom_vector(reading, export_flags);
    case DYLINK_IMPORTS:
        return custom_vector(reading, import_flags);
    case DYLINK_PATHS:
        return custom_vector(reading, path);
    default: /* tools are to step over what they do not know */
        reading->reader.at = reading->reader.end;
        return true;
    }
}

/** Subsections to the end; what is wrong inside of one does not keep the next from being read. */
static bool subsections(struct custom_reading *reading,
                        bool (*part)(struct custom_reading *reading, uint8_t id)) {
    struct wasm_reader *reader = &reading->reader;
    while (reader_left(reader) > 0) {
        uint8_t id = 0;
        uint32_t size = 0;
        if (!reader_byte(reader, &id) || !reader_count(reader, &size)) return false;
        struct custom_reading inner = *reading;
        inner.reader = reader_part(reader, reader->at, reader->at + size);
        reader->at += size;
        if (part(&inner, id) && reader_left(&inner.reader) > 0)
            reader_fail(reader, inner.reader.at, "subsection size mismatch");
    }
    return true;
}

bool custom_read_linking(struct custom_reading *reading) {
    size_t start = reading->reader.at;
    uint32_t version = 0;
    if (!reader_u32(&reading->reader, &version)) return false;
    if (version != LINKING_VERSION)
        return reader_fail(&reading->reader, start, "an unknown version of linking");
    reading->customs->linking = true;
    return subsections(reading, linking_part);
}

bool custom_read_dylink(struct custom_reading *reading) {
    if (!reading->first)
        reader_fail(&reading->reader, reading->section->offset, "is not the first section");
    reading->customs->dylink.there = true;
    return subsections(reading, dylink_part);
}

bool custom_read_old_dylink(struct custom_reading *reading) {
    if (!reading->first)
        reader_fail(&reading->reader, reading->section->offset, "is not the first section");
    reading->customs->dylink.there = reading->customs->dylink.old = true;
    return memory_and_table(reading) && custom_vector(reading, needed);
}

/** Bits of an addend by kind of relocation, 0 for none, -1 for a kind that is not assigned. */
static int addend_bits(uint8_t kind) {
    static const int8_t bits[] = {0,  0,  0,  32, 32, 32, 0, 0,  32, 32, 0, 32, 0, 0,
                                  64, 64, 64, 64, 0,  0,  0, 32, 64, 32, 0, 64, 0};
    return kind < array_length(bits) ? bits[kind] : -1;
}

static bool relocation(struct custom_reading *reading, uint32_t position) {
    struct wasm_reader *reader = &reading->reader;
    size_t start = reader->at;
    int64_t addend;
    uint8_t kind = 0;
    (void)position;
    if (!reader_byte(reader, &kind)) return false;
    int bits = addend_bits(kind);
    if (bits < 0) return reader_fail(reader, start, "an unknown kind of relocation");
    reading->customs->relocations++;
    return numbers(reading, 2) && (bits == 0 || reader_signed(reader, (unsigned)bits, &addend));
}

bool custom_read_relocations(struct custom_reading *reading) {
    size_t start = reading->reader.at;
    uint32_t target = 0;
    if (!reader_u32(&reading->reader, &target)) return false;
    if (target >= reading->unit->module.section_count)
        return reader_fail(&reading->reader, start, "a section that is not there");
    return custom_vector(reading, relocation);
}
