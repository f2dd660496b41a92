/* What the readers of all formats share: lines in, values out, and where a mistake stands. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "probes/format.h"

enum { SCRATCH_LINES = 4096 };

bool format_fail(struct format_source *source, const char *what, const char *hint) {
    const char *message = source->line_number
                              ? text_format(source->scratch, "%s:%llu: %s", source->name,
                                            (unsigned long long)source->line_number, what)
                              : text_format(source->scratch, "%s: %s", source->name, what);
    return probe_fail(source->sink->run, PROBE_FAULT_DATA, message, hint);
}

bool format_value(struct format_source *source, double value) {
    struct format_sink *sink = source->sink;
    if (sink->count == FORMAT_SAMPLES_MAX)
        return format_fail(source, "more than 10,000,000 samples",
                           "Give fewer, or summarise them.");
    sink->count++;
    if (sink->skip > 0) {
        sink->skip--;
        return true;
    }
    sink->full = !probe_emit(sink->run, sink->metric, 0, value);
    return !sink->full;
}

bool format_text(struct format_source *source, const char *text, size_t length) {
    struct extract_number number = extract_number(source->scratch, text, length, &source->unit);
    return number.problem ? format_fail(source, number.problem, NULL)
                          : format_value(source, number.value);
}

static bool line_failed(struct format_source *source, bool *good, const char *what) {
    format_fail(source, what, "See `perfbudget limits`.");
    *good = false;
    return false;
}

bool format_line(struct format_source *source, bool *good) {
    *good = true;
    errno = 0;
    ssize_t length = getline(&source->line, &source->line_room, source->file);
    if (length < 0) {
        if (!ferror(source->file) && errno != ENOMEM) return false;
        return line_failed(source, good, text_format(source->scratch, "%s", strerror(errno)));
    }
    if (++source->line_number % SCRATCH_LINES == 0) {
        arena_free(source->scratch);
        source->scratch = arena_new();
        if (probe_stopped(source->sink->run)) {
            probe_fail(source->sink->run, PROBE_FAULT_TIMEOUT,
                       "reading the samples took longer than the run may", "Raise `timeout`.");
            *good = false;
            return false;
        }
    }
    source->bytes += (uint64_t)length;
    if (source->bytes > FORMAT_FILE_MAX) return line_failed(source, good, "more than 64 MiB");
    if (length > FORMAT_LINE_MAX) return line_failed(source, good, "a line of more than 1 MiB");
    while (length > 0 && strchr("\r\n", source->line[length - 1]) && source->line[length - 1])
        source->line[--length] = '\0';
    source->line_length = (size_t)length;
    if (source->line_number == 1 && text_starts(source->line, "\xEF\xBB\xBF")) {
        source->line_length -= 3; /* a byte order mark */
        memmove(source->line, source->line + 3, source->line_length + 1);
    }
    return true;
}

bool format_data_line(struct format_source *source, bool *good) {
    while (format_line(source, good)) {
        size_t blanks = strspn(source->line, " \t");
        if (blanks < source->line_length && source->line[blanks] != '#') return true;
    }
    return false;
}
