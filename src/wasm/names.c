#include "wasm/names.h"

#include <string.h>

#include "wasm/reader.h"

enum { SUBSECTION_FUNCTIONS = 1 };

const struct wasm_section *wasm_custom_find(const struct wasm_module *module, const char *name) {
    for (size_t i = 0; i < module->section_count; i++) {
        const struct wasm_section *section = &module->sections[i];
        if (section->id == WASM_CUSTOM && section->name.length == strlen(name) &&
            memcmp(section->name.bytes, name, section->name.length) == 0)
            return section;
    }
    return NULL;
}

struct wasm_span wasm_custom_payload(const uint8_t *bytes, const struct wasm_section *section) {
    size_t begin = (size_t)((const uint8_t *)section->name.bytes - bytes) + section->name.length;
    return (struct wasm_span){bytes, begin, section->offset + section->header + section->size};
}

/** A name of which only the length has to be right: one that is no UTF-8 costs none of the others.
 */
static bool read_bytes(struct wasm_reader *reader, struct wasm_name *name) {
    uint32_t length = 0;
    if (!reader_count(reader, &length)) return false;
    *name = (struct wasm_name){(const char *)reader->bytes + reader->at, length};
    reader->at += length;
    return true;
}

/** A name map (section 7.4.1): as much of it as is well formed. */
static void read_map(struct wasm_reader *reader, struct wasm_names *names, size_t imported) {
    uint32_t count = 0, index = 0;
    if (!reader_count(reader, &count)) return;
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_name name;
        if (!reader_u32(reader, &index) || !read_bytes(reader, &name)) return;
        if (index >= names->count || names->functions[index].length > 0) continue;
        names->functions[index] = name;
        if (index >= imported && name.length > 0) names->named++;
    }
}

static void read_section(struct wasm_span span, struct wasm_names *names, size_t imported) {
    struct wasm_problem ignored = {0};
    struct wasm_reader reader = {span.bytes, span.begin, span.end, &ignored, NULL};
    while (reader_left(&reader) > 0) {
        uint8_t id = 0;
        uint32_t size = 0;
        if (!reader_byte(&reader, &id) || !reader_count(&reader, &size)) return;
        struct wasm_reader inner = reader_part(&reader, reader.at, reader.at + size);
        if (id == SUBSECTION_FUNCTIONS) read_map(&inner, names, imported);
        reader.at += size;
    }
}

struct wasm_names wasm_names_read(struct arena *arena, const uint8_t *bytes,
                                  const struct wasm_module *module) {
    struct wasm_names names = {.count = module->imported_functions + module->function_count};
    names.functions = arena_alloc(arena, names.count * sizeof *names.functions);
    const struct wasm_section *section = wasm_custom_find(module, "name");
    if (section)
        read_section(wasm_custom_payload(bytes, section), &names, module->imported_functions);
    for (size_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        if (export->kind == WASM_KIND_FUNCTION && export->index < names.count &&
            names.functions[export->index].length == 0)
            names.functions[export->index] = export->name;
    }
    for (size_t i = 0, function = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (import->kind != WASM_KIND_FUNCTION) continue;
        if (names.functions[function].length == 0) names.functions[function] = import->field;
        function++;
    }
    return names;
}
