/**
 * @file option.h
 * The options that a probe takes: rows of a table, and the C types that their values have. The same
 * rows describe the keys of the budget file and the options of the command line. Part of probe.h,
 * which is what to include.
 */
#ifndef PERFBUDGET_OPTION_H
#define PERFBUDGET_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfbudget/metric.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Type of an option, and with it the C type of the struct member that takes its value. */
enum probe_type {
    PROBE_TEXT,    /**< `const char *`; NULL when absent and without a fallback */
    PROBE_TEXTS,   /**< `struct probe_texts`: a list, or one value */
    PROBE_FLAG,    /**< `bool`: true or false */
    PROBE_INTEGER, /**< `int64_t` within min..max */
    PROBE_NUMBER,  /**< `double` within min..max, a plain number */
    PROBE_SIZE,    /**< `double`, bytes */
    PROBE_TIME,    /**< `double`, seconds */
    PROBE_SHARE,   /**< `double`, a ratio, written with % or plain */
    PROBE_CHOICE,  /**< `int`: index into choices */
    PROBE_COMMAND, /**< `struct probe_texts`: argv, written as a list or as one text split like a
                      shell does */
    PROBE_PAIRS,   /**< `struct probe_pairs`: a map of texts */
    PROBE_METRICS, /**< `struct probe_readings`: a map of metrics to read from what the target
                      prints */
    PROBE_RATE,    /**< `double`, events a second, written as `10/s` or `600/min` */
    PROBE_RECORDS, /**< `struct probe_records`: maps that have rows of their own, see
                      probe_option.records */
};

/** A list of texts; owned by the host, alive as long as the run. */
struct probe_texts {
    const char *const *items;
    size_t count;
};

/** A map of texts in the order written; owned by the host. */
struct probe_pair {
    const char *name, *value;
};
struct probe_pairs {
    const struct probe_pair *items;
    size_t count;
};

/** One metric that the budget file asks to be read from what a target prints. */
struct probe_reading {
    const char *name;    /**< the metric's name */
    const char *pattern; /**< PCRE2 with one group, or NULL */
    const char *json; /**< RFC 6901 pointer whose last token may be `*`, or NULL; exactly one of the
                         two is set */
    double scale; /**< multiply what was read by this to get the base unit: 0.001 for `unit: ms` */
    bool self; /**< no `unit` written: what is read must carry its own unit, or is a plain count */
    enum probe_unit unit;
    enum probe_better better;
    enum probe_nature nature;
};
struct probe_readings {
    const struct probe_reading *items;
    size_t count;
};

/** How the records of an option are written. */
enum probe_form {
    PROBE_FORM_LIST,  /**< `[{..}, {..}]`: a list of maps, or one map as a list of one */
    PROBE_FORM_NAMED, /**< `{peak: {..}, ..}`: a map of names of the author's own, in order; names
                         are [A-Za-z0-9][A-Za-z0-9_-]*, and a profile may lay over one of them */
    PROBE_FORM_ONE,   /**< `{..}`: one map */
};

/** Records as they were written: structs that probe_option.records describes. Owned by the host. */
struct probe_records {
    const void *items;        /**< `count` structs of records->record_size bytes each */
    const char *const *names; /**< of PROBE_FORM_NAMED, else NULL */
    size_t count;             /**< 0: absent; at most 1 of PROBE_FORM_ONE */
};

struct probe_option;

/** The keys of each record of an option of type PROBE_RECORDS; they may hold records in turn. */
struct probe_record_table {
    const char *what; /**< what one record is, as a phrase: "a phase" */
    const char *bare; /**< the key that a plain value in place of a map is for; NULL: none */
    const struct probe_option *options;
    size_t option_count, option_size; /**< rows, and sizeof(struct probe_option) */
    size_t record_size;               /**< of the struct the rows fill */
    enum probe_form form;
};

/** How deep records may hold records. */
#define PROBE_RECORD_DEPTH 4

/**
 * One option: a key below `with:` of a budget. Write rows with PROBE_OPTION, which checks the
 * member's type.
 */
struct probe_option {
    const char *name;
    enum probe_type type;
    size_t offset;        /**< of the member in the config struct */
    const char *fallback; /**< default as a user would write it; "" is absent; NULL: required */
    double min, max;      /**< inclusive range for numbers; both 0: any not negative value */
    const char *const *choices;               /**< for PROBE_CHOICE, ends with NULL */
    const char *help;                         /**< one sentence */
    const struct probe_record_table *records; /**< for PROBE_RECORDS; rows of plugins that were
                                                 built before it end here and have no such type */
};

/** A type that is only compatible with the C type an option of that kind stores. */
#define PROBE_C_PROBE_TEXT const char *
#define PROBE_C_PROBE_TEXTS struct probe_texts
#define PROBE_C_PROBE_FLAG bool
#define PROBE_C_PROBE_INTEGER int64_t
#define PROBE_C_PROBE_NUMBER double
#define PROBE_C_PROBE_SIZE double
#define PROBE_C_PROBE_TIME double
#define PROBE_C_PROBE_SHARE double
#define PROBE_C_PROBE_CHOICE int
#define PROBE_C_PROBE_COMMAND struct probe_texts
#define PROBE_C_PROBE_PAIRS struct probe_pairs
#define PROBE_C_PROBE_METRICS struct probe_readings
#define PROBE_C_PROBE_RATE double
#define PROBE_C_PROBE_RECORDS struct probe_records
/** offsetof that does not compile when the member is not exactly of the type the option stores. */
#define PROBE_MEMBER(structure, member, kind)                                       \
    (offsetof(structure, member) +                                                  \
     0 * sizeof(char[_Generic(((structure *)0)->member, PROBE_C_##kind : 1, default \
                              : -1)]))
/** The first three members of an option row: `{PROBE_OPTION(struct config, PROBE_TIME, grace),
 * .fallback = ..}`. */
#define PROBE_OPTION(structure, kind, member) \
    .name = #member, .type = kind, .offset = PROBE_MEMBER(structure, member, kind)

#ifdef __cplusplus
}
#endif

#endif
