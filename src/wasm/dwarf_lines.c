/* Line tables (DWARF 5, section 6.2; DWARF 4 and before for the older header). */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/dwarf_read.h"

enum {
    CONTENT_PATH = 1,
    CONTENT_DIRECTORY = 2,
    FORMATS_MAX = 16,
    LNS_COPY = 1,
    LNS_ADVANCE_PC,
    LNS_ADVANCE_LINE,
    LNS_SET_FILE,
    LNS_CONST_ADD_PC = 8,
    LNS_FIXED_ADVANCE_PC,
    LNE_END_SEQUENCE = 1,
    LNE_SET_ADDRESS,
    NOWHERE = -1, /* a sequence that belongs to no function */
};

/** A file or directory of a table. */
struct entry {
    struct wasm_name path;
    uint64_t directory;
    const char *text; /* the whole path, made when it is first asked for */
};

struct entries {
    struct entry *items;
    size_t count;
};

/** One line table: its header, and the machine that runs it. */
struct table {
    struct dwarf *dwarf;
    const struct wasm_module *module;
    const char **files; /* by function */
    size_t code;        /* where addresses count from */
    struct dwarf_format format;
    struct wasm_name compiled_in;
    struct entries directories, sources;
    uint8_t instruction_length, range, base, lengths[256];
    uint64_t address, file;
    bool begun;    /* the sequence has had a row */
    long function; /* the last that a row lay in, or NOWHERE */
};

static bool is_absolute(struct wasm_name path) {
    return path.length > 0 && path.bytes[0] == '/';
}

static void add_part(struct text *text, struct wasm_name part) {
    if (part.length == 0) return;
    if (text->length > 0 && text->data[text->length - 1] != '/') text_add_char(text, '/');
    text_add_inert(text, part.bytes, part.length < DWARF_PATH_MAX ? part.length : DWARF_PATH_MAX);
}

/** Takes `.` and `x/..` out of a path, in place. */
static void simplify(char *path) {
    char *out = path;
    const char *at = path;
    while (*at) {
        size_t length = strcspn(at, "/"), step = at[length] ? length + 1 : length;
        char *above = out;
        while (above > path && above[-1] == '/') above--;
        while (above > path && above[-1] != '/') above--;
        bool up = length == 2 && at[0] == '.' && at[1] == '.';
        bool can_rise = above < out && strncmp(above, "../", 3) != 0 && *above != '/';
        if (up && can_rise) {
            out = above;
        } else if (!(length == 1 && at[0] == '.')) {
            memmove(out, at, step);
            out += step;
        }
        at += step;
    }
    *out = '\0';
}

/** The directory of that number: the one of compilation is 0 and, before version 5, not listed. */
static struct wasm_name directory_of(const struct table *table, uint64_t number) {
    bool listed = table->format.version >= 5;
    if (!listed && number == 0) return (struct wasm_name){0};
    if (!listed) number--;
    return number < table->directories.count ? table->directories.items[number].path
                                             : (struct wasm_name){0};
}

static const char *below(struct table *table, const char *path) {
    struct wasm_name root = table->compiled_in;
    if (table->format.version >= 5 && table->directories.count > 0)
        root = table->directories.items[0].path;
    struct text text = text_begin(table->dwarf->scratch);
    add_part(&text, root);
    simplify(text.data);
    size_t length = strlen(text.data);
    if (length == 0 || strncmp(path, text.data, length) != 0) return path;
    if (text.data[length - 1] == '/') return path + length;
    return path[length] == '/' ? path + length + 1 : path;
}

static const char *path_of(struct table *table, struct entry *entry) {
    struct text text = text_begin(table->dwarf->scratch);
    if (!is_absolute(entry->path)) {
        struct wasm_name directory = directory_of(table, entry->directory);
        if (table->format.version >= 5 && entry->directory > 0 && !is_absolute(directory))
            add_part(&text, directory_of(table, 0));
        add_part(&text, directory);
    }
    add_part(&text, entry->path);
    if (text.length > table->dwarf->room) return NULL;
    table->dwarf->room -= text.length;
    simplify(text.data);
    return text_copy(table->dwarf->arena, below(table, text.data));
}

