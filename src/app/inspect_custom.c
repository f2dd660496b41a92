/* What custom sections say, in text and JSON. */
#include "app/inspect.h"
#include "base/text.h"
#include "base/units.h"

static void add_name(struct text *out, struct wasm_name name) {
    text_add_inert(out, name.bytes, name.length);
}

static void add_hex(struct text *out, struct wasm_name bytes) {
    for (size_t i = 0; i < bytes.length; i++)
        text_add_format(out, "%02x", (unsigned char)bytes.bytes[i]);
}

/** " 3 functions", with a comma where something stands before; nothing for 0. */
static void add_count(struct text *out, size_t count, const char *word, bool *any) {
    if (count == 0) return;
    text_add_format(out, "%s %zu %s", *any ? "," : "", count, word);
    *any = true;
}

static void add_producers(struct text *out, const struct wasm_customs *customs) {
    for (size_t i = 0; i < customs->producer_count; i++) {
        const struct custom_producer *producer = &customs->producers[i];
        text_add(out, "  ");
        add_name(out, producer->field);
        text_add_char(out, ' ');
        add_name(out, producer->name);
        if (producer->version.length > 0) text_add_char(out, ' ');
        add_name(out, producer->version);
        text_add_char(out, '\n');
    }
}

static void add_features(struct text *out, const struct wasm_customs *customs) {
    if (customs->feature_count == 0) return;
    text_add(out, "  target features");
    for (size_t i = 0; i < customs->feature_count; i++) {
        text_add_format(out, " %c", customs->features[i].prefix);
        add_name(out, customs->features[i].name);
    }
    text_add_char(out, '\n');
}

static void add_names(struct text *out, const struct wasm_customs *customs) {
    bool any = false;
    struct text counts = text_begin(out->arena);
    for (int i = NAMING_MODULE + 1; i < NAMINGS; i++)
        add_count(&counts, customs->named[i], custom_naming_word((enum custom_naming)i), &any);
    if (!any && customs->module_name.length == 0) return;
    text_add(out, "  names");
    if (customs->module_name.length > 0) {
        text_add(out, " of module ");
        add_name(out, customs->module_name);
    }
    if (any) text_add_format(out, ":%s", counts.data);
    text_add_char(out, '\n');
}

static void add_linking(struct text *out, const struct wasm_customs *customs) {
    bool any = false;
    if (customs->linking) {
        text_add(out, "  linking, symbols of");
        for (int i = 0; i < SYMBOLS; i++)
            add_count(out, customs->symbols[i], custom_symbol_word((enum custom_symbol)i), &any);
        add_count(out, customs->undefined, "undefined", &any);
        add_count(out, customs->segments, "named segments", &any);
        text_add(out, any ? "\n" : " nothing\n");
    }
    if (customs->relocations > 0) text_add_format(out, "  %zu relocations\n", customs->relocations);
}

static void add_dylink(struct text *out, const struct custom_dylink *dylink) {
    if (!dylink->there) return;
    text_add_format(out, "  %s: %s of memory, %u table entries",
                    dylink->old ? "dylink" : "dylink.0",
                    unit_show(out->arena, dylink->memory_size, PROBE_BYTES), dylink->table_size);
    for (size_t i = 0; i < dylink->needed_count; i++) {
        text_add(out, i ? ", " : "; needs ");
        add_name(out, dylink->needed[i]);
    }
    text_add_char(out, '\n');
}

static void add_line(struct text *out, const char *what, struct wasm_name name) {
    if (name.length == 0) return;
    text_add_format(out, "  %s ", what);
    add_name(out, name);
    text_add_char(out, '\n');
}

static void add_customs(struct text *out, const struct wasm_customs *customs) {
    add_producers(out, customs);
    add_features(out, customs);
    add_names(out, customs);
    add_linking(out, customs);
    add_dylink(out, &customs->dylink);
    add_line(out, "source map", customs->source_map);
    add_line(out, "debugging information in", customs->external_debug);
    if (customs->build_id.length > 0) {
        text_add(out, "  build id ");
        add_hex(out, customs->build_id);
        text_add_char(out, '\n');
    }
    for (size_t i = 0; i < customs->note_count; i++) {
        text_add(out, "  malformed: ");
        add_name(out, customs->notes[i].section);
        text_add_format(out, " at byte %zu: %s\n", customs->notes[i].offset,
                        customs->notes[i].reason);
    }
}

