/** Where a document's memory comes from: the C library, or in WebAssembly the end of the module's
 * memory. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/** A larger block with the first `old` bytes of `block` (NULL: a new one), not zeroed; NULL without
 * memory, and then `block` stands as it was. */
void *memory_grow(void *block, size_t old, size_t size);
void memory_free(void *block);

#endif