/** The path of a file by its number, which counts from 1 before version 5; NULL for none. */
static const char *file_text(struct table *table, uint64_t number) {
    if (table->format.version < 5 && number-- == 0) return NULL;
    if (number >= table->sources.count) return NULL;
    struct entry *entry = &table->sources.items[number];
    if (!entry->text && entry->path.length > 0) entry->text = path_of(table, entry);
    return entry->text;
}

/** Directories and files as they were before version 5: texts until an empty one. */
static bool read_old_entries(struct table *table, struct wasm_reader *reader, bool sources,
                             struct entries *entries) {
    uint64_t skipped;
    for (;;) {
        struct entry entry = {0};
        if (!dwarf_string(reader, &entry.path)) return false;
        if (entry.path.length == 0) return true;
        if (sources && (!reader_u64(reader, &entry.directory) || !reader_u64(reader, &skipped) ||
                        !reader_u64(reader, &skipped)))
            return false;
        *array_add(table->dwarf->scratch, entries->items, entries->count) = entry;
    }
}

/** What each entry of a table of version 5 holds. */
struct content {
    uint64_t kinds[FORMATS_MAX], forms[FORMATS_MAX];
    unsigned count;
};

static bool read_content(struct wasm_reader *reader, struct content *content) {
    uint8_t count = 0;
    if (!reader_byte(reader, &count) || count > FORMATS_MAX) return false;
    for (content->count = 0; content->count < count; content->count++)
        if (!reader_u64(reader, &content->kinds[content->count]) ||
            !reader_u64(reader, &content->forms[content->count]))
            return false;
    return true;
}

static bool read_entries(struct table *table, struct wasm_reader *reader, struct entries *entries) {
    struct content content;
    uint64_t count = 0;
    if (!read_content(reader, &content) || !reader_u64(reader, &count)) return false;
    if (count > reader_left(reader)) return false;
    for (uint64_t i = 0; i < count; i++) {
        struct entry entry = {0};
        for (unsigned c = 0; c < content.count; c++) {
            struct dwarf_value value;
            if (!dwarf_value_read(table->dwarf, reader, &table->format, content.forms[c], &value))
                return false;
            if (content.kinds[c] == CONTENT_PATH) entry.path = value.text;
            if (content.kinds[c] == CONTENT_DIRECTORY) entry.directory = value.number;
        }
        *array_add(table->dwarf->scratch, entries->items, entries->count) = entry;
    }
    return true;
}

static bool read_header(struct table *table, struct wasm_reader *reader, size_t *program) {
    uint64_t version = 0, length = 0;
    uint8_t skipped, opcodes = 0;
    if (!dwarf_number(reader, 2, &version) || version < 2 || version > 5) return false;
    table->format.version = (unsigned)version;
    table->format.address_size = 4;
    if (version >= 5 && !reader_skip(reader, 2)) return false;
    if (!dwarf_offset(reader, &table->format, &length) || length > reader_left(reader))
        return false;
    *program = reader->at + (size_t)length;
    if (!reader_byte(reader, &table->instruction_length)) return false;
    if (version >= 4 && !reader_byte(reader, &skipped)) return false;
    if (!reader_byte(reader, &skipped) || !reader_byte(reader, &skipped) ||
        !reader_byte(reader, &table->range) || !reader_byte(reader, &opcodes))
        return false;
    if (table->range == 0 || opcodes == 0) return false;
    table->base = opcodes;
    for (unsigned i = 1; i < opcodes; i++)
        if (!reader_byte(reader, &table->lengths[i])) return false;
    if (version >= 5)
        return read_entries(table, reader, &table->directories) &&
               read_entries(table, reader, &table->sources);
    return read_old_entries(table, reader, false, &table->directories) &&
           read_old_entries(table, reader, true, &table->sources);
}

static bool lies_in(const struct table *table, long function, uint64_t at) {
    const struct wasm_function *found = &table->module->functions[function];
    return at >= found->offset && at - found->offset < found->size;
}

