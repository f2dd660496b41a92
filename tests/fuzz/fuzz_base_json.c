/* Any bytes as JSON: refused with a reason, or a tree that survives being written and read back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    const char *problem = NULL;
    json *value = json_read(arena, (const char *)data, size, &problem);
    require(!value == (problem != NULL));
    if (value) {
        const char *written = json_write(arena, value);
        json *again = json_read(arena, written, strlen(written), &problem);
        require(again != NULL);
        require(strcmp(json_write(arena, again), written) == 0);
        (void)json_at(value, "/a/0/b");
        json_free(again);
    }
    json_free(value);
    arena_free(arena);
    return 0;
}
