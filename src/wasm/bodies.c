#include "base/array.h"
#include "wasm/quick.h"
#include "wasm/sections.h"
#include "wasm/slices.h"

/** Bodies of a slice, decoded one after the other. */
struct bodies {
    struct arena *arena;
    struct quick_body body;      /* the one that is open */
    size_t next, end;            /* functions whose bodies are to come */
    struct wasm_problem problem; /* of the first that is malformed */
};

struct decoding {
    const uint8_t *bytes;
    struct wasm_module *module;
    const struct slices *slices; /* each two are decoded together */
    struct bodies *parts;        /* by slice */
};

/** Opens the next body; false where there is none, or its locals are malformed. */
static bool open_next(const struct decoding *decoding, struct bodies *part) {
    if (part->next == part->end) return false;
    struct wasm_module *module = decoding->module;
    struct instructions *state = &part->body.state;
    const struct wasm_function *function = &module->functions[part->next];
    part->body.reader =
        (struct wasm_reader){decoding->bytes, function->body, function->offset + function->size,
                             &part->problem, &state->features};
    module->call_begin[part->next++] = state->named_count;
    state->body = (uint32_t)part->next;
    state->depth = 0;
    return section_read_locals(&part->body.reader);
}

/** Decodes one instruction, and opens the next body after the last one; false as open_next, and
 * where the instruction is malformed. */
static bool go_on(const struct decoding *decoding, struct bodies *part) {
    struct wasm_reader *reader = &part->body.reader;
    enum instructions_step step = instructions_next(reader, &part->body.state);
    if (step != INSTRUCTIONS_END) return step == INSTRUCTIONS_MORE;
    if (reader_left(reader) > 0)
        return reader_fail(reader, reader->at, "operators remaining after end of function");
    return open_next(decoding, part);
}

/** Begins of the calls are counted from the first body of the slice. */
static void part_begin(const struct decoding *decoding, size_t slice, bool *seen) {
    const struct wasm_module *module = decoding->module;
    struct bodies *part = &decoding->parts[slice];
    size_t functions = module->imported_functions + module->function_count;
    part->next = decoding->slices->begins[slice];
    part->end = decoding->slices->begins[slice + 1];
    part->body.readable = module->begin + module->length;
    part->body.state = (struct instructions){
        .arena = part->arena,
        .seen = seen,
        .function_room = (uint32_t)functions,
        .last_namer = arena_alloc(part->arena, functions * sizeof *part->body.state.last_namer),
    };
    instructions_make_room(&part->body.state);
}

/** Opcodes that either slice has are seen by both. */
static void decode_pair(void *context, size_t pair) {
    const struct decoding *decoding = context;
    struct bodies *a = &decoding->parts[2 * pair], *b = a + 1;
    struct quick quick;
    quick_make(&quick);
    part_begin(decoding, 2 * pair, quick.seen);
    part_begin(decoding, 2 * pair + 1, quick.seen);
    bool a_open = open_next(decoding, a), b_open = open_next(decoding, b);
    while (a_open && b_open)
        if (quick_two(&quick, &a->body, &b->body) == &a->body)
            a_open = go_on(decoding, a);
        else
            b_open = go_on(decoding, b);
    for (; a_open; a_open = go_on(decoding, a)) quick_one(&quick, &a->body);
    for (; b_open; b_open = go_on(decoding, b)) quick_one(&quick, &b->body);
    a->body.state.features |= instructions_features(&a->body.state);
}

/** The calls of all slices one after the other. */
static void join_calls(struct arena *arena, const struct decoding *decoding) {
    struct wasm_module *module = decoding->module;
    const size_t *begins = decoding->slices->begins;
    size_t count = 0;
    for (size_t s = 0; s < decoding->slices->count; s++)
        count += decoding->parts[s].body.state.named_count;
    module->called =
        (struct wasm_indexes){arena_alloc(arena, count * sizeof *module->called.items), 0};
    for (size_t s = 0; s < decoding->slices->count; s++) {
        const struct instructions *state = &decoding->parts[s].body.state;
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
        module->features |= part->body.state.features;
        if (!data_at) data_at = part->body.state.data_at;
    }
    join_calls(arena, decoding);
    if (!data_at || module->has[WASM_DATA_COUNT]) return true;
    *problem = (struct wasm_problem){data_at, "data count section required"};
    return false;
}

bool wasm_module_decode(struct arena *arena, const uint8_t *bytes, struct wasm_module *module,
                        struct thread_pool *pool, struct wasm_problem *problem) {
    struct bodies parts[2 * SLICES_MAX];
    struct slices whole = slices_of(module, pool), slices = slices_halved(module, &whole);
    struct decoding decoding = {bytes, module, &slices, parts};
    module->call_begin =
        arena_alloc(arena, (module->function_count + 1) * sizeof *module->call_begin);
    for (size_t i = 0; i < slices.count; i++) parts[i] = (struct bodies){.arena = arena_new()};
    slices_work(pool, whole.count, decode_pair, &decoding);
    bool good = join(arena, &decoding, problem);
    for (size_t i = 0; i < slices.count; i++) arena_free(parts[i].arena);
    return good;
}
