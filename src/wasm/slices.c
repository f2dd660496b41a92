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
