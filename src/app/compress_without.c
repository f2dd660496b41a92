#include "app/compress_without.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/ending.h"
#include "base/file.h"
#include "base/text.h"

#define GZIP_SECONDS_A_BYTE 0.08e-6

/* Files */

void source_open(struct source *source, const char *path) {
    *source = (struct source){.path = path, .descriptor = path_open(NULL, path)};
    if (source->descriptor >= 0 && fstat(source->descriptor, &source->found) == 0)
        source->length = (uint64_t)source->found.st_size;
}

void source_close(struct source *source) {
    if (!source->bytes) cleanup_descriptor(&source->descriptor);
}

static bool is_found(const struct source *source, const struct stat *now) {
    const struct stat *found = &source->found;
    return now->st_dev == found->st_dev && now->st_ino == found->st_ino &&
           now->st_size == found->st_size && now->st_mtim.tv_sec == found->st_mtim.tv_sec &&
           now->st_mtim.tv_nsec == found->st_mtim.tv_nsec;
}

bool source_unchanged(const struct source *source, struct diags *diags) {
    struct stat now, named;
    if (source->bytes || (fstat(source->descriptor, &now) == 0 && stat(source->path, &named) == 0 &&
                          is_found(source, &now) && is_found(source, &named)))
        return true;
    return diag_error(diags, FILE_READ, NO_PLACE, "compress when the build is over",
                      "`%s` changed while it was read", text_inert(diags->arena, source->path));
}

/* Jobs */

/* What the threads share. */
struct work {
    const struct compressing *asked;
    _Atomic(const char *) problem;
    pthread_mutex_t telling;
    size_t done;
};

/* One job being done. */
struct feeding {
    const struct work *work;
    const struct source *of;
    struct compressor *compressor;
    const char *problem;
    bool late; /* given up */
};

/* Whether what takes `seconds` more would end too late, or nothing is wanted any more. */
static bool too_late(const struct compressing *asked, double seconds) {
    if (asked->deadline == 0) return false;
    return ending_asked() || clock_now() + clock_nanoseconds(seconds) > asked->deadline;
}

/* Roughly, of bytes that are hard to compress. */
static double seconds_of(enum codec codec, uint64_t length) {
    return (double)length * GZIP_SECONDS_A_BYTE * codec_cost(codec);
}

/* At most a chunk from `at` on, of `length` bytes; NULL when the file cannot be read. */
static const uint8_t *chunk_at(const struct source *source, uint64_t at, size_t length,
                               uint8_t *room) {
    if (source->bytes) return source->bytes + at;
    for (size_t have = 0; have < length;) {
        ssize_t got = pread(source->descriptor, room + have, length - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return NULL;
        have += (size_t)got;
    }
    return room;
}

static bool feed_range(struct feeding *feeding, uint64_t begin, uint64_t end) {
    uint8_t room[COMPRESS_CHUNK];
    while (begin < end) {
        size_t length = end - begin < sizeof room ? (size_t)(end - begin) : sizeof room;
        feeding->late = too_late(feeding->work->asked, 0);
        if (feeding->late) return false;
        const uint8_t *bytes = chunk_at(feeding->of, begin, length, room);
        if (!bytes) feeding->problem = "a file cannot be read any more";
        if (!bytes || !compressor_feed(feeding->compressor, bytes, length)) return false;
        begin += length;
    }
    return true;
}

static bool feed_rest(struct feeding *feeding, const struct ranges *without) {
    uint64_t at = 0;
    for (size_t i = 0; i < without->count; i++) {
        if (!feed_range(feeding, at, without->items[i].begin)) return false;
        at = without->items[i].end;
    }
    return feed_range(feeding, at, feeding->of->length);
}

static void tell(struct work *work) {
    pthread_mutex_lock(&work->telling);
    work->done++;
    if (work->asked->observe)
        work->asked->observe(work->asked->observer, work->done, work->asked->count);
    pthread_mutex_unlock(&work->telling);
}

static void compress_one(void *context, size_t index) {
    struct work *work = context;
    const struct compressing *asked = work->asked;
    struct job *job = &asked->jobs[index];
    uint64_t length = job->of->length;
    for (size_t i = 0; i < job->without.count; i++)
        length -= job->without.items[i].end - job->without.items[i].begin;
    if (atomic_load(&work->problem) || too_late(asked, seconds_of(asked->codec, length))) return;
    struct feeding feeding = {
        .work = work, .of = job->of, .compressor = compressor_new(asked->codec, length)};
    job->done = feeding.compressor && feed_rest(&feeding, &job->without) &&
                compressor_finish(feeding.compressor, &job->size);
    if (!feeding.problem && feeding.compressor)
        feeding.problem = compressor_problem(feeding.compressor);
    if (!job->done && !feeding.late)
        atomic_store(&work->problem, feeding.compressor ? feeding.problem : "out of memory");
    compressor_free(feeding.compressor);
    tell(work);
}

const char *compress_without(const struct compressing *compressing) {
    struct work work = {.asked = compressing};
    pthread_mutex_init(&work.telling, NULL);
    thread_for(compressing->pool, compressing->count, compress_one, &work);
    pthread_mutex_destroy(&work.telling);
    return atomic_load(&work.problem);
}
