#include "app/inspect_compressed.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/ending.h"
#include "base/text.h"
#include "base/thread.h"
#include "probes/compress.h"

#define GZIP_SECONDS_A_BYTE 0.08e-6

enum { FEED_BYTES = 1024 * 1024 /* between two looks at the clock */ };

/* Bytes of a file that are left out, in the order of the file. */
struct ranges {
    struct wasm_span *items; /* begin and end only */
    size_t count;
};

/* One file compressed without something. */
struct job {
    const struct inspection *of;
    struct ranges without;
    uint64_t size;
    bool done;
};

struct compressing {
    struct arena *arena;
    enum codec codec;
    struct job *jobs;
    size_t count;
    _Atomic(const char *) problem;
    const struct inspect_request *request;
    pthread_mutex_t telling;
    size_t done;
};

/* Whether what takes `seconds` more would end too late, or nothing is wanted any more. */
static bool too_late(const struct compressing *work, double seconds) {
    if (work->request->deadline == 0) return false;
    return ending_asked() || clock_now() + clock_nanoseconds(seconds) > work->request->deadline;
}

/* Roughly, of bytes that are hard to compress. */
static double seconds_of(enum codec codec, uint64_t length) {
    return (double)length * GZIP_SECONDS_A_BYTE * codec_cost(codec);
}

struct feeding {
    const struct compressing *work;
    struct compressor *compressor;
    bool late; /* given up */
};

static bool feed_range(struct feeding *feeding, const uint8_t *bytes, size_t length) {
    for (size_t at = 0; at < length; at += FEED_BYTES) {
        size_t part = length - at < FEED_BYTES ? length - at : FEED_BYTES;
        feeding->late = too_late(feeding->work, 0);
        if (feeding->late || !compressor_feed(feeding->compressor, bytes + at, part)) return false;
    }
    return true;
}

static bool feed_rest(struct feeding *feeding, const struct job *job) {
    const uint8_t *bytes = job->of->file.bytes;
    size_t at = 0;
    for (size_t i = 0; i < job->without.count; i++) {
        const struct wasm_span *range = &job->without.items[i];
        if (!feed_range(feeding, bytes + at, range->begin - at)) return false;
        at = range->end;
    }
    return feed_range(feeding, bytes + at, job->of->file.length - at);
}

static void tell(struct compressing *work) {
    pthread_mutex_lock(&work->telling);
    work->done++;
    if (work->request->observe)
        work->request->observe(work->request->observer, work->done, work->count);
    pthread_mutex_unlock(&work->telling);
}

static void compress_one(void *context, size_t index) {
    struct compressing *work = context;
    struct job *job = &work->jobs[index];
    uint64_t length = job->of->file.length;
    for (size_t i = 0; i < job->without.count; i++)
        length -= job->without.items[i].end - job->without.items[i].begin;
    if (atomic_load(&work->problem) || too_late(work, seconds_of(work->codec, length))) return;
    struct feeding feeding = {work, compressor_new(work->codec, length), false};
    job->done = feeding.compressor && feed_rest(&feeding, job) &&
                compressor_finish(feeding.compressor, &job->size);
    if (!job->done && !feeding.late)
        atomic_store(&work->problem,
                     feeding.compressor ? compressor_problem(feeding.compressor) : "out of memory");
    compressor_free(feeding.compressor);
    tell(work);
}

/* Which bytes of a file a name of each list stands for. */

static void add_range(struct arena *arena, struct ranges *ranges, size_t begin, size_t size) {
    *array_add(arena, ranges->items, ranges->count) =
        (struct wasm_span){.begin = begin, .end = begin + size};
}

static struct ranges sections_named(struct arena *arena, const struct inspection *of,
                                    const char *name) {
    struct ranges ranges = {0};
    for (size_t u = 0; u < of->file.unit_count; u++) {
        const struct wasm_module *module = &of->file.units[u].module;
        for (size_t i = 0; i < module->section_count; i++) {
            const struct wasm_section *section = &module->sections[i];
            if (strcmp(wasm_section_label(arena, section), name) == 0)
                add_range(arena, &ranges, section->offset, section->header + section->size);
        }
    }
    return ranges;
}

