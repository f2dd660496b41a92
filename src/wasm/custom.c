#include "wasm/custom.h"

#include <string.h>

#include "base/array.h"
#include "wasm/custom_read.h"

static bool same(struct wasm_name name, const char *text) {
    return name.length == strlen(text) && memcmp(name.bytes, text, name.length) == 0;
}

static bool same_names(struct wasm_name a, struct wasm_name b) {
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

bool custom_vector(struct custom_reading *reading,
                   bool (*item)(struct custom_reading *reading, uint32_t number)) {
    uint32_t count = 0;
    if (!reader_count(&reading->reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!item(reading, i)) return false;
    return true;
}

/** Adds to a list that is kept up to CUSTOM_ITEMS_MAX; says so where it is full. */
static bool has_room(struct custom_reading *reading, size_t count) {
    if (count < CUSTOM_ITEMS_MAX) return true;
    reader_fail(&reading->reader, reading->reader.at, "too many items: see CUSTOM_ITEMS_MAX");
    return false;
}

static bool is_field(struct wasm_name name) {
    return same(name, "language") || same(name, "processed-by") || same(name, "sdk");
}

static void keep_producer(struct custom_reading *reading, struct custom_producer producer,
                          size_t start) {
    struct wasm_customs *customs = reading->customs;
    if (!has_room(reading, customs->producer_count)) return;
    for (size_t i = 0; i < customs->producer_count; i++)
        if (same_names(customs->producers[i].field, producer.field) &&
            same_names(customs->producers[i].name, producer.name))
            reader_fail(&reading->reader, start, "a value that was there before");
    *array_add(reading->arena, customs->producers, customs->producer_count) = producer;
}

static bool producer_field(struct custom_reading *reading, uint32_t number) {
    struct wasm_reader *reader = &reading->reader;
    struct custom_producer producer;
    size_t start = reader->at;
    uint32_t count = 0;
    (void)number;
    if (!reader_name(reader, &producer.field) || !reader_count(reader, &count)) return false;
    if (!is_field(producer.field)) reader_fail(reader, start, "an unknown field");
    for (size_t i = 0; i < reading->customs->producer_count; i++)
        if (same_names(reading->customs->producers[i].field, producer.field))
            return reader_fail(reader, start, "a field that was there before");
    for (uint32_t i = 0; i < count; i++) {
        start = reader->at;
        if (!reader_name(reader, &producer.name) || !reader_name(reader, &producer.version))
            return false;
        keep_producer(reading, producer, start);
    }
    return true;
}

static bool read_producers(struct custom_reading *reading) {
    return custom_vector(reading, producer_field);
}

static bool target_feature(struct custom_reading *reading, uint32_t number) {
    struct wasm_reader *reader = &reading->reader;
    struct wasm_customs *customs = reading->customs;
    struct custom_feature feature;
    size_t start = reader->at;
    uint8_t prefix;
    (void)number;
    if (!reader_byte(reader, &prefix) || !reader_name(reader, &feature.name)) return false;
    if (prefix != '+' && prefix != '-' && prefix != '=')
        return reader_fail(reader, start, "an unknown prefix");
    if (!has_room(reading, customs->feature_count)) return true;
    for (size_t i = 0; i < customs->feature_count; i++)
        if (same_names(customs->features[i].name, feature.name))
            reader_fail(reader, start, "a feature that was there before");
    feature.prefix = (char)prefix;
    *array_add(reading->arena, customs->features, customs->feature_count) = feature;
    return true;
}

static bool read_features(struct custom_reading *reading) {
    return custom_vector(reading, target_feature);
}

static bool read_source_map(struct custom_reading *reading) {
    return reader_name(&reading->reader, &reading->customs->source_map);
}

static bool read_external_debug(struct custom_reading *reading) {
    return reader_name(&reading->reader, &reading->customs->external_debug);
}

static bool read_build_id(struct custom_reading *reading) {
    struct wasm_reader *reader = &reading->reader;
    uint32_t length = 0;
    if (!reader_count(reader, &length)) return false;
    reading->customs->build_id =
        (struct wasm_name){(const char *)reader->bytes + reader->at, length};
    return reader_skip(reader, length);
}

/** A name that ends with * stands for all that begin with the rest. */
static const struct {
    const char *name;
    bool (*read)(struct custom_reading *);
    bool repeats; /* more than one is allowed */
} kinds[] = {
    {"name", custom_read_names, false},
    {"producers", read_producers, false},
    {"target_features", read_features, false},
    {"linking", custom_read_linking, false},
    {"reloc.*", custom_read_relocations, true},
    {"dylink.0", custom_read_dylink, false},
    {"dylink", custom_read_old_dylink, false},
    {"sourceMappingURL", read_source_map, false},
    {"external_debug_info", read_external_debug, false},
    {"build_id", read_build_id, false},
};

static bool is_kind(size_t kind, struct wasm_name name) {
    const char *text = kinds[kind].name;
    size_t length = strlen(text);
    if (text[length - 1] != '*') return same(name, text);
    return name.length >= length - 1 && memcmp(name.bytes, text, length - 1) == 0;
}

/** Reads one section, and notes what is wrong with it. */
static void read_one(struct custom_reading *reading, size_t kind, bool again) {
    struct wasm_customs *customs = reading->customs;
    struct wasm_reader *reader = &reading->reader;
    struct wasm_problem problem = {0};
    reader->problem = &problem;
    if (again && !kinds[kind].repeats)
        reader_fail(reader, reading->section->offset, "a section that was there before");
    else if (kinds[kind].read(reading) && reader_left(reader) > 0)
        reader_fail(reader, reader->at, "bytes left over");
    if (!problem.reason) return;
    *array_add(reading->arena, customs->notes, customs->note_count) =
        (struct custom_note){reading->section->name, problem.offset, problem.reason};
}

/** Where the last section that is not custom stands; 0: there is none. */
static size_t last_standard(const struct wasm_section *sections, size_t count) {
    for (size_t i = count; i > 0; i--)
        if (sections[i - 1].id != WASM_CUSTOM) return i;
    return 0;
}

void wasm_customs_read(struct arena *arena, const uint8_t *bytes, const struct wasm_unit *unit,
                       struct wasm_customs *customs) {
    const struct wasm_section *sections = unit->component ? unit->sections : unit->module.sections;
    size_t count = unit->component ? unit->section_count : unit->module.section_count;
    size_t standard = last_standard(sections, count);
    bool seen[array_length(kinds)] = {false};
    *customs = (struct wasm_customs){0};
    for (size_t i = 0; i < count; i++) {
        const struct wasm_section *section = &sections[i];
        size_t kind = 0;
        if (section->id != WASM_CUSTOM) continue;
        while (kind < array_length(kinds) && !is_kind(kind, section->name)) kind++;
        if (kind == array_length(kinds)) continue;
        size_t end = section->offset + section->header + section->size;
        size_t begin =
            (size_t)((const uint8_t *)section->name.bytes - bytes) + section->name.length;
        struct custom_reading reading = {
            arena, {bytes, begin, end, NULL, NULL}, unit, section, customs, i == 0, i >= standard};
        read_one(&reading, kind, seen[kind]);
        seen[kind] = true;
    }
}

bool custom_produced_by(const struct wasm_customs *customs, const char *tool) {
    for (size_t i = 0; i < customs->producer_count; i++)
        if (same(customs->producers[i].name, tool)) return true;
    return false;
}
