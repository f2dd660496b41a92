#include "wasm/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/text.h"
#include "wasm/demangle.h"
#include "wasm/dwarf.h"
#include "wasm/names.h"

/** What the steps of making a profile share. */
struct profiling {
    struct arena *arena;
    const struct wasm_file *file, *symbols;
    struct wasm_profile *profile;
    unsigned wanted;
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

static void name_one(const struct profiling *profiling, struct wasm_profiled *function,
                     struct wasm_name name, const char *source) {
    function->source = source;
    if (source) profiling->profile->sourced++;
    if (name.length == 0) {
        function->name = text_format(profiling->arena, "function-%u", function->index);
        function->namespace = source ? source : "(unnamed)";
        return;
    }
    function->named = true;
    function->name = wasm_demangle(profiling->arena, name);
    function->namespace = wasm_namespace(profiling->arena, function->name);
    if (source && strcmp(function->namespace, wasm_nameless) == 0) function->namespace = source;
    profiling->profile->named++;
}

static void name_module(const struct profiling *profiling, size_t unit,
                        struct wasm_profiled *functions) {
    const struct wasm_module *module = &profiling->file->units[unit].module;
    const struct wasm_module *twin = twin_of(profiling, unit);
    struct sayings own = read_sayings(profiling, profiling->file, module), others = {0};
    if (twin) others = read_sayings(profiling, profiling->symbols, twin);
    bool alike = twin && twin->imported_functions == module->imported_functions;
    for (size_t i = 0; i < module->function_count; i++) {
        const struct sayings *of = &own;
        if (alike && i < twin->function_count &&
            same_body(profiling, &module->functions[i], &twin->functions[i]))
            of = &others;
        name_one(profiling, &functions[i], of->names.functions[functions[i].index],
                 of->sources ? of->sources[i] : NULL);
    }
}

static void retain_module(const struct profiling *profiling, size_t unit,
                          struct wasm_profiled *functions) {
    const struct wasm_module *module = &profiling->file->units[unit].module;
    struct wasm_profile *profile = profiling->profile;
    struct wasm_graph graph = wasm_graph_make(profiling->arena, module);
    for (size_t i = 0; i < module->function_count; i++) {
        functions[i].retained = graph.retained[functions[i].index];
        functions[i].reached = graph.dominator[functions[i].index] != WASM_GRAPH_NONE;
    }
    profile->graphs[unit] = graph;
    profile->unreferenced += graph.unreferenced;
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
            .hash = profiling->wanted & (WASM_PROFILE_BODIES | WASM_PROFILE_HASHES)
                        ? hash_body(profiling->file, function)
                        : 0,
        };
        profile->bytes += function->size;
    }
    if (profiling->wanted & WASM_PROFILE_NAMES)
        name_module(profiling, unit, profile->functions + first);
    if (profiling->wanted & WASM_PROFILE_RETAINED)
        retain_module(profiling, unit, profile->functions + first);
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

struct wasm_profile wasm_profile_make(struct arena *arena, const struct wasm_file *file,
                                      const struct wasm_file *symbols, unsigned wanted) {
    struct wasm_profile profile = {0};
    struct profiling profiling = {arena, file, symbols, &profile, wanted};
    size_t functions = 0;
    for (size_t i = 0; i < file->unit_count; i++) functions += file->units[i].module.function_count;
    profile.functions = arena_alloc(arena, functions * sizeof *profile.functions);
    profile.graphs = arena_alloc(arena, file->unit_count * sizeof *profile.graphs);
    for (size_t i = 0; i < file->unit_count; i++)
        if (!file->units[i].component) profile_module(&profiling, i);
    if (wanted & WASM_PROFILE_BODIES) find_duplicates(&profiling);
    return profile;
}

static struct wasm_share share_of(const struct wasm_profiled *function, const char *name) {
    return (struct wasm_share){name, function->bytes, function->retained, 1};
}

struct wasm_shares wasm_profile_by_name(struct arena *arena, const struct wasm_profile *profile,
                                        size_t top) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++)
        items[i] = share_of(&profile->functions[i], profile->functions[i].name);
    return wasm_shares_join(items, profile->count, top);
}

struct wasm_shares wasm_profile_by_namespace(struct arena *arena,
                                             const struct wasm_profile *profile, size_t top) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++)
        items[i] = share_of(&profile->functions[i], profile->functions[i].namespace);
    return wasm_shares_join(items, profile->count, top);
}

struct wasm_shares wasm_profile_by_generic(struct arena *arena, const struct wasm_profile *profile,
                                           size_t top) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < profile->count; i++)
        if (strchr(profile->functions[i].name, '<'))
            items[count++] =
                share_of(&profile->functions[i], wasm_generic(arena, profile->functions[i].name));
    return wasm_shares_join(items, count, top);
}

struct wasm_shares wasm_profile_by_source(struct arena *arena, const struct wasm_profile *profile,
                                          size_t top) {
    if (profile->sourced == 0) return (struct wasm_shares){0};
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++) {
        const struct wasm_profiled *function = &profile->functions[i];
        items[i] = share_of(function, function->source ? function->source : "(unknown)");
    }
    return wasm_shares_join(items, profile->count, top);
}

/** Items by number of the first body; those without a double are left out after. */
struct wasm_shares wasm_profile_by_body(struct arena *arena, const struct wasm_profile *profile,
                                        size_t top) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < profile->count; i++) {
        const struct wasm_profiled *function = &profile->functions[i];
        struct wasm_share *share = &items[function->duplicate ? function->same_as : i];
        if (function->duplicate)
            share->bytes += function->bytes;
        else
            share->name = function->name;
        share->count++;
    }
    for (size_t i = 0; i < profile->count; i++)
        if (items[i].count > 1) items[count++] = items[i];
    return wasm_shares_order(items, count, top);
}
