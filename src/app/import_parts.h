/** What the readers of other tools' budgets share; private to src/app/import*.c. */
#ifndef APP_IMPORT_PARTS_H
#define APP_IMPORT_PARTS_H

#include "app/import.h"
#include "base/array.h"
#include "base/quote.h"
#include "base/text.h"
#include "yaml/yaml.h"

struct import_pair {
    const char *key, *value; /**< the value as YAML, ready to be written */
};

/** One bound. */
struct import_limit {
    const char *key, *kind; /**< "gzip[*]", "max"; bounds of one key are written together */
    const char *value;      /**< "30KiB"; not quoted yet */
};

struct import_budget {
    const char *id, *title, *fix; /**< title and fix may be NULL */
    const char *probe;
    const char **targets; /**< one or more */
    size_t target_count;
    struct import_pair *keys, *with; /**< further keys, and options of the probe */
    size_t key_count, with_count;
    struct import_limit *limits;
    size_t limit_count;
};

/** What could not be carried over. */
struct import_left {
    struct place place;
    const char *what;
};

struct importing {
    struct arena *arena;
    const struct import_request *request;
    const struct yaml_node *tree; /**< the whole file */
    const char *tool;             /**< whose budgets these are */
    struct import_budget **budgets;
    size_t budget_count;
    struct import_pair *vars; /**< what the author has to say: variables with a guess */
    size_t var_count;
    struct import_left *left;
    size_t left_count;
    struct diags *diags;
};

/** How one tool's budgets are told and read. */
struct import_reader {
    /** Where they stand in the file, or NULL: `name` is that of the file without its folder. */
    const struct yaml_node *(*find)(const struct yaml_node *tree, const char *name);
    /** Adds budgets and what is left; errors go to diags. */
    void (*read)(struct importing *i, const struct yaml_node *node);
};

/* import_build.c: what readers say. */
/** A budget with an id made from `name` that is no other's. */
struct import_budget *import_add(struct importing *i, const char *name, const char *probe);
/** `target`: foreign text in it is escaped already (import_glob, import_escape). */
void import_target(struct importing *i, struct import_budget *budget, const char *target);
void import_bound(struct importing *i, struct import_budget *budget, const char *key,
                  const char *kind, const char *value);
/** A further key or option; `value` is written as it is. */
void import_key(struct importing *i, struct import_budget *budget, const char *key,
                const char *value);
void import_option(struct importing *i, struct import_budget *budget, const char *key,
                   const char *value);
/** A variable that the author has to fill in; `guess` is written. Said once. */
void import_variable(struct importing *i, const char *name, const char *guess);
/** Something that cannot be carried over, and why, as a phrase. */
void import_leave(struct importing *i, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Leaves each key of the map that is not among `known` (ends with NULL): "has no counterpart". */
void import_leave_others(struct importing *i, const struct yaml_node *map,
                         const char *const *known);
/** A value that makes no sense: an error that shows what would. Returns false. */
bool import_wrong(struct importing *i, const struct yaml_node *node, const char *expected);
bool import_has(const struct importing *i, const char *probe);

/* import_value.c: other tools' grammars of numbers. */
/** How sizes are written: what KB means, and whether KiB is known and then always 1024. */
struct import_sizes {
    double kilobyte;
    bool binary;
};
/** Whole bytes of a size; false with an error. */
bool import_size(struct importing *i, const struct yaml_node *node,
                 const struct import_sizes *sizes, double *bytes);
/** A plain number; false with an error. */
bool import_number(struct importing *i, const struct yaml_node *node, double *number);
/** "30KiB", "35kB", "1234B": exact. */
const char *import_bytes_text(struct arena *arena, const struct import_sizes *sizes, double bytes);
/** Seconds of `60`, `60s`, `2m`, `1m30s`, `500ms`: `bare` is what a plain number counts in. */
bool import_seconds(struct importing *i, const struct yaml_node *node, double bare,
                    double *seconds);
/** "200ms", "1.5s". */
const char *import_time_text(struct arena *arena, double seconds);

/* Reading trees. */
const char *import_text_of(const struct yaml_node *node);       /**< of a scalar; NULL */
bool import_is(const struct yaml_node *node, const char *word); /**< a plain true, false, .. */
bool import_is_map(const struct yaml_node *node);
bool import_is_list(const struct yaml_node *node);
/** A glob as budget files have it: without ./ before it; NULL where it uses what they lack. */
const char *import_glob(struct arena *arena, const char *glob);

/* import_flows.c */
/** A map of texts in flow style, templates mended. */
const char *import_pairs_text(struct importing *i, const struct yaml_node *map);
/** Artillery's scenarios as the `scenario` of http. */
void import_flows(struct importing *i, struct import_budget *budget, const struct yaml_node *list,
                  const char *target);

/* import_source.c */
/** JSON, JSON with comments, or the object literal of a script as YAML text of the same lines;
 * false where a script holds none. */
bool import_source(struct importing *i, const char *name, const char **bytes, size_t *length);

/* import_write.c */
const char *import_write(struct importing *i);
/** Foreign text in which `${` is no variable. */
const char *import_escape(struct arena *arena, const char *text);
/** A text as a YAML scalar, quoted where it needs to be, `${` kept from being a variable. */
const char *import_scalar(struct arena *arena, const char *text);

extern const struct import_reader import_size_limit, import_bundlesize, import_bundlewatch,
    import_bundlemon, import_lighthouse, import_lhci, import_angular, import_webpack, import_k6,
    import_artillery, import_flat;

#endif
