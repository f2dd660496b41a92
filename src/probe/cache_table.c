#include "probe/cache_table.h"

#include <stdlib.h>

#include "base/arena.h"

enum { CAPACITY_FIRST = 256 };

static struct cache_entry *entry_find(const struct cache_table *table, struct hash128 key) {
    for (size_t at = (size_t)key.low;; at++) {
        struct cache_entry *entry = &table->entries[at & (table->capacity - 1)];
        if (!entry->used || hash128_equal(entry->key, key)) return entry;
    }
}

static void table_double(struct cache_table *table) {
    struct cache_table larger = {.count = table->count,
                                 .capacity = table->capacity ? 2 * table->capacity
                                                             : (size_t)CAPACITY_FIRST};
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (!larger.entries) memory_exhausted();
    for (size_t i = 0; i < table->capacity; i++)
        if (table->entries[i].used) *entry_find(&larger, table->entries[i].key) = table->entries[i];
    free(table->entries);
    *table = larger;
}

struct cache_entry *cache_table_at(struct cache_table *table, struct hash128 key) {
    if (2 * (table->count + 1) > table->capacity) table_double(table);
    struct cache_entry *entry = entry_find(table, key);
    if (entry->used) return entry;
    *entry = (struct cache_entry){.key = key, .used = true};
    table->count++;
    return entry;
}

void cache_table_free(struct cache_table *table) {
    free(table->entries);
    *table = (struct cache_table){0};
}
