#include "probes/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

const struct sample_format sample_formats[FORMAT_COUNT] = {
    {.name = "lines", .suffixes = {NULL}, .read = format_read_lines},
    {.name = "csv",
     .suffixes = {".csv", NULL},
     .takes_column = true,
     .needs_column = true,
     .read = format_read_csv},
    {.name = "json", .suffixes = {".json", NULL}, .takes_pointer = true, .read = format_read_json},
    {.name = "jsonl",
     .suffixes = {".jsonl", ".ndjson", NULL},
     .takes_pointer = true,
     .read = format_read_json_lines},
};

const struct sample_format *format_named(const char *name) {
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(sample_formats[i].name, name) == 0) return &sample_formats[i];
    return NULL;
}

const struct sample_format *format_of_file(const char *name) {
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        for (const char *const *suffix = sample_formats[i].suffixes; *suffix; suffix++)
            if (text_ends(name, *suffix)) return &sample_formats[i];
    return &sample_formats[0];
}

static bool open_failed(struct format_source *source) {
    if (errno == EXDEV)
        return probe_fail(source->sink->run, PROBE_FAULT_REFUSED,
                          text_format(source->scratch, "%s leaves the root", source->name),
                          "Keep files below the root, or pass --allow-outside when you trust the "
                          "budget file.");
    const char *why = errno == EINVAL ? "not a regular file" : strerror(errno);
    return probe_fail(source->sink->run, PROBE_FAULT_TARGET,
                      text_format(source->scratch, "%s: %s", source->name, why),
                      "Check the path; it is relative to `directory`.");
}

static bool source_open(struct format_source *source, const char *path) {
    int descriptor = path_open(source->sink->run->root, path);
    if (descriptor < 0) return open_failed(source);
    source->file = fdopen(descriptor, "r");
    if (source->file) return true;
    close(descriptor);
    return open_failed(source);
}

static bool source_read(const struct sample_format *format, struct format_source *source) {
    uint64_t before = source->sink->count;
    if (!format->read(source)) return source->sink->full;
    source->line_number = 0;
    if (source->sink->count > before) return true;
    return format_fail(source, "no samples in it", NULL);
}

bool format_read(const struct sample_format *format, struct format_source *source,
                 const char *path) {
    source->scratch = arena_new();
    bool good = source_open(source, path) && source_read(format, source);
    if (source->file) fclose(source->file);
    free(source->line);
    arena_free(source->scratch);
    return good;
}
