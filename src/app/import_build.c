#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "app/import_parts.h"

enum { ID_LENGTH = 60 };

static bool id_taken(const struct importing *i, const char *id) {
    for (size_t b = 0; b < i->budget_count; b++)
        if (strcmp(i->budgets[b]->id, id) == 0) return true;
    return false;
}

/* Letters and digits, with one - for whatever stands between. */
static const char *id_of(struct importing *i, const char *name) {
    struct text id = text_begin(i->arena);
    for (const char *c = name; *c && id.length < ID_LENGTH; c++) {
        if (isalnum((unsigned char)*c))
            text_add_char(&id, (char)tolower((unsigned char)*c));
        else if (id.length && id.data[id.length - 1] != '-')
            text_add_char(&id, '-');
    }
    while (id.length && id.data[id.length - 1] == '-') id.data[--id.length] = '\0';
    const char *base = id.length ? id.data : "budget";
    if (!id_taken(i, base)) return base;
    for (int n = 2;; n++) {
        const char *numbered = text_format(i->arena, "%s-%d", base, n);
        if (!id_taken(i, numbered)) return numbered;
    }
}

struct import_budget *import_add(struct importing *i, const char *name, const char *probe) {
    struct import_budget *budget = arena_new_object(i->arena, struct import_budget);
    budget->id = id_of(i, name);
    budget->probe = probe;
    *array_add(i->arena, i->budgets, i->budget_count) = budget;
    return budget;
}

void import_target(struct importing *i, struct import_budget *budget, const char *target) {
    *array_add(i->arena, budget->targets, budget->target_count) = target;
}

void import_bound(struct importing *i, struct import_budget *budget, const char *key,
                  const char *kind, const char *value) {
    for (size_t l = 0; l < budget->limit_count; l++)
        if (strcmp(budget->limits[l].key, key) == 0 && strcmp(budget->limits[l].kind, kind) == 0) {
            import_leave(i, NO_PLACE, "a second bound on %s: %s", key, value);
            return;
        }
    *array_add(i->arena, budget->limits, budget->limit_count) =
        (struct import_limit){key, kind, value};
}

void import_key(struct importing *i, struct import_budget *budget, const char *key,
                const char *value) {
    *array_add(i->arena, budget->keys, budget->key_count) = (struct import_pair){key, value};
}

void import_option(struct importing *i, struct import_budget *budget, const char *key,
                   const char *value) {
    *array_add(i->arena, budget->with, budget->with_count) = (struct import_pair){key, value};
}

void import_variable(struct importing *i, const char *name, const char *guess) {
    for (size_t v = 0; v < i->var_count; v++)
        if (strcmp(i->vars[v].key, name) == 0) return;
    *array_add(i->arena, i->vars, i->var_count) = (struct import_pair){name, guess};
}

void import_leave(struct importing *i, struct place place, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *what = text_format_list(i->arena, format, list);
    va_end(list);
    *array_add(i->arena, i->left, i->left_count) = (struct import_left){place, what};
    diag_warning(i->diags, IMPORT_LEFT, place, NULL, "not carried over: %s", what);
}

void import_leave_others(struct importing *i, const struct yaml_node *map,
                         const char *const *known) {
    for (size_t p = 0; p < map->count; p++) {
        const char *key = map->pairs[p].key->text;
        bool found = false;
        for (size_t k = 0; known[k] && !found; k++) found = strcmp(known[k], key) == 0;
        if (!found)
            import_leave(i, map->pairs[p].key->place, "%s has no counterpart",
                         quote(i->arena, key));
    }
}

bool import_wrong(struct importing *i, const struct yaml_node *node, const char *expected) {
    const char *found =
        node->kind == YAML_SCALAR ? quote(i->arena, node->text) : yaml_kind_text(node);
    return diag_error(i->diags, IMPORT_VALUE, node->place,
                      text_format(i->arena, "%s reads %s", i->tool, expected), "%s cannot be read",
                      found);
}

bool import_has(const struct importing *i, const char *probe) {
    return registry_find(i->request->budget.registry, probe) != NULL;
}

const char *import_text_of(const struct yaml_node *node) {
    return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

bool import_is(const struct yaml_node *node, const char *word) {
    return node && node->kind == YAML_SCALAR && node->plain && strcmp(node->text, word) == 0;
}

bool import_is_map(const struct yaml_node *node) {
    return node && node->kind == YAML_MAP;
}

bool import_is_list(const struct yaml_node *node) {
    return node && node->kind == YAML_LIST;
}

const char *import_glob(struct arena *arena, const char *glob) {
    bool negated = *glob == '!';
    const char *path = glob + negated;
    while (text_starts(path, "./")) path += 2;
    for (const char *c = path; *c; c++)
        if (c[1] == '(' && strchr("+@?*!", *c)) return NULL;
    if (strpbrk(path, "[]\\") || *path == '\0') return NULL;
    path = import_escape(arena, path);
    return negated ? text_format(arena, "!%s", path) : path;
}
