/** What the parts of budget_diff share; private to src/budget. */
#ifndef BUDGET_DIFFER_H
#define BUDGET_DIFFER_H

#include "budget/budget_schema.h"
#include "budget/diff.h"

struct differ {
    struct arena *arena;
    const struct budget_set *old_set, *new_set;
    const char *old_anchor, *new_anchor; /* folders that directories are compared from */
    struct budget_diff *diff;
    const struct budget *old, *new; /* the budget at hand, on both sides */
};

/** differ.c: adds a change of the budget at hand; the rest of it is the caller's to fill in. */
struct budget_change *change_add(struct differ *d, enum change_class class, const char *what);

/** Whether both mean the same without their variables; NULL: not there. */
bool node_same(const struct yaml_node *a, const struct yaml_node *b);
/** Whether the variables of all files are the same on both sides. */
bool vars_same(const struct differ *d);

/* diff_limits.c */
void limits_diff(struct differ *d);
void waiver_diff(struct differ *d);

/* diff_keys.c */
void keys_diff(struct differ *d);
void options_diff(struct differ *d);

#endif
