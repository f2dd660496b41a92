#include "probe/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "probe/cache_table.h"

enum {
    WAIT_NS = 20000000,            /* how long cache_wait sleeps at most */
    WRITE_INTERVAL_NS = 500000000, /* new numbers are written no oftener than that */
    LAST_TRIES = 50,               /* at the end, while another process writes */
    LAST_PAUSE_NS = 2000000,
    NEW_MAX = 1024, /* new numbers held back at most */
};

struct cache {
    const char *folder;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t answered;
    struct cache_table table;
    struct cache_record new[NEW_MAX]; /* not written yet */
    size_t new_count;
    uint64_t written;  /* clock_now of the last writing */
    bool opened, kept; /* the store: looked at, in use */
    struct cache_store store;
};

const char *cache_folder(struct arena *arena) {
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (base && *base == '/') return text_format(arena, "%s/perfbudget", base);
    if (home && *home == '/') return text_format(arena, "%s/.cache/perfbudget", home);
    return NULL;
}

struct cache *cache_new(const char *folder) {
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache) memory_exhausted();
    cache->folder = folder;
    cache->store.folder = -1;
    pthread_mutex_init(&cache->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&cache->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return cache;
}

static void learn(void *context, const struct cache_record *record) {
    struct cache *cache = context;
    struct cache_entry *entry = cache_table_at(&cache->table, record->key);
    entry->value = record->value;
    entry->known = true;
}

static void open_store(struct cache *cache) {
    if (cache->opened || !cache->folder) return;
    cache->opened = true;
    if (!cache_store_open(&cache->store, cache->folder)) return;
    cache_store_read(&cache->store, learn, cache);
    cache->kept = !cache->store.problem;
    cache->written = clock_now();
}

static struct hash128 hash_of_key(const char *key) {
    return hash128_of(key, strlen(key));
}

enum probe_recalled cache_recall(struct cache *cache, const void *owner, const char *key,
                                 uint64_t *value) {
    enum probe_recalled answer = PROBE_RECALLED_KNOWN;
    pthread_mutex_lock(&cache->lock);
    open_store(cache);
    struct cache_entry *entry = cache_table_at(&cache->table, hash_of_key(key));
    if (entry->owner) {
        answer = PROBE_RECALLED_BUSY;
    } else if (entry->known) {
        *value = entry->value;
    } else {
        entry->owner = owner;
        answer = PROBE_RECALLED_YOURS;
    }
    pthread_mutex_unlock(&cache->lock);
    return answer;
}

void cache_wait(struct cache *cache) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&cache->lock);
    pthread_cond_timedwait(&cache->answered, &cache->lock, &until);
    pthread_mutex_unlock(&cache->lock);
}

/* Whether nothing is left to be written. */
static bool write_new(struct cache *cache) {
    if (!cache->kept || cache->new_count == 0) return true;
    switch (cache_store_write(&cache->store, cache->new, cache->new_count)) {
    case CACHE_LOCKED:
        return false;
    case CACHE_UNWRITABLE:
        cache->kept = false;
        break;
    case CACHE_WRITTEN:
        break;
    }
    cache->new_count = 0;
    cache->written = clock_now();
    return true;
}

static void keep_new(struct cache *cache, const struct cache_entry *entry) {
    if (!cache->kept) return;
    if (cache->new_count == NEW_MAX && !write_new(cache)) return; /* computed again next time */
    if (!cache->kept) return;
    cache->new[cache->new_count++] = (struct cache_record){entry->key, entry->value};
    if (clock_now() - cache->written >= WRITE_INTERVAL_NS) write_new(cache);
}

void cache_remember(struct cache *cache, const void *owner, const char *key,
                    const uint64_t *value) {
    pthread_mutex_lock(&cache->lock);
    struct cache_entry *entry = cache_table_at(&cache->table, hash_of_key(key));
    if (entry->owner == owner) {
        entry->owner = NULL;
        if (value) {
            entry->value = *value;
            entry->known = true;
            keep_new(cache, entry);
        }
        pthread_cond_broadcast(&cache->answered);
    }
    pthread_mutex_unlock(&cache->lock);
}

void cache_release(struct cache *cache, const void *owner) {
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < cache->table.capacity; i++)
        if (cache->table.entries[i].owner == owner) cache->table.entries[i].owner = NULL;
    pthread_cond_broadcast(&cache->answered);
    pthread_mutex_unlock(&cache->lock);
}

static void tell_problem(const struct cache *cache, struct diags *diags) {
    const struct cache_store *store = &cache->store;
    if (!store->problem) return;
    struct arena *arena = diags->arena;
    const char *reason = store->error ? strerror(store->error) : NULL;
    const struct diag diag = {
        .level = store->untrusted ? DIAG_WARNING : DIAG_NOTE,
        .code = PROBE_CACHE,
        .message = text_format(arena, "the cache folder %s is not used: %s%s%s",
                               text_inert(arena, cache->folder), store->problem, reason ? ": " : "",
                               reason ? reason : ""),
        .hint = store->untrusted ? "own it yourself, with `chmod -R go-w`; or pass --no-cache"
                                 : "--no-cache does without it, and says nothing"};
    diag_add(diags, &diag);
}

void cache_end(struct cache *cache, struct diags *diags) {
    if (!cache) return;
    const struct timespec pause = {.tv_nsec = LAST_PAUSE_NS};
    for (int i = 0; i < LAST_TRIES && !write_new(cache); i++) nanosleep(&pause, NULL);
    tell_problem(cache, diags);
    cache_store_close(&cache->store);
    cache_table_free(&cache->table);
    pthread_cond_destroy(&cache->answered);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}
