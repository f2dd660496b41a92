#include "wasm/slices.h"

enum {
    SLICE_LEAST = 128 * 1024, /* bytes of bodies that are worth a thread */
    SLICE_FEWEST = 500,       /* functions that are, for their names */
    SLICES_EACH = 8,          /* of each thread */
};

/** How many slices to make of so much work, of which `least` is worth one. */
static size_t slices_wanted(const struct thread_pool *pool, size_t work, size_t least) {
    size_t wanted = pool ? SLICES_EACH * thread_pool_size(pool) : 1;
    if (wanted > SLICES_MAX) wanted = SLICES_MAX;
    return wanted > work / least ? work / least : wanted;
}

struct slices slices_of(const struct wasm_module *module, const struct thread_pool *pool) {
    size_t functions = module->function_count;
    struct slices slices = {.count = 1, .begins = {0, functions}};
    if (functions == 0) return slices;
    size_t first = module->functions[0].offset;
    size_t bytes = module->functions[functions - 1].offset - first;
    size_t wanted = slices_wanted(pool, bytes, SLICE_LEAST);
    for (size_t i = 0; wanted > 1 && i < functions; i++)
        if (module->functions[i].offset - first >= bytes / wanted * slices.count &&
            slices.count < wanted)
            slices.begins[slices.count++] = i;
    slices.begins[slices.count] = functions;
    return slices;
}

/** The function from begin up to end - 1 at which half of the bytes are reached; end where there
 * are none. */
static size_t middle(const struct wasm_module *module, size_t begin, size_t end) {
    const struct wasm_function *functions = module->functions;
    size_t at = begin;
    if (begin == end) return end;
    size_t half = functions[begin].offset / 2 + functions[end - 1].offset / 2;
    while (functions[at].offset < half) at++;
    return at;
}

struct slices slices_halved(const struct wasm_module *module, const struct slices *slices) {
    struct slices halves = {.count = 2 * slices->count};
    for (size_t i = 0; i < slices->count; i++) {
        halves.begins[2 * i] = slices->begins[i];
        halves.begins[2 * i + 1] = middle(module, slices->begins[i], slices->begins[i + 1]);
    }
    halves.begins[halves.count] = slices->begins[slices->count];
    return halves;
}

struct slices slices_by_count(const struct wasm_module *module, const struct thread_pool *pool) {
    size_t functions = module->function_count;
    size_t wanted = slices_wanted(pool, functions, SLICE_FEWEST);
    struct slices slices = {.count = wanted > 1 ? wanted : 1};
    for (size_t i = 0; i <= slices.count; i++) slices.begins[i] = functions * i / slices.count;
    return slices;
}

void slices_work(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                 void *context) {
    if (pool && count > 1)
        thread_for(pool, count, work, context);
    else
        for (size_t i = 0; i < count; i++) work(context, i);
}
