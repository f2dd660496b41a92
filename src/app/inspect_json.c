#include "app/inspect_compressed.h"
#include "wasm/opcodes.h"

static void put_shares(struct inspect_out *out, const char *name, const struct wasm_shares *shares,
                       bool retained) {
    struct json_stream *stream = &out->json;
    json_stream_list(stream, name);
    for (size_t i = 0; i < shares->count; i++) {
        const struct wasm_share *share = &shares->items[i];
        json_stream_object(stream, NULL);
        json_stream_text(stream, "name", share->name);
        json_stream_number(stream, "bytes", (double)share->bytes);
        json_stream_number(stream, "count", (double)share->count);
        if (retained) json_stream_number(stream, "retained", (double)share->largest);
        json_stream_object_end(stream);
        inspect_pass(out);
    }
    json_stream_list_end(stream);
}

static void put_growth(struct inspect_out *out, const char *name, const struct growth *growth) {
    struct json_stream *stream = &out->json;
    json_stream_list(stream, name);
    for (size_t i = 0; i < growth->count; i++) {
        const struct grown *grown = &growth->items[i];
        json_stream_object(stream, NULL);
        json_stream_text(stream, "name", grown->name);
        if (grown->renamed) json_stream_text(stream, "was", grown->renamed);
        json_stream_number(stream, "before", (double)grown->before);
        json_stream_number(stream, "after", (double)grown->after);
        json_stream_number(stream, "change", (double)grown->after - (double)grown->before);
        json_stream_object_end(stream);
        inspect_pass(out);
    }
    json_stream_list_end(stream);
}

static void put_limits(json *module, const char *name, const struct wasm_limits *limits,
                       size_t count) {
    json *list = json_put_list(module, name);
    for (size_t i = 0; i < count; i++) {
        double unit = (double)limits[i].page_size;
        json *item = json_push(list, json_new_object());
        json_put_number(item, "initial", (double)limits[i].minimum * unit);
        if (limits[i].has_maximum)
            json_put_number(item, "maximum", (double)limits[i].maximum * unit);
        json_put_flag(item, "imported", limits[i].imported);
        json_put_flag(item, "shared", limits[i].shared);
        json_put_flag(item, "64-bit", limits[i].wide);
    }
}

/** What the module asks of the host and offers it; memories in bytes, tables in entries. */
static void put_interface(json *item, const struct wasm_module *module) {
    json_put_number(item, "imports", (double)module->import_count);
    json_put_number(item, "exports", (double)module->export_count);
    put_limits(item, "memories", module->memories, module->memory_count);
    put_limits(item, "tables", module->tables, module->table_count);
}

static json *units_list(struct arena *arena, const struct inspection *now) {
    const struct wasm_file *file = &now->file;
    json *list = json_new_list();
    for (size_t i = 0; i < file->unit_count; i++) {
        const struct wasm_unit *unit = &file->units[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "path", unit->path);
        json_put_text(item, "kind", unit->component ? "component" : "module");
        json_put_number(item, "bytes", (double)unit->length);
        if (unit->component) json_put_number(item, "glue", (double)unit->glue);
        inspect_json_customs(arena, item, &now->customs[i]);
        if (unit->component) continue;
        json_put_number(item, "functions", (double)unit->module.function_count);
        put_interface(item, &unit->module);
        if (now->sections_only) continue; /* instructions are not known */
        json *features = json_put_list(item, "features");
        for (unsigned f = FEATURE_BASE + 1; f < WASM_FEATURES; f++)
            if (unit->module.features >> f & 1)
                json_push_text(features, wasm_feature_word((enum wasm_feature)f));
    }
    return list;
}

static void put_against(struct inspect_out *out, const struct inspection *now,
                        const struct inspection *before) {
    struct arena *arena = out->text.arena;
    struct growth sections = inspect_growth(arena, &before->sections, &now->sections);
    json_stream_object(&out->json, "against");
    json_stream_text(&out->json, "file", before->path);
    json_stream_number(&out->json, "bytes", (double)before->file.length);
    put_growth(out, "sections", &sections);
    if (!now->sections_only) {
        struct growth spaces = inspect_growth(arena, &before->namespaces, &now->namespaces);
        struct growth functions = inspect_function_growth(arena, before, now);
        put_growth(out, "namespaces", &spaces);
        put_growth(out, "functions", &functions);
    }
    json_stream_object_end(&out->json);
}

static json *texts_list(const char *const *texts, size_t count) {
    json *list = json_new_list();
    for (size_t i = 0; i < count; i++) json_push_text(list, texts[i]);
    return list;
}

static void put_totals(struct json_stream *stream, const struct wasm_profile *profile) {
    json_stream_number(stream, "functions_bytes", (double)profile->bytes);
    json_stream_number(stream, "functions_count", (double)profile->count);
    json_stream_number(stream, "functions_named", (double)profile->named);
    json_stream_number(stream, "duplicates", (double)profile->duplicates);
    json_stream_number(stream, "unreferenced", (double)profile->unreferenced);
}

static void put_file(struct inspect_out *out, const struct inspection *now) {
    struct json_stream *stream = &out->json;
    json_stream_text(stream, "schema", "perfbudget.inspect/1");
    json_stream_text(stream, "file", now->path);
    json_stream_number(stream, "bytes", (double)now->file.length);
    if (!now->sections_only) put_totals(stream, &now->profile);
    json_stream_number(stream, "debug", (double)now->debug);
    json_stream_value(stream, "modules", units_list(out->text.arena, now));
    put_shares(out, "sections", &now->sections, false);
    put_shares(out, "data", &now->data, false);
    if (now->sections_only) return;
    put_shares(out, "namespaces", &now->namespaces, false);
    put_shares(out, "sources", &now->sources, false);
    put_shares(out, "functions", &now->functions, true);
    put_shares(out, "identical", &now->doubles, false);
    put_shares(out, "generics", &now->generics, false);
}

void inspect_json(struct inspect_out *out, const struct inspect_request *request,
                  const struct inspection *now, const struct inspection *before) {
    out->json = json_stream_begin(&out->text);
    put_file(out, now);
    json_stream_value(&out->json, "advice", texts_list(now->advice, now->advice_count));
    if (request->why) {
        struct inspect_path path = inspect_why(out->text.arena, now, request->why);
        json_stream_value(&out->json, "why", texts_list(path.names, path.count));
    }
    if (before) put_against(out, now, before);
    if (request->compressed)
        json_stream_value(&out->json, "compressed", compressed_json(request->compressed));
    json_stream_end(&out->json);
}
