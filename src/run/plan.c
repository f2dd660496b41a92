#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "budget/derive.h"
#include "run/run.h"

/* How deep an expression may be walked; its parser allows less. */
enum { EXPRESSION_DEPTH_MAX = 1000 };

/* Budgets by id, to find what `after` names. */
struct named {
    const char *id;
    size_t budget;
};

struct planning {
    struct arena *arena;
    const struct budget_set *set;
    struct named *names;
    bool *accompanied; /* by budget: another runs during it */
    bool *done;        /* by budget: planned, or not run and nothing left to wait for */
    struct run_step *steps;
    size_t count, waves;
};

static int named_compare(const void *a, const void *b) {
    return strcmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static bool runs(const struct budget *budget) {
    return budget->probe && (budget->selected || budget->leaned_on);
}

/* A child process is waited for together with all others, so no two budgets may have some; a server
 * is started and ended between budgets. */
static bool alone(const struct planning *planning, size_t number) {
    const struct budget *budget = &planning->set->budgets[number];
    return planning->accompanied[number] || budget->needs ||
           (budget->probe->needs & (PROBE_QUIET | PROBE_EXECUTES)) != 0;
}

static bool waits_for_operand(const struct planning *planning, const struct derive_node *node,
                              int depth) {
    if (!node || depth > EXPRESSION_DEPTH_MAX) return false;
    if (node->kind == DERIVE_OPERAND) return !planning->done[node->budget];
    return waits_for_operand(planning, node->left, depth + 1) ||
           waits_for_operand(planning, node->right, depth + 1);
}

/* Whether something the budget must come after is still to be planned. */
static bool waits_itself(const struct planning *planning, const struct budget *budget) {
    for (size_t i = 0; i < budget->after.count; i++) {
        const struct named key = {.id = budget->after.items[i]};
        const struct named *found = bsearch(&key, planning->names, planning->set->count,
                                            sizeof *planning->names, named_compare);
        if (found && !planning->done[found->budget]) return true;
    }
    if (budget->of && !planning->done[budget->source]) return true;
    return budget->derive && waits_for_operand(planning, budget->derive->root, 0);
}

/* What runs alongside it may have to wait, too. */
static bool waits(const struct planning *planning, size_t number) {
    const struct budget_set *set = planning->set;
    if (waits_itself(planning, &set->budgets[number])) return true;
    for (size_t i = 0; planning->accompanied[number] && i < set->count; i++)
        if (set->budgets[i].during == &set->budgets[number] && runs(&set->budgets[i]) &&
            waits_itself(planning, &set->budgets[i]))
            return true;
    return false;
}

/* What measures nothing itself is done as soon as what it stands for is. */
static bool plan_unmeasured(struct planning *planning) {
    bool any = false;
    for (size_t i = 0; i < planning->set->count; i++) {
        const struct budget *budget = &planning->set->budgets[i];
        if (planning->done[i] || runs(budget) || waits(planning, i)) continue;
        planning->done[i] = any = true;
    }
    return any;
}

static void companions_add(struct planning *planning, size_t number) {
    const struct budget_set *set = planning->set;
    for (size_t i = 0; i < set->count; i++)
        if (set->budgets[i].during == &set->budgets[number] && runs(&set->budgets[i]))
            *array_add(planning->arena, planning->steps, planning->count) = (struct run_step){
                .budget = i, .quiet = true, .during = true, .wave = planning->waves};
}

/* The next wave: all that need no quiet and wait for nothing, or one that is run alone. */
static bool plan_wave(struct planning *planning, bool quiet) {
    size_t first = planning->count;
    for (size_t i = 0; i < planning->set->count; i++) {
        const struct budget *budget = &planning->set->budgets[i];
        if (planning->done[i] || !runs(budget) || budget->during || alone(planning, i) != quiet ||
            waits(planning, i))
            continue;
        *array_add(planning->arena, planning->steps, planning->count) =
            (struct run_step){.budget = i, .quiet = quiet, .wave = planning->waves};
        if (planning->accompanied[i]) companions_add(planning, i);
        if (quiet) break;
    }
    for (size_t i = first; i < planning->count; i++)
        planning->done[planning->steps[i].budget] = true;
    if (planning->count > first) planning->waves++;
    return planning->count > first;
}

size_t run_plan(struct arena *arena, const struct budget_set *set, struct run_step **steps) {
    struct planning planning = {.arena = arena, .set = set};
    planning.names = arena_alloc(arena, set->count * sizeof *planning.names);
    planning.done = arena_alloc(arena, set->count * sizeof *planning.done);
    planning.accompanied = arena_alloc(arena, set->count * sizeof *planning.accompanied);
    for (size_t i = 0; i < set->count; i++)
        if (set->budgets[i].during && runs(&set->budgets[i]))
            planning.accompanied[set->budgets[i].during - set->budgets] = true;
    for (size_t i = 0; i < set->count; i++)
        planning.names[i] = (struct named){set->budgets[i].id, i};
    if (set->count > 1) qsort(planning.names, set->count, sizeof *planning.names, named_compare);
    while (plan_unmeasured(&planning) || plan_wave(&planning, false) || plan_wave(&planning, true))
        ;
    *steps = planning.steps;
    return planning.count;
}
