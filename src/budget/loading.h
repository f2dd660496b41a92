/** What the stages of budget_load share while they work; private to src/budget. */
#ifndef BUDGET_LOADING_H
#define BUDGET_LOADING_H

#include "base/quote.h"
#include "base/text.h"
#include "budget/budget.h"
#include "budget/draft.h"
#include "schema/bind.h"
#include "yaml/yaml.h"

struct server_draft;

/** The state of it all. */
struct loading {
    struct arena *arena;
    const struct budget_request *request;
    struct budget_set *set;
    struct diags *diags;
    struct source *sources;
    size_t source_count;
    struct name_index paths; /**< real paths of sources */
    struct server_draft *server_drafts;
    size_t own_server; /**< whose values are filled in now, or SERVER_NONE */
    bool *needs;       /**< by server: named in what was filled in since this was set */
    struct draft *drafts;
    struct name_index *ids;     /**< of set->budgets */
    struct probe_pair *secrets; /**< environment values filled in */
    size_t secret_count;
    struct place *secret_places; /**< of the values they were filled in to */
    size_t secret_place_count;
    size_t filled;                  /**< bytes so far */
    struct budget_values fallbacks; /**< of the budget keys */
    double confidence, time_limit;  /**< of the command line; 0: not given */
};

/* sources.c: which files, reading them, includes. */
void sources_collect(struct loading *l);

/* header.c: the keys of a file besides its budgets; profiles laid over vars and defaults. */
void header_read(struct loading *l, size_t source);
/** After all headers: --profile and --set name something. */
void headers_check(struct loading *l);

/* loading.c: what is looked up by a place or a name. */
/** The profile of that name in a file, where it is a map; else NULL. */
const struct yaml_node *profile_of(const struct source *source, const char *name);
bool profile_active(const struct loading *l, const char *name);
/** The source a place stands in; the first where there is none. */
const struct source *source_of(const struct loading *l, struct place place);
struct field_context field_context_of(const struct loading *l, struct place place,
                                      struct diags *diags);

/* keys.c: unknown, misplaced and unbuilt keys; kinds of values. */
/** The value under a key where it is a map that is not empty; else NULL. Silent. */
const struct yaml_node *map_get(const struct yaml_node *map, const char *key);
/** Whether it is a map that is not empty; else an error that names `what`. */
bool is_map(const struct loading *l, const struct yaml_node *node, const char *what);
/** A plain `null`: removes, or is as if the key were not there. */
bool is_null(const struct yaml_node *node);
/** Checks the key of a pair against `keys`; NULL for a probe's name (`probe` is set) or after an
 * error. */
const struct budget_key *key_check(struct loading *l, const struct budget_keys *keys,
                                   const struct yaml_node *key, const struct probe **probe);
/** "did you mean `x`?", or NULL. */
const char *hint_nearest(struct arena *arena, const char *word, const char *const *candidates,
                         size_t count);

/* options.c: what a measurement was made with. */
/** Of the bound options of a budget with a probe; 32 hexadecimal digits. */
const char *options_fingerprint(struct arena *arena, const struct budget *budget);

/* fill.c: variables and the environment. */
/** A copy with `${}` filled in, each value by the file it stands in; the same node where there is
 * nothing to fill in. `secret` is set where values of the environment went in; NULL: the value will
 * be shown, so they are refused. After an error the text stays as it is. */
const struct yaml_node *fill(struct loading *l, const struct yaml_node *node, bool *secret);
/** As the report may show it: `${env:NAME}` left as written. */
const char *fill_shown(struct loading *l, const struct yaml_node *scalar);
/** Replaces the values of the environment in diagnostics from `first` on by their names. */
void diags_redact(struct loading *l, size_t first);

/* secrets.c: what no report may show. */
/** Adds the variables of the environment that are secrets by their names. */
void secrets_join(struct loading *l);

/* untrusted.c: what a stranger's budgets may not ask for. */
/** Adds an error for each bound of --untrusted that the budget asks to exceed, and each host that
 * is not allowed. */
void untrusted_check(struct loading *l, const struct budget *budget);
/** Whether --allow-env names the variable. */
bool untrusted_environment(const struct loading *l, const char *name);

/* drafts.c: ids, profiles laid over budgets. */
void drafts_collect(struct loading *l);
/** Checks what profiles that were not asked for would make of the budgets they name. */
void profiles_try(struct loading *l);
/** Number of the budget with that id, or NAME_NONE with an error that suggests one. */
size_t budget_number(struct loading *l, const char *id, struct place place, const char *what);

/* resolve.c: one budget from its layers. */
/** Fills `budget` from the draft, up to its metrics; limits come later. */
void budget_resolve(struct loading *l, struct draft *draft, struct budget *budget);

/* lean.c: of, derive, after. */
void leaning_resolve(struct loading *l);

/* limits.c: limits of all layers, waiver. */
void limits_resolve(struct loading *l, struct draft *draft, struct budget *budget);

/* select.c: which budgets run, and what is wanted of them. */
void selection_resolve(struct loading *l);

#endif
