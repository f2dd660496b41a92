/** Memory that is given back all at once: one arena a command, one a job; domain data is never
 * freed singly. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/** A new, empty arena. Never NULL: out of memory ends the process with exit code 4 (internal). */
struct arena *arena_new(void);

/** Gives everything back. NULL is fine. */
void arena_free(struct arena *arena);

/** `size` zeroed bytes, aligned for any type, until arena_free. Never NULL; size 0 gives a distinct
 * place. */
void *arena_alloc(struct arena *arena, size_t size);

/** As realloc for memory of the same arena: the first `old_size` bytes are copied to a new, larger
 * place. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/** What lives in `from` lives in `arena` from now on; `from` itself is gone. For what a thread made
 * in an arena of its own. */
void arena_take(struct arena *arena, struct arena *from);

/** Bytes handed out so far, for tests and benchmarks. */
size_t arena_used(const struct arena *arena);

/** Says so on standard error and ends the process with exit code 4. */
_Noreturn void memory_exhausted(void);

#define arena_new_object(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
