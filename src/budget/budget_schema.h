/** The one table of budget-file keys: binding, did-you-mean, and whatever else describes the format
 * (JSON Schema, reference, `explain`, completion) walks these rows. */
#ifndef BUDGET_BUDGET_SCHEMA_H
#define BUDGET_BUDGET_SCHEMA_H

#include "perfbudget/probe.h"

/** What a key's value looks like. Nested shapes have `children`. */
enum key_shape {
    KEY_VALUE,        /**< what option.type says, bound by schema/bind */
    KEY_MAP,          /**< a map with the keys of `children` */
    KEY_VALUE_OR_MAP, /**< one value of option.type, or a map with the keys of `children` */
    KEY_NAMED,        /**< names of the author's own, each with a map with the keys of `children` */
    KEY_NAMED_TEXTS,  /**< names of the author's own, each with a text (vars) */
    KEY_LIMITS,  /**< limit keys, each with a bare bound or a map with the keys of `children` */
    KEY_OPTIONS, /**< the options of the budget's probe (with) */
};

/** Rules that go with a key, or-ed. */
enum key_rule {
    KEY_REQUIRED = 1,
    KEY_ROOT_FILE = 2,  /**< only in a file named to perfbudget, not in included ones */
    KEY_NO_DEFAULT = 4, /**< not below `defaults` */
    KEY_MEASURING = 8,  /**< only where a probe measures: not in `of` and `derive` budgets */
    KEY_SUBJECT = 16,   /**< says what is judged; a budget has exactly one of these or a probe */
    KEY_DERIVED = 32,   /**< only beside `derive` */
};

struct budget_keys;

/** One key. `option` comes first, so that rows serve as bind_map's with row_size sizeof(struct
 * budget_key). `option.fallback` NULL means required only together with KEY_REQUIRED. */
struct budget_key {
    struct probe_option option;
    enum key_shape shape;
    unsigned rules;                     /**< enum key_rule */
    const char *example;                /**< a value as an author writes it, in flow style */
    const struct budget_keys *children; /**< NULL where the shape has none */
};

/** The keys of one map. */
struct budget_keys {
    const char *name; /**< what messages and docs call the map: "a budget", "a waiver" */
    const char *help; /**< one sentence on the map */
    const struct budget_key *rows;
    size_t count;
    unsigned without; /**< rows with any of these rules are no keys here (defaults) */
    bool probes;      /**< names of probes are keys too: with the target as value in a budget, with
                         options as value in `defaults` */
};

extern const struct budget_keys budget_keys_file;     /**< the whole file: where a walk begins */
extern const struct budget_keys budget_keys_profile;  /**< one profile */
extern const struct budget_keys budget_keys_defaults; /**< `defaults` */
extern const struct budget_keys budget_keys_budget;   /**< one budget */
extern const struct budget_keys budget_keys_runs;     /**< `runs` as a map */
extern const struct budget_keys budget_keys_bounds;   /**< one limit as a map */
extern const struct budget_keys budget_keys_waiver;   /**< `waiver` */
extern const struct budget_keys budget_keys_server;   /**< one server */
extern const struct budget_keys budget_keys_ready;    /**< `ready` as a map */

/** The row of that name, or NULL. Rows the map is `without` are not found. */
const struct budget_key *budget_key_find(const struct budget_keys *keys, const char *name);
/** Whether the map has the row (its `without` spares it). */
bool budget_key_stands(const struct budget_keys *keys, const struct budget_key *row);

/* What the rows of KEY_VALUE bind to. */

struct file_values {
    int version, kilobyte; /**< choices: 0 is version 1; kilobyte 0 is 1000, 1 is 1024 */
    const char *project, *directory;
    struct probe_texts include, env, build;
};

struct budget_values {
    const char *title, *why, *fix, *owner;
    struct probe_texts tags, after;
    int severity, on_inconclusive; /**< enum budget_severity, enum budget_inconclusive */
    int better;                    /**< enum probe_better, of `derive` */
    bool enabled;
    const char *of, *derive, *server, *during;
    bool fresh;
    int64_t runs;
    double time_limit, timeout, confidence;
};

struct runs_values {
    int64_t min, max;
};

struct server_values {
    struct probe_texts command;
    const char *ready, *directory;
    bool shell;
    int64_t port;
    int scheme; /**< enum server_scheme */
    double timeout, grace;
    struct probe_pairs env;
};

struct ready_values {
    const char *path, *pattern;
    int64_t status;
};

struct waiver_values {
    const char *until, *reason;
};

/** Bounds on what one run reads, listed by `perfbudget limits`. */
enum {
    BUDGET_FILES_MAX = 64,
    BUDGET_PROFILES_MAX = 32, /**< --profile options at once */
    BUDGET_RUNS_MAX = 1000000,
    FILES_SECONDS = 600,          /**< `time_limit` and `timeout` of probes that only read files,
                                     where none is written: brotli takes 2 s a megabyte */
    UNTRUSTED_SECONDS = 60,       /**< --untrusted: `time_limit` and `timeout` of a budget */
    UNTRUSTED_RUN_SECONDS = 600,  /**< --untrusted: then no further budget begins */
    UNTRUSTED_BYTES = 1000000000, /**< --untrusted: `max_size` and the like */
    BUDGET_FILLED_MAX = 16 * 1024 * 1024, /**< bytes of all values with variables filled in */
};

#endif
