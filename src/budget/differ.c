#include "budget/differ.h"

#include <string.h>

#include "base/array.h"
#include "yaml/yaml.h"

struct budget_change *change_add(struct differ *d, enum change_class class, const char *what) {
    struct budget_change *change = array_add(d->arena, d->diff->items, d->diff->count);
    const struct budget *budget = d->new ? d->new : d->old;
    *change = (struct budget_change){
        .class = class, .id = budget->id, .what = what, .place = budget->place};
    return change;
}

bool node_same(const struct yaml_node *a, const struct yaml_node *b) {
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->count != b->count) return false;
    if (a->kind == YAML_SCALAR) return strcmp(a->text, b->text) == 0;
    bool same = true;
    for (size_t i = 0; i < a->count && same; i++)
        same = a->kind == YAML_LIST
                   ? node_same(a->items[i], b->items[i])
                   : node_same(a->pairs[i].value, yaml_get(b, a->pairs[i].key->text));
    return same;
}

bool vars_same(const struct differ *d) {
    bool same = d->old_set->file_count == d->new_set->file_count;
    for (size_t i = 0; i < d->new_set->file_count && same; i++)
        same = node_same(d->old_set->files[i].vars, d->new_set->files[i].vars);
    return same;
}
