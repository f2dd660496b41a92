/** The file that numbers are kept in from run to run, trusted only as far as it can be checked. */
#ifndef PROBE_CACHE_STORE_H
#define PROBE_CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash.h"

enum {
    CACHE_RECORD_BYTES = 48,
    CACHE_RECORDS_MAX = 65536, /**< records of the file (3 MiB); beyond, the oldest go */
    CACHE_RECORDS_KEPT = CACHE_RECORDS_MAX / 4 * 3, /**< how many stay when some must go */
};

#define CACHE_FILE                                                                 \
    "sizes-1" /* the form's number is part of the name: another form, another file \
               */

/** What one record says. */
struct cache_record {
    struct hash128 key;
    uint64_t value;
};

/**
 * The file is records of 48 bytes, little-endian: 8 bytes that mark the form, the key (16), the
 * value (8), and XXH3-128 of all that (16). Writers append under flock(2); where something is
 * damaged, or the file is full, they write it anew beside it and rename. Readers take no lock, and
 * skip what does not agree with its checksum. One thread at a time.
 */
struct cache_store {
    int folder;          /**< descriptor; -1: not in use */
    bool damaged;        /**< some records cannot be read: the next writing replaces the file */
    bool untrusted;      /**< `problem` is about who may write there */
    const char *problem; /**< why nothing is kept, static text; NULL: all is well */
    int error;           /**< errno that belongs to it, or 0 */
};

/** Opens the folder, making it where it is missing. False: `problem` says why not. */
bool cache_store_open(struct cache_store *store, const char *path);

/** Hands every good record to `take`, the oldest first. */
void cache_store_read(struct cache_store *store,
                      void (*take)(void *context, const struct cache_record *record),
                      void *context);

enum cache_written { CACHE_WRITTEN, CACHE_LOCKED, CACHE_UNWRITABLE };

/** Adds records. LOCKED: another process is writing, nothing was done. */
enum cache_written cache_store_write(struct cache_store *store, const struct cache_record *records,
                                     size_t count);

void cache_store_close(struct cache_store *store);

#endif
