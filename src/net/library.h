/** Shared libraries that are loaded when first needed: linking them would cost every start of
 * perfbudget time and memory that most budgets never need (docs/benchmarks/speed.md). */
#ifndef NET_LIBRARY_H
#define NET_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/** One file and the functions that are wanted of it. */
struct net_library_part {
    const char *file;         /**< "libssl.so.3"; NULL ends the parts */
    const char *const *names; /**< ends with NULL */
};

/** A library of one file or several; static, zero-initialised but for its first members. */
struct net_library {
    const char *missing, *old; /**< what is wrong where a file or a function is not there */
    struct net_library_part parts[3];
    void *table; /**< pointers to the functions, in the order of the parts' names */
    /** Called once when all functions are there: NULL, or what is wrong. May be NULL. */
    const char *(*ready)(const void *table);
    pthread_mutex_t lock; /**< PTHREAD_MUTEX_INITIALIZER */
    _Atomic bool tried;
    const char *problem;
};

/** The table, loaded by the first call from whatever thread; NULL when this machine has none, with
 * *problem (NULL: not asked) saying why (static text). */
const void *net_library_get(struct net_library *library, const char **problem);

#endif
