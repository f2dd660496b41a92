#include <stdlib.h>
#include <string.h>

#include "app/inspect.h"
#include "base/array.h"

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct wasm_share *)a)->name, ((const struct wasm_share *)b)->name);
}

static uint64_t change(const struct grown *grown) {
    return grown->after > grown->before ? grown->after - grown->before
                                        : grown->before - grown->after;
}

static int by_change(const void *left, const void *right) {
    const struct grown *a = left, *b = right;
    if (change(a) != change(b)) return change(a) < change(b) ? 1 : -1;
    return strcmp(a->name, b->name);
}

static struct wasm_share *sorted(struct arena *arena, const struct wasm_shares *shares) {
    struct wasm_share *items = arena_alloc(arena, shares->count * sizeof *items);
    if (shares->count > 0) memcpy(items, shares->items, shares->count * sizeof *items);
    qsort(items, shares->count, sizeof *items, by_name);
    return items;
}

struct growth inspect_growth(struct arena *arena, const struct wasm_shares *before,
                             const struct wasm_shares *after) {
    struct wasm_share *old = sorted(arena, before), *new = sorted(arena, after);
    struct growth growth = {0};
    for (size_t o = 0, n = 0; o < before->count || n < after->count;) {
        int order = o == before->count  ? 1
                    : n == after->count ? -1
                                        : strcmp(old[o].name, new[n].name);
        struct grown grown = {.name = order <= 0 ? old[o].name : new[n].name};
        if (order <= 0) grown.before = old[o++].bytes;
        if (order >= 0) grown.after = new[n++].bytes;
        if (grown.before != grown.after) *array_add(arena, growth.items, growth.count) = grown;
    }
    if (growth.count > 0) qsort(growth.items, growth.count, sizeof *growth.items, by_change);
    return growth;
}

static int by_hash(const void *left, const void *right) {
    const struct wasm_profiled *a = *(const struct wasm_profiled *const *)left;
    const struct wasm_profiled *b = *(const struct wasm_profiled *const *)right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static const struct wasm_profiled **hashed(struct arena *arena,
                                           const struct wasm_profile *profile) {
    const struct wasm_profiled **list = arena_alloc(arena, (profile->count + 1) * sizeof *list);
    for (size_t i = 0; i < profile->count; i++) list[i] = &profile->functions[i];
    if (profile->count > 0) qsort(list, profile->count, sizeof *list, by_hash);
    return list;
}

static struct wasm_share *find(const struct wasm_share *items, size_t count, const char *name) {
    struct wasm_share key = {.name = name};
    return bsearch(&key, items, count, sizeof key, by_name);
}

/** Gives the functions of `after` whose body was there under a name that is gone their old name, in
 * a copy of its list. */
static struct wasm_shares renamed_back(struct arena *arena, const struct inspection *before,
                                       const struct inspection *after, struct growth *renamed) {
    struct wasm_share *old = sorted(arena, &before->functions);
    struct wasm_share *new = sorted(arena, &after->functions);
    const struct wasm_profiled **olds = hashed(arena, &before->profile);
    const struct wasm_profiled **news = hashed(arena, &after->profile);
    for (size_t o = 0, n = 0; o < before->profile.count && n < after->profile.count;) {
        int order = by_hash(&olds[o], &news[n]);
        if (order != 0) {
            if (order < 0) o++;
            if (order > 0) n++;
            continue;
        }
        const struct wasm_profiled *was = olds[o++], *is = news[n++];
        struct wasm_share *share = find(new, after->functions.count, is->name);
        if (!share || share->count != 1 || find(old, before->functions.count, is->name) ||
            find(new, after->functions.count, was->name))
            continue;
        *array_add(arena, renamed->items, renamed->count) =
            (struct grown){is->name, was->name, is->bytes, is->bytes};
    }
    for (size_t i = 0; i < renamed->count; i++) {
        struct wasm_share *share = find(new, after->functions.count, renamed->items[i].name);
        if (share) share->largest = i + 1; /* only marked now: names keep the list in order */
    }
    for (size_t i = 0; i < after->functions.count; i++)
        if (new[i].count == 1 && new[i].largest > 0 && new[i].largest <= renamed->count &&
            strcmp(renamed->items[new[i].largest - 1].name, new[i].name) == 0)
            new[i].name = renamed->items[new[i].largest - 1].renamed;
    return (struct wasm_shares){new, after->functions.count};
}

struct growth inspect_function_growth(struct arena *arena, const struct inspection *before,
                                      const struct inspection *after) {
    struct growth renamed = {0};
    struct wasm_shares mapped = renamed_back(arena, before, after, &renamed);
    struct growth growth = inspect_growth(arena, &before->functions, &mapped);
    for (size_t i = 0; i < renamed.count; i++)
        *array_add(arena, growth.items, growth.count) = renamed.items[i];
    return growth;
}
