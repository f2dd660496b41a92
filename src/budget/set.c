/* What is asked of budgets that were loaded. */
#include <string.h>

#include "budget/budget.h"
#include "budget/name_index.h"

size_t budget_position(const struct budget_set *set, const char *id) {
    if (set->index) {
        size_t found = name_index_find(set->index, id);
        return found == NAME_NONE ? set->count : found;
    }
    size_t i = 0;
    while (i < set->count && strcmp(set->budgets[i].id, id) != 0) i++;
    return i;
}

const struct budget *budget_find(const struct budget_set *set, const char *id) {
    size_t position = budget_position(set, id);
    return position < set->count ? &set->budgets[position] : NULL;
}

bool budget_limits_metric(const struct budget *budget, uint32_t metric) {
    for (size_t i = 0; i < budget->limit_count; i++)
        if (budget->limits[i].metric == metric) return true;
    return false;
}
