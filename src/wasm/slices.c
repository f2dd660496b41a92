#include "wasm/slices.h"

enum {
    SLICE_LEAST = 128 * 1024, /* bytes of bodies that are worth a thread */
    SLICES_EACH = 8,          /* of each thread */
};

struct slices slices_of(const struct wasm_module *module, const struct thread_pool *pool) {
    struct slices slices = {.count = 1, .begins = {0, module->function_count}};
    size_t functions = module->function_count,
           wanted = pool ? SLICES_EACH * thread_pool_size(pool) : 1;
    if (functions == 0) return slices;
    size_t first = module->functions[0].offset;
    size_t bytes = module->functions[functions - 1].offset - first;
    if (wanted > SLICES_MAX) wanted = SLICES_MAX;
    if (wanted > bytes / SLICE_LEAST) wanted = bytes / SLICE_LEAST;
    for (size_t i = 0; wanted > 1 && i < functions; i++)
        if (module->functions[i].offset - first >= bytes / wanted * slices.count &&
            slices.count < wanted)
            slices.begins[slices.count++] = i;
    slices.begins[slices.count] = functions;
    return slices;
}

void slices_work(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                 void *context) {
    if (pool && count > 1)
        thread_for(pool, count, work, context);
    else
        for (size_t i = 0; i < count; i++) work(context, i);
}
