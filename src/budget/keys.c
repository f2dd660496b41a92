#include <string.h>

#include "base/array.h"
#include "base/suggest.h"
#include "budget/loading.h"

bool is_null(const struct yaml_node *node) {
    return node->kind == YAML_SCALAR && node->plain && strcmp(node->text, "null") == 0;
}

const struct yaml_node *map_get(const struct yaml_node *map, const char *key) {
    const struct yaml_node *node = yaml_get(map, key);
    return node && node->kind == YAML_MAP && node->count ? node : NULL;
}

bool is_map(const struct loading *l, const struct yaml_node *node, const char *what) {
    if (node->kind == YAML_MAP && node->count) return true;
    if (node->kind == YAML_MAP || (node->kind == YAML_SCALAR && node->text[0] == '\0'))
        return diag_error(l->diags, SCHEMA_EMPTY, node->place, NULL, "%s is empty", what);
    return diag_error(l->diags, SCHEMA_KIND, node->place, "write `key: value` lines below it",
                      "%s is a map of keys and values, and this is %s", what, yaml_kind_text(node));
}

const char *hint_nearest(struct arena *arena, const char *word, const char *const *candidates,
                         size_t count) {
    const char *near = suggest(word, candidates, count);
    return near ? text_format(arena, "did you mean %s?", quote(arena, near)) : NULL;
}

/* Where else a key would stand. */
static const char *hint_elsewhere(struct arena *arena, const char *word) {
    static const struct budget_keys *const maps[] = {
        &budget_keys_file,   &budget_keys_budget, &budget_keys_profile, &budget_keys_waiver,
        &budget_keys_bounds, &budget_keys_runs,   &budget_keys_server,  &budget_keys_ready,
    };
    if (strcmp(word, "probe") == 0 || strcmp(word, "target") == 0)
        return "the probe is the key and its target the value, as in `size: dist/*.js`";
    for (size_t i = 0; i < array_length(maps); i++)
        if (budget_key_find(maps[i], word))
            return text_format(arena, "it is a key of %s", maps[i]->name);
    return NULL;
}

static const char *hint_for_key(struct loading *l, const struct budget_keys *keys,
                                const char *word) {
    const char **words = NULL;
    size_t count = 0;
    for (size_t i = 0; i < keys->count; i++)
        if (budget_key_stands(keys, &keys->rows[i]))
            *array_add(l->arena, words, count) = keys->rows[i].option.name;
    const struct registry *registry = l->request->registry;
    for (size_t i = 0; keys->probes && i < registry->count; i++)
        *array_add(l->arena, words, count) = registry->probes[i]->name;
    const char *elsewhere = hint_elsewhere(l->arena, word);
    const char *hint = elsewhere ? elsewhere : hint_nearest(l->arena, word, words, count);
    if (!hint && keys->probes) hint = "where it is the probe of a plugin, pass `--plugin PATH`";
    return hint;
}

/* A key of the table that this map does without: defaults. */
static bool key_excluded(const struct budget_keys *keys, const char *word) {
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->rows[i].option.name, word) == 0) return true;
    return false;
}

/* Probes that the format promises; one that is registered is found before this is asked. */
static bool probe_promised(const char *word) {
    static const char *const names[] = {"browser"};
    for (size_t i = 0; i < array_length(names); i++)
        if (strcmp(names[i], word) == 0) return true;
    return false;
}

static void key_refuse(struct loading *l, const struct budget_keys *keys,
                       const struct yaml_node *key) {
    const char *hint = "write it in each budget";
    if (strcmp(key->text, "with") == 0)
        hint = "write the options below the name of their probe, as in `defaults: {command: "
               "{warmup: 2}}`";
    if (key_excluded(keys, key->text))
        diag_error(l->diags, BUDGET_MISPLACED, key->place, hint, "%s does not stand in %s",
                   quote(l->arena, key->text), keys->name);
    else
        diag_error(l->diags, SCHEMA_UNKNOWN_KEY, key->place, hint_for_key(l, keys, key->text),
                   "%s is no key of %s", quote(l->arena, key->text), keys->name);
}

const struct budget_key *key_check(struct loading *l, const struct budget_keys *keys,
                                   const struct yaml_node *key, const struct probe **probe) {
    const struct budget_key *row = budget_key_find(keys, key->text);
    *probe = keys->probes && !row ? registry_find(l->request->registry, key->text) : NULL;
    bool promised = keys->probes && !row && !*probe && probe_promised(key->text);
    if (promised) {
        diag_error(l->diags, BUDGET_NOT_BUILT, key->place, NULL,
                   "%s is not built yet in this version", quote(l->arena, key->text));
        return NULL;
    }
    if (!row && !*probe) key_refuse(l, keys, key);
    return row;
}
