#include "base/array.h"
#include "wasm/custom_read.h"

static const char *const words[NAMINGS] = {
    [NAMING_MODULE] = "module",     [NAMING_FUNCTIONS] = "functions",
    [NAMING_LOCALS] = "locals",     [NAMING_LABELS] = "labels",
    [NAMING_TYPES] = "types",       [NAMING_TABLES] = "tables",
    [NAMING_MEMORIES] = "memories", [NAMING_GLOBALS] = "globals",
    [NAMING_ELEMENTS] = "elements", [NAMING_DATA] = "data",
    [NAMING_FIELDS] = "fields",     [NAMING_TAGS] = "tags",
};

const char *custom_naming_word(enum custom_naming naming) {
    return words[naming];
}

/** One subsection being read. */
struct naming {
    struct custom_reading *reading;
    struct wasm_reader reader;
    enum custom_naming which;
    struct custom_names *keep; /* where names go by index, or NULL */
};

/** How many things of that kind there are; UINT32_MAX where it is not known. */
static size_t room_of(const struct wasm_unit *unit, enum custom_naming which) {
    const struct wasm_module *module = &unit->module;
    const size_t rooms[NAMINGS] = {
        [NAMING_MODULE] = UINT32_MAX,
        [NAMING_FUNCTIONS] = module->imported_functions + module->function_count,
        [NAMING_LOCALS] = module->imported_functions + module->function_count,
        [NAMING_LABELS] = module->imported_functions + module->function_count,
        [NAMING_TYPES] = module->counts[WASM_TYPE],
        [NAMING_TABLES] = module->table_count,
        [NAMING_MEMORIES] = module->memory_count,
        [NAMING_GLOBALS] = module->global_count,
        [NAMING_ELEMENTS] = module->counts[WASM_ELEMENT],
        [NAMING_DATA] = module->data_count,
        [NAMING_FIELDS] = module->counts[WASM_TYPE],
        [NAMING_TAGS] = UINT32_MAX,
    };
    return rooms[which];
}

/** An index that has to be larger than the one before; `before` is that plus one. */
static bool read_index(struct naming *naming, size_t room, uint64_t *before) {
    struct wasm_reader *reader = &naming->reader;
    size_t start = reader->at;
    uint32_t index = 0;
    if (!reader_u32(reader, &index)) return false;
    if (index < *before) reader_fail(reader, start, "an index out of order");
    if (index >= room) reader_fail(reader, start, "an index of nothing");
    *before = (uint64_t)index + 1;
    return true;
}

static void keep(struct naming *naming, uint64_t index, struct wasm_name name) {
    struct custom_names *names = naming->keep;
    if (!names || index >= names->count || names->items[index].length > 0) return;
    names->items[index] = name;
}

/** A name map; `room` is how many things there are. */
static bool read_map(struct naming *naming, size_t room) {
    uint64_t before = 0;
    uint32_t count = 0;
    struct wasm_name name;
    if (!reader_count(&naming->reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_index(naming, room, &before) || !reader_name(&naming->reader, &name))
            return false;
        keep(naming, before - 1, name);
        naming->reading->customs->named[naming->which]++;
    }
    return true;
}

/** Of each function, or type, a name map. */
static bool read_indirect(struct naming *naming, size_t room) {
    uint64_t before = 0;
    uint32_t count = 0;
    if (!reader_count(&naming->reader, &count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_index(naming, room, &before) || !read_map(naming, UINT32_MAX)) return false;
    return true;
}

static bool read_subsection(struct naming *naming) {
    struct wasm_customs *customs = naming->reading->customs;
    size_t room = room_of(naming->reading->unit, naming->which);
    if (naming->which == NAMING_MODULE) {
        customs->named[NAMING_MODULE]++;
        return reader_name(&naming->reader, &customs->module_name);
    }
    if (naming->which == NAMING_LOCALS || naming->which == NAMING_LABELS ||
        naming->which == NAMING_FIELDS)
        return read_indirect(naming, room);
    return read_map(naming, room);
}

static void make_room(struct arena *arena, struct custom_names *names, size_t count) {
    names->items = arena_alloc(arena, count * sizeof *names->items);
    names->count = count;
}

static struct custom_names *kept_of(struct custom_reading *reading, enum custom_naming which) {
    struct custom_names *names = which == NAMING_MEMORIES ? &reading->customs->memories
                                 : which == NAMING_DATA   ? &reading->customs->data
                                                          : NULL;
    if (names && !names->items) make_room(reading->arena, names, room_of(reading->unit, which));
    return names;
}

/** One subsection; what is wrong inside of it does not keep the next from being read. */
static bool read_part(struct custom_reading *reading, int *before) {
    struct wasm_reader *reader = &reading->reader;
    size_t start = reader->at;
    uint8_t id = 0;
    uint32_t size = 0;
    if (!reader_byte(reader, &id) || !reader_count(reader, &size)) return false;
    struct naming naming = {reading, reader_part(reader, reader->at, reader->at + size),
                            (enum custom_naming)id, NULL};
    reader->at += size;
    if (id <= *before) reader_fail(reader, start, "a subsection out of order");
    *before = id;
    if (id >= NAMINGS) {
        reader_fail(reader, start, "an unknown subsection");
        return true;
    }
    naming.keep = kept_of(reading, naming.which);
    if (read_subsection(&naming) && reader_left(&naming.reader) > 0)
        reader_fail(reader, naming.reader.at, "subsection size mismatch");
    return true;
}

bool custom_read_names(struct custom_reading *reading) {
    if (!reading->last)
        reader_fail(&reading->reader, reading->section->offset, "stands before other sections");
    for (int before = -1; reader_left(&reading->reader) > 0;)
        if (!read_part(reading, &before)) return false;
    return true;
}
