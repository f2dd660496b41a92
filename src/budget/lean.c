#include <string.h>

#include "base/array.h"
#include "budget/derive.h"
#include "budget/derive_token.h"
#include "budget/loading.h"

static void lean_add(struct loading *l, size_t from, size_t to) {
    struct draft *draft = &l->drafts[from];
    *array_add(l->arena, draft->leans, draft->lean_count) = to;
    l->drafts[to].leaned = true;
}

/* The budgets an expression names. Those that do not exist are reported when it is parsed. */
static void operands_collect(struct loading *l, size_t number) {
    const char *at = l->drafts[number].values.derive;
    struct derive_token token = derive_token_next(&at);
    for (; token.kind != TOKEN_END; token = derive_token_next(&at)) {
        const char *point = memchr(token.start, '.', token.length);
        if (token.kind != TOKEN_OPERAND || !point) continue;
        const char *id = text_copy_bytes(l->arena, token.start, (size_t)(point - token.start));
        size_t to = name_index_find(l->ids, id);
        if (to != NAME_NONE) lean_add(l, number, to);
    }
}

/* Running alongside a budget leans on it, too: it must run. */
static void during_collect(struct loading *l, size_t number) {
    const struct draft *draft = &l->drafts[number];
    struct budget *budget = &l->set->budgets[number];
    const struct yaml_node *written = yaml_get(draft->merged, "during");
    if (!draft->values.during || !budget->probe) return;
    struct place place = written ? written->place : budget->place;
    size_t to = budget_number(l, draft->values.during, place, "during");
    if (to == NAME_NONE) return;
    const struct draft *other = &l->drafts[to];
    if (to != number && (other->values.of || other->values.derive || other->values.during)) {
        diag_error(l->diags, BUDGET_DURING, place, "name the budget that measures",
                   "the budget %s %s", quote(l->arena, l->set->budgets[to].id),
                   other->values.during ? "itself runs alongside another"
                                        : "measures nothing itself");
        return;
    }
    budget->during = &l->set->budgets[to];
    lean_add(l, number, to);
}

static void edges_collect(struct loading *l, size_t number) {
    struct draft *draft = &l->drafts[number];
    const struct budget *budget = &l->set->budgets[number];
    during_collect(l, number);
    if (draft->values.of) {
        size_t to = budget_number(l, draft->values.of, draft->of_place, "of");
        if (to != NAME_NONE) lean_add(l, number, to);
    }
    if (draft->values.derive) operands_collect(l, number);
    const struct yaml_node *written = yaml_get(draft->merged, "after");
    for (size_t i = 0; i < budget->after.count; i++) {
        struct place place = budget->place;
        if (written) place = written->kind == YAML_LIST ? written->items[i]->place : written->place;
        size_t to = budget_number(l, budget->after.items[i], place, "after");
        if (to != NAME_NONE) *array_add(l->arena, draft->waits, draft->wait_count) = to;
    }
}

/* A walk in depth without recursion, since chains may be as long as there are budgets. */
struct walk {
    struct loading *l;
    unsigned char *state; /* by budget */
    size_t *path, depth;  /* from the start to where the walk is */
    size_t *next;         /* by budget: which edge comes next */
    size_t *order, count; /* finished ones: what a budget leans on comes before it */
};
enum { UNSEEN, ON_PATH, DONE };

static size_t edge_of(const struct draft *draft, size_t edge) {
    return edge < draft->lean_count ? draft->leans[edge] : draft->waits[edge - draft->lean_count];
}

static void cycle_report(struct walk *walk, size_t again) {
    struct loading *l = walk->l;
    enum { SHOWN = 12 };
    size_t start = walk->depth;
    while (start > 0 && walk->path[start - 1] != again) start--;
    struct text text = text_begin(l->arena);
    for (size_t i = start - 1; i < walk->depth && i < start + SHOWN; i++)
        text_add_format(&text, "%s -> ", l->set->budgets[walk->path[i]].id);
    if (walk->depth > start + SHOWN) text_add(&text, "... -> ");
    const struct budget *first = &l->set->budgets[again];
    diag_error(l->diags, BUDGET_CYCLE, first->place,
               "break the circle of `of`, `derive` and `after`",
               "budgets go round in a circle: "
               "%s%s",
               text.data, first->id);
    for (size_t i = start - 1; i < walk->depth; i++) l->drafts[walk->path[i]].circular = true;
}

