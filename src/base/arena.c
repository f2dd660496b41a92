#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes from which on a chunk goes back to the system when it is freed. */
#ifdef PERFBUDGET_DEBUG_ARENA
#define MAPPED_FROM SIZE_MAX /* so that sanitizers see every piece */
#else
#define MAPPED_FROM ((size_t)256 * 1024)
#endif

enum {
    FIRST_CHUNK = 16 * 1024,
    LARGEST_CHUNK = 1024 * 1024,
    ALIGNMENT = alignof(max_align_t),
    LARGE_PAGE = 2 * 1024 * 1024,
    WISH_LARGE_PAGES = 8 * 1024 * 1024, /* bytes of a chunk from which on they are worth it */
};

struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks;
    size_t used, next_size;
};

_Noreturn void memory_exhausted(void) {
    static const char message[] = "perfbudget: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(4);
}

struct arena *arena_new(void) {
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena) memory_exhausted();
    arena->next_size = FIRST_CHUNK;
    return arena;
}

/* Not left to malloc, which keeps what is freed once it has seen large pieces come and go. */
static struct chunk *chunk_new(size_t size) {
    size_t bytes = sizeof(struct chunk) + size;
    if (size < MAPPED_FROM) return calloc(1, bytes);
    struct chunk *chunk =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return chunk == MAP_FAILED ? NULL : chunk;
}

static void chunk_free(struct chunk *chunk) {
    if (chunk->size < MAPPED_FROM)
        free(chunk);
    else
        munmap(chunk, sizeof *chunk + chunk->size);
}

void arena_free(struct arena *arena) {
    if (!arena) return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        chunk_free(chunk);
    }
    free(arena);
}

/** Of a chunk of many megabytes: large pages cost far fewer faults. That they are only wished for
 * is no reason to say anything. */
static void wish_large_pages(struct chunk *chunk) {
    uintptr_t begin = ((uintptr_t)chunk + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    uintptr_t end = (uintptr_t)(chunk->bytes + chunk->size) / LARGE_PAGE * LARGE_PAGE;
    if (end > begin) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

static struct chunk *chunk_add(struct arena *arena, size_t size) {
    if (size > SIZE_MAX - sizeof(struct chunk)) memory_exhausted();
    struct chunk *chunk = chunk_new(size);
    if (!chunk) memory_exhausted();
    chunk->size = size;
    if (size >= WISH_LARGE_PAGES) wish_large_pages(chunk);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

/* With PERFBUDGET_DEBUG_ARENA every piece is a chunk of its own, so that sanitizers and valgrind
 * see its ends. */
static struct chunk *chunk_for(struct arena *arena, size_t size) {
#ifdef PERFBUDGET_DEBUG_ARENA
    return chunk_add(arena, size);
#else
    struct chunk *chunk = arena->chunks;
    if (chunk && chunk->size - chunk->used >= size) return chunk;
    if (size > arena->next_size / 4) {
        struct chunk *own = chunk_add(arena, size);
        if (chunk) { /* keep filling the chunk that still has room */
            arena->chunks = chunk;
            own->next = chunk->next;
            chunk->next = own;
        }
        return own;
    }
    chunk = chunk_add(arena, arena->next_size);
    if (arena->next_size < LARGEST_CHUNK) arena->next_size *= 2;
    return chunk;
#endif
}

void *arena_alloc(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) memory_exhausted();
#ifndef PERFBUDGET_DEBUG_ARENA
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
#endif
    if (size == 0) size = 1;
    struct chunk *chunk = chunk_for(arena, size);
    void *place = chunk->bytes + chunk->used;
    chunk->used += size;
#ifndef PERFBUDGET_DEBUG_ARENA
    chunk->used = (chunk->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (chunk->used > chunk->size) chunk->used = chunk->size;
#endif
    arena->used += size;
    return place;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
    void *place = arena_alloc(arena, new_size);
    if (old_size) memcpy(place, old, old_size < new_size ? old_size : new_size);
    return place;
}

void arena_take(struct arena *arena, struct arena *from) {
    struct chunk **last = &arena->chunks;
    while (*last) last = &(*last)->next; /* the first chunk stays the one that is filled */
    *last = from->chunks;
    arena->used += from->used;
    free(from);
}

size_t arena_used(const struct arena *arena) {
    return arena->used;
}
