#include "wasm/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/text.h"
#include "wasm/demangle.h"
#include "wasm/dwarf.h"
#include "wasm/known_names.h"
#include "wasm/names.h"
#include "wasm/slices.h"

/** What the steps of making a profile share. */
struct profiling {
    struct arena *arena;
    const struct wasm_file *file, *symbols;
    struct wasm_profile *profile;
    unsigned wanted;
    struct thread_pool *pool;
    struct known_names known;
};

static const uint8_t *body_of(const struct wasm_file *file, const struct wasm_function *function,
                              size_t *length) {
    *length = function->offset + function->size - function->body;
    return file->bytes + function->body;
}

/** Only to find candidates: equal bodies are compared byte by byte. */
static uint64_t hash_body(const struct wasm_file *file, const struct wasm_function *function) {
    size_t length;
    const uint8_t *bytes = body_of(file, function, &length);
    return hash128_of(bytes, length).low;
}

/** The twin's module of the same number, or NULL. */
static const struct wasm_module *twin_of(const struct profiling *profiling, size_t unit) {
    const struct wasm_file *symbols = profiling->symbols;
    if (!symbols || unit >= symbols->unit_count || symbols->units[unit].component) return NULL;
    return &symbols->units[unit].module;
}

static bool same_body(const struct profiling *profiling, const struct wasm_function *own,
                      const struct wasm_function *other) {
    size_t length, other_length;
    const uint8_t *bytes = body_of(profiling->file, own, &length);
    const uint8_t *others = body_of(profiling->symbols, other, &other_length);
    return length == other_length && memcmp(bytes, others, length) == 0;
}

/** What a module, or its twin, says of its functions. */
struct sayings {
    struct wasm_names names;
    const char **sources; /* by body, or NULL */
};

static struct sayings read_sayings(const struct profiling *profiling, const struct wasm_file *file,
                                   const struct wasm_module *module) {
    return (struct sayings){wasm_names_read(profiling->arena, file->bytes, module),
                            wasm_dwarf_files(profiling->arena, file->bytes, module)};
}

/** Functions of one module being hashed and named, slice by slice. */
struct naming {
    const struct profiling *profiling;
    size_t unit;
    struct wasm_profiled *functions;
    const struct wasm_module *module, *twin; /* twin: NULL where its names do not count */
    struct sayings own, others;
    struct slices slices;
    struct name_slice {
        struct arena *arena;
        const struct known_names *known;
        struct text generic; /* being put together; NULL where generic names are not wanted */
        size_t named, sourced, twinned;
    } parts[SLICES_MAX];
};

/** What monomorphisations share, where the name has type arguments. */
static const char *generic_name(struct name_slice *part, const char *name) {
    if (!part->generic.arena || !strchr(name, '<')) return NULL;
    part->generic.length = 0;
    wasm_generic_add(&part->generic, name);
    return text_copy_bytes(part->arena, part->generic.data, part->generic.length);
}

static void name_one(struct name_slice *part, struct wasm_profiled *function, struct wasm_name name,
                     const char *source) {
    function->source = source;
    if (source) part->sourced++;
    if (name.length == 0) {
        function->name = text_format(part->arena, "function-%u", function->index);
        function->namespace = source ? source : "(unnamed)";
        return;
    }
    function->named = true;
    function->raw = name;
    function->name = known_name(part->known, name);
    if (!function->name) function->name = wasm_demangle(part->arena, name);
    function->namespace = wasm_namespace(part->arena, function->name);
    if (source && strcmp(function->namespace, wasm_nameless) == 0) function->namespace = source;
    function->generic = generic_name(part, function->name);
    part->named++;
}

/** What of a module's functions is found out one by one: names, and what bodies hash to. */
static void name_slice(struct naming *naming, size_t index) {
    const struct wasm_module *module = naming->module, *twin = naming->twin;
    struct wasm_profiled *functions = naming->functions;
    unsigned wanted = naming->profiling->wanted;
    for (size_t i = naming->slices.begins[index]; i < naming->slices.begins[index + 1]; i++) {
        const struct sayings *of = &naming->own;
        if (wanted & (WASM_PROFILE_BODIES | WASM_PROFILE_HASHES))
            functions[i].hash = hash_body(naming->profiling->file, &module->functions[i]);
        if ((wanted & WASM_PROFILE_NAMES) == 0) continue;
        if (twin && i < twin->function_count &&
            same_body(naming->profiling, &module->functions[i], &twin->functions[i])) {
            of = &naming->others;
            naming->parts[index].twinned++;
        }
        name_one(&naming->parts[index], &functions[i], of->names.functions[functions[i].index],
                 of->sources ? of->sources[i] : NULL);
    }
}

static void read_all_sayings(struct naming *naming) {
    const struct profiling *profiling = naming->profiling;
    const struct wasm_module *module = naming->module, *twin = twin_of(profiling, naming->unit);
    naming->own = read_sayings(profiling, profiling->file, module);
    if (!twin || twin->imported_functions != module->imported_functions) return;
    naming->others = read_sayings(profiling, profiling->symbols, twin);
    naming->twin = twin;
}

