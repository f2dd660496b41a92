#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "yaml/yaml.h"

struct yaml_pair *yaml_pair_of(const struct yaml_node *map, const char *key) {
    if (!map || map->kind != YAML_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->pairs[i].key->text, key) == 0) return &map->pairs[i];
    return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key) {
    const struct yaml_pair *pair = yaml_pair_of(map, key);
    return pair ? pair->value : NULL;
}

const char *yaml_kind_text(const struct yaml_node *node) {
    static const char *const words[] = {
        [YAML_SCALAR] = "a text", [YAML_MAP] = "a map", [YAML_LIST] = "a list"};
    return words[node->kind];
}

static bool removes(const struct yaml_node *node) {
    return node->kind == YAML_SCALAR && node->plain && strcmp(node->text, "null") == 0;
}

static struct yaml_node *copy_of(struct arena *arena, const struct yaml_node *node) {
    struct yaml_node *copy = arena_new_object(arena, struct yaml_node);
    *copy = *node;
    return copy;
}

/* A map of its own with the pairs of `from` that are not in `map` yet, nulls left out. */
static void add_new_pairs(struct arena *arena, struct yaml_node *map, const struct yaml_node *from,
                          const struct yaml_node *under) {
    for (size_t i = 0; i < from->count; i++) {
        const struct yaml_pair *pair = &from->pairs[i];
        if (removes(pair->value) || yaml_pair_of(under, pair->key->text)) continue;
        struct yaml_node *value = yaml_merge(arena, NULL, pair->value);
        *array_add(arena, map->pairs, map->count) = (struct yaml_pair){pair->key, value};
    }
}

/* Depth is bounded by the reader's bound on nesting. */
struct yaml_node *yaml_merge(struct arena *arena, const struct yaml_node *under,
                             const struct yaml_node *over) {
    if (!over) return under ? copy_of(arena, under) : NULL;
    struct yaml_node *merged = copy_of(arena, over);
    if (over->kind != YAML_MAP) return merged;
    merged->pairs = NULL;
    merged->count = 0;
    if (under && under->kind != YAML_MAP) under = NULL;
    for (size_t i = 0; under && i < under->count; i++) {
        struct yaml_pair pair = under->pairs[i];
        const struct yaml_pair *winner = yaml_pair_of(over, pair.key->text);
        if (winner && removes(winner->value)) continue;
        if (winner)
            pair = (struct yaml_pair){winner->key, yaml_merge(arena, pair.value, winner->value)};
        *array_add(arena, merged->pairs, merged->count) = pair;
    }
    add_new_pairs(arena, merged, over, under);
    return merged;
}
