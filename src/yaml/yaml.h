/** YAML text to nodes that know their place; strict, bounded, and every scalar is text. */
#ifndef YAML_YAML_H
#define YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };

struct yaml_node {
    enum yaml_kind kind;
    struct place place;
    bool plain;              /**< a scalar written without quotes and not as a block */
    bool flow;               /**< a map or list written in { } or [ ] */
    const char *text;        /**< of a scalar; never NULL, holds no NUL; "" may be an empty value */
    struct yaml_pair *pairs; /**< of a map, in the order written; keys are unique scalars */
    struct yaml_node **items; /**< of a list */
    size_t count;
};

struct yaml_pair {
    struct yaml_node *key, *value;
};

/** The bounds of one read; all of them are listed by `perfbudget limits`. */
struct yaml_bounds {
    size_t bytes, depth, nodes, scalar, alias_nodes;
    size_t mistakes; /**< how many are listed of one file */
};
extern const struct yaml_bounds yaml_bounds_default; /**< 1 MiB, 64, 10,000, 64 KiB, 10,000, 100 */

/**
 * Reads one document through libyaml's event API. `name` is what places call the file. Aliases are
 * expanded by sharing and counted as if copied. Refused with a message of their own: tags,
 * directives, merge keys, `?` keys, a second document, duplicate keys (both places), keys that are
 * no scalars, tabs between texts, UTF-16, NUL, too deep, too many; and the traps of YAML: an
 * unquoted > | * & ! % @ ` where a value was meant, {a,b} and ${..} in flow maps, 10,000 in a flow
 * map, ` #123` that became a comment. Goes on after a mistake where it can: a trap that libyaml
 * ends at is blanked out and the file read again, so that one call reports as much as possible; the
 * mistakes stand in the order of the file. Places carry their source line up to 200 bytes; further
 * right there is none. On failure *root is NULL. An empty document gives an error.
 */
bool yaml_read(struct arena *arena, const char *name, const char *bytes, size_t length,
               const struct yaml_bounds *bounds, struct yaml_node **root, struct diags *diags);

/** The value of a key in a map, or NULL. `map` may be NULL or no map. */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/** The pair of a key in a map, or NULL. */
struct yaml_pair *yaml_pair_of(const struct yaml_node *map, const char *key);
/** "a text", "a map", "a list" for messages. */
const char *yaml_kind_text(const struct yaml_node *node);

/**
 * Lays `over` upon `under` and returns the result (neither is changed): maps merge deep, lists and
 * scalars replace, a plain `null` removes. Places of the winner. Pairs keep the order of `under`,
 * new ones follow.
 */
struct yaml_node *yaml_merge(struct arena *arena, const struct yaml_node *under,
                             const struct yaml_node *over);

#endif
