#include "probes/size_work.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/size_encoders.h"
#include "probes/size_job.h"

struct size_work {
    struct probe_run *run;
    const struct measured_files *files;
    struct size_content *contents; /* by file */
    const size_t *order;           /* of files, the largest first */
    struct size_job *jobs;
    size_t count;
    struct size_job **left; /* jobs to do in this round */
    bool wait;              /* for sizes that others compute */
    atomic_bool failed;     /* one job failed: the others need not begin */
};

bool size_wants_any(struct probe_run *run, uint32_t first, uint32_t end) {
    for (uint32_t metric = first; metric < end; metric++)
        if (probe_wanted(run, metric)) return true;
    return false;
}

/* Fingerprints */

static void hash_file(void *context, size_t index) {
    struct size_work *work = context;
    struct size_content *content = &work->contents[work->order[index]];
    if (atomic_load(&work->failed)) return;
    size_content_hash(work->run, content);
    if (content->reading.fault != READING_FINE) atomic_store(&work->failed, true);
}

static int largest_first(const void *a, const void *b, void *context) {
    const struct measured_files *files = context;
    size_t one = *(const size_t *)a, two = *(const size_t *)b;
    uint64_t first = files->items[one].size, second = files->items[two].size;
    if (first != second) return first < second ? 1 : -1;
    return one < two ? -1 : one > two;
}

static bool hash_all(struct arena *arena, struct size_work *work) {
    const struct measured_files *files = work->files;
    if (!probe_recalls(work->run)) return true;
    size_t *order = arena_alloc(arena, files->count * sizeof *order);
    for (size_t i = 0; i < files->count; i++) order[i] = i;
    qsort_r(order, files->count, sizeof *order, largest_first, (void *)(uintptr_t)files);
    work->order = order;
    probe_parallel(work->run, files->count, hash_file, work);
    for (size_t i = 0; i < files->count; i++)
        if (work->contents[i].reading.fault != READING_FINE)
            return measured_file_fail(work->run, arena, &files->items[i],
                                      &work->contents[i].reading, "reading");
    return true;
}

/* Sizes */

static void do_job(void *context, size_t index) {
    struct size_work *work = context;
    struct size_job *job = work->left[index];
    if (atomic_load(&work->failed)) return;
    size_job_do(work->run, job, work->wait);
    if (job->reading.fault != READING_FINE) atomic_store(&work->failed, true);
}

static int dearest_first(const void *a, const void *b) {
    const struct size_job *one = *(struct size_job *const *)a, *two = *(struct size_job *const *)b;
    if (one->weight != two->weight) return one->weight < two->weight ? 1 : -1;
    return one < two ? -1 : one > two;
}

/* By file, and of one file by encoding: the order they are emitted in. */
static void plan_jobs(struct arena *arena, struct size_work *work) {
    for (size_t i = 0; i < work->files->count; i++)
        for (enum codec codec = 0; codec < CODEC_COUNT; codec++)
            if (probe_wanted(work->run, size_codec_metrics[codec]))
                *array_add(arena, work->jobs, work->count) = (struct size_job){
                    .content = &work->contents[i],
                    .file = i,
                    .codec = codec,
                    .weight = (work->files->items[i].size + 1) * codec_cost(codec)};
}

static bool fail_job(struct probe_run *run, struct arena *arena, const struct measured_file *file,
                     const struct size_job *job) {
    if (job->reading.fault != READING_TAKER)
        return measured_file_fail(run, arena, file, &job->reading, codec_name(job->codec));
    return probe_fail(
        run, PROBE_FAULT_SYSTEM,
        text_format(arena, "%s of %s failed: %s", codec_name(job->codec), file->name, job->problem),
        NULL);
}

/* Two rounds: what other budgets compute at the same time is waited for when nothing else is left
 * to do. */
static void do_jobs(struct arena *arena, struct size_work *work) {
    work->left = arena_alloc(arena, work->count * sizeof *work->left);
    for (int round = 0; round < 2 && !atomic_load(&work->failed); round++) {
        size_t left = 0;
        for (size_t i = 0; i < work->count; i++)
            if (!work->jobs[i].done) work->left[left++] = &work->jobs[i];
        qsort(work->left, left, sizeof *work->left, dearest_first);
        work->wait = round == 1;
        probe_parallel(work->run, left, do_job, work);
    }
}

static bool compress_all(struct arena *arena, struct size_work *work) {
    work->contents = arena_alloc(arena, work->files->count * sizeof *work->contents);
    for (size_t i = 0; i < work->files->count; i++) work->contents[i].file = &work->files->items[i];
    plan_jobs(arena, work);
    if (work->count == 0) return true;
    if (!hash_all(arena, work)) return false;
    do_jobs(arena, work);
    for (size_t i = 0; i < work->count; i++)
        if (work->jobs[i].reading.fault != READING_FINE)
            return fail_job(work->run, arena, work->jobs[i].content->file, &work->jobs[i]);
    return true;
}

bool size_emit_all(struct probe_run *run, struct arena *arena, const struct measured_files *files) {
    struct size_work work = {.run = run, .files = files};
    if (!compress_all(arena, &work)) return false;
    size_encoders_say(run, arena);
    if (probe_wanted(run, SIZE_FILES)) probe_emit(run, SIZE_FILES, 0, (double)files->count);
    if (!size_wants_any(run, SIZE_RAW, SIZE_FILES)) return true;
    bool raw = probe_wanted(run, SIZE_RAW);
    const struct size_job *job = work.jobs;
    for (size_t i = 0; i < files->count; i++) {
        probe_label_id label = probe_label(run, "file", files->items[i].label);
        if (raw) probe_emit(run, SIZE_RAW, label, (double)files->items[i].size);
        for (; job < work.jobs + work.count && job->file == i; job++)
            probe_emit(run, size_codec_metrics[job->codec], label, (double)job->size);
    }
    return true;
}