static struct naming naming_begin(const struct profiling *profiling, size_t unit,
                                  struct wasm_profiled *functions) {
    const struct wasm_module *module = &profiling->file->units[unit].module;
    struct naming naming = {.profiling = profiling,
                            .unit = unit,
                            .functions = functions,
                            .module = module,
                            .slices = slices_by_count(module, profiling->pool)};
    if (profiling->wanted & WASM_PROFILE_NAMES) read_all_sayings(&naming);
    for (size_t i = 0; i < naming.slices.count; i++) {
        struct arena *arena = naming.parts[i].arena = arena_new();
        naming.parts[i].known = &profiling->known;
        if (profiling->wanted & WASM_PROFILE_GENERICS) naming.parts[i].generic = text_begin(arena);
    }
    return naming;
}

static void naming_end(struct naming *naming) {
    for (size_t i = 0; i < naming->slices.count; i++) {
        arena_take(naming->profiling->arena, naming->parts[i].arena);
        naming->profiling->profile->named += naming->parts[i].named;
        naming->profiling->profile->sourced += naming->parts[i].sourced;
        naming->profiling->profile->twinned += naming->parts[i].twinned;
    }
}

/** Nothing else uses the profile's arena meanwhile. */
static void retain_module(const struct naming *naming) {
    const struct profiling *profiling = naming->profiling;
    const struct wasm_module *module = naming->module;
    struct wasm_profiled *functions = naming->functions;
    struct wasm_profile *profile = profiling->profile;
    struct wasm_graph graph = wasm_graph_make(profiling->arena, module);
    for (size_t i = 0; i < module->function_count; i++) {
        functions[i].retained = graph.retained[functions[i].index];
        functions[i].reached = graph.dominator[functions[i].index] != WASM_GRAPH_NONE;
    }
    profile->graphs[naming->unit] = graph;
    profile->unreferenced += graph.unreferenced;
}

/** The graph, which is one piece of work, comes first; then names and hashes, slice by slice. */
static void profile_piece(void *context, size_t index) {
    struct naming *naming = context;
    bool retained = naming->profiling->wanted & WASM_PROFILE_RETAINED;
    if (retained && index == 0)
        retain_module(naming);
    else
        name_slice(naming, retained ? index - 1 : index);
}

static void profile_module(const struct profiling *profiling, size_t unit) {
    struct wasm_profile *profile = profiling->profile;
    const struct wasm_module *module = &profiling->file->units[unit].module;
    size_t first = profile->count;
    for (size_t i = 0; i < module->function_count; i++) {
        const struct wasm_function *function = &module->functions[i];
        profile->functions[profile->count++] = (struct wasm_profiled){
            .unit = (uint32_t)unit,
            .index = (uint32_t)(module->imported_functions + i),
            .bytes = function->size,
        };
        profile->bytes += function->size;
    }
    struct naming naming = naming_begin(profiling, unit, profile->functions + first);
    size_t pieces = naming.slices.count + (profiling->wanted & WASM_PROFILE_RETAINED ? 1 : 0);
    slices_work(profiling->pool, pieces, profile_piece, &naming);
    naming_end(&naming);
}

static const struct wasm_function *entry_of(const struct profiling *profiling,
                                            const struct wasm_profiled *function) {
    const struct wasm_module *module = &profiling->file->units[function->unit].module;
    return &module->functions[function->index - module->imported_functions];
}

static bool equal_bodies(const struct profiling *profiling, const struct wasm_profiled *one,
                         const struct wasm_profiled *two) {
    size_t length, other;
    if (one->hash != two->hash) return false;
    const uint8_t *a = body_of(profiling->file, entry_of(profiling, one), &length);
    const uint8_t *b = body_of(profiling->file, entry_of(profiling, two), &other);
    return length == other && memcmp(a, b, length) == 0;
}

/** An open hash table of the bodies met so far, by number plus one. */
static void find_duplicates(const struct profiling *profiling) {
    struct wasm_profile *profile = profiling->profile;
    struct arena *scratch = arena_new();
    size_t room = 16;
    while (room < 2 * profile->count) room *= 2;
    uint32_t *slots = arena_alloc(scratch, room * sizeof *slots);
    for (size_t i = 0; i < profile->count; i++) {
        struct wasm_profiled *function = &profile->functions[i];
        size_t slot = function->hash & (room - 1);
        for (; slots[slot] && !function->duplicate; slot = (slot + 1) & (room - 1)) {
            function->same_as = slots[slot] - 1;
            function->duplicate =
                equal_bodies(profiling, &profile->functions[function->same_as], function);
        }
        if (function->duplicate)
            profile->duplicates += function->bytes;
        else
            slots[slot] = (uint32_t)i + 1;
    }
    arena_free(scratch);
}

struct wasm_profile wasm_profile_make(struct arena *arena,
                                      const struct wasm_profile_request *request) {
    const struct wasm_file *file = request->file;
    struct wasm_profile profile = {0};
    struct arena *scratch = arena_new();
    struct profiling profiling = {
        .arena = arena,
        .file = file,
        .symbols = request->symbols,
        .profile = &profile,
        .wanted = request->wanted,
        .pool = request->pool,
        .known = known_names_of(scratch, request->known),
    };
    size_t functions = 0;
    for (size_t i = 0; i < file->unit_count; i++) functions += file->units[i].module.function_count;
    profile.functions = arena_alloc(arena, functions * sizeof *profile.functions);
    profile.graphs = arena_alloc(arena, file->unit_count * sizeof *profile.graphs);
    for (size_t i = 0; i < file->unit_count; i++)
        if (!file->units[i].component) profile_module(&profiling, i);
    if (request->wanted & WASM_PROFILE_BODIES) find_duplicates(&profiling);
    arena_free(scratch);
    return profile;
}
