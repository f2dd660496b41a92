#include "app/inspect_compressed.h"

#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "wasm/format.h"

enum {
    ADVICE_ROWS = 64,       /* of generics: no more can be of 2 % each */
    PIECE_BYTES = 64 * 1024 /* of a result are printed together */
};

static struct wasm_share section_share(struct arena *arena, const struct wasm_section *section) {
    return (struct wasm_share){wasm_section_label(arena, section), section->header + section->size,
                               0, 1};
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
    inspection->sections = wasm_shares_join(items, count, SIZE_MAX);
}

static const char *segment_name(struct arena *arena, const struct inspection *inspection,
                                size_t unit, size_t number) {
    const struct custom_names *names = &inspection->customs[unit].data;
    const char *path = inspection->file.unit_count > 1 ? inspection->file.units[unit].path : "";
    struct text text = text_begin(arena);
    text_add_format(&text, "%s%s", path, *path ? " " : "");
    if (number < names->count && names->items[number].length > 0)
        text_add_inert(&text, names->items[number].bytes, names->items[number].length);
    else
        text_add_format(&text, "data %zu", number);
    return text.data;
}

/** The size from which on segments are listed one by one, a power of two: Go writes 100,000 of
 * them, and nobody reads those. */
static size_t listed_from(const struct wasm_file *file) {
    size_t larger[64] = {0}, sum = 0;
    for (size_t u = 0; u < file->unit_count; u++)
        for (size_t i = 0; i < file->units[u].module.data_count; i++)
            larger[63 - __builtin_clzll(file->units[u].module.data[i].size | 1)]++;
    for (int power = 63; power >= 0; power--) {
        sum += larger[power];
        if (sum > INSPECT_SEGMENTS_MAX) return (size_t)1 << (power + 1);
    }
    return 0;
}

static void list_data(struct arena *arena, struct inspection *inspection) {
    struct wasm_share *items = NULL, others = {.name = "(smaller ones)"};
    size_t count = 0, least = listed_from(&inspection->file);
    for (size_t u = 0; u < inspection->file.unit_count; u++) {
        const struct wasm_module *module = &inspection->file.units[u].module;
        for (size_t i = 0; i < module->data_count; i++) {
            if (module->data[i].size < least) {
                others.bytes += module->data[i].size;
                others.count++;
                continue;
            }
            *array_add(arena, items, count) = (struct wasm_share){
                segment_name(arena, inspection, u, i), module->data[i].size, 0, 1};
        }
    }
    if (others.count > 0) *array_add(arena, items, count) = others;
    inspection->data = wasm_shares_join(items, count, SIZE_MAX);
}

static void read_customs(struct arena *arena, struct inspection *inspection) {
    const struct wasm_file *file = &inspection->file;
    inspection->customs = arena_alloc(arena, file->unit_count * sizeof *inspection->customs);
    for (size_t i = 0; i < file->unit_count; i++)
        wasm_customs_read(arena, file->bytes, &file->units[i], &inspection->customs[i]);
}

/** What is wrong with a file of that name, as an error. */
static bool malformed(const char *name, const struct wasm_problem *problem, struct diags *diags) {
    return diag_error(diags, INSPECT_MALFORMED, NO_PLACE, NULL, "%s is malformed at byte %zu: %s",
                      name, problem->offset, problem->reason);
}

static bool read_bytes(struct arena *arena, const struct inspect_request *request, const char *path,
                       struct wasm_span *span, struct diags *diags) {
    const char *bytes;
    *span = (struct wasm_span){0};
    if (request->input && strcmp(path, "-") == 0) {
        bytes = request->input->data;
        span->end = request->input->length;
    } else if (!file_read(arena, path, INSPECT_FILE_MAX, &bytes, &span->end, diags)) {
        return false;
    }
    span->bytes = (const uint8_t *)bytes;
    return true;
}

/** Without the bodies. */
static bool read_file(struct arena *arena, const struct inspect_request *request, const char *path,
                      struct wasm_file *file, struct diags *diags) {
    const char *name = text_inert(arena, path);
    struct wasm_span span;
    struct wasm_problem problem;
    if (!read_bytes(arena, request, path, &span, diags)) return false;
    if (wasm_preamble_read(span.bytes, span.end) == WASM_IS_NOT)
        return diag_error(diags, INSPECT_MALFORMED, NO_PLACE, wasm_other_hint(span.bytes, span.end),
                          "%s is not a WebAssembly file but %s", name,
                          wasm_other_format(span.bytes, span.end));
    return wasm_file_read(arena, span, WASM_WALK, file, &problem) ||
           malformed(name, &problem, diags);
}

