/** Label patterns inside limit keys: reading `[..]` and writing it canonically. */
#ifndef BUDGET_LABEL_H
#define BUDGET_LABEL_H

#include "base/text.h"
#include "budget/limit.h"

/** Longest label pattern, in bytes: matching takes at most its length times the label's. */
enum { LABEL_PATTERN_MAX = 1024 };

/** What a label pattern is read from and with. */
struct label_reading {
    struct arena *arena;
    const char *labels; /**< what stands between the brackets; NULL: no brackets */
    const struct probe_metric *metric;
    struct place place;
    struct diags *diags;
};

/**
 * `a` is of the first dimension; `phase:peak request:orders` names them; a backslash takes their
 * meaning from `:`, a blank, `*`, `?` and itself. Errors: no such dimension, one named twice, a
 * metric without labels, one that must be named and is not.
 */
bool label_pattern_read(const struct label_reading *reading, struct label_pattern *pattern);

/** Adds `[a]`, or `[phase:peak request:x]` in the metric's order, or nothing. Reads back the same.
 */
void label_pattern_write(struct text *key, const struct probe_metric *metric,
                         const struct label_pattern *pattern);

#endif