void inspect_text_customs(struct text *out, const struct inspection *now) {
    bool any = false;
    for (size_t i = 0; i < now->file.unit_count; i++) {
        struct text lines = text_begin(out->arena);
        add_customs(&lines, &now->customs[i]);
        if (lines.length == 0) continue;
        if (!any) text_add(out, "\ncustom sections\n");
        if (now->file.unit_count > 1) text_add_format(out, " %s\n", now->file.units[i].path);
        text_add(out, lines.data);
        any = true;
    }
}

static void put_name(json *object, const char *key, struct arena *arena, struct wasm_name name) {
    struct text text = text_begin(arena);
    add_name(&text, name);
    json_put_text(object, key, text.data);
}

static void put_producers(struct arena *arena, json *object, const struct wasm_customs *customs) {
    json *list = json_put_list(object, "producers");
    for (size_t i = 0; i < customs->producer_count; i++) {
        json *item = json_push(list, json_new_object());
        put_name(item, "field", arena, customs->producers[i].field);
        put_name(item, "name", arena, customs->producers[i].name);
        put_name(item, "version", arena, customs->producers[i].version);
    }
}

static void put_features(struct arena *arena, json *object, const struct wasm_customs *customs) {
    json *list = json_put_list(object, "target_features");
    for (size_t i = 0; i < customs->feature_count; i++) {
        struct text text = text_begin(arena);
        text_add_char(&text, customs->features[i].prefix);
        add_name(&text, customs->features[i].name);
        json_push_text(list, text.data);
    }
}

static void put_linking(json *object, const struct wasm_customs *customs) {
    json *linking = json_put_object(object, "linking"), *symbols;
    symbols = json_put_object(linking, "symbols");
    for (int i = 0; i < SYMBOLS; i++)
        json_put_number(symbols, custom_symbol_word((enum custom_symbol)i),
                        (double)customs->symbols[i]);
    json_put_number(linking, "undefined", (double)customs->undefined);
    json_put_number(linking, "segments", (double)customs->segments);
    json_put_number(linking, "initial_functions", (double)customs->initial_functions);
    json_put_number(linking, "comdats", (double)customs->comdats);
    json_put_number(linking, "relocations", (double)customs->relocations);
}

static void put_dylink(struct arena *arena, json *object, const struct custom_dylink *dylink) {
    json *item = json_put_object(object, "dylink");
    json_put_text(item, "section", dylink->old ? "dylink" : "dylink.0");
    json_put_number(item, "memory", dylink->memory_size);
    json_put_number(item, "table", dylink->table_size);
    json_put_number(item, "imports", (double)dylink->imports);
    json_put_number(item, "exports", (double)dylink->exports);
    json *list = json_put_list(item, "needed");
    for (size_t i = 0; i < dylink->needed_count; i++) {
        struct text text = text_begin(arena);
        add_name(&text, dylink->needed[i]);
        json_push_text(list, text.data);
    }
}

static void put_notes(struct arena *arena, json *object, const struct wasm_customs *customs) {
    json *list = json_put_list(object, "malformed");
    for (size_t i = 0; i < customs->note_count; i++) {
        json *item = json_push(list, json_new_object());
        put_name(item, "section", arena, customs->notes[i].section);
        json_put_number(item, "offset", (double)customs->notes[i].offset);
        json_put_text(item, "reason", customs->notes[i].reason);
    }
}

void inspect_json_customs(struct arena *arena, json *module, const struct wasm_customs *customs) {
    json *object = json_put_object(module, "custom");
    put_producers(arena, object, customs);
    put_features(arena, object, customs);
    if (customs->module_name.length > 0) put_name(object, "module", arena, customs->module_name);
    json *names = json_put_object(object, "names");
    for (int i = NAMING_MODULE + 1; i < NAMINGS; i++)
        json_put_number(names, custom_naming_word((enum custom_naming)i),
                        (double)customs->named[i]);
    if (customs->linking || customs->relocations > 0) put_linking(object, customs);
    if (customs->dylink.there) put_dylink(arena, object, &customs->dylink);
    if (customs->source_map.length > 0) put_name(object, "source_map", arena, customs->source_map);
    if (customs->external_debug.length > 0)
        put_name(object, "external_debug_info", arena, customs->external_debug);
    if (customs->build_id.length > 0) {
        struct text text = text_begin(arena);
        add_hex(&text, customs->build_id);
        json_put_text(object, "build_id", text.data);
    }
    put_notes(arena, object, customs);
}
