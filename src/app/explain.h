/** What a word means: a budget's id, a key, a probe, a metric, an option, a statistic, an exit or
 * error code. */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include "base/text.h"
#include "budget/budget.h"

/** Adds what the tables say of `word`; adds nothing when they do not know it. */
void explain_word(struct text *out, const struct registry *registry, const char *word);

/** Adds what a budget measures, its limits in words and how many samples each needs. */
void explain_budget(struct text *out, const struct budget_set *set, const struct budget *budget);

/** Every word explain_word knows, for suggestions; `count` of them. */
const char **explain_words(struct arena *arena, const struct registry *registry, size_t *count);

#endif