static void walk_from(struct walk *walk, size_t start) {
    if (walk->state[start] != UNSEEN) return;
    walk->path[walk->depth++] = start;
    walk->state[start] = ON_PATH;
    while (walk->depth > 0) {
        size_t here = walk->path[walk->depth - 1];
        const struct draft *draft = &walk->l->drafts[here];
        if (walk->next[here] == draft->lean_count + draft->wait_count) {
            walk->state[here] = DONE;
            walk->order[walk->count++] = here;
            walk->depth--;
            continue;
        }
        size_t to = edge_of(draft, walk->next[here]++);
        if (walk->state[to] == ON_PATH) cycle_report(walk, to);
        if (walk->state[to] != UNSEEN) continue;
        walk->state[to] = ON_PATH;
        walk->path[walk->depth++] = to;
    }
}

static void of_resolve(struct loading *l, size_t number) {
    struct draft *draft = &l->drafts[number];
    struct budget *budget = &l->set->budgets[number];
    if (draft->lean_count == 0 || draft->circular) return;
    size_t to = draft->leans[0];
    const struct budget *source = &l->set->budgets[to];
    if (!source->probe) {
        const char *hint = "name the budget that has the probe";
        if (source->of)
            hint = text_format(l->arena, "write `of: %s`", text_inert(l->arena, source->of));
        if (!source->of && !l->drafts[to].values.derive) return; /* has mistakes of its own */
        diag_error(l->diags, BUDGET_OF, draft->of_place, hint,
                   "the budget %s measures nothing itself", quote(l->arena, source->id));
        return;
    }
    budget->source = to;
    budget->metrics = source->metrics;
    budget->target_text = source->target_text;
    draft->known = l->drafts[to].known;
    draft->partial = l->drafts[to].partial;
}

/* While options of some budget have mistakes, metrics they would declare are not missed. */
static void derive_tell(struct loading *l, const struct diags *found) {
    bool partial = false;
    for (size_t i = 0; i < l->set->count; i++) partial |= l->drafts[i].partial;
    for (size_t i = 0; i < found->count; i++)
        if (!partial || found->items[i].code != BUDGET_LIMIT_METRIC)
            diag_add(l->diags, &found->items[i]);
}

static void derive_resolve(struct loading *l, size_t number) {
    struct draft *draft = &l->drafts[number];
    struct budget *budget = &l->set->budgets[number];
    struct derive *derive = arena_new_object(l->arena, struct derive);
    if (draft->circular) return;
    budget->derive = derive; /* without root: known to be derived, not to what */
    struct diags found = diags_begin(l->arena);
    bool good = derive_parse(l->arena, l->set, draft->values.derive,
                             source_of(l, draft->derive_place)->kilobyte, draft->derive_place,
                             derive, &found);
    derive_tell(l, &found);
    if (!good) return;
    const struct probe_metric **items = arena_alloc(l->arena, sizeof(struct probe_metric *));
    derive->metric.better = (enum probe_better)draft->values.better;
    items[0] = &derive->metric;
    budget->metrics = (struct metrics){.items = items, .count = 1};
    budget->target_text = fill_shown(l, yaml_get(draft->merged, "derive"));
    draft->known = true;
}

void leaning_resolve(struct loading *l) {
    size_t count = l->set->count;
    struct walk walk = {
        .l = l,
        .state = arena_alloc(l->arena, count + 1),
        .path = arena_alloc(l->arena, (count + 1) * sizeof(size_t)),
        .next = arena_alloc(l->arena, (count + 1) * sizeof(size_t)),
        .order = arena_alloc(l->arena, (count + 1) * sizeof(size_t)),
    };
    for (size_t i = 0; i < count; i++) edges_collect(l, i);
    for (size_t i = 0; i < count; i++) walk_from(&walk, i);
    for (size_t i = 0; i < count; i++) {
        size_t number = walk.order[i];
        const struct draft *draft = &l->drafts[number];
        if (l->set->budgets[number].probe) continue;
        if (draft->values.of) of_resolve(l, number);
        if (draft->values.derive && !draft->values.of) derive_resolve(l, number);
    }
}
