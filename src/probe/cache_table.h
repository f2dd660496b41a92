/** What a cache knows, by key: an open hash table that only grows. */
#ifndef PROBE_CACHE_TABLE_H
#define PROBE_CACHE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "probe/cache_store.h"

/** One key; with an owner it is being computed, without one `value` holds if `known`. */
struct cache_entry {
    struct hash128 key;
    uint64_t value;
    const void *owner;
    bool used, known;
};

struct cache_table {
    struct cache_entry *entries; /**< from malloc; NULL while empty */
    size_t count, capacity;      /**< capacity: a power of two, at most half full */
};

/** The entry of a key, added when it is new; moves with the next addition. */
struct cache_entry *cache_table_at(struct cache_table *table, struct hash128 key);

void cache_table_free(struct cache_table *table);

#endif
