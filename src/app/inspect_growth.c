#include <stdlib.h>
#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"

static uint64_t change(const struct grown *grown) {
    return grown->after > grown->before ? grown->after - grown->before
                                        : grown->before - grown->after;
}

static int by_change(const void *left, const void *right) {
    const struct grown *a = left, *b = right;
    if (change(a) != change(b)) return change(a) < change(b) ? 1 : -1;
    return strcmp(a->name, b->name);
}

struct growth inspect_growth(struct arena *arena, const struct wasm_shares *before,
                             const struct wasm_shares *after) {
    struct wasm_share_table old = wasm_shares_table(arena, before);
    bool *met = arena_alloc(arena, before->count * sizeof *met); /* by share of `before` */
    struct growth growth = {0};
    for (size_t i = 0; i < after->count; i++) {
        const struct wasm_share *is = &after->items[i], *was = wasm_share_find(&old, is->name);
        if (was && met[was - before->items]) was = NULL;
        if (was) met[was - before->items] = true;
        struct grown grown = {is->name, NULL, was ? was->bytes : 0, is->bytes};
        if (grown.before != grown.after) *array_add(arena, growth.items, growth.count) = grown;
    }
    for (size_t i = 0; i < before->count; i++)
        if (!met[i] && before->items[i].bytes > 0)
            *array_add(arena, growth.items, growth.count) =
                (struct grown){before->items[i].name, NULL, before->items[i].bytes, 0};
    if (growth.count > 0) qsort(growth.items, growth.count, sizeof *growth.items, by_change);
    return growth;
}

static int by_hash(const void *left, const void *right) {
    const struct wasm_profiled *a = *(const struct wasm_profiled *const *)left;
    const struct wasm_profiled *b = *(const struct wasm_profiled *const *)right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

/** Functions that something names, or those that only have a number, sorted by body. */
static const struct wasm_profiled **hashed(struct arena *arena, const struct wasm_profile *profile,
                                           bool named, size_t *count) {
    const struct wasm_profiled **list = arena_alloc(arena, (profile->count + 1) * sizeof *list);
    *count = 0;
    for (size_t i = 0; i < profile->count; i++)
        if (profile->functions[i].named == named) list[(*count)++] = &profile->functions[i];
    if (*count > 0) qsort(list, *count, sizeof *list, by_hash);
    return list;
}

static struct wasm_shares named_functions(struct arena *arena, const struct wasm_profile *profile) {
    struct wasm_share *items = arena_alloc(arena, (profile->count + 1) * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < profile->count; i++)
        if (profile->functions[i].named)
            items[count++] =
                (struct wasm_share){profile->functions[i].name, profile->functions[i].bytes, 0, 1};
    return wasm_shares_join(items, count, 1); /* in no order */
}

/** The named functions on both sides. */
struct namesakes {
    struct wasm_shares before, after;
    struct wasm_share_table old, new; /* the same by name */
};

/** Gives the functions of `after` whose body was there under a name that is gone their old name. */
static void rename_back(struct namesakes *sides, const struct growth *renamed) {
    for (size_t i = 0; i < renamed->count; i++) {
        struct wasm_share *share = wasm_share_find(&sides->new, renamed->items[i].name);
        if (share) share->largest = i + 1; /* only marked now: they are still looked up */
    }
    for (size_t i = 0; i < sides->after.count; i++) {
        struct wasm_share *share = &sides->after.items[i];
        if (share->largest > 0) share->name = renamed->items[share->largest - 1].renamed;
    }
}

static struct growth find_renamed(struct arena *arena, const struct inspection *before,
                                  const struct inspection *after, const struct namesakes *sides) {
    struct growth renamed = {0};
    size_t old_count, new_count;
    const struct wasm_profiled **olds = hashed(arena, &before->profile, true, &old_count);
    const struct wasm_profiled **news = hashed(arena, &after->profile, true, &new_count);
    for (size_t o = 0, n = 0; o < old_count && n < new_count;) {
        int order = by_hash(&olds[o], &news[n]);
        if (order != 0) {
            if (order < 0) o++;
            if (order > 0) n++;
            continue;
        }
        const struct wasm_profiled *was = olds[o++], *is = news[n++];
        if (strcmp(was->name, is->name) == 0 || wasm_share_find(&sides->old, is->name) ||
            wasm_share_find(&sides->new, was->name))
            continue;
        const struct wasm_share *share = wasm_share_find(&sides->new, is->name);
        if (!share || share->count != 1) continue;
        *array_add(arena, renamed.items, renamed.count) =
            (struct grown){is->name, was->name, is->bytes, is->bytes};
    }
    return renamed;
}

/** Functions without a name are known by their bodies; those that are only on one side, together,
 * as which of them is which is not known. */
static void add_nameless(struct arena *arena, const struct inspection *before,
                         const struct inspection *after, struct growth *growth) {
    size_t old_count, new_count, changed = 0;
    const struct wasm_profiled **olds = hashed(arena, &before->profile, false, &old_count);
    const struct wasm_profiled **news = hashed(arena, &after->profile, false, &new_count);
    struct grown rest = {0};
    for (size_t o = 0, n = 0; o < old_count || n < new_count;) {
        int order = o == old_count ? 1 : n == new_count ? -1 : by_hash(&olds[o], &news[n]);
        if (order < 0) rest.before += olds[o]->bytes;
        if (order > 0) rest.after += news[n]->bytes;
        changed += order > 0;
        o += order <= 0;
        n += order >= 0;
    }
    if (rest.before == rest.after) return;
    rest.name = text_format(arena, "(%zu without a name)", changed);
    *array_add(arena, growth->items, growth->count) = rest;
}

struct growth inspect_function_growth(struct arena *arena, const struct inspection *before,
                                      const struct inspection *after) {
    struct namesakes sides = {.before = named_functions(arena, &before->profile),
                              .after = named_functions(arena, &after->profile)};
    sides.old = wasm_shares_table(arena, &sides.before);
    sides.new = wasm_shares_table(arena, &sides.after);
    struct growth renamed = find_renamed(arena, before, after, &sides);
    rename_back(&sides, &renamed);
    struct growth growth = inspect_growth(arena, &sides.before, &sides.after);
    add_nameless(arena, before, after, &growth);
    if (growth.count > 0) qsort(growth.items, growth.count, sizeof *growth.items, by_change);
    for (size_t i = 0; i < renamed.count; i++)
        *array_add(arena, growth.items, growth.count) = renamed.items[i];
    return growth;
}
