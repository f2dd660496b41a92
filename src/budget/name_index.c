#include "budget/name_index.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

/* FNV-1a: names are few and short, and a bad spread costs time only. */
static size_t name_hash(const char *name) {
    uint64_t hash = 14695981039346656037u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of the name, or the free one it would take. */
static struct name_slot *name_slot_of(const struct name_index *index, const char *name) {
    size_t mask = index->capacity - 1;
    size_t at = name_hash(name) & mask;
    while (index->slots[at].name && strcmp(index->slots[at].name, name) != 0) at = (at + 1) & mask;
    return &index->slots[at];
}

static void name_index_grow(struct name_index *index) {
    struct name_slot *old = index->slots;
    size_t old_capacity = index->capacity;
    index->capacity = old_capacity ? old_capacity * 2 : FIRST_CAPACITY;
    index->slots = arena_alloc(index->arena, index->capacity * sizeof *index->slots);
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].name) *name_slot_of(index, old[i].name) = old[i];
}

bool name_index_add(struct name_index *index, const char *name, size_t number) {
    if (index->count * 2 >= index->capacity) name_index_grow(index);
    struct name_slot *slot = name_slot_of(index, name);
    if (slot->name) return false;
    *slot = (struct name_slot){.name = name, .number = number};
    index->count++;
    return true;
}

size_t name_index_find(const struct name_index *index, const char *name) {
    if (index->capacity == 0) return NAME_NONE;
    const struct name_slot *slot = name_slot_of(index, name);
    return slot->name ? slot->number : NAME_NONE;
}
