#include "probes/measured_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/glob.h"
#include "probes/size_label.h"

enum {
    READ_CHUNK = 65536,
};

static const struct size_config *config_of(const struct probe_run *run) {
    return run->config;
}

static bool fail_target(struct probe_run *run, const char *message, const char *hint) {
    return probe_fail(run, PROBE_FAULT_TARGET, message, hint);
}

/* Finding */

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static bool open_fault(struct probe_run *run, struct arena *arena, const struct measured_file *file,
                       int error) {
    if (error == EXDEV)
        return probe_fail(run, PROBE_FAULT_REFUSED,
                          text_format(arena, "%s leads out of the root", file->name),
                          "keep files below the root, or pass --allow-outside");
    if (error == EINVAL)
        return fail_target(run, text_format(arena, "%s is no regular file", file->name), NULL);
    return fail_target(run, text_format(arena, "%s: %s", file->name, strerror(error)),
                       error == ENOENT ? "it was there a moment ago: does a build still run?"
                                       : NULL);
}

static bool look_at(struct probe_run *run, struct arena *arena, struct measured_file *file) {
    const struct size_config *config = config_of(run);
    CLEANUP(cleanup_descriptor) int descriptor = path_open(run->root, file->path);
    if (descriptor < 0 || fstat(descriptor, &file->found) != 0)
        return open_fault(run, arena, file, errno);
    file->size = (uint64_t)file->found.st_size;
    if ((double)file->size > config->max_size)
        return fail_target(run,
                           text_format(arena, "%s has %s, more than max_size (%s)", file->name,
                                       unit_show(arena, (double)file->size, PROBE_BYTES),
                                       unit_show(arena, config->max_size, PROBE_BYTES)),
                           "with: {max_size: ...} raises the bound");
    if (file->size == 0 && !config->allow_empty)
        return fail_target(run, text_format(arena, "%s is empty", file->name),
                           "build first; or, where a file may be empty: with: {allow_empty: true}");
    return true;
}

static int by_label(const void *a, const void *b) {
    return strcmp(((const struct measured_file *)a)->label,
                  ((const struct measured_file *)b)->label);
}

static bool label_files(struct probe_run *run, struct arena *arena, struct measured_files *files) {
    const char *pattern = config_of(run)->strip, *problem = NULL;
    if (!pattern) return true;
    CLEANUP(strip_cleanup) struct strip *strip = strip_new(arena, pattern, &problem);
    if (!strip) return fail_target(run, text_format(arena, "strip: %s", problem), NULL);
    for (size_t i = 0; i < files->count; i++) {
        struct measured_file *file = &files->items[i];
        file->label = strip_label(arena, strip, file->name, &problem);
        if (!file->label)
            return fail_target(run, text_format(arena, "strip, on %s: %s", file->name, problem),
                               NULL);
    }
    return true;
}

static bool check_labels(struct probe_run *run, struct arena *arena,
                         const struct measured_files *files) {
    for (size_t i = 1; i < files->count; i++) {
        const struct measured_file *one = &files->items[i - 1], *two = &files->items[i];
        if (strcmp(one->label, two->label) != 0) continue;
        return fail_target(run,
                           text_format(arena, "%s and %s have the same label, %s", one->name,
                                       two->name, one->label),
                           "narrow `strip`, or remove the files of an older build");
    }
    return true;
}

bool measured_files_find(struct probe_run *run, struct arena *arena, bool contents,
                         struct measured_files *files) {
    struct glob_plan plan = {.directory = run->directory,
                             .root = run->root,
                             .patterns = run->targets,
                             .missing_is_empty = !contents,
                             .run = run};
    struct glob_files found = {0};
    struct glob_problem problem = {0};
    if (!glob_expand(arena, &plan, &found, &problem))
        return probe_fail(run, problem.fault, problem.message, problem.hint);
    *files = (struct measured_files){.count = found.count};
    files->items = arena_alloc(arena, found.count * sizeof *files->items);
    for (size_t i = 0; i < found.count; i++) {
        struct measured_file *file = &files->items[i];
        file->path = found.paths[i];
        file->name = file->label = text_inert(arena, found.names[i]);
        if (contents && !look_at(run, arena, file)) return false;
    }
    if (!contents) return true;
    if (!label_files(run, arena, files)) return false;
    qsort(files->items, files->count, sizeof *files->items, by_label);
    return check_labels(run, arena, files);
}

