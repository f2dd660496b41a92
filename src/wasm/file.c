#include "wasm/file.h"

#include "base/array.h"
#include "base/text.h"
#include "wasm/component_sections.h"
#include "wasm/format.h"

/** What is being read: the file so far, and the component that the reader stands in. */
struct file_reading {
    struct arena *arena;
    struct wasm_reader reader;
    struct wasm_file *file;
    size_t ends[WASM_DEPTH_MAX + 1]; /* where the component of each depth ends */
    size_t current;                  /* number of the innermost open component */
};

static bool add_unit(struct file_reading *reading, bool component, struct wasm_span span) {
    struct wasm_file *file = reading->file;
    struct wasm_unit unit = {.component = component,
                             .path = "/",
                             .parent = reading->current,
                             .begin = span.begin,
                             .length = span.end - span.begin};
    if (file->unit_count >= WASM_UNITS_MAX)
        return reader_fail(&reading->reader, span.begin, "too many modules and components");
    if (file->unit_count > 0) {
        struct wasm_unit *parent = &file->units[reading->current];
        unsigned number = component ? parent->components++ : parent->modules++;
        unit.depth = parent->depth + 1;
        unit.path = text_format(reading->arena, "%s%s%s%u", parent->path, parent->depth ? "/" : "",
                                component ? "component" : "module", number);
        parent->glue -= unit.length;
    }
    unit.glue = component ? unit.length : 0;
    *array_add(reading->arena, file->units, file->unit_count) = unit;
    return true;
}

static bool read_module(struct file_reading *reading, struct wasm_span span) {
    struct wasm_problem *problem = reading->reader.problem;
    if (!add_unit(reading, false, span)) return false;
    struct wasm_module *module = &reading->file->units[reading->file->unit_count - 1].module;
    return wasm_module_walk(reading->arena, span, module, problem);
}

static bool open_component(struct file_reading *reading, struct wasm_span span) {
    struct wasm_reader *reader = &reading->reader;
    struct wasm_file *file = reading->file;
    unsigned depth = file->unit_count ? file->units[reading->current].depth + 1 : 0;
    if (wasm_preamble_read(span.bytes + span.begin, span.end - span.begin) != WASM_IS_COMPONENT)
        return reader_fail(reader, span.begin, "no component where one should be");
    if (depth > WASM_DEPTH_MAX)
        return reader_fail(reader, span.begin, "components nested too deeply");
    if (!add_unit(reading, true, span)) return false;
    reading->current = file->unit_count - 1;
    reading->ends[depth] = span.end;
    reader->at = span.begin + WASM_PREAMBLE;
    reader->end = span.end;
    return true;
}

static void close_component(struct file_reading *reading) {
    struct wasm_unit *unit = &reading->file->units[reading->current];
    if (unit->depth > 0) reading->reader.end = reading->ends[unit->depth - 1];
    reading->current = unit->parent;
}

static bool read_custom(struct file_reading *reading, struct wasm_section section) {
    struct wasm_reader *reader = &reading->reader;
    struct wasm_unit *unit = &reading->file->units[reading->current];
    struct wasm_reader inner = reader_part(reader, reader->at, reader->at + section.size);
    if (!reader_name(&inner, &section.name)) return false;
    if (unit->section_count >= WASM_SECTIONS_MAX)
        return reader_fail(reader, section.offset, "too many sections");
    *array_add(reading->arena, unit->sections, unit->section_count) = section;
    reader->at = inner.end;
    return true;
}

static bool read_other(struct wasm_reader *reader, uint8_t id, size_t size) {
    struct wasm_reader inner = reader_part(reader, reader->at, reader->at + size);
    if (!component_section_read(&inner, (enum component_section_id)id)) return false;
    reader->at = inner.end;
    return reader_left(&inner) == 0 || reader_fail(reader, inner.at, "section size mismatch");
}

static bool read_section(struct file_reading *reading) {
    struct wasm_reader *reader = &reading->reader;
    struct wasm_section section = {.offset = reader->at};
    uint8_t id = 0;
    uint32_t size = 0;
    if (!reader_byte(reader, &id)) return false;
    if (id >= COMPONENT_SECTION_IDS)
        return reader_fail(reader, section.offset, "malformed section id");
    if (!reader_count(reader, &size)) return false;
    struct wasm_span span = {reader->bytes, reader->at, reader->at + size};
    section.header = reader->at - section.offset;
    section.size = size;
    if (id == COMPONENT_CUSTOM) return read_custom(reading, section);
    if (id == COMPONENT_COMPONENT) return open_component(reading, span);
    if (id != COMPONENT_CORE_MODULE) return read_other(reader, id, size);
    if (!read_module(reading, span)) return false;
    reader->at = span.end;
    return true;
}

static bool read_component(struct file_reading *reading, struct wasm_span span) {
    if (!open_component(reading, span)) return false;
    for (;;) {
        if (reader_left(&reading->reader) > 0) {
            if (!read_section(reading)) return false;
            continue;
        }
        bool last = reading->file->units[reading->current].depth == 0;
        close_component(reading);
        if (last) return true;
    }
}

bool wasm_file_read(struct arena *arena, struct wasm_span span, enum wasm_depth depth,
                    struct wasm_file *file, struct wasm_problem *problem) {
    *file = (struct wasm_file){.bytes = span.bytes, .length = span.end - span.begin};
    *problem = (struct wasm_problem){0};
    struct file_reading reading = {
        .arena = arena, .reader = {span.bytes, span.begin, span.end, problem, NULL}, .file = file};
    bool component = wasm_preamble_read(span.bytes + span.begin, file->length) == WASM_IS_COMPONENT;
    return (component ? read_component(&reading, span) : read_module(&reading, span)) &&
           (depth == WASM_WALK || wasm_file_decode(arena, file, NULL, problem));
}

bool wasm_file_decode(struct arena *arena, struct wasm_file *file, struct thread_pool *pool,
                      struct wasm_problem *problem) {
    for (size_t i = 0; i < file->unit_count; i++) {
        struct wasm_unit *unit = &file->units[i];
        if (!unit->component &&
            !wasm_module_decode(arena, file->bytes, &unit->module, pool, problem))
            return false;
    }
    return true;
}

size_t wasm_file_total(const struct wasm_file *file) {
    size_t total = 0;
    for (size_t i = 0; i < file->unit_count; i++) {
        const struct wasm_unit *unit = &file->units[i];
        total += unit->component ? unit->glue : wasm_module_total(&unit->module);
    }
    return total;
}
