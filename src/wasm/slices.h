/** A module's functions in a few runs that are about as dear each, for threads to work on. */
#ifndef WASM_SLICES_H
#define WASM_SLICES_H

#include "wasm/module.h"

enum { SLICES_MAX = 16 /**< of one module */ };

/** Slice i: functions of a module from begins[i] up to, not including, begins[i + 1]. */
struct slices {
    size_t count; /**< at least 1 */
    size_t begins[2 * SLICES_MAX + 1];
};

/** Slices of about as many bytes, for work on bodies. More than the pool has threads, so that none
 * waits long for another; one where there is no pool, or too little to be worth a thread. */
struct slices slices_of(const struct wasm_module *module, const struct thread_pool *pool);

/** Each slice as two of about as many bytes. */
struct slices slices_halved(const struct wasm_module *module, const struct slices *slices);

/** As slices_of, but of as many functions, for work on names: often thousands of the longest belong
 * to functions of a few bytes. */
struct slices slices_by_count(const struct wasm_module *module, const struct thread_pool *pool);

/** thread_for, on the caller's thread alone where there is no pool or no more than one index. */
void slices_work(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                 void *context);

#endif
