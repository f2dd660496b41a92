/** Two reports side by side: one row a metric, and its three forms. */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include "report/report.h"

/** What became of a metric. */
enum comparison_word {
    COMPARISON_SAME,    /**< exact and equal; noisy, and the change lies within 5 % for sure */
    COMPARISON_BETTER,  /**< for sure */
    COMPARISON_WORSE,   /**< for sure */
    COMPARISON_CHANGED, /**< for sure, and neither direction is better */
    COMPARISON_UNCLEAR, /**< the interval holds both, or nothing can be said */
    COMPARISON_NEW,     /**< only in the new report */
    COMPARISON_GONE,    /**< only in the old one */
};
enum { COMPARISON_WORDS = COMPARISON_GONE + 1 };
extern const char *const comparison_words[];

struct comparison_row {
    const char *budget, *metric;
    const char *label; /**< "" for the whole */
    enum probe_unit unit;
    enum probe_nature nature;
    double before, after; /**< NaN: none, or no bound */
    double change;        /**< share of before; NaN */
    double low, high;     /**< where it lies at 95 %; NaN: not known */
    enum comparison_word word;
    const char *note; /**< why it is unclear, or NULL */
};

struct comparison {
    const char *before_name, *after_name; /**< paths as they were given */
    const struct report *before, *after;
    const char *incomparable; /**< why times cannot be compared; NULL: they can */
    struct comparison_row *rows;
    size_t count;
    size_t words[COMPARISON_WORDS]; /**< how many rows came out how */
};

/** One way to write it; the table ends with a NULL name. */
struct comparison_format {
    const char *name;
    const char *(*write)(struct arena *arena, const struct comparison *comparison,
                         const struct report_text_options *options);
    const struct log_guard *guard; /**< as in struct report_format */
};
extern const struct comparison_format comparison_formats[];

#endif
