#include <string.h>

#include "base/array.h"
#include "budget/derive.h"
#include "budget/loading.h"
#include "budget/server.h"

static bool budget_answers(const struct budget *budget, const char *word) {
    if (strcmp(budget->id, word) == 0) return true;
    for (size_t i = 0; i < budget->tags.count; i++)
        if (strcmp(budget->tags.items[i], word) == 0) return true;
    return false;
}

static bool budget_named(const struct budget *budget, const struct probe_texts *words) {
    for (size_t i = 0; i < words->count; i++)
        if (budget_answers(budget, words->items[i])) return true;
    return false;
}

static void words_check(struct loading *l, const char *option, const struct probe_texts *words) {
    for (size_t w = 0; w < words->count; w++) {
        const char **names = NULL;
        size_t count = 0;
        bool known = false;
        for (size_t i = 0; i < l->set->count && !known; i++) {
            const struct budget *budget = &l->set->budgets[i];
            known = budget_answers(budget, words->items[w]);
            *array_add(l->arena, names, count) = budget->id;
            for (size_t t = 0; t < budget->tags.count; t++)
                *array_add(l->arena, names, count) = budget->tags.items[t];
        }
        if (known) continue;
        diag_error(l->diags, BUDGET_SELECTION, NO_PLACE,
                   hint_nearest(l->arena, words->items[w], names, count),
                   "%s %s: no budget has this id or tag", option, quote(l->arena, words->items[w]));
    }
}

/* Why the budget is not judged, or NULL. */
static const char *skip_reason(const struct loading *l, const struct draft *draft,
                               const struct budget *budget) {
    const struct budget_request *request = l->request;
    if (draft->disabled) return "enabled: false";
    if (request->only.count && !budget_named(budget, &request->only)) return "not in --only";
    if (budget_named(budget, &request->skip)) return "--skip";
    if (budget->limit_count == 0) return "no limits of its own";
    return NULL;
}

static void wanted_add(struct loading *l, size_t number, uint32_t metric) {
    ((bool *)l->set->budgets[number].wanted)[metric] = true;
}

/* Depth is bounded by DERIVE_NODES_MAX. */
static void operands_want(struct loading *l, const struct derive_node *node) {
    if (!node) return;
    if (node->kind == DERIVE_OPERAND) wanted_add(l, node->budget, node->operand.metric);
    operands_want(l, node->left);
    operands_want(l, node->right);
}

static void limits_want(struct loading *l, size_t number) {
    const struct budget *budget = &l->set->budgets[number];
    for (size_t i = 0; i < budget->limit_count; i++)
        wanted_add(l, number, budget->limits[i].metric);
    if (budget->derive) operands_want(l, budget->derive->root);
    /* of a budget that only runs so that another can run alongside, its first metric will do */
    if (budget->during && budget->during->metrics.count)
        wanted_add(l, (size_t)(budget->during - l->set->budgets), 0);
}

/* Everything the budget leans on, whether directly or not, runs. */
static void leaned_mark(struct loading *l, size_t number) {
    size_t *open = NULL, count = 0;
    *array_add(l->arena, open, count) = number;
    while (count > 0) {
        const struct draft *draft = &l->drafts[open[--count]];
        for (size_t i = 0; i < draft->lean_count; i++) {
            struct budget *source = &l->set->budgets[draft->leans[i]];
            if (source->leaned_on) continue;
            source->leaned_on = true;
            *array_add(l->arena, open, count) = draft->leans[i];
        }
    }
}

static void wanted_make(struct loading *l, struct budget *budget) {
    if (budget->of) return;
    budget->wanted = arena_alloc(l->arena, (budget->metrics.count + 1) * sizeof(bool));
    budget->explaining = arena_alloc(l->arena, (budget->metrics.count + 1) * sizeof(bool));
}

/* What the wanted metrics are made of is measured with them: a report that passes is the baseline
 * of one that fails. */
static void parts_want(struct budget *budget) {
    bool *explaining = (bool *)budget->explaining;
    for (size_t i = 0; i < budget->metrics.count; i++) {
        const char *const *parts = budget->metrics.items[i]->parts;
        for (size_t p = 0; budget->wanted[i] && parts && parts[p]; p++) {
            int number = metric_find(&budget->metrics, parts[p]);
            if (number >= 0 && !budget->wanted[number]) explaining[number] = true;
        }
    }
}

static void wanted_share(struct budget *budget, const struct budget *source) {
    budget->wanted = source->wanted;
    budget->explaining = source->explaining;
}

/* What of the budget runs a program, or NULL. */
static const char *executes(struct loading *l, const struct budget *budget) {
    if (!budget->probe) return NULL;
    if (budget->probe->needs & PROBE_EXECUTES) return "runs a program";
    for (size_t i = 0; budget->needs && i < l->set->server_count; i++)
        if (budget->needs[i])
            return text_format(l->arena, "starts the server %s",
                               quote(l->arena, l->set->servers[i].name));
    return NULL;
}

static void exec_check(struct loading *l, const struct budget *budget) {
    const char *what = executes(l, budget);
    if (!what) return;
    diag_error(l->diags, BUDGET_NO_EXEC, budget->place,
               budget->selected ? "leave it out with --skip, or allow execution when you trust "
                                  "the budget file"
                                : "a selected budget leans on it",
               "the budget %s %s, and %s forbids it", quote(l->arena, budget->id), what,
               l->request->untrusted ? "--untrusted" : "--no-exec");
}

void selection_resolve(struct loading *l) {
    struct budget_set *set = l->set;
    words_check(l, "--only", &l->request->only);
    words_check(l, "--skip", &l->request->skip);
    for (size_t i = 0; i < set->count; i++) {
        struct budget *budget = &set->budgets[i];
        budget->skipped = skip_reason(l, &l->drafts[i], budget);
        budget->selected = !budget->skipped;
        wanted_make(l, budget);
    }
    for (size_t i = 0; i < set->count; i++)
        if (set->budgets[i].of)
            wanted_share(&set->budgets[i], &set->budgets[set->budgets[i].source]);
    for (size_t i = 0; i < set->count; i++) {
        if (!set->budgets[i].selected) continue;
        limits_want(l, i);
        leaned_mark(l, i);
    }
    for (size_t i = 0; i < set->count; i++)
        if (set->budgets[i].probe) parts_want(&set->budgets[i]);
    for (size_t i = 0; i < set->count; i++) {
        struct budget *budget = &set->budgets[i];
        if (budget->selected) budget->leaned_on = false;
        if (!budget->selected && !budget->leaned_on) continue;
        if (l->request->no_exec) exec_check(l, budget);
        if (l->request->untrusted) untrusted_check(l, budget);
    }
}
