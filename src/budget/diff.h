/** What a change of budget files does to the gate: each change tighter, looser, or of no effect. */
#ifndef BUDGET_DIFF_H
#define BUDGET_DIFF_H

#include "budget/budget.h"

/** By gravity. What cannot be told from a loosening is one. */
enum change_class {
    CHANGE_NEUTRAL, /**< no verdict depends on it */
    CHANGE_TIGHTER,
    CHANGE_ADDED,   /**< a budget or a limit more */
    CHANGE_LOOSER,  /**< some measurement could pass now that did not pass before */
    CHANGE_REMOVED, /**< a budget or a limit less */
};
enum { CHANGE_CLASSES = CHANGE_REMOVED + 1 };
extern const char *const change_words[CHANGE_CLASSES];

struct budget_change {
    enum change_class class;
    const char *id;             /**< of the budget; "file:build" of what belongs to none */
    const char *what;           /**< "the budget", "target", "severity", "gzip[*] max" */
    const char *before, *after; /**< as people write them; NULL: not there, or not to be shown */
    const char *reason;         /**< why it is what it is, where that is not plain; NULL */
    const char *profile;        /**< the profile it takes effect with; NULL: always */
    struct place place;         /**< in NEW; of what was removed in OLD */
    bool allowed;               /**< a loosening that was justified */
};

struct budget_diff {
    struct budget_change *items;
    size_t count;
};

/**
 * Compares two sets in effect, as loaded: profiles, variables, includes and defaults resolved,
 * waivers on the day of the load. Sound, not complete: where some measurement could pass by `new`
 * and not by `old`, there is a change that is looser or removed; a change may be called looser
 * that is none. Appends in the order of `new`, what was removed last. Texts live in the arena or
 * in the sets.
 */
void budget_diff(struct arena *arena, const struct budget_set *old, const struct budget_set *new,
                 struct budget_diff *diff);

/** Whether it needs to be justified: looser or removed. */
bool change_loosens(const struct budget_change *change);

#endif
