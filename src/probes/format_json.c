#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "probes/format.h"

static bool values_read(struct format_source *source, const json *document, const char *pointer) {
    struct extract_walk walk = extract_walk_begin(source->scratch, document, pointer);
    if (!walk.found)
        return format_fail(source,
                           text_format(source->scratch, "no %s at `%s`",
                                       walk.each ? "list" : "value",
                                       text_inert(source->scratch, pointer)),
                           "`pointer` is an RFC 6901 pointer; a last /* takes each element.");
    uint64_t number = 0;
    for (const json *value; (value = extract_walk_next(&walk)); number++) {
        struct extract_number sample = extract_json_number(source->scratch, value, &source->unit);
        if (sample.problem)
            return format_fail(source,
                               text_format(source->scratch, "value %llu at `%s`: %s",
                                           (unsigned long long)number + 1,
                                           text_inert(source->scratch, pointer), sample.problem),
                               NULL);
        if (!format_value(source, sample.value)) return false;
    }
    return true;
}

static bool bytes_read(struct format_source *source, const char *bytes, size_t length,
                       const char *pointer) {
    const char *problem;
    CLEANUP(json_cleanup) json *document = json_read(source->scratch, bytes, length, &problem);
    if (!document) return format_fail(source, problem, NULL);
    return values_read(source, document, pointer);
}

/* Reads until the end, at most one byte more than may be. NULL after a failure. */
static char *whole_read(struct format_source *source, size_t *length) {
    char *bytes = NULL;
    size_t room = 0;
    *length = 0;
    for (;;) {
        if (*length == room) {
            room = room ? 2 * room : 64 * 1024;
            char *more = realloc(bytes, room + 1);
            if (!more) memory_exhausted();
            bytes = more;
        }
        size_t got = fread(bytes + *length, 1, room - *length, source->file);
        *length += got;
        if (got == 0 || *length > FORMAT_JSON_MAX) break;
    }
    const char *problem = ferror(source->file)        ? strerror(errno)
                          : *length > FORMAT_JSON_MAX ? "more than 16 MiB of JSON"
                                                      : NULL;
    if (!problem) return bytes;
    free(bytes);
    format_fail(source, problem, "Larger sets can be given as `jsonl`, one value a line.");
    return NULL;
}

bool format_read_json(struct format_source *source) {
    size_t length;
    CLEANUP(cleanup_memory) char *bytes = whole_read(source, &length);
    return bytes && bytes_read(source, bytes, length, source->pointer ? source->pointer : "/*");
}

bool format_read_json_lines(struct format_source *source) {
    bool good;
    while (format_line(source, &good)) {
        if (strspn(source->line, " \t") == source->line_length) continue;
        if (!bytes_read(source, source->line, source->line_length,
                        source->pointer ? source->pointer : ""))
            return false;
    }
    return good;
}
