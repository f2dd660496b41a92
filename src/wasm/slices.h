/** A module's functions in a few runs of about as many bytes each, for threads to work on. */
#ifndef WASM_SLICES_H
#define WASM_SLICES_H

#include "wasm/module.h"

enum { SLICES_MAX = 16 /**< of one module */ };

/** Slice i: functions of a module from begins[i] up to, not including, begins[i + 1]. */
struct slices {
    size_t count; /**< at least 1 */
    size_t begins[2 * SLICES_MAX + 1];
};

/** More slices than the pool has threads, so that none waits long for another; one where there is
 * no pool, or too little to be worth a thread. */
struct slices slices_of(const struct wasm_module *module, const struct thread_pool *pool);

/** Each slice as two of about as many bytes. */
struct slices slices_halved(const struct wasm_module *module, const struct slices *slices);

/** thread_for, on the caller's thread alone where there is no pool or no more than one index. */
void slices_work(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                 void *context);

#endif
