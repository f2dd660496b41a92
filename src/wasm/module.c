#include "wasm/module.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/features.h"
#include "wasm/format.h"
#include "wasm/reader.h"
#include "wasm/sections.h"

/** Word, and place in the order that sections other than custom ones must have (section 5.5.16). */
static const struct {
    const char *word;
    int order;
} section_rows[WASM_SECTION_IDS] = {
    [WASM_CUSTOM] = {"custom", 0},    [WASM_TYPE] = {"type", 1},
    [WASM_IMPORT] = {"import", 2},    [WASM_FUNCTION] = {"function", 3},
    [WASM_TABLE] = {"table", 4},      [WASM_MEMORY] = {"memory", 5},
    [WASM_TAG] = {"tag", 6},          [WASM_GLOBAL] = {"global", 7},
    [WASM_EXPORT] = {"export", 8},    [WASM_START] = {"start", 9},
    [WASM_ELEMENT] = {"element", 10}, [WASM_DATA_COUNT] = {"datacount", 11},
    [WASM_CODE] = {"code", 12},       [WASM_DATA] = {"data", 13},
};

static const char *const debug_names[] = {"name", "linking", "sourceMappingURL",
                                          "external_debug_info"};
static const char *const debug_prefixes[] = {".debug_", "reloc."};

const char *wasm_section_word(enum wasm_section_id id) {
    return section_rows[id].word;
}

static bool is_standard_name(const char *name) {
    for (enum wasm_section_id id = WASM_TYPE; id < WASM_SECTION_IDS; id++)
        if (strcmp(name, section_rows[id].word) == 0) return true;
    return strcmp(name, "preamble") == 0 || strcmp(name, "component") == 0 || name[0] == '\0';
}

const char *wasm_section_label(struct arena *arena, const struct wasm_section *section) {
    if (section->id != WASM_CUSTOM) return section_rows[section->id].word;
    struct text text = text_begin(arena);
    text_add_inert(&text, section->name.bytes, section->name.length);
    return is_standard_name(text.data) ? text_format(arena, "custom-%s", text.data) : text.data;
}

bool wasm_section_is_debug(const struct wasm_section *section) {
    if (section->id != WASM_CUSTOM) return false;
    struct wasm_name name = section->name;
    for (size_t i = 0; i < array_length(debug_names); i++)
        if (strlen(debug_names[i]) == name.length &&
            memcmp(debug_names[i], name.bytes, name.length) == 0)
            return true;
    for (size_t i = 0; i < array_length(debug_prefixes); i++)
        if (strlen(debug_prefixes[i]) <= name.length &&
            memcmp(debug_prefixes[i], name.bytes, strlen(debug_prefixes[i])) == 0)
            return true;
    return false;
}

size_t wasm_module_total(const struct wasm_module *module) {
    size_t total = WASM_PREAMBLE;
    for (size_t i = 0; i < module->section_count; i++)
        total += module->sections[i].header + module->sections[i].size;
    return total;
}

size_t wasm_module_size_of(const struct wasm_module *module, enum wasm_section_id id) {
    size_t total = 0;
    for (size_t i = 0; i < module->section_count; i++)
        if (module->sections[i].id == id)
            total += module->sections[i].header + module->sections[i].size;
    return total;
}

enum wasm_preamble wasm_preamble_read(const uint8_t *bytes, size_t length) {
    static const uint8_t magic[] = {0, 'a', 's', 'm'};
    static const uint8_t core[] = {1, 0, 0, 0};
    static const uint8_t component[] = {0x0d, 0, 1, 0};
    if (length < 4 || memcmp(bytes, magic, sizeof magic) != 0) return WASM_IS_NOT;
    if (length < WASM_PREAMBLE) return WASM_IS_UNKNOWN;
    if (memcmp(bytes + 4, core, sizeof core) == 0) return WASM_IS_MODULE;
    return memcmp(bytes + 4, component, sizeof component) == 0 ? WASM_IS_COMPONENT
                                                               : WASM_IS_UNKNOWN;
}

