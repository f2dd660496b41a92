/** Growing arrays in an arena: a pointer and a count, no type of their own. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include "base/arena.h"

/**
 * Room for one more element: grows when `count` is 0 or a power of two from 8 on. Use through
 * array_add. The capacity is a function of the count, so an array is just its pointer and its
 * count.
 */
static inline void *array_room(struct arena *arena, void *items, size_t count, size_t item_size) {
    if (count == 0) return arena_alloc(arena, 8 * item_size);
    if (count < 8 || (count & (count - 1)) != 0) return items;
    return arena_grow(arena, items, count * item_size, 2 * count * item_size);
}

/** Appends a zeroed element and gives its address: `*array_add(arena, list->items, list->count) =
 * x;` */
#define array_add(arena, items, count) \
    ((items) = array_room((arena), (items), (count), sizeof *(items)), &(items)[(count)++])

#define array_length(array) (sizeof(array) / sizeof *(array))

#endif
