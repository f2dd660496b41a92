/** One file under one encoding: known already, or computed from bytes that are checked to be the
 * ones it was asked of. */
#ifndef PROBES_SIZE_JOB_H
#define PROBES_SIZE_JOB_H

#include "base/hash.h"
#include "probes/compress.h"
#include "probes/measured_files.h"

/** Bytes of a file, known again by their fingerprint. */
struct size_content {
    const struct measured_file *file;
    bool hashed; /**< `hash` is set: the host knows sizes by it */
    struct hash128 hash;
    struct reading reading;
};

/** Reads the file and sets `hash`; how that went stands in `reading`. Any thread. */
void size_content_hash(struct probe_run *run, struct size_content *content);

struct size_job {
    const struct size_content *content;
    size_t file; /**< its index */
    enum codec codec;
    uint64_t weight; /**< roughly how long it takes */
    bool done;       /**< `size` and `reading` are set */
    uint64_t size;   /**< bytes, when `reading` is fine */
    struct reading reading;
    const char *problem; /**< of the encoder, static text */
};

/**
 * Does the job, or leaves it undone because another budget is computing the same size just now;
 * with `wait` it waits for that one instead. Any thread.
 */
void size_job_do(struct probe_run *run, struct size_job *job, bool wait);

#endif
