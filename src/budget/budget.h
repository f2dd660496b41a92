/** Budgets as they are judged: everything of the budget files resolved, typed, checked and placed.
 */
#ifndef BUDGET_BUDGET_H
#define BUDGET_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "budget/limit.h"
#include "budget/request.h"
#include "budget/waived.h"
#include "probe/metric.h"
#include "probe/registry.h"

enum budget_severity { SEVERITY_FAIL, SEVERITY_WARN };
enum budget_inconclusive { INCONCLUSIVE_BLOCK, INCONCLUSIVE_WARN, INCONCLUSIVE_PASS };

/** A derived value's expression; see budget/derive.h. */
struct derive;
struct name_index;
struct budget_server;
struct budget_values;
struct yaml_node;

struct budget {
    const char *id, *title, *why, *fix, *owner; /**< all but id may be NULL */
    struct probe_texts tags, after;
    enum budget_severity severity;
    enum budget_inconclusive on_inconclusive;
    double confidence; /**< 0.95 */
    struct budget_runs runs;
    double time_limit, timeout; /**< seconds */
    struct waiver waiver;
    struct place place; /**< of its id */
    const char *file;   /**< the budget file it stands in, as reports name it */

    /* exactly one of probe, of, derive */
    const struct probe *probe;
    const char *of;              /**< id of the budget whose measurement is judged */
    const struct derive *derive; /**< expression over other budgets */
    size_t source;               /**< with `of`: index of that budget in the set */

    struct probe_texts targets; /**< of the probe, ${} filled in */
    const char *target_text;    /**< as the report shows it: ${env:NAME} as written; of `of` the
                                   source's, of derive the expression */
    const void *config;         /**< the probe's options, bound */
    const char *options;        /**< fingerprint of those that are not at their fallbacks, to know
                                   whether two reports measured alike; NULL: a secret is among them,
                                   or the report that it was read from did not hold it */
    const char *directory;      /**< absolute */
    struct metrics metrics; /**< of the probe with what its options declare; of `of`: the source's;
                               of derive: `value` */
    const struct budget_server *server; /**< that it names; NULL: none. Its metrics are the last of
                                           `metrics` (budget/server.h) */
    bool fresh;                         /**< the server is started anew for it */
    const bool *needs; /**< by server: it must run while this is measured; NULL: none does */
    const struct budget *during; /**< the budget of the set it runs alongside; NULL: none */
    const bool *wanted;     /**< by metric: some limit of this or of a leaning budget needs it */
    const bool *explaining; /**< by metric: not wanted, but a part of one that is; NULL: none */

    struct limit *limits; /**< in the order written; a pattern row once */
    size_t limit_count;
    const struct limit
        *originals; /**< the limits without the waiver; as `limits` where none is live */
    size_t original_count;

    const struct budget_values *values; /**< its keys, defaults laid under, as bound */
    const struct yaml_node *written;    /**< the same as a map; variables not filled in */
    double kilobyte;                    /**< of its file: 1000 or 1024 */
    bool secret; /**< values of the environment went into the target or `with` */

    bool selected;       /**< runs and is judged */
    bool leaned_on;      /**< runs because a selected budget leans on it, without rows of its own */
    const char *skipped; /**< why it is not selected: "not in --only", "--skip", "enabled: false",
                            "no limits of its own"; NULL when selected */
};

/** One budget file that took part. */
struct budget_file {
    const char *path; /**< relative to the root where it lies below, else absolute */
    const char *sha256;
    const char *folder;           /**< absolute */
    bool root;                    /**< named, not included */
    const struct yaml_node *tree; /**< as read */
    const struct yaml_node *vars; /**< with those of the profiles; may be NULL */
};

struct budget_set {
    struct arena *arena;
    const char *project;           /**< NULL where no file says */
    const char *root;              /**< absolute */
    struct probe_texts build;      /**< argv of `build`; none where no file says */
    const char *build_directory;   /**< absolute: where it runs */
    bool outside;                  /**< --allow-outside */
    struct budget_server *servers; /**< see budget/server.h */
    size_t server_count;
    struct budget *budgets; /**< in the order of files and within them */
    size_t count;
    struct budget_file *files;
    size_t file_count;
    struct probe_texts profiles;
    struct probe_pairs secrets;     /**< environment variables filled in, and those whose names say
                                       that they are secrets, with their values: what a report must
                                       never show */
    const struct name_index *index; /**< positions by id; NULL: budget_position looks one by one */
};

/**
 * Reads, includes, merges, fills in, checks and resolves. All mistakes of all files in one call. On
 * failure the set is not to be used. Warnings (an expired waiver) go to diags as well.
 */
bool budget_load(struct arena *arena, const struct budget_request *request, struct budget_set *set,
                 struct diags *diags);

/** Position of the budget with that id, or set->count. */
size_t budget_position(const struct budget_set *set, const char *id);

/** Whether one of its limits is on the metric with that number. */
bool budget_limits_metric(const struct budget *budget, uint32_t metric);

/** The budget with that id, or NULL. */
const struct budget *budget_find(const struct budget_set *set, const char *id);

/** Whether two budgets of one probe were given the same options, as far as that is known. */
bool options_alike(const struct budget *a, const struct budget *b);

#endif