static struct ranges functions_of(struct arena *arena, const struct inspection *of,
                                  const char *name, bool namespace) {
    struct ranges ranges = {0};
    for (size_t i = 0; i < of->profile.count; i++) {
        const struct wasm_profiled *profiled = &of->profile.functions[i];
        if (strcmp(namespace ? profiled->namespace : profiled->name, name) != 0) continue;
        const struct wasm_module *module = &of->file.units[profiled->unit].module;
        const struct wasm_function *function =
            &module->functions[profiled->index - module->imported_functions];
        add_range(arena, &ranges, function->offset, function->size);
    }
    return ranges;
}

static struct ranges namespace_functions(struct arena *arena, const struct inspection *of,
                                         const char *name) {
    return functions_of(arena, of, name, true);
}

static struct ranges functions_named(struct arena *arena, const struct inspection *of,
                                     const char *name) {
    return functions_of(arena, of, name, false);
}

static const struct wasm_shares *sections_of(const struct inspection *of) {
    return &of->sections;
}
static const struct wasm_shares *namespaces_of(const struct inspection *of) {
    return &of->namespaces;
}
static const struct wasm_shares *functions_all(const struct inspection *of) {
    return &of->functions;
}

static const struct {
    const char *title;
    const struct wasm_shares *(*shares)(const struct inspection *of);
    struct ranges (*find)(struct arena *arena, const struct inspection *of, const char *name);
} kinds[COMPRESSED_LISTS] = {
    {"sections", sections_of, sections_named},
    {"namespaces", namespaces_of, namespace_functions},
    {"functions", functions_all, functions_named},
};

/* What is to be tried: the largest names, or those that changed most. */

static void list_largest(struct arena *arena, size_t kind, const struct inspection *now, size_t top,
                         struct compressed_list *list) {
    const struct wasm_shares *shares = kinds[kind].shares(now);
    for (size_t i = 0; i < shares->count; i++) {
        const struct wasm_share *share = &shares->items[i];
        if (list->all >= top || kinds[kind].find(arena, now, share->name).count == 0) {
            list->all += list->all >= top;
            continue;
        }
        list->all++;
        *array_add(arena, list->items, list->count) =
            (struct compressed_part){.name = share->name, .raw = share->bytes};
    }
}

/* Not what only changed its name, and not the sum of what has none. */
static void list_changed(struct arena *arena, size_t kind, const struct growth *growth, size_t top,
                         struct compressed *compressed) {
    struct compressed_list *list = &compressed->lists[kind];
    for (size_t i = 0; i < growth->count; i++) {
        const struct grown *grown = &growth->items[i];
        if (grown->renamed) continue;
        if (list->count >= top) {
            list->all++;
            continue;
        }
        if (kinds[kind].find(arena, compressed->now, grown->name).count == 0 &&
            kinds[kind].find(arena, compressed->old, grown->name).count == 0)
            continue;
        list->all++;
        *array_add(arena, list->items, list->count) = (struct compressed_part){
            .name = grown->name, .raw = grown->after, .raw_before = grown->before};
    }
}

static void list_names(struct arena *arena, size_t kind, size_t top,
                       struct compressed *compressed) {
    const struct inspection *now = compressed->now, *old = compressed->old;
    struct compressed_list *list = &compressed->lists[kind];
    *list = (struct compressed_list){.title = kinds[kind].title};
    if (!old) {
        list_largest(arena, kind, now, top, list);
        return;
    }
    struct growth growth =
        kinds[kind].find == functions_named
            ? inspect_function_growth(arena, old, now)
            : inspect_growth(arena, kinds[kind].shares(old), kinds[kind].shares(now));
    list_changed(arena, kind, &growth, top, compressed);
}

/* Jobs */

/* Names by their place in the lists, the first of each kind first: where time runs out, it is the
 * last that are left out. */
