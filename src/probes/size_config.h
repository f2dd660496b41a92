/** Options and metrics that the size and wasm probes share, so that they mean the same in both. */
#ifndef PROBES_SIZE_CONFIG_H
#define PROBES_SIZE_CONFIG_H

#include "perfbudget/probe.h"

/** What `with:` says. */
struct size_config {
    const char *strip; /**< PCRE2 pattern to take out of labels, or NULL */
    bool allow_empty;
    double max_size;             /**< bytes */
    struct probe_pairs encoders; /**< library: version that the limits were written for */
};

/** Numbers of the shared metrics; the wasm probe's own follow. */
enum size_metric { SIZE_RAW, SIZE_GZIP, SIZE_BROTLI, SIZE_ZSTD, SIZE_FILES, SIZE_METRICS };

/** The dimension of everything measured a file at a time. */
extern const struct probe_dimension size_file_dimension[];

/** The shared rows of the metrics table; `made_of` are their parts, or NULL. */
#define SIZE_METRIC_ROW(metric_name, made_of, text)                                                \
    {                                                                                              \
        .name = metric_name, .help = text, .dimensions = size_file_dimension, .unit = PROBE_BYTES, \
        .better = PROBE_LOWER, .nature = PROBE_EXACT, .fold = PROBE_FOLD_SUM, .parts = made_of     \
    }
#define SIZE_METRIC_ROWS(made_of)                                                                  \
    [SIZE_RAW] = SIZE_METRIC_ROW("raw", made_of, "Bytes of the files as they are."),               \
    [SIZE_GZIP] = SIZE_METRIC_ROW(                                                                 \
        "gzip", made_of,                                                                           \
        "Bytes of each file under gzip: zlib level 9, no name or time in the header."),            \
    [SIZE_BROTLI] = SIZE_METRIC_ROW("brotli", made_of,                                             \
                                    "Bytes of each file under brotli: quality 11, window 22."),    \
    [SIZE_ZSTD] =                                                                                  \
        SIZE_METRIC_ROW("zstd", made_of, "Bytes of each file under zstd: level 19, no checksum."), \
    [SIZE_FILES] = {.name = "files",                                                               \
                    .help = "How many files the patterns match.",                                  \
                    .unit = PROBE_COUNT,                                                           \
                    .better = PROBE_LOWER,                                                         \
                    .nature = PROBE_EXACT,                                                         \
                    .fold = PROBE_FOLD_NONE}

/** The shared rows of the options table. */
#define SIZE_OPTION_ROWS                                                                       \
    {PROBE_OPTION(struct size_config, PROBE_TEXT, strip), .fallback = "",                      \
     .help = "A pattern (PCRE2) whose matches are taken out of the file labels, such as the "  \
             "hash in app.3f9a2c.js, so that a file keeps its label from build to build."},    \
        {PROBE_OPTION(struct size_config, PROBE_FLAG, allow_empty), .fallback = "false",       \
         .help = "Whether a file of 0 bytes is a size like any other; else it is an error."},  \
        {PROBE_OPTION(struct size_config, PROBE_PAIRS, encoders), .fallback = "",              \
         .help = "Versions of the libraries zlib, brotli and zstd that the limits were "       \
                 "written for; a warning where another one measures."},                        \
    {                                                                                          \
        PROBE_OPTION(struct size_config, PROBE_SIZE, max_size),                                \
            .fallback = "1GB", .help = "A file larger than this is an error, and is not read." \
    }

/** check() of both probes: the patterns and `strip` are well formed. */
bool size_config_check(struct probe_run *run);

#endif
