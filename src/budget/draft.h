/** Files and budgets on their way from nodes to what they mean; private to src/budget. */
#ifndef BUDGET_DRAFT_H
#define BUDGET_DRAFT_H

#include "budget/budget.h"
#include "budget/budget_schema.h"
#include "budget/name_index.h"
#include "yaml/yaml.h"

/** One budget file being loaded. */
struct source {
    const char *name;   /**< as places call it, as the user named it */
    const char *path;   /**< absolute; "-" for standard input */
    const char *folder; /**< absolute, of the file */
    bool root;          /**< named to perfbudget, not only included */
    const char *sha256;
    const struct yaml_node *tree;     /**< NULL where the file could not be read */
    const struct yaml_node *vars;     /**< with those of the profiles and --set; may be NULL */
    const struct yaml_node *defaults; /**< with those of the profiles; may be NULL */
    const struct yaml_node *common;   /**< the defaults that are budget keys; may be NULL */
    struct name_index var_index;      /**< into vars->pairs */
    struct file_values values;
    double kilobyte;
    const char *directory; /**< absolute */
};

/** A budget has a layer of its own, one of each profile, and one to try. */
enum { LAYERS_MAX = BUDGET_PROFILES_MAX + 2 };

/** One budget being loaded; beside set->budgets, with the same number. */
struct draft {
    size_t source;
    const struct yaml_node *layers[LAYERS_MAX]; /**< its own map, then those of profiles */
    size_t layer_count;
    const struct yaml_node *merged; /**< all layers over the defaults; values not filled in */
    struct budget_values values;
    struct place derive_place, of_place;
    bool disabled;
    bool known;    /**< metrics are known, so that limits can be read */
    bool partial;  /**< metrics that options declare may be lacking */
    bool limited;  /**< has limits, or may have them */
    bool circular; /**< leans or waits in a circle */
    bool leaned;   /**< some budget leans on it, selected or not */
    bool secret;   /**< values of the environment were filled in */
    size_t *leans; /**< budgets whose measurements it needs: `of`, operands of `derive` */
    size_t lean_count;
    size_t *waits; /**< `after` */
    size_t wait_count;
};

#endif
