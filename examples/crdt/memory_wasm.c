/* A bump allocator: memory is handed out once, in order, and grown by pages of 64 KiB. The host
 * drops the whole instance when it is done with its documents. */
#include <stdint.h>

#include "crdt.h"
#include "memory.h"

enum { PAGE = 65536, ALIGNMENT = 16 };

extern unsigned char __heap_base; /* set by the linker: where data and stack end */

static uintptr_t top;

/* Room for bytes that the host writes or reads: states to merge, characters read. NULL without
 * memory. */
CRDT_EXPORT(crdt_allocate) void *crdt_allocate(size_t size);

void *crdt_allocate(size_t size) {
    if (!top) top = (uintptr_t)&__heap_base;
    uintptr_t start = (top + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
    uint64_t end = (uint64_t)start + size;
    uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end > have) {
        uint64_t pages = (end - have + PAGE - 1) / PAGE;
        if (pages > PAGE || __builtin_wasm_memory_grow(0, (size_t)pages) == SIZE_MAX) return NULL;
    }
    top = (uintptr_t)end;
    return (void *)start;
}

/* The compiler calls these for whole structs, also without a C library. */
void *memset(void *bytes, int value, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);

void *memset(void *bytes, int value, size_t size) {
    unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) at[i] = (unsigned char)value;
    return bytes;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    unsigned char *at = to;
    const unsigned char *source = from;
    for (size_t i = 0; i < size; i++) at[i] = source[i];
    return to;
}

void *memory_grow(void *block, size_t old, size_t size) {
    unsigned char *larger = crdt_allocate(size);
    const unsigned char *from = block;
    for (size_t i = 0; larger && i < old; i++) larger[i] = from[i];
    return larger;
}

void memory_free(void *block) {
    (void)block;
}
