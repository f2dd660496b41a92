/** The formats that files of samples come in: a table of readers. */
#ifndef PROBES_FORMAT_H
#define PROBES_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "perfbudget/probe.h"
#include "probes/extract.h"

enum {
    FORMAT_FILE_MAX = 64 * 1024 * 1024, /**< bytes of a file that is read line by line */
    FORMAT_JSON_MAX = 16 * 1024 * 1024, /**< bytes of a JSON document, which is read as a whole */
    FORMAT_LINE_MAX = 1024 * 1024,      /**< bytes of a line */
    FORMAT_SAMPLES_MAX = 10000000,      /**< samples of all files of a budget together */
    FORMAT_COLUMNS_MAX = 10000,         /**< fields of a CSV line */
};

/** Where values go. Shared by the files of a budget. */
struct format_sink {
    struct probe_run *run;
    uint32_t metric;
    uint64_t skip;  /**< values still to be thrown away */
    uint64_t count; /**< values read, those thrown away included */
    bool full;      /**< the host wants no more */
};

/** One file being read. */
struct format_source {
    struct format_sink *sink;
    FILE *file;
    const char *name;             /**< for messages, inert */
    const char *column, *pointer; /**< as the budget file has them; NULL: not said */
    struct extract_unit unit;
    struct arena *scratch; /**< given back every few thousand lines */
    char *line;            /**< the current one, by getline; NUL-terminated, without its end */
    size_t line_room, line_length;
    uint64_t line_number, bytes;
};

/** One format. `read` streams all values of a file; false after it said why. */
struct sample_format {
    const char *name;
    const char *suffixes[3]; /**< of file names; ends with NULL */
    bool takes_column, needs_column, takes_pointer;
    bool (*read)(struct format_source *source);
};

enum { FORMAT_COUNT = 4 };
extern const struct sample_format sample_formats[FORMAT_COUNT];

/** The format of that name, or NULL. */
const struct sample_format *format_named(const char *name);
/** The format a file name asks for: `lines` where no other does. */
const struct sample_format *format_of_file(const char *name);

/** Opens the file at `path`, reads it all, and closes it. */
bool format_read(const struct sample_format *format, struct format_source *source,
                 const char *path);

/* format_source.c, for the readers. */

/** The next line into source->line. False at the end and after a failure; `good` tells which. */
bool format_line(struct format_source *source, bool *good);
/** As format_line, without lines that are blank or begin with `#`. */
bool format_data_line(struct format_source *source, bool *good);
/** Hands one value on. False when reading ends here: a failure that was said, or the sink is full.
 */
bool format_value(struct format_source *source, double value);
/** A number as text. Returns as format_value. */
bool format_text(struct format_source *source, const char *text, size_t length);
/** Ends the budget: "FILE:LINE: what". Always false. */
bool format_fail(struct format_source *source, const char *what, const char *hint);

bool format_read_lines(struct format_source *source);
bool format_read_csv(struct format_source *source);
bool format_read_json(struct format_source *source);
bool format_read_json_lines(struct format_source *source);

#endif
