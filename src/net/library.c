#include "net/library.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

/** Puts the part's functions at *table, which moves behind them. */
static const char *part_load(const struct net_library *library, const struct net_library_part *part,
                             char **table) {
    void *file = dlopen(part->file, RTLD_NOW | RTLD_LOCAL);
    if (!file) return library->missing;
    for (size_t i = 0; part->names[i]; i++) {
        void *function = dlsym(file, part->names[i]);
        if (!function) return library->old;
        /* POSIX lets a pointer to an object hold one to a function. */
        memcpy(*table, &function, sizeof function);
        *table += sizeof function;
    }
    return NULL;
}

static const char *load(const struct net_library *library) {
    char *table = library->table;
    const char *problem = NULL;
    for (size_t i = 0; !problem && library->parts[i].file; i++)
        problem = part_load(library, &library->parts[i], &table);
    if (!problem && library->ready) problem = library->ready(library->table);
    return problem;
}

const void *net_library_get(struct net_library *library, const char **problem) {
    if (!atomic_load_explicit(&library->tried, memory_order_acquire)) {
        pthread_mutex_lock(&library->lock);
        if (!atomic_load_explicit(&library->tried, memory_order_relaxed)) {
            library->problem = load(library);
            atomic_store_explicit(&library->tried, true, memory_order_release);
        }
        pthread_mutex_unlock(&library->lock);
    }
    if (problem) *problem = library->problem;
    return library->problem ? NULL : library->table;
}
