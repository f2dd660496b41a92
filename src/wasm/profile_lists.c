#include <string.h>

#include "wasm/profile.h"

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

/** Joined items of a list made in `scratch`, which is given back. */
static struct wasm_shares keep(struct arena *arena, struct arena *scratch,
                               struct wasm_shares shares) {
    struct wasm_share *items = arena_alloc(arena, shares.count * sizeof *items);
    if (shares.count > 0) memcpy(items, shares.items, shares.count * sizeof *items);
    arena_free(scratch);
    return (struct wasm_shares){items, shares.count};
}

/* What functions are joined by; NULL: those it says nothing of are left out. */
typedef const char *key_function(const struct wasm_profiled *function);

static const char *namespace_of(const struct wasm_profiled *function) {
    return function->namespace;
}

static const char *generic_of(const struct wasm_profiled *function) {
    return function->generic;
}

static const char *source_of(const struct wasm_profiled *function) {
    return function->source ? function->source : "(unknown)";
}

static struct wasm_shares join_by(struct arena *arena, const struct wasm_profile *profile,
                                  size_t top, key_function *key) {
    struct arena *scratch = arena_new();
    struct wasm_share *items = arena_alloc(scratch, profile->count * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < profile->count; i++) {
        const char *name = key(&profile->functions[i]);
        if (name) items[count++] = share_of(&profile->functions[i], name);
    }
    return keep(arena, scratch, wasm_shares_join(items, count, top));
}

struct wasm_shares wasm_profile_by_namespace(struct arena *arena,
                                             const struct wasm_profile *profile, size_t top) {
    return join_by(arena, profile, top, namespace_of);
}

struct wasm_shares wasm_profile_by_generic(struct arena *arena, const struct wasm_profile *profile,
                                           size_t top) {
    return join_by(arena, profile, top, generic_of);
}

struct wasm_shares wasm_profile_by_source(struct arena *arena, const struct wasm_profile *profile,
                                          size_t top) {
    if (profile->sourced == 0) return (struct wasm_shares){0};
    return join_by(arena, profile, top, source_of);
}

/** Items by number of the first body; those without a double are left out after. */
struct wasm_shares wasm_profile_by_body(struct arena *arena, const struct wasm_profile *profile,
                                        size_t top) {
    struct arena *scratch = arena_new();
    struct wasm_share *items = arena_alloc(scratch, profile->count * sizeof *items);
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
    return keep(arena, scratch, wasm_shares_order(items, count, top));
}