static bool decode_file(struct arena *arena, const struct inspect_request *request,
                        const char *path, struct wasm_file *file, struct diags *diags) {
    struct wasm_problem problem;
    return wasm_file_decode(arena, file, request->pool, &problem) ||
           malformed(text_inert(arena, path), &problem, diags);
}

/** How many of a list have to be in order: what text shows, and what advice looks at. */
static size_t rows_wanted(const struct inspect_request *request) {
    if (request->format != INSPECT_TEXT) return SIZE_MAX;
    return request->top > ADVICE_ROWS ? request->top : ADVICE_ROWS;
}

/** The lists of a profile, each made by any thread. */
enum { LIST_FUNCTIONS, LIST_GENERICS, LIST_NAMESPACES, LIST_DOUBLES, LIST_SOURCES, LISTS };

struct listing {
    struct inspection *inspection;
    size_t top;
    struct arena *arenas[LISTS];
};

static void make_list(void *context, size_t index) {
    static struct wasm_shares (*const makers[LISTS])(struct arena *, const struct wasm_profile *,
                                                     size_t) = {
        [LIST_FUNCTIONS] = wasm_profile_by_name,       [LIST_GENERICS] = wasm_profile_by_generic,
        [LIST_NAMESPACES] = wasm_profile_by_namespace, [LIST_DOUBLES] = wasm_profile_by_body,
        [LIST_SOURCES] = wasm_profile_by_source,
    };
    struct listing *listing = context;
    struct inspection *inspection = listing->inspection;
    struct wasm_shares *const lists[LISTS] = {
        [LIST_FUNCTIONS] = &inspection->functions,   [LIST_GENERICS] = &inspection->generics,
        [LIST_NAMESPACES] = &inspection->namespaces, [LIST_DOUBLES] = &inspection->doubles,
        [LIST_SOURCES] = &inspection->sources,
    };
    *lists[index] = makers[index](listing->arenas[index], &inspection->profile, listing->top);
}

static void list_functions(struct arena *arena, const struct inspect_request *request,
                           const struct wasm_file *twin, struct inspection *inspection) {
    const struct wasm_profile_request wanted = {
        .file = &inspection->file,
        .symbols = twin,
        .wanted = WASM_PROFILE_NAMES | WASM_PROFILE_GENERICS | WASM_PROFILE_BODIES |
                  WASM_PROFILE_RETAINED,
        .pool = request->pool,
    };
    inspection->profile = wasm_profile_make(arena, &wanted);
    struct listing listing = {inspection, rows_wanted(request), {0}};
    for (size_t i = 0; i < LISTS; i++) listing.arenas[i] = arena_new();
    thread_for(request->pool, LISTS, make_list, &listing);
    for (size_t i = 0; i < LISTS; i++) arena_take(arena, listing.arenas[i]);
}

static bool take_apart(struct arena *arena, const struct inspect_request *request,
                       struct inspection *inspection, struct diags *diags) {
    struct wasm_file twin;
    bool whole = !request->sections_only;
    const char *symbols = request->symbols;
    *inspection = (struct inspection){.path = text_inert(arena, request->path),
                                      .twin = symbols ? text_inert(arena, symbols) : NULL,
                                      .sections_only = request->sections_only};
    if (!read_file(arena, request, request->path, &inspection->file, diags) ||
        (whole && !decode_file(arena, request, request->path, &inspection->file, diags)) ||
        (symbols && !read_file(arena, request, symbols, &twin, diags)))
        return false;
    if (whole) list_functions(arena, request, symbols ? &twin : NULL, inspection);
    list_sections(arena, inspection);
    read_customs(arena, inspection);
    list_data(arena, inspection);
    inspect_advise(arena, inspection);
    return true;
}

bool inspect_take_side(struct arena *arena, const struct inspect_request *request,
                       const struct inspect_side *side, struct inspection *of,
                       struct diags *diags) {
    struct wasm_file twin;
    *of = (struct inspection){.path = text_inert(arena, side->path),
                              .sections_only = request->sections_only};
    if (!read_file(side->bytes, request, side->path, &of->file, diags) ||
        (side->decode && !decode_file(side->bytes, request, side->path, &of->file, diags)) ||
        (side->symbols && !read_file(side->bytes, request, side->symbols, &twin, diags)))
        return false;
    list_sections(arena, of);
    if (request->sections_only) return true;
    const struct wasm_profile_request wanted = {
        .file = &of->file,
        .symbols = side->symbols ? &twin : NULL,
        .known = side->known,
        .wanted = WASM_PROFILE_NAMES | WASM_PROFILE_HASHES,
        .pool = request->pool,
    };
    of->profile = wasm_profile_make(arena, &wanted);
    size_t top = request->encoding ? request->top : 1; /* changes are put in order anyway */
    of->functions = wasm_profile_by_name(arena, &of->profile, top);
    of->namespaces = wasm_profile_by_namespace(arena, &of->profile, top);
    return true;
}

