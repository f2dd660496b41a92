#include "app/inspect_compressed.h"

#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "wasm/format.h"

const char *inspect_section_name(struct arena *arena, const struct wasm_section *section) {
    struct text text = text_begin(arena);
    if (section->id != WASM_CUSTOM) return wasm_section_word(section->id);
    text_add_inert(&text, section->name.bytes, section->name.length);
    return text.data;
}

static struct wasm_share section_share(struct arena *arena, const struct wasm_section *section) {
    return (struct wasm_share){inspect_section_name(arena, section),
                               section->header + section->size, 0, 1};
}

static void list_sections(struct arena *arena, struct inspection *inspection) {
    struct wasm_share *items = NULL;
    size_t count = 0;
    for (size_t u = 0; u < inspection->file.unit_count; u++) {
        const struct wasm_unit *unit = &inspection->file.units[u];
        *array_add(arena, items, count) =
            unit->component ? (struct wasm_share){"component", unit->glue, 0, 1}
                            : (struct wasm_share){"preamble", WASM_PREAMBLE, 0, 1};
        for (size_t i = 0; i < unit->module.section_count; i++) {
            const struct wasm_section *section = &unit->module.sections[i];
            *array_add(arena, items, count) = section_share(arena, section);
            if (wasm_section_is_debug(section))
                inspection->debug += section->header + section->size;
        }
    }
    inspection->sections = wasm_shares_join(items, count);
}

static bool read_file(struct arena *arena, const char *path, struct wasm_file *file,
                      struct diags *diags) {
    const char *bytes, *name = text_inert(arena, path);
    size_t length;
    struct wasm_problem problem;
    if (!file_read(arena, path, INSPECT_FILE_MAX, &bytes, &length, diags)) return false;
    struct wasm_span span = {(const uint8_t *)bytes, 0, length};
    if (wasm_preamble_read(span.bytes, length) == WASM_IS_NOT)
        return diag_error(diags, INSPECT_MALFORMED, NO_PLACE, NULL,
                          "%s is not a WebAssembly file but %s", name,
                          wasm_other_format(span.bytes, length));
    return wasm_file_read(arena, span, WASM_DECODE, file, &problem) ||
           diag_error(diags, INSPECT_MALFORMED, NO_PLACE, NULL, "%s is malformed at byte %zu: %s",
                      name, problem.offset, problem.reason);
}

static bool take_apart(struct arena *arena, const char *path, const char *symbols,
                       struct inspection *inspection, struct diags *diags) {
    struct wasm_file twin;
    *inspection = (struct inspection){.path = text_inert(arena, path)};
    if (!read_file(arena, path, &inspection->file, diags)) return false;
    if (symbols && !read_file(arena, symbols, &twin, diags)) return false;
    inspection->profile =
        wasm_profile_make(arena, &inspection->file, symbols ? &twin : NULL,
                          WASM_PROFILE_NAMES | WASM_PROFILE_BODIES | WASM_PROFILE_RETAINED);
    inspection->functions = wasm_profile_by_name(arena, &inspection->profile);
    inspection->namespaces = wasm_profile_by_namespace(arena, &inspection->profile);
    inspection->generics = wasm_profile_by_generic(arena, &inspection->profile);
    list_sections(arena, inspection);
    inspect_advise(arena, inspection);
    return true;
}

struct inspect_path inspect_why(struct arena *arena, const struct inspection *now,
                                const char *name) {
    struct inspect_path path = {0};
    const struct wasm_profile *profile = &now->profile;
    for (size_t i = 0; i < profile->count && !path.function; i++)
        if (strcmp(profile->functions[i].name, name) == 0) path.function = &profile->functions[i];
    if (!path.function || !path.function->reached) return path;
    const struct wasm_graph *graph = &profile->graphs[path.function->unit];
    const struct wasm_profiled *first = path.function;
    while (first > profile->functions && first[-1].unit == first->unit) first--;
    for (uint32_t at = path.function->index; at != WASM_GRAPH_ROOT; at = graph->caller[at])
        *array_add(arena, path.names, path.count) = first[at - first->index].name;
    for (size_t i = 0; i < path.count / 2; i++) {
        const char *swap = path.names[i];
        path.names[i] = path.names[path.count - 1 - i];
        path.names[path.count - 1 - i] = swap;
    }
    return path;
}

static void write_out(struct arena *arena, const struct inspect_request *request,
                      const struct inspection *now, const struct inspection *before,
                      const char **out) {
    switch (request->format) {
    case INSPECT_TEXT:
        *out = inspect_text(arena, request, now, before);
        break;
    case INSPECT_JSON:
        *out = inspect_json(arena, request, now, before);
        break;
    case INSPECT_CSV:
        *out = request->compressed ? compressed_csv(arena, request->compressed)
                                   : inspect_csv(arena, now, before);
        break;
    case INSPECT_SVG:
        *out = inspect_svg(arena, now);
        break;
    }
}

bool inspect_run(struct arena *arena, const struct inspect_request *asked, const char **out,
                 struct diags *diags) {
    struct inspection now, old, *before = asked->against ? &old : NULL;
    struct inspect_request request = *asked;
    struct compressed compressed = {.now = &now, .old = before};
    if (request.encoding && (request.format == INSPECT_SVG || request.why))
        return diag_error(diags, CLI_FORMAT, NO_PLACE, "leave out --compressed",
                          "--format svg and --why show no compressed sizes");
    if (!take_apart(arena, request.path, request.symbols, &now, diags)) return false;
    if (before && !take_apart(arena, request.against, NULL, before, diags)) return false;
    if (request.why && !inspect_why(arena, &now, request.why).function)
        return diag_error(diags, INSPECT_NO_FUNCTION, NO_PLACE,
                          "`--format csv` lists all names as they are to be written",
                          "no function with a body is called `%s`", text_inert(arena, request.why));
    if (request.encoding) {
        if (!inspect_compress(arena, &request, &compressed, diags)) return false;
        request.compressed = &compressed;
    }
    write_out(arena, &request, &now, before, out);
    return true;
}
