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

/**
 * Arrays of tens of thousands, whose elements stay where they are and are never copied: piece k
 * holds PIECE_FIRST << k of them. Declared as `struct x *pieces[PIECES_MAX]`, zeroed.
 */
enum { PIECE_FIRST_BITS = 4, PIECE_FIRST = 1 << PIECE_FIRST_BITS, PIECES_MAX = 32 };

static inline unsigned piece_of(size_t index) {
    return 63u - (unsigned)__builtin_clzll(index + PIECE_FIRST) - PIECE_FIRST_BITS;
}

static inline size_t piece_place(size_t index) {
    return index + PIECE_FIRST - ((size_t)PIECE_FIRST << piece_of(index));
}

/** The element of that index, which is there. */
#define pieces_at(pieces, index) (&(pieces)[piece_of(index)][piece_place(index)])

/** Appends a zeroed element and gives its address. */
#define pieces_add(arena, pieces, count)                                                      \
    (piece_place(count) == 0                                                                  \
         ? (void)((pieces)[piece_of(count)] = arena_alloc(                                    \
                      (arena), ((size_t)PIECE_FIRST << piece_of(count)) * sizeof **(pieces))) \
         : (void)0,                                                                           \
     (count)++, pieces_at(pieces, (count)-1))

#define array_length(array) (sizeof(array) / sizeof *(array))

#endif
