#include "probes/size_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

enum { KEY_MAX = COMPRESS_METHOD_MAX + 96 };

static bool hash_part(void *context, const uint8_t *bytes, size_t length) {
    hash_add(context, bytes, length);
    return true;
}

void size_content_hash(struct probe_run *run, struct size_content *content) {
    struct hash_stream *stream = hash_begin();
    content->reading = measured_file_read(run, content->file, hash_part, stream);
    content->hash = hash_end(stream);
    content->hashed = true;
}

/* The bytes on their way into an encoder. */
struct passage {
    struct compressor *compressor;
    struct hash_stream *stream;
};

static bool pass_on(void *context, const uint8_t *bytes, size_t length) {
    struct passage *passage = context;
    hash_add(passage->stream, bytes, length);
    return compressor_feed(passage->compressor, bytes, length);
}

/* A size must be of the very bytes whose fingerprint it is kept under. */
static void check_hash(struct size_job *job, struct hash128 hash) {
    const struct size_content *content = job->content;
    if (job->reading.fault == READING_FINE && content->hashed &&
        !hash128_equal(hash, content->hash))
        job->reading.fault = READING_CHANGED;
}

static void compress_stream(struct probe_run *run, struct size_job *job,
                            struct compressor *compressor) {
    struct passage passage = {.compressor = compressor, .stream = hash_begin()};
    job->reading = measured_file_read(run, job->content->file, pass_on, &passage);
    check_hash(job, hash_end(passage.stream));
}

static void compress_whole(struct probe_run *run, struct size_job *job,
                           struct compressor *compressor) {
    const struct measured_file *file = job->content->file;
    CLEANUP(cleanup_memory) uint8_t *bytes = measured_file_load(run, file, &job->reading);
    if (!bytes) return;
    check_hash(job, hash128_of(bytes, file->size));
    for (bool done = false; !done && job->reading.fault == READING_FINE;) {
        if (probe_stopped(run))
            job->reading.fault = READING_STOPPED;
        else if (!compressor_advance(compressor, bytes, &done))
            job->reading.fault = READING_TAKER;
    }
}

static void compress(struct probe_run *run, struct size_job *job) {
    uint64_t length = job->content->file->size;
    struct compressor *compressor = compressor_new(job->codec, length);
    job->reading = (struct reading){.fault = READING_TAKER};
    job->problem = "out of memory";
    if (!compressor) return;
    if (codec_wants_whole(job->codec, length))
        compress_whole(run, job, compressor);
    else
        compress_stream(run, job, compressor);
    if (job->reading.fault == READING_FINE && !compressor_finish(compressor, &job->size))
        job->reading.fault = READING_TAKER;
    job->problem = compressor_problem(compressor);
    compressor_free(compressor);
}

/* All that the size depends on: the bytes, by fingerprint and length, and the encoder. */
static void write_key(const struct size_job *job, char key[KEY_MAX]) {
    const struct size_content *content = job->content;
    char identity[COMPRESS_METHOD_MAX];
    codec_identity(job->codec, content->file->size, identity);
    snprintf(key, KEY_MAX, "%s of %" PRIu64 " bytes, xxh3 %016" PRIx64 "%016" PRIx64, identity,
             content->file->size, content->hash.high, content->hash.low);
}

void size_job_do(struct probe_run *run, struct size_job *job, bool wait) {
    char key[KEY_MAX];
    job->done = true;
    if (!job->content->hashed) {
        compress(run, job);
        return;
    }
    write_key(job, key);
    switch (probe_recall(run, key, wait, &job->size)) {
    case PROBE_RECALLED_KNOWN:
        break;
    case PROBE_RECALLED_BUSY: /* after waiting: the run is to end */
        job->done = wait;
        job->reading.fault = wait ? READING_STOPPED : READING_FINE;
        break;
    case PROBE_RECALLED_YOURS:
        compress(run, job);
        probe_remember(run, key, job->reading.fault == READING_FINE ? &job->size : NULL);
        break;
    }
}
