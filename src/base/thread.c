#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

enum { THREADS_MAX = 256 };

struct thread_pool {
    unsigned size;
    atomic_uint unused;  /* threads that may still be started, besides the callers' own */
    thread_hands *hands; /* who does the work instead; NULL: threads started here */
    void *owner;
};

/* One thread_for: the threads take the next index until there is none. */
struct batch {
    void (*work)(void *context, size_t index);
    void *context;
    size_t count;
    atomic_size_t next;
};

static unsigned cores_usable(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

struct thread_pool *thread_pool_new(unsigned size) {
    struct thread_pool *pool = calloc(1, sizeof *pool);
    if (!pool) memory_exhausted();
    pool->size = size ? size : cores_usable();
    if (pool->size > THREADS_MAX) pool->size = THREADS_MAX;
    atomic_init(&pool->unused, pool->size - 1);
    return pool;
}

struct thread_pool *thread_pool_lent(thread_hands *hands, void *owner) {
    struct thread_pool *pool = thread_pool_new(0);
    pool->hands = hands;
    pool->owner = owner;
    return pool;
}

void thread_pool_free(struct thread_pool *pool) {
    free(pool);
}

unsigned thread_pool_size(const struct thread_pool *pool) {
    return pool->size;
}

static void batch_work(struct batch *batch) {
    for (size_t i; (i = atomic_fetch_add(&batch->next, 1)) < batch->count;)
        batch->work(batch->context, i);
}

static void *batch_thread(void *batch) {
    batch_work(batch);
    return NULL;
}

static bool thread_take(struct thread_pool *pool) {
    unsigned unused = atomic_load(&pool->unused);
    while (unused > 0)
        if (atomic_compare_exchange_weak(&pool->unused, &unused, unused - 1)) return true;
    return false;
}

/* Starts a thread with all signals blocked: handlers run on the main thread alone. */
static bool thread_start(pthread_t *thread, struct batch *batch) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(thread, NULL, batch_thread, batch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure == 0;
}

void thread_for(struct thread_pool *pool, size_t count, void (*work)(void *context, size_t index),
                void *context) {
    if (pool->hands) {
        pool->hands(pool->owner, count, work, context);
        return;
    }
    struct batch batch = {.work = work, .context = context, .count = count};
    pthread_t threads[THREADS_MAX];
    unsigned started = 0;
    while (started + 1 < count && started < THREADS_MAX && thread_take(pool)) {
        if (!thread_start(&threads[started], &batch)) {
            atomic_fetch_add(&pool->unused, 1);
            break; /* fewer threads do the same work */
        }
        started++;
    }
    batch_work(&batch);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        atomic_fetch_add(&pool->unused, 1);
    }
}
