#include "app/inspect_compressed.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "wasm/opcodes.h"

static void put_shares(json *root, const char *name, const struct wasm_shares *shares,
                       bool retained) {
    json *list = json_put_list(root, name);
    for (size_t i = 0; i < shares->count; i++) {
        const struct wasm_share *share = &shares->items[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "name", share->name);
        json_put_number(item, "bytes", (double)share->bytes);
        json_put_number(item, "count", (double)share->count);
        if (retained) json_put_number(item, "retained", (double)share->largest);
    }
}

static void put_growth(json *object, const char *name, const struct growth *growth) {
    json *list = json_put_list(object, name);
    for (size_t i = 0; i < growth->count; i++) {
        const struct grown *grown = &growth->items[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "name", grown->name);
        if (grown->renamed) json_put_text(item, "was", grown->renamed);
        json_put_number(item, "before", (double)grown->before);
        json_put_number(item, "after", (double)grown->after);
        json_put_number(item, "change", (double)grown->after - (double)grown->before);
    }
}

static void put_units(struct arena *arena, json *root, const struct inspection *now) {
    const struct wasm_file *file = &now->file;
    json *list = json_put_list(root, "modules");
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
        if (now->sections_only) continue; /* instructions are not known */
        json *features = json_put_list(item, "features");
        for (unsigned f = FEATURE_BASE + 1; f < WASM_FEATURES; f++)
            if (unit->module.features >> f & 1)
                json_push_text(features, wasm_feature_word((enum wasm_feature)f));
    }
}

static void put_against(struct arena *arena, json *root, const struct inspection *now,
                        const struct inspection *before) {
    struct growth sections = inspect_growth(arena, &before->sections, &now->sections);
    json *object = json_put_object(root, "against");
    json_put_text(object, "file", before->path);
    json_put_number(object, "bytes", (double)before->file.length);
    put_growth(object, "sections", &sections);
    if (now->sections_only) return;
    struct growth spaces = inspect_growth(arena, &before->namespaces, &now->namespaces);
    struct growth functions = inspect_function_growth(arena, before, now);
    put_growth(object, "namespaces", &spaces);
    put_growth(object, "functions", &functions);
}

static void put_why(struct arena *arena, json *root, const struct inspection *now,
                    const char *name) {
    struct inspect_path path = inspect_why(arena, now, name);
    json *list = json_put_list(root, "why");
    for (size_t i = 0; i < path.count; i++) json_push_text(list, path.names[i]);
}

static void put_totals(json *root, const struct wasm_profile *profile) {
    json_put_number(root, "functions_bytes", (double)profile->bytes);
    json_put_number(root, "functions_count", (double)profile->count);
    json_put_number(root, "functions_named", (double)profile->named);
    json_put_number(root, "duplicates", (double)profile->duplicates);
    json_put_number(root, "unreferenced", (double)profile->unreferenced);
}

const char *inspect_json(struct arena *arena, const struct inspect_request *request,
                         const struct inspection *now, const struct inspection *before) {
    json *root = json_new_object();
    json_put_text(root, "schema", "perfbudget.inspect/1");
    json_put_text(root, "file", now->path);
    json_put_number(root, "bytes", (double)now->file.length);
    if (!now->sections_only) put_totals(root, &now->profile);
    json_put_number(root, "debug", (double)now->debug);
    put_units(arena, root, now);
    put_shares(root, "sections", &now->sections, false);
    put_shares(root, "data", &now->data, false);
    if (!now->sections_only) {
        put_shares(root, "namespaces", &now->namespaces, false);
        put_shares(root, "sources", &now->sources, false);
        put_shares(root, "functions", &now->functions, true);
        put_shares(root, "identical", &now->doubles, false);
    }
    json *advice = json_put_list(root, "advice");
    for (size_t i = 0; i < now->advice_count; i++) json_push_text(advice, now->advice[i]);
    if (request->why) put_why(arena, root, now, request->why);
    if (before) put_against(arena, root, now, before);
    if (request->compressed) compressed_json(root, request->compressed);
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}
