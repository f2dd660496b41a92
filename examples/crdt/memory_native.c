#include <stdlib.h>

#include "memory.h"

void *memory_grow(void *block, size_t old, size_t size) {
    (void)old;
    return realloc(block, size);
}

void memory_free(void *block) {
    free(block);
}
