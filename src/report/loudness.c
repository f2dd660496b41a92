/* Where a loud machine may be why a limit was not met or not proven. */
#include "base/text.h"
#include "base/units.h"
#include "report/meaning.h"

/* Above these a machine counts as loud: share of the time that some task waited for a processor
 * (PSI), and seconds that a bare process takes. */
static const double loud_pressure = 0.1, loud_spawn = 0.01;

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

/* NaN compares as quiet. */
const char *report_loudness(struct arena *arena, const struct report *report) {
    const struct environment *machine = &report->environment;
    bool waited = machine->pressure_cpu > loud_pressure;
    bool loaded = machine->cores > 0 && machine->load[0] > machine->cores;
    bool slow = machine->spawn > loud_spawn;
    if (!(waited || loaded || slow) || !timed_is_broken(report)) return NULL;
    struct text why = text_begin(arena);
    if (waited)
        text_add_format(&why, ", tasks waited for a processor %.0f %% of the time",
                        machine->pressure_cpu * 100);
    if (loaded) text_add_format(&why, ", load %.1f on %d cores", machine->load[0], machine->cores);
    if (slow)
        text_add_format(&why, ", %s to start a bare process",
                        unit_show(arena, machine->spawn, PROBE_SECONDS));
    return text_format(arena, "The machine was loud: %s.", why.data + 2);
}