static bool take_apart_old(struct arena *arena, const struct inspect_request *request,
                           const struct inspection *now, struct inspection *old,
                           struct diags *diags) {
    const struct inspect_side side = {.path = request->against,
                                      .symbols = request->symbols_then,
                                      .bytes = arena_new(),
                                      .known = &now->profile};
    bool good = inspect_take_side(arena, request, &side, old, diags);
    arena_free(side.bytes);
    return good;
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
    for (uint32_t at = path.function->index; at != WASM_GRAPH_ROOT; at = graph->caller[at]) {
        path.outermost = &first[at - first->index];
        *array_add(arena, path.names, path.count) = path.outermost->name;
    }
    for (size_t i = 0; i < path.count / 2; i++) {
        const char *swap = path.names[i];
        path.names[i] = path.names[path.count - 1 - i];
        path.names[path.count - 1 - i] = swap;
    }
    return path;
}

void inspect_pass(struct inspect_out *out) {
    if (out->text.length < PIECE_BYTES) return;
    if (!out->failed) out->failed = !out->request->print(out->request->printer, out->text.data);
    out->text.length = 0;
}

static bool write_out(struct arena *arena, const struct inspect_request *request,
                      const struct inspection *now, const struct inspection *before) {
    struct inspect_out out = {.text = text_begin(arena), .request = request};
    switch (request->format) {
    case INSPECT_TEXT:
        inspect_text(&out.text, request, now, before);
        break;
    case INSPECT_JSON:
        inspect_json(&out, request, now, before);
        break;
    case INSPECT_CSV:
        if (request->compressed)
            compressed_csv(&out.text, request->compressed);
        else
            inspect_csv(&out, now, before);
        break;
    case INSPECT_SVG:
        inspect_svg(&out.text, now);
        break;
    }
    return !out.failed && request->print(request->printer, out.text.data);
}

/** Options that do not go together. */
static bool request_fits(const struct inspect_request *request, struct diags *diags) {
    if (request->sections_only && (request->why || request->symbols || request->encoding))
        return diag_error(diags, INSPECT_SECTIONS, NO_PLACE, "leave out --sections",
                          "--sections looks at no function, so that --why, --symbols and "
                          "--compressed are not for it");
    if (request->symbols_then && !request->against)
        return diag_error(diags, CLI_ARGUMENTS, NO_PLACE, "write --against FILE as well",
                          "--symbols-before names the functions of the file that --against names");
    if (request->encoding && (request->format == INSPECT_SVG || request->why))
        return diag_error(diags, CLI_FORMAT, NO_PLACE, "leave out --compressed",
                          "--format svg and --why show no compressed sizes");
    return true;
}

static bool is_input(const char *path) {
    return path && strcmp(path, "-") == 0;
}

/** Before all else, while nothing else takes memory. */
static bool compress(struct arena *arena, struct inspect_request *request,
                     struct compressed *compressed, struct diags *diags) {
    if (is_input(request->path) || is_input(request->against) || is_input(request->symbols)) {
        struct text *input = arena_new_object(arena, struct text);
        const char *bytes;
        if (!file_read(arena, "-", INSPECT_FILE_MAX, &bytes, &input->length, diags)) return false;
        input->data = (char *)(uintptr_t)bytes;
        request->input = input;
    }
    request->compressed = compressed;
    return inspect_compress(arena, request, compressed, diags);
}

static bool inspect(struct arena *arena, struct inspect_request *request, struct diags *diags) {
    struct inspection now, old, *before = request->against ? &old : NULL;
    struct compressed compressed;
    if (request->encoding && !compress(arena, request, &compressed, diags)) return false;
    if (!take_apart(arena, request, &now, diags)) return false;
    if (before && !take_apart_old(arena, request, &now, before, diags)) return false;
    if (request->why && !inspect_why(arena, &now, request->why).function)
        return diag_error(diags, INSPECT_NO_FUNCTION, NO_PLACE,
                          "`--format csv` lists all names as they are to be written",
                          "no function with a body is called `%s`",
                          text_inert(arena, request->why));
    return write_out(arena, request, &now, before);
}

bool inspect_run(struct arena *arena, const struct inspect_request *asked, struct diags *diags) {
    struct inspect_request request = *asked;
    if (!request_fits(&request, diags)) return false;
    request.pool = thread_pool_new(0);
    bool good = inspect(arena, &request, diags);
    thread_pool_free(request.pool);
    return good;
}