static bool read_preamble(struct wasm_reader *reader) {
    size_t begin = reader->at;
    enum wasm_preamble preamble = wasm_preamble_read(reader->bytes + begin, reader_left(reader));
    reader->at += WASM_PREAMBLE;
    switch (preamble) {
    case WASM_IS_MODULE:
        return true;
    case WASM_IS_COMPONENT:
        return reader_fail(reader, begin + 4, "a component where a module should be");
    case WASM_IS_UNKNOWN:
        if (reader->at > reader->end) return reader_fail(reader, reader->end, "unexpected end");
        return reader_fail(reader, begin + 4, "unknown binary version");
    case WASM_IS_NOT:
        return reader_fail(reader, begin, "no WebAssembly magic");
    }
    return false;
}

/** The header of the section that begins where the reader stands. */
static bool read_header(struct wasm_reader *reader, struct wasm_section *section) {
    uint8_t id;
    uint32_t size = 0;
    section->offset = reader->at;
    if (!reader_byte(reader, &id)) return false;
    if (id >= WASM_SECTION_IDS) return reader_fail(reader, section->offset, "malformed section id");
    if (!reader_u32(reader, &size)) return false;
    section->id = (enum wasm_section_id)id;
    section->header = reader->at - section->offset;
    section->size = size;
    if (size > reader_left(reader))
        return reader_fail(reader, section->offset, "a section longer than the file");
    return true;
}

static bool check_order(struct wasm_reader *reader, const struct wasm_section *section,
                        struct wasm_module *module, int *last) {
    if (section->id == WASM_CUSTOM) return true;
    if (module->has[section->id])
        return reader_fail(reader, section->offset, "a section that was there before");
    if (section_rows[section->id].order < *last)
        return reader_fail(reader, section->offset, "a section out of order");
    *last = section_rows[section->id].order;
    module->has[section->id] = true;
    return true;
}

static bool read_contents(struct wasm_reader *reader, struct wasm_section *section,
                          struct wasm_module *module, struct instructions *constants) {
    struct wasm_reader inner = reader_part(reader, reader->at, reader->at + section->size);
    reader->at += section->size;
    if (section->id == WASM_CUSTOM) return reader_name(&inner, &section->name);
    if (!section_read(&inner, section->id, module, constants)) return false;
    return reader_left(&inner) == 0 || reader_fail(reader, inner.at, "section size mismatch");
}

static bool check_counts(struct wasm_reader *reader, const struct wasm_module *module) {
    const size_t *counts = module->counts;
    if (counts[WASM_FUNCTION] != module->function_count)
        return reader_fail(reader, reader->end,
                           "function and code section have inconsistent lengths");
    if (module->has[WASM_DATA_COUNT] && counts[WASM_DATA_COUNT] != counts[WASM_DATA])
        return reader_fail(reader, reader->end,
                           "data count and data section have inconsistent lengths");
    return true;
}

bool wasm_module_walk(struct arena *arena, struct wasm_span span, struct wasm_module *module,
                      struct wasm_problem *problem) {
    *module = (struct wasm_module){.begin = span.begin, .length = span.end - span.begin};
    *problem = (struct wasm_problem){0};
    struct wasm_reader reader = {span.bytes, span.begin, span.end, problem, &module->features};
    bool seen[256] = {false};
    struct instructions constants = {.arena = arena, .seen = seen};
    if (!read_preamble(&reader)) return false;
    for (int last = 0; reader_left(&reader) > 0;) {
        struct wasm_section section = {0};
        if (!read_header(&reader, &section) || !check_order(&reader, &section, module, &last) ||
            !read_contents(&reader, &section, module, &constants))
            return false;
        if (module->section_count >= WASM_SECTIONS_MAX)
            return reader_fail(&reader, section.offset, "too many sections");
        *array_add(arena, module->sections, module->section_count) = section;
    }
    module->rooted = (struct wasm_indexes){constants.named, constants.named_count};
    module->features |= features_of_structure(module) | instructions_features(&constants);
    if (instructions_compute(&constants)) module->features |= feature_bit(FEATURE_EXTENDED_CONST);
    return check_counts(&reader, module);
}

bool wasm_module_read(struct arena *arena, const uint8_t *bytes, size_t length,
                      struct wasm_module *module, struct wasm_problem *problem) {
    struct wasm_span span = {bytes, 0, length};
    return wasm_module_walk(arena, span, module, problem) &&
           wasm_module_decode(arena, bytes, module, NULL, problem);
}
