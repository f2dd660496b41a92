/* Any bytes: a module or component whose sizes add up to its length, or a problem inside it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "wasm/file.h"
#include "wasm/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    if (wasm_file_read(arena, (struct wasm_span){data, 0, size}, WASM_DECODE, &file, &problem)) {
        if (wasm_file_total(&file) != size) abort();
    } else if (!problem.reason || problem.offset > size) {
        abort();
    }
    if (!wasm_other_format(data, size)) abort();
    arena_free(arena);
    return 0;
}
