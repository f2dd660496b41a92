/** The text of one file: is it clean, and where in it is what. */
#ifndef YAML_SOURCE_H
#define YAML_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/** Longest source line kept for a caret, bytes; places further right have none. */
#define SOURCE_LINE_LONGEST 200

struct source {
    struct arena *arena;
    const char *name, *bytes;
    size_t length;
    size_t character, offset; /**< a pair that belongs together, moved by source_offset */
    int line;                 /**< whose text `text` is; 0 for none */
    const char *text;
};

/** Refuses what is no clean UTF-8 text, naming the byte; steps over an UTF-8 byte-order mark. */
bool source_check(struct source *source, struct diags *diags);

/** Byte offset of a character index; fast when asked in roughly ascending order. */
size_t source_offset(struct source *source, size_t character);

/** Place of a known line and column (from 1) at a byte offset. */
struct place source_place(struct source *source, size_t offset, int line, int column, int length);

/** Place of a byte offset; counts lines from the start, so for mistakes only. */
struct place source_place_at(struct source *source, size_t offset, int length);

/** Moves a line and column along from one offset to a later one. */
void source_walk(const struct source *source, size_t from, size_t to, int *line, int *column);

/** Characters in a range of bytes. */
int source_width(const struct source *source, size_t from, size_t to);

/** Where the line ends that holds the offset: at its line break, or the text's end. */
size_t source_line_end(const struct source *source, size_t offset);
/** Where the line begins that holds the offset. */
size_t source_line_start(const struct source *source, size_t offset);

/** The byte, or 0 beyond the ends (offset may be one before the start, SIZE_MAX). */
char source_at(const struct source *source, size_t offset);

#endif
