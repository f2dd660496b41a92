/** The labels of one run set, each kept once, so that a sample carries a number. */
#ifndef PROBE_LABELS_H
#define PROBE_LABELS_H

#include "base/array.h"
#include "probe/metric.h"
#include "probe/table.h"

/** Bounds on labels, listed by `perfbudget limits`. */
enum {
    LABELS_MAX = 1000000,    /**< labels of one budget */
    LABEL_BYTES_MAX = 65536, /**< bytes of one dimension's value */
    LABEL_NAMES_MAX = 64,    /**< different dimensions of one budget */
};

/** One label: values by dimension, sorted by dimension's name, so that equal labels are equal. */
struct label {
    const char *dimensions[METRIC_DIMENSIONS_MAX], *values[METRIC_DIMENSIONS_MAX];
    unsigned count;
};

struct labels {
    struct arena *arena;   /**< of texts */
    struct arena *scratch; /**< of all else: labels are not found any more when it is freed */
    uint64_t seed;
    struct label *items[PIECES_MAX]; /**< label number i is that at i - 1; see pieces_at */
    size_t count;
    const char **names; /**< dimensions seen, each once */
    size_t name_count;
    struct table table;
};

struct labels labels_begin(struct arena *arena, struct arena *scratch);

/** `base` with `dimension`=`value` added, copied. On failure 0, and static text in `problem`. */
probe_label_id labels_add(struct labels *labels, probe_label_id base, const char *dimension,
                          const char *value, const char **problem);

/** The label of that number, or NULL. */
const struct label *labels_find(const struct labels *labels, probe_label_id number);

#endif
