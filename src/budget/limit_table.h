/** Limits by canonical key while layers are laid over each other; private to src/budget. */
#ifndef BUDGET_LIMIT_TABLE_H
#define BUDGET_LIMIT_TABLE_H

#include "budget/loading.h"

/** Bounds of one key: the kinds of limits, and what only goes with them. */
enum { BOUND_FLOOR = LIMIT_IMPROVEMENT + 1, BOUND_BASELINE, BOUND_COUNT };

struct bound {
    bool set;
    bool ever;   /**< was set in some layer, though it may be removed since */
    bool null;   /**< in a layer: removes */
    bool waived; /**< comes from a waiver */
    double value;
    bool relative;
    enum limit_operator operator;
    const char *text; /**< as written, without values of the environment */
    struct place place;
};

/** All bounds of one canonical key. */
struct limit_entry {
    struct limit shape; /**< key, metric, statistic, pattern */
    struct place place; /**< of the key */
    bool null;          /**< in a layer: removes the whole key */
    struct bound bounds[BOUND_COUNT];
};

struct limit_table {
    struct limit_entry *entries;
    size_t count;
    struct name_index index; /**< by canonical key */
};

/** What the limits of one budget are read with. */
struct limit_reading {
    struct loading *l;
    const struct metrics *metrics;
    bool partial; /**< some metrics may not be known */
};

/* limit_bound.c */
/** What a key's bounds are compared with: its metric, or for the statistic `count` a plain number
 * that has neither the metric's unit nor its direction. */
const struct probe_metric *entry_metric(const struct limit_reading *r,
                                        const struct limit_entry *entry);
/** The value of a limit key, bare or a map, into the entry's bounds. */
bool bounds_read(struct limit_reading *r, const struct yaml_node *value, struct limit_entry *entry);
/** Contradictions within one key; `merged`: after all layers, when all of it is there. */
bool bounds_check(struct limit_reading *r, const struct limit_entry *entry, bool merged);

/* limit_table.c */
/** One layer's `limits`. `under` (NULL: none) is what it will be laid over. */
void layer_read(struct limit_reading *r, const struct yaml_node *map,
                const struct limit_table *under, struct limit_table *layer);
/** Lays a layer over `table`; `waiver` marks what it sets. */
void layer_lay(struct limit_reading *r, struct limit_table *table, const struct limit_table *layer,
               bool waiver);
/** Removes every bound; the keys stay known. */
void table_clear(struct limit_table *table);
/** A copy that can be changed by itself. */
struct limit_table table_copy(struct arena *arena, const struct limit_table *table);
/** The rows, in the order written. `originals` (NULL: none) has the rows that waived ones stand in
 * for, made from a table with the same entries at its beginning. */
struct limit *table_rows(struct limit_reading *r, const struct limit_table *table,
                         struct limit **originals, size_t *count);

#endif