struct turn {
    size_t kind, place;
};

static bool next_turn(const struct compressed *compressed, struct turn *turn) {
    size_t most = 0;
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        if (compressed->lists[kind].count > most) most = compressed->lists[kind].count;
    do {
        if (++turn->kind < COMPRESSED_LISTS) continue;
        turn->kind = 0;
        turn->place++;
    } while (turn->place < most && turn->place >= compressed->lists[turn->kind].count);
    return turn->place < most;
}

static const struct turn first_turn = {COMPRESSED_LISTS - 1, SIZE_MAX};

static void add_job(struct compressing *work, const struct inspection *of, struct ranges without) {
    *array_add(work->arena, work->jobs, work->count) = (struct job){of, without, 0, false};
}

static void plan(struct compressing *work, const struct compressed *compressed) {
    const struct inspection *now = compressed->now, *old = compressed->old;
    add_job(work, now, (struct ranges){0});
    if (old) add_job(work, old, (struct ranges){0});
    for (struct turn turn = first_turn; next_turn(compressed, &turn);) {
        const char *name = compressed->lists[turn.kind].items[turn.place].name;
        add_job(work, now, kinds[turn.kind].find(work->arena, now, name));
        if (old) add_job(work, old, kinds[turn.kind].find(work->arena, old, name));
    }
}

static int by_weight(const void *left, const void *right) {
    const struct compressed_part *a = left, *b = right;
    double one = fabs(a->bytes - a->before), two = fabs(b->bytes - b->before);
    if (one != two) return one < two ? 1 : -1;
    return strcmp(a->name, b->name);
}

/* What was tried, in order; the rest goes. */
static void order_list(struct compressed_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].tried) list->items[kept++] = list->items[i];
    list->count = kept;
    if (kept > 1) qsort(list->items, kept, sizeof *list->items, by_weight);
}

static void take_sizes(const struct compressing *work, struct compressed *compressed) {
    const struct job *job = work->jobs;
    bool old = compressed->old != NULL, whole = job[0].done && (!old || job[1].done);
    compressed->whole = whole;
    compressed->bytes = (job++)->size;
    if (old) compressed->before = (job++)->size;
    for (struct turn turn = first_turn; next_turn(compressed, &turn); job += old ? 2 : 1) {
        struct compressed_part *part = &compressed->lists[turn.kind].items[turn.place];
        part->tried = whole && job[0].done && (!old || job[1].done);
        part->bytes = (double)compressed->bytes - (double)job[0].size;
        if (old) part->before = (double)compressed->before - (double)job[1].size;
    }
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) order_list(&compressed->lists[kind]);
}

static bool find_codec(const char *word, enum codec *codec, struct diags *diags) {
    for (*codec = 0; *codec < CODEC_COUNT; (*codec)++)
        if (strcmp(codec_name(*codec), word) == 0) return true;
    return diag_error(diags, CLI_FORMAT, NO_PLACE, "write gzip, brotli or zstd",
                      "there is no encoding `%s`", text_inert(diags->arena, word));
}

bool inspect_compress(struct arena *arena, const struct inspect_request *request,
                      struct compressed *compressed, struct diags *diags) {
    struct compressing work = {.arena = arena, .request = request};
    if (!find_codec(request->encoding, &work.codec, diags)) return false;
    char *method = arena_alloc(arena, COMPRESS_METHOD_MAX);
    codec_method(work.codec, method);
    compressed->encoding = codec_name(work.codec);
    compressed->method = method;
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        list_names(arena, kind, request->top, compressed);
    plan(&work, compressed);
    pthread_mutex_init(&work.telling, NULL);
    thread_for(request->pool, work.count, compress_one, &work);
    pthread_mutex_destroy(&work.telling);
    const char *problem = atomic_load(&work.problem);
    if (problem)
        return diag_error(diags, INSPECT_COMPRESSION, NO_PLACE, NULL, "%s failed: %s",
                          compressed->encoding, problem);
    take_sizes(&work, compressed);
    return true;
}
