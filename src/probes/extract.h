/** Numbers read out of text that a target printed: by pattern or by JSON pointer, strictly. */
#ifndef PROBES_EXTRACT_H
#define PROBES_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "perfbudget/probe.h"

enum {
    EXTRACT_VALUES_MAX = 1000000,    /**< values one reading may find in one text */
    EXTRACT_MATCH_LIMIT = 1000000,   /**< steps PCRE2 may take for one match */
    EXTRACT_SECONDS_MAX = 5,         /**< one pattern may take for one text */
    EXTRACT_HEAP_LIMIT = 20000,      /**< KiB PCRE2 may use for one match */
    EXTRACT_JSON_LINES_MAX = 100,    /**< lines from the end that are tried as a JSON document */
    EXTRACT_PATTERN_MAX = 64 * 1024, /**< bytes of a pattern */
};

/** What a number becomes. */
struct extract_unit {
    double scale; /**< of a number without a unit: multiply by this to get the base unit */
    enum probe_unit unit;
};

/** A number that was read, or why there is none. */
struct extract_number {
    double value;        /**< in base units */
    const char *problem; /**< NULL: none. In the arena, or static */
};

/**
 * One number, blanks around it ignored, with or without a unit of its own. Refused: what is no
 * number or a quantity of another kind than unit->unit, and below 0 anything but counts and ratios.
 */
struct extract_number extract_number(struct arena *arena, const char *text, size_t length,
                                     const struct extract_unit *unit);

/** As extract_number for a JSON value: a number, or a text that holds one. */
struct extract_number extract_json_number(struct arena *arena, const json *value,
                                          const struct extract_unit *unit);

/**
 * The values at an RFC 6901 pointer, one after another: the value itself, or each element of the
 * list that stands before a last `/ *` (written without the blank). Begin with zero; NULL at the
 * end. `found` says whether the pointer leads anywhere.
 */
struct extract_walk {
    const json *next;
    bool found, each;
};
struct extract_walk extract_walk_begin(struct arena *arena, const json *document,
                                       const char *pointer);
const json *extract_walk_next(struct extract_walk *walk);

/** What a metric of that unit is judged by where nothing is said: "p95" of times, "max" of sizes,
 * "mean" of rates, "median" of others. */
const char *extract_statistic(enum probe_unit unit);

/** Whether `pointer` is "" or starts with `/`, and has no `~` but `~0` and `~1` (RFC 6901). */
bool extract_pointer_valid(const char *pointer);

/** Readings made ready: patterns compiled. */
struct extractor;

/** NULL when a pattern or pointer is wrong; `problem` then names it. Close with extract_close. */
struct extractor *extract_open(struct arena *arena, const struct probe_readings *readings,
                               const char **problem);
void extract_close(struct extractor *extractor); /**< NULL is fine */

/** A text to be read from, which is parsed as JSON at most once. Release after use. */
struct extract_text {
    const char *bytes; /**< borrowed */
    size_t length;
    json *document; /**< NULL until needed, and where there is none */
    bool parsed;
};
void extract_text_release(struct extract_text *text);

/** Values found, in the order of the text, or why there are none. */
struct extract_values {
    double *items;
    size_t count;
    const char *problem; /**< names the reading; NULL: none */
};

/**
 * All values of reading number `reading` in the text. Patterns match over lines (`^` and `$` are
 * ends of lines); JSON is the text as a whole, else the last line that is an object or a list. No
 * value at all is a problem, as is one that is no number.
 */
struct extract_values extract_read(struct arena *arena, const struct extractor *extractor,
                                   size_t reading, struct extract_text *text);

#endif