bool measured_files_none(struct probe_run *run, struct arena *arena) {
    return fail_target(run, glob_none_text(arena, run->targets),
                       "build first, or correct the pattern; `files: 0` alone promises that "
                       "nothing matches");
}

/* Reading */

static struct reading reading_of(enum reading_fault fault, int error) {
    return (struct reading){fault, error};
}

/** Whether the descriptor is still the file that was found. */
static struct reading compare(int descriptor, const struct measured_file *file) {
    struct stat now;
    if (fstat(descriptor, &now) != 0) return reading_of(READING_ERRNO, errno);
    return reading_of(is_same(&now, &file->found) ? READING_FINE : READING_CHANGED, 0);
}

static struct reading read_all(const struct probe_run *run, int descriptor,
                               const struct measured_file *file,
                               bool (*take)(void *, const uint8_t *, size_t), void *context) {
    uint8_t chunk[READ_CHUNK];
    for (uint64_t total = 0;;) {
        if (probe_stopped(run)) return reading_of(READING_STOPPED, 0);
        ssize_t got = read(descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return reading_of(READING_ERRNO, errno);
        total += (uint64_t)got;
        if (total > file->size || (got == 0 && total < file->size))
            return reading_of(READING_CHANGED, 0);
        if (got == 0) return compare(descriptor, file);
        if (!take(context, chunk, (size_t)got)) return reading_of(READING_TAKER, 0);
    }
}

struct reading measured_file_read(const struct probe_run *run, const struct measured_file *file,
                                  bool (*take)(void *, const uint8_t *, size_t), void *context) {
    CLEANUP(cleanup_descriptor) int descriptor = path_open(run->root, file->path);
    if (descriptor < 0) return reading_of(READING_ERRNO, errno);
    struct reading before = compare(descriptor, file);
    if (before.fault != READING_FINE) return before;
    struct reading after = read_all(run, descriptor, file, take, context);
    if (after.fault != READING_FINE) return after;
    struct stat named; /* the name may have been given to another file meanwhile */
    if (stat(file->path, &named) != 0) return reading_of(READING_CHANGED, 0);
    return reading_of(is_same(&named, &file->found) ? READING_FINE : READING_CHANGED, 0);
}

struct load {
    uint8_t *bytes;
    size_t length;
};

static bool load_chunk(void *context, const uint8_t *bytes, size_t length) {
    struct load *load = context;
    memcpy(load->bytes + load->length, bytes, length); /* read_all keeps within the size */
    load->length += length;
    return true;
}

uint8_t *measured_file_load(const struct probe_run *run, const struct measured_file *file,
                            struct reading *reading) {
    struct load load = {.bytes = malloc(file->size ? file->size : 1)};
    if (!load.bytes) {
        *reading = reading_of(READING_ERRNO, ENOMEM);
        return NULL;
    }
    *reading = measured_file_read(run, file, load_chunk, &load);
    if (reading->fault == READING_FINE) return load.bytes;
    free(load.bytes);
    return NULL;
}

static bool fail_stopped(struct probe_run *run, struct arena *arena,
                         const struct measured_file *file, const char *doing) {
    if (clock_now() < run->deadline)
        return probe_fail(run, PROBE_FAULT_CANCELLED,
                          text_format(arena, "%s of %s was cancelled", doing, file->name), NULL);
    return probe_fail(run, PROBE_FAULT_TIMEOUT,
                      text_format(arena, "%s of %s (%s) was not finished within the time", doing,
                                  file->name, unit_show(arena, (double)file->size, PROBE_BYTES)),
                      "raise the budget's `timeout`, or bound an encoding that costs less: gzip");
}

bool measured_file_fail(struct probe_run *run, struct arena *arena,
                        const struct measured_file *file, const struct reading *reading,
                        const char *doing) {
    switch (reading->fault) {
    case READING_ERRNO:
        return open_fault(run, arena, file, reading->error);
    case READING_CHANGED:
        return fail_target(run, text_format(arena, "%s changed while it was read", file->name),
                           "measure when the build is over");
    case READING_STOPPED:
        return fail_stopped(run, arena, file, doing);
    case READING_FINE:
    case READING_TAKER:
        break;
    }
    return false;
}
