/** One parser from text to typed values, for budget keys, probe options and command-line options
 * alike. */
#ifndef SCHEMA_FIELD_H
#define SCHEMA_FIELD_H

#include <stdbool.h>

#include "base/diag.h"
#include "perfbudget/probe.h"

/** What reading a value depends on besides its row. */
struct field_context {
    struct arena *arena;
    double kilobyte; /**< 1000 or 1024 */
    struct diags *diags;
};

/**
 * Parses `text` by `row` (a scalar type: text, flag, integer, number, size, time, share, choice,
 * command) and stores it at row->offset in `out`. Errors name the row, the value, what would be
 * right, and the nearest choice.
 */
bool field_parse(const struct field_context *context, const struct probe_option *row,
                 const char *text, struct place place, void *out);

/** Fills every row's member from its fallback; rows without one (required) stay zero. False never
 * happens for rows of ours; a plugin's bad fallback is reported. */
bool field_defaults(const struct field_context *context, const struct probe_option *rows,
                    size_t count, size_t row_size, void *out);

/** "a time such as 500ms", "true or false", "one of cold, warm": for messages, help and docs. */
const char *field_expectation(struct arena *arena, const struct probe_option *row);
/** Short placeholder for help: TIME, SIZE, N, TEXT, cold|warm. */
const char *field_placeholder(struct arena *arena, const struct probe_option *row);

/** Whether two structs that the same rows were bound to hold the same value of `row`. */
bool field_equal(const struct probe_option *row, const void *a, const void *b);
/** The value of `row` in a bound struct as a person would write it, in the arena; NULL: absent.
 * Foreign text in it is not made inert. */
const char *field_show(struct arena *arena, const struct probe_option *row, const void *from);

/** Row `i` of an array whose rows are row_size bytes (rows of an older or newer plugin). */
static inline const struct probe_option *field_row(const struct probe_option *rows, size_t row_size,
                                                   size_t i) {
    return (const struct probe_option *)((const char *)rows + i * row_size);
}

#endif
