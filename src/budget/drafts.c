#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "budget/loading.h"

static bool id_check(struct loading *l, const struct yaml_node *key) {
    const char *id = key->text;
    bool good = isalnum((unsigned char)id[0]);
    for (size_t i = 0; id[i] && good; i++)
        good = isalnum((unsigned char)id[i]) || id[i] == '-' || id[i] == '_';
    if (good) return true;
    return diag_error(l->diags, BUDGET_ID, key->place,
                      "use letters, digits, - and _, and begin with a letter or digit",
                      "%s is no id of a budget", quote(l->arena, id));
}

static void draft_add(struct loading *l, size_t source, const struct yaml_pair *pair) {
    struct budget_set *set = l->set;
    const char *id = pair->key->text;
    if (!id_check(l, pair->key)) return;
    if (!name_index_add(l->ids, id, set->count)) {
        const struct budget *first = &set->budgets[name_index_find(l->ids, id)];
        diag_error(l->diags, BUDGET_DUPLICATE, pair->key->place, "give one of them another id",
                   "there is a budget %s already, at %s", quote(l->arena, id),
                   place_text(l->arena, first->place));
        return;
    }
    size_t drafts = set->count;
    struct draft *draft = array_add(l->arena, l->drafts, drafts);
    struct budget *budget = array_add(l->arena, set->budgets, set->count);
    *budget = (struct budget){.id = id, .place = pair->key->place};
    draft->source = source;
    if (is_map(l, pair->value, "a budget")) draft->layers[draft->layer_count++] = pair->value;
}

size_t budget_number(struct loading *l, const char *id, struct place place, const char *what) {
    size_t number = name_index_find(l->ids, id);
    if (number != NAME_NONE) return number;
    const char **names = arena_alloc(l->arena, (l->set->count + 1) * sizeof *names);
    for (size_t i = 0; i < l->set->count; i++) names[i] = l->set->budgets[i].id;
    diag_error(l->diags, BUDGET_REFERENCE, place, hint_nearest(l->arena, id, names, l->set->count),
               "%s: there is no budget %s", what, quote(l->arena, id));
    return NAME_NONE;
}

static void overlay_add(struct loading *l, const struct yaml_pair *pair) {
    size_t number = budget_number(l, pair->key->text, pair->key->place, "the profile");
    if (number == NAME_NONE || !is_map(l, pair->value, "what a profile lays over a budget")) return;
    struct draft *draft = &l->drafts[number];
    if (draft->layer_count > 0 && draft->layer_count < LAYERS_MAX - 1)
        draft->layers[draft->layer_count++] = pair->value;
}

static void overlays_collect(struct loading *l, const char *profile) {
    for (size_t s = 0; s < l->source_count; s++) {
        const struct yaml_node *over = map_get(profile_of(&l->sources[s], profile), "budgets");
        for (size_t i = 0; over && i < over->count; i++) overlay_add(l, &over->pairs[i]);
    }
}

void drafts_collect(struct loading *l) {
    for (size_t s = 0; s < l->source_count; s++) {
        const struct yaml_node *budgets = map_get(l->sources[s].tree, "budgets");
        for (size_t i = 0; budgets && i < budgets->count; i++) draft_add(l, s, &budgets->pairs[i]);
    }
    for (size_t i = 0; i < l->request->profiles.count; i++)
        overlays_collect(l, l->request->profiles.items[i]);
}

/* What an inactive profile would make of one budget; thrown away, only its mistakes count. */
static void overlay_try(struct loading *l, const struct yaml_pair *pair) {
    size_t number = budget_number(l, pair->key->text, pair->key->place, "the profile");
    if (number == NAME_NONE || !is_map(l, pair->value, "what a profile lays over a budget")) return;
    const struct budget *real = &l->set->budgets[number];
    struct draft draft = l->drafts[number];
    struct budget budget = {.id = real->id, .place = real->place};
    if (draft.layer_count == 0) return;
    draft.layers[1] = pair->value;
    draft.layer_count = 2; /* without the profiles that were asked for */
    budget_resolve(l, &draft, &budget);
    if (!budget.probe) {
        budget.metrics = real->metrics;
        draft.known = l->drafts[number].known && text_equal(budget.of, real->of) &&
                      text_equal(draft.values.derive, l->drafts[number].values.derive);
    }
    limits_resolve(l, &draft, &budget);
}

void profiles_try(struct loading *l) {
    for (size_t s = 0; s < l->source_count; s++) {
        const struct yaml_node *profiles = map_get(l->sources[s].tree, "profiles");
        if (!l->sources[s].root || !profiles) continue;
        for (size_t p = 0; p < profiles->count; p++) {
            if (profile_active(l, profiles->pairs[p].key->text)) continue;
            const struct yaml_node *over = map_get(profiles->pairs[p].value, "budgets");
            for (size_t i = 0; over && i < over->count; i++) overlay_try(l, &over->pairs[i]);
        }
    }
}
