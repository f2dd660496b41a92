#include "base/array.h"
#include "wasm/sections.h"

static bool read_body(struct wasm_reader *reader, struct instructions *state) {
    if (!section_read_locals(reader) || !instructions_read(reader, state)) return false;
    return reader_left(reader) == 0 ||
           reader_fail(reader, reader->at, "operators remaining after end of function");
}

static void begin_bodies(struct arena *arena, struct wasm_module *module,
                         struct instructions *state) {
    size_t functions = module->imported_functions + module->function_count;
    *state = (struct instructions){
        .arena = arena,
        .function_room = (uint32_t)functions,
        .last_namer = arena_alloc(arena, functions * sizeof *state->last_namer),
    };
    module->call_begin =
        arena_alloc(arena, (module->function_count + 1) * sizeof *module->call_begin);
}

bool wasm_module_decode(struct arena *arena, const uint8_t *bytes, struct wasm_module *module,
                        struct wasm_problem *problem) {
    struct instructions state;
    begin_bodies(arena, module, &state);
    for (size_t i = 0; i < module->function_count; i++) {
        const struct wasm_function *function = &module->functions[i];
        struct wasm_reader reader = {bytes, function->body, function->offset + function->size,
                                     problem, &state.features};
        state.body = (uint32_t)i + 1;
        module->call_begin[i] = state.named_count;
        if (!read_body(&reader, &state)) return false;
    }
    module->call_begin[module->function_count] = state.named_count;
    module->called = (struct wasm_indexes){state.named, state.named_count};
    module->features |= instructions_features(&state);
    if (!state.data_at || module->has[WASM_DATA_COUNT]) return true;
    *problem = (struct wasm_problem){state.data_at, "data count section required"};
    return false;
}
