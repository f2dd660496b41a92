/** The beginning of a small file of the system, or nothing: never an error, never dear. */
#ifndef REPORT_GLANCE_H
#define REPORT_GLANCE_H

#include "base/arena.h"

/** At most `limit` bytes from the start of the file, NUL-terminated; NULL when it cannot be read.
 */
const char *glance(struct arena *arena, const char *path, size_t limit);

/** The same without blanks and line ends behind. */
const char *glance_line(struct arena *arena, const char *path, size_t limit);

/** What stands after `key` at a line's start, to the line's end, without blanks before it; NULL if
 * no line starts so. */
const char *glance_value(struct arena *arena, const char *text, const char *key);

#endif
