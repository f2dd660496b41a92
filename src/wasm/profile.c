#include "wasm/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "wasm/demangle.h"
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

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/** Only to find candidates: equal bodies are compared byte by byte. */
static uint64_t hash_body(const struct wasm_file *file, const struct wasm_function *function) {
    size_t length;
    const uint8_t *bytes = body_of(file, function, &length);
    uint64_t hash = length, word;
    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, bytes, length);
    return mix(hash, word);
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

static void name_one(const struct profiling *profiling, struct wasm_profiled *function,
                     struct wasm_name name) {
    if (name.length == 0) {
        function->name = text_format(profiling->arena, "function-%u", function->index);
        function->namespace = "(unnamed)";
        return;
    }
    function->named = true;
    function->name = wasm_demangle(profiling->arena, name);
    function->namespace = wasm_namespace(profiling->arena, function->name);
    profiling->profile->named++;
}

static void name_module(const struct profiling *profiling, size_t unit,
                        struct wasm_profiled *functions) {
    const struct wasm_module *module = &profiling->file->units[unit].module;
    const struct wasm_module *twin = twin_of(profiling, unit);
    struct wasm_names names = wasm_names_read(profiling->arena, profiling->file->bytes, module);
    struct wasm_names others = {0};
    if (twin) others = wasm_names_read(profiling->arena, profiling->symbols->bytes, twin);
    bool alike = twin && twin->imported_functions == module->imported_functions;
    for (size_t i = 0; i < module->function_count; i++) {
        struct wasm_name name = names.functions[functions[i].index];
        if (alike && i < twin->function_count &&
            same_body(profiling, &module->functions[i], &twin->functions[i]))
            name = others.functions[functions[i].index];
        name_one(profiling, &functions[i], name);
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

/** A body and where it is, for sorting equal ones together. */
struct body {
    struct wasm_profiled *function;
    const uint8_t *bytes;
    size_t length;
};

static int by_body(const void *left, const void *right) {
    const struct body *a = left, *b = right;
    if (a->length != b->length) return a->length < b->length ? 1 : -1;
    if (a->function->hash != b->function->hash)
        return a->function->hash < b->function->hash ? -1 : 1;
    int order = memcmp(a->bytes, b->bytes, a->length);
    return order ? order : (a->function > b->function) - (a->function < b->function);
}

static void find_duplicates(const struct profiling *profiling) {
    struct wasm_profile *profile = profiling->profile;
    struct arena *scratch = arena_new();
    struct body *bodies = arena_alloc(scratch, profile->count * sizeof *bodies);
    for (size_t i = 0; i < profile->count; i++) {
        struct wasm_profiled *function = &profile->functions[i];
        const struct wasm_module *module = &profiling->file->units[function->unit].module;
        bodies[i].function = function;
        bodies[i].bytes = body_of(profiling->file,
                                  &module->functions[function->index - module->imported_functions],
                                  &bodies[i].length);
    }
    qsort(bodies, profile->count, sizeof *bodies, by_body);
    for (size_t i = 1; i < profile->count; i++) {
        const struct body *one = &bodies[i - 1], *two = &bodies[i];
        if (one->length != two->length || one->function->hash != two->function->hash ||
            memcmp(one->bytes, two->bytes, one->length) != 0)
            continue;
        two->function->duplicate = true;
        profile->duplicates += two->function->bytes;
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

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct wasm_share *)a)->name, ((const struct wasm_share *)b)->name);
}

static int by_bytes(const void *left, const void *right) {
    const struct wasm_share *a = left, *b = right;
    if (a->bytes != b->bytes) return a->bytes < b->bytes ? 1 : -1;
    return strcmp(a->name, b->name);
}

struct wasm_shares wasm_shares_join(struct wasm_share *items, size_t count) {
    size_t kept = 0;
    qsort(items, count, sizeof *items, by_name);
    for (size_t i = 0; i < count; i++) {
        struct wasm_share *last = kept ? &items[kept - 1] : NULL;
        if (!last || strcmp(last->name, items[i].name) != 0) {
            items[kept++] = items[i];
            continue;
        }
        last->bytes += items[i].bytes;
        last->count += items[i].count;
        if (items[i].largest > last->largest) last->largest = items[i].largest;
    }
    qsort(items, kept, sizeof *items, by_bytes);
    return (struct wasm_shares){items, kept};
}

static struct wasm_share share_of(const struct wasm_profiled *function, const char *name) {
    return (struct wasm_share){name, function->bytes, function->retained, 1};
}

struct wasm_shares wasm_profile_by_name(struct arena *arena, const struct wasm_profile *profile) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++)
        items[i] = share_of(&profile->functions[i], profile->functions[i].name);
    return wasm_shares_join(items, profile->count);
}

struct wasm_shares wasm_profile_by_namespace(struct arena *arena,
                                             const struct wasm_profile *profile) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++)
        items[i] = share_of(&profile->functions[i], profile->functions[i].namespace);
    return wasm_shares_join(items, profile->count);
}

struct wasm_shares wasm_profile_by_generic(struct arena *arena,
                                           const struct wasm_profile *profile) {
    struct wasm_share *items = arena_alloc(arena, profile->count * sizeof *items);
    for (size_t i = 0; i < profile->count; i++)
        items[i] =
            share_of(&profile->functions[i], wasm_generic(arena, profile->functions[i].name));
    return wasm_shares_join(items, profile->count);
}
