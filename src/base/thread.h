/** A few worker threads for jobs that do not disturb each other. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <stddef.h>

/** Threads that may work at once, shared by whoever is handed the pool. Thread-safe. */
struct thread_pool;

/** A pool of `size` threads at the most (the caller counts as one); 0: one a core that the process
 * may use. */
struct thread_pool *thread_pool_new(unsigned size);
void thread_pool_free(struct thread_pool *pool);

/** Has work done as thread_for does, by threads of its own. */
typedef void thread_hands(void *owner, size_t count, void (*work)(void *context, size_t index),
                          void *context);

/** A pool that leaves all its work to the hands of someone else, a probe's host for one. Its size,
 * one a core, only says how many parts are worth making. */
struct thread_pool *thread_pool_lent(thread_hands *hands, void *owner);

unsigned thread_pool_size(const struct thread_pool *pool);

/**
 * Calls work(context, i) for every i below count, each once, begun in ascending order, on the
 * caller's thread and on as many others as the pool has free right now. Returns when all are done.
 * May be nested: an inner call uses what is left, at least the caller's own thread, so it never
 * waits for a free thread.
 */
void thread_for(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                void *context);

#endif
