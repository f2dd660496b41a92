/** A hash table from 64-bit hashes to numbers from 1 up; whose keys they are, its user knows. */
#ifndef PROBE_TABLE_H
#define PROBE_TABLE_H

#include <stdint.h>

#include "base/arena.h"

struct table_entry {
    uint64_t hash;
    uint32_t number; /**< 0: free */
};
/** Open addressing, at most half full. Zero-initialise. */
struct table {
    struct table_entry *entries;
    size_t capacity, count;
};

/** Adds `length` bytes to a hash (FNV-1a, draft-eastlake-fnv); begin with any seed. */
uint64_t table_hash(uint64_t hash, const void *bytes, size_t length);

/**
 * The numbers entered under `hash`, one a call: `for (size_t at = 0; (n = table_next(t, hash,
 * &at));)`. Returns 0 when there are no more.
 */
uint32_t table_next(const struct table *table, uint64_t hash, size_t *at);

/** Enters a number, which is not 0. */
void table_add(struct arena *arena, struct table *table, uint64_t hash, uint32_t number);

#endif
