#include "app/waivers.h"

#include "report/waivers.h"

void waivers_review(const struct verdicts *verdicts, struct diags *diags) {
    for (size_t i = 0; i < verdicts->set->count; i++) {
        const struct budget_verdict *verdict = &verdicts->budgets[i];
        if (!waiver_needless(verdict)) continue;
        diag_warning(diags, WAIVER_NEEDLESS, verdict->budget->waiver.place,
                     "remove it, so that the limits count again",
                     "the waiver of `%s` is not needed any more: its limits are met without it",
                     verdict->budget->id);
    }
}
