#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "wasm/profile.h"

uint64_t wasm_shares_total(const struct wasm_shares *shares) {
    uint64_t total = 0;
    for (size_t i = 0; i < shares->count; i++) total += shares->items[i].bytes;
    return total;
}

static int by_bytes(const void *left, const void *right) {
    const struct wasm_share *a = left, *b = right;
    if (a->bytes != b->bytes) return a->bytes < b->bytes ? 1 : -1;
    return strcmp(a->name, b->name);
}

/** Empty, with room for so many items. */
static struct wasm_share_table table_for(struct arena *arena, struct wasm_share *items,
                                         size_t count) {
    size_t room = 16;
    while (room < 2 * count) room *= 2;
    return (struct wasm_share_table){items, arena_alloc(arena, room * sizeof(uint32_t)),
                                     arena_alloc(arena, count * sizeof(uint64_t)), room - 1};
}

static uint64_t hash_name(const char *name) {
    return hash128_of(name, strlen(name)).low;
}

/** The item of that name; *slot is where a new one goes. */
static struct wasm_share *find(const struct wasm_share_table *table, const char *name,
                               uint64_t hash, size_t *slot) {
    for (*slot = hash & table->mask; table->slots[*slot]; *slot = (*slot + 1) & table->mask) {
        uint32_t number = table->slots[*slot] - 1;
        if (table->hashes[number] == hash && strcmp(table->items[number].name, name) == 0)
            return &table->items[number];
    }
    return NULL;
}

static void table_add(struct wasm_share_table *table, size_t number, uint64_t hash, size_t slot) {
    table->hashes[number] = hash;
    table->slots[slot] = (uint32_t)number + 1;
}

struct wasm_share_table wasm_shares_table(struct arena *arena, const struct wasm_shares *shares) {
    struct wasm_share_table table = table_for(arena, shares->items, shares->count);
    for (size_t i = 0, slot; i < shares->count; i++) {
        uint64_t hash = hash_name(shares->items[i].name);
        if (!find(&table, shares->items[i].name, hash, &slot)) table_add(&table, i, hash, slot);
    }
    return table;
}

struct wasm_share *wasm_share_find(const struct wasm_share_table *table, const char *name) {
    size_t slot;
    return find(table, name, hash_name(name), &slot);
}

static void add(struct wasm_share *share, const struct wasm_share *more) {
    share->bytes += more->bytes;
    share->count += more->count;
    if (more->largest > share->largest) share->largest = more->largest;
}

/** Moves those that may be among the `top` largest to the front, by powers of two; how many. */
static size_t bring_forward(struct wasm_share *items, size_t count, size_t top) {
    size_t larger[64] = {0}, sum = 0, front = 0;
    int power = 63;
    for (size_t i = 0; i < count; i++) larger[63 - __builtin_clzll(items[i].bytes | 1)]++;
    while (power > 0 && sum + larger[power] < top) sum += larger[power--];
    uint64_t least = power > 0 ? UINT64_C(1) << power : 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].bytes < least) continue;
        struct wasm_share swap = items[front];
        items[front++] = items[i];
        items[i] = swap;
    }
    return front;
}

struct wasm_shares wasm_shares_order(struct wasm_share *items, size_t count, size_t top) {
    size_t sorted = top < count ? bring_forward(items, count, top) : count;
    if (sorted > 0) qsort(items, sorted, sizeof *items, by_bytes);
    return (struct wasm_shares){items, count};
}

struct wasm_shares wasm_shares_join(struct wasm_share *items, size_t count, size_t top) {
    struct arena *scratch = arena_new();
    struct wasm_share_table table = table_for(scratch, items, count);
    size_t kept = 0;
    for (size_t i = 0, slot; i < count; i++) {
        uint64_t hash = hash_name(items[i].name);
        struct wasm_share *same = find(&table, items[i].name, hash, &slot);
        if (same) {
            add(same, &items[i]);
            continue;
        }
        table_add(&table, kept, hash, slot);
        items[kept++] = items[i];
    }
    arena_free(scratch);
    return wasm_shares_order(items, kept, top);
}
