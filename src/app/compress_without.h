/** Compresses files with and without some of their bytes, on all cores. Files are read anew for
 * each, so that none of them is held in memory. */
#ifndef APP_COMPRESS_WITHOUT_H
#define APP_COMPRESS_WITHOUT_H

#include <sys/stat.h>

#include "base/diag.h"
#include "base/thread.h"
#include "probes/compress.h"

/** A file to be compressed, or bytes that are in memory anyway. */
struct source {
    const char *path;     /**< for messages */
    const uint8_t *bytes; /**< NULL: `descriptor` is read */
    int descriptor;       /**< -1: not open */
    uint64_t length;
    struct stat found; /**< as it was when opened */
};

/** Opens the file; where that fails it counts as changed, and whoever reads it knows why. */
void source_open(struct source *source, const char *path);
void source_close(struct source *source);

/** Whether the file, by descriptor and by name, still is what was opened; an error if not. */
bool source_unchanged(const struct source *source, struct diags *diags);

/** Bytes of a file that are left out: begin to end, apart and in the order of the file. */
struct ranges {
    struct range {
        uint64_t begin, end;
    } * items;
    size_t count;
};

/** One file compressed without something. */
struct job {
    const struct source *of;
    struct ranges without;
    uint64_t size; /**< compressed bytes, when done */
    bool done;     /**< false: time did not suffice */
};

struct compressing {
    enum codec codec;
    struct job *jobs; /**< in the order in which they are begun */
    size_t count;
    uint64_t deadline; /**< clock_now; 0: none */
    struct thread_pool *pool;
    /** Told of the jobs that have ended, one at a time, from any thread; may be NULL. */
    void (*observe)(void *observer, size_t done, size_t total);
    void *observer;
};

/** Does the jobs, as far as time suffices; none is begun that would end too late. NULL, or what
 * failed, static text. */
const char *compress_without(const struct compressing *compressing);

#endif
