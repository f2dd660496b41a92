#include "base/array.h"
#include "wasm/sections.h"
#include "wasm/slices.h"

/** Bodies decoded by one thread, one after the other. */
struct bodies {
    struct arena *arena;
    struct instructions state;
    struct wasm_problem problem; /* of the first that is malformed */
};

struct decoding {
    const uint8_t *bytes;
    struct wasm_module *module;
    const struct slices *slices;
    struct bodies *parts; /* by slice */
};

static bool read_body(struct wasm_reader *reader, struct instructions *state) {
    if (!section_read_locals(reader) || !instructions_read(reader, state)) return false;
    return reader_left(reader) == 0 ||
           reader_fail(reader, reader->at, "operators remaining after end of function");
}

/** Begins of the calls are counted from the first body of the slice. */
static void decode_slice(void *context, size_t index) {
    struct decoding *decoding = context;
    struct wasm_module *module = decoding->module;
    struct bodies *part = &decoding->parts[index];
    size_t functions = module->imported_functions + module->function_count;
    part->state = (struct instructions){
        .arena = part->arena,
        .function_room = (uint32_t)functions,
        .last_namer = arena_alloc(part->arena, functions * sizeof *part->state.last_namer),
    };
    const size_t *begins = decoding->slices->begins;
    for (size_t i = begins[index]; i < begins[index + 1]; i++) {
        const struct wasm_function *function = &module->functions[i];
        struct wasm_reader reader = {decoding->bytes, function->body,
                                     function->offset + function->size, &part->problem,
                                     &part->state.features};
        part->state.body = (uint32_t)i + 1;
        module->call_begin[i] = part->state.named_count;
        if (!read_body(&reader, &part->state)) return;
    }
}

/** The calls of all slices one after the other. */
static void join_calls(struct arena *arena, const struct decoding *decoding) {
    struct wasm_module *module = decoding->module;
    const size_t *begins = decoding->slices->begins;
    size_t count = 0;
    for (size_t s = 0; s < decoding->slices->count; s++)
        count += decoding->parts[s].state.named_count;
    module->called =
        (struct wasm_indexes){arena_alloc(arena, count * sizeof *module->called.items), 0};
    for (size_t s = 0; s < decoding->slices->count; s++) {
        const struct instructions *state = &decoding->parts[s].state;
        for (size_t i = begins[s]; i < begins[s + 1]; i++)
            module->call_begin[i] += module->called.count;
        for (size_t i = 0; i < state->named_count; i++)
            module->called.items[module->called.count++] = state->named[i];
    }
    module->call_begin[module->function_count] = module->called.count;
}

/** Whatever the first malformed body has is what is wrong with the module. */
static bool join(struct arena *arena, const struct decoding *decoding,
                 struct wasm_problem *problem) {
    struct wasm_module *module = decoding->module;
    size_t data_at = 0;
    for (size_t s = 0; s < decoding->slices->count; s++) {
        const struct bodies *part = &decoding->parts[s];
        if (part->problem.reason) {
            *problem = part->problem;
            return false;
        }
        module->features |= instructions_features(&part->state);
        if (!data_at) data_at = part->state.data_at;
    }
    join_calls(arena, decoding);
    if (!data_at || module->has[WASM_DATA_COUNT]) return true;
    *problem = (struct wasm_problem){data_at, "data count section required"};
    return false;
}

bool wasm_module_decode(struct arena *arena, const uint8_t *bytes, struct wasm_module *module,
                        struct thread_pool *pool, struct wasm_problem *problem) {
    struct bodies parts[SLICES_MAX];
    struct slices slices = slices_of(module, pool);
    struct decoding decoding = {bytes, module, &slices, parts};
    module->call_begin =
        arena_alloc(arena, (module->function_count + 1) * sizeof *module->call_begin);
    for (size_t i = 0; i < slices.count; i++) parts[i] = (struct bodies){.arena = arena_new()};
    slices_work(pool, slices.count, decode_slice, &decoding);
    bool good = join(arena, &decoding, problem);
    for (size_t i = 0; i < slices.count; i++) arena_free(parts[i].arena);
    return good;
}
