#include "probe/table.h"

enum { TABLE_FIRST = 16 };

uint64_t table_hash(uint64_t hash, const void *bytes, size_t length) {
    const unsigned char *from = bytes;
    for (size_t i = 0; i < length; i++) hash = (hash ^ from[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The low bits of FNV-1a know only the low bits of its input, so the high ones are mixed in. */
static size_t table_home(const struct table *table, uint64_t hash) {
    return (size_t)(hash ^ hash >> 32) & (table->capacity - 1);
}

uint32_t table_next(const struct table *table, uint64_t hash, size_t *at) {
    if (table->capacity == 0) return 0;
    for (;;) {
        size_t place = (table_home(table, hash) + (*at)++) & (table->capacity - 1);
        const struct table_entry *entry = &table->entries[place];
        if (entry->number == 0 || entry->hash == hash) return entry->number;
    }
}

static void table_put(struct table *table, uint64_t hash, uint32_t number) {
    size_t place = table_home(table, hash);
    while (table->entries[place].number) place = (place + 1) & (table->capacity - 1);
    table->entries[place] = (struct table_entry){hash, number};
}

void table_add(struct arena *arena, struct table *table, uint64_t hash, uint32_t number) {
    if (2 * (table->count + 1) > table->capacity) {
        struct table larger = {.capacity = table->capacity ? 2 * table->capacity : TABLE_FIRST};
        larger.entries = arena_alloc(arena, larger.capacity * sizeof *larger.entries);
        for (size_t i = 0; i < table->capacity; i++)
            if (table->entries[i].number)
                table_put(&larger, table->entries[i].hash, table->entries[i].number);
        larger.count = table->count;
        *table = larger;
    }
    table_put(table, hash, number);
    table->count++;
}
