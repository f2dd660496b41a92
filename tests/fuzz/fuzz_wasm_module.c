/* Any bytes: a module or component whose sizes add up to its length, or a problem inside it. What
 * is found in one adds up as well, and its custom sections never make it malformed. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "wasm/custom.h"
#include "wasm/format.h"
#include "wasm/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact) {
    if (!fact) abort();
}

/** Every byte is in one section, function bodies are within their section, data in theirs. */
static void check_sums(const struct wasm_file *file, size_t size) {
    require(wasm_file_total(file) == size);
    for (size_t i = 0; i < file->unit_count; i++) {
        const struct wasm_module *module = &file->units[i].module;
        size_t functions = 0, data = 0;
        for (size_t f = 0; f < module->function_count; f++) functions += module->functions[f].size;
        for (size_t d = 0; d < module->data_count; d++) data += module->data[d].size;
        require(functions <= wasm_module_size_of(module, WASM_CODE));
        require(data <= wasm_module_size_of(module, WASM_DATA));
    }
}

static void check_profile(struct arena *arena, const struct wasm_file *file) {
    struct wasm_profile profile = wasm_profile_make(
        arena,
        &(struct wasm_profile_request){.file = file,
                                       .symbols = file,
                                       .wanted = WASM_PROFILE_NAMES | WASM_PROFILE_GENERICS |
                                                 WASM_PROFILE_BODIES | WASM_PROFILE_RETAINED});
    struct wasm_shares names = wasm_profile_by_name(arena, &profile, SIZE_MAX);
    struct wasm_shares spaces = wasm_profile_by_namespace(arena, &profile, SIZE_MAX);
    struct wasm_shares generics = wasm_profile_by_generic(arena, &profile, SIZE_MAX);
    struct wasm_shares sources = wasm_profile_by_source(arena, &profile, SIZE_MAX);
    require(wasm_shares_total(&names) == profile.bytes);
    require(wasm_shares_total(&spaces) == profile.bytes);
    require(wasm_shares_total(&generics) <= profile.bytes);
    require(sources.count == 0 || wasm_shares_total(&sources) == profile.bytes);
    struct wasm_shares doubles = wasm_profile_by_body(arena, &profile, 1);
    require(wasm_shares_total(&doubles) == profile.duplicates);
    require(profile.duplicates <= profile.bytes && profile.unreferenced <= profile.bytes);
}

static void check_customs(struct arena *arena, const struct wasm_file *file, size_t size) {
    for (size_t i = 0; i < file->unit_count; i++) {
        struct wasm_customs customs;
        wasm_customs_read(arena, file->bytes, &file->units[i], &customs);
        for (size_t n = 0; n < customs.note_count; n++)
            require(customs.notes[n].reason && customs.notes[n].offset <= size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    if (wasm_file_read(arena, (struct wasm_span){data, 0, size}, WASM_DECODE, &file, &problem)) {
        check_sums(&file, size);
        check_profile(arena, &file);
        check_customs(arena, &file, size);
    } else {
        require(problem.reason && problem.offset <= size);
    }
    require(wasm_other_format(data, size) != NULL);
    arena_free(arena);
    return 0;
}
