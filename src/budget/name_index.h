/** Names to numbers in constant time: ids, variables, limit keys, files. */
#ifndef BUDGET_NAME_INDEX_H
#define BUDGET_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct name_slot {
    const char *name; /**< NULL: free */
    size_t number;
};

/** Zero-initialise, set the arena, add. Names are borrowed. */
struct name_index {
    struct arena *arena;
    struct name_slot *slots;
    size_t capacity, count;
};

#define NAME_NONE ((size_t)-1)

/** Remembers `number` under `name`. False, changing nothing, where the name is taken. */
bool name_index_add(struct name_index *index, const char *name, size_t number);

/** The number under that name, or NAME_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);

#endif
