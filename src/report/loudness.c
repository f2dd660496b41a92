/* Where a loud machine may be why a limit was not met or not proven. */
#include "base/text.h"
#include "report/machine.h"
#include "report/meaning.h"

/* Only what was timed suffers from it. */
static bool timed_is_broken(const struct report *report) {
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        const struct probe *probe = verdict->budget->probe;
        bool broken = verdict->effect == OUTCOME_FAIL || verdict->effect == OUTCOME_INCONCLUSIVE;
        if (broken && probe && probe->needs & PROBE_QUIET) return true;
    }
    return false;
}

const char *report_loudness(struct arena *arena, const struct report *report) {
    const char *why = machine_loudness(arena, &report->environment);
    if (!why || !timed_is_broken(report)) return NULL;
    return text_format(arena, "The machine was loud: %s.", why);
}