/** The function that an offset in the file lies in. */
static long function_at(const struct table *table, uint64_t at) {
    long low = 0, high = (long)table->module->function_count - 1;
    while (low <= high) {
        long middle = low + (high - low) / 2;
        if (lies_in(table, middle, at)) return middle;
        if (at < table->module->functions[middle].offset)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return NOWHERE;
}

/** A row: the first of a function says where it comes from. A sequence that begins in none is of
 * code that the linker left out; its addresses mean nothing. */
static void add_row(struct table *table) {
    uint64_t at = table->address + table->code;
    if (table->begun && table->function == NOWHERE) return;
    if (table->begun && lies_in(table, table->function, at)) return;
    bool first = !table->begun;
    table->begun = true;
    if (at < table->address) return;
    long function = function_at(table, at);
    if (function == NOWHERE && !first) return;
    table->function = function;
    if (function != NOWHERE && !table->files[function])
        table->files[function] = file_text(table, table->file);
}

static void begin_sequence(struct table *table) {
    table->address = 0;
    table->file = 1;
    table->begun = false;
    table->function = NOWHERE;
}

static bool extended(struct table *table, struct wasm_reader *reader) {
    uint64_t length = 0;
    uint8_t opcode = 0;
    if (!reader_u64(reader, &length) || length == 0 || length > reader_left(reader)) return false;
    struct wasm_reader inner = reader_part(reader, reader->at, reader->at + (size_t)length);
    reader->at += (size_t)length;
    if (!reader_byte(&inner, &opcode)) return false;
    if (opcode == LNE_END_SEQUENCE) begin_sequence(table);
    if (opcode == LNE_SET_ADDRESS)
        return dwarf_number(&inner, (unsigned)(length - 1 > 8 ? 9 : length - 1), &table->address);
    return true;
}

static void advance(struct table *table, uint64_t by) {
    table->address += by * table->instruction_length;
}

static bool standard(struct table *table, struct wasm_reader *reader, uint8_t opcode) {
    uint64_t number = 0;
    switch (opcode) {
    case LNS_COPY:
        add_row(table);
        return true;
    case LNS_ADVANCE_PC:
        if (!reader_u64(reader, &number)) return false;
        advance(table, number);
        return true;
    case LNS_ADVANCE_LINE: {
        int64_t lines;
        return reader_signed(reader, 64, &lines);
    }
    case LNS_SET_FILE:
        return reader_u64(reader, &table->file);
    case LNS_CONST_ADD_PC:
        advance(table, (255u - table->base) / table->range);
        return true;
    case LNS_FIXED_ADVANCE_PC:
        if (!dwarf_number(reader, 2, &number)) return false;
        table->address += number;
        return true;
    default:
        for (unsigned i = 0; i < table->lengths[opcode]; i++)
            if (!reader_u64(reader, &number)) return false;
        return true;
    }
}

static void run(struct table *table, struct wasm_reader *reader) {
    begin_sequence(table);
    while (reader_left(reader) > 0) {
        uint8_t opcode = reader->bytes[reader->at++];
        if (opcode >= table->base) {
            advance(table, (unsigned)(opcode - table->base) / table->range);
            add_row(table);
        } else if (opcode == 0 ? !extended(table, reader) : !standard(table, reader, opcode)) {
            return;
        }
    }
}

/** Where the units that were read stand beside the tables, both by offset. */
struct units {
    const struct dwarf_unit *items;
    size_t count, next;
};

static struct wasm_name directory_for(struct units *units, uint64_t lines) {
    while (units->next < units->count && units->items[units->next].lines < lines) units->next++;
    bool found = units->next < units->count && units->items[units->next].lines == lines;
    return found ? units->items[units->next].directory : (struct wasm_name){0};
}

void dwarf_lines_run(struct dwarf *dwarf, const struct wasm_module *module, size_t code,
                     const char **files) {
    struct units units = {0};
    units.items = dwarf_units_read(dwarf, &units.count);
    struct wasm_reader reader = dwarf_reader(dwarf, dwarf->lines);
    while (reader_left(&reader) > 0) {
        struct table table = {.dwarf = dwarf, .module = module, .files = files, .code = code};
        uint64_t offset = reader.at - dwarf->lines.begin;
        size_t end, program;
        if (!dwarf_length(&reader, &table.format, &end)) return;
        struct wasm_reader inner = reader_part(&reader, reader.at, end);
        reader.at = end;
        table.compiled_in = directory_for(&units, offset);
        if (!read_header(&table, &inner, &program) || program > inner.end) continue;
        inner.at = program;
        run(&table, &inner);
    }
}
