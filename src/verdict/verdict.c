#include "verdict/verdict.h"

#include "base/array.h"
#include "base/text.h"
#include "verdict/against.h"
#include "verdict/claim.h"
#include "verdict/expression.h"
#include "verdict/row.h"
#include "verdict/schedule.h"

static void need_add(struct verdicts *verdicts, size_t source, const struct need *need) {
    struct verdict_schedule *schedule = &verdicts->schedules[source];
    *array_add(verdicts->arena, schedule->needs, schedule->need_count) = *need;
    if (need->metric->nature == PROBE_NOISY) schedule->exact = false;
}

static void begin_rows(struct verdicts *verdicts, size_t index) {
    const struct budget *budget = &verdicts->set->budgets[index];
    struct budget_verdict *verdict = &verdicts->budgets[index];
    verdict->budget = budget;
    verdict->count = budget->limit_count;
    verdict->rows = arena_alloc(verdicts->arena, budget->limit_count * sizeof *verdict->rows);
    size_t source = verdict_source(verdicts->set, index);
    for (size_t i = 0; i < verdict->count; i++) {
        const struct limit *limit = &budget->limits[i];
        verdict->rows[i] = row_begin(verdicts->arena, limit);
        if (!budget->selected || limit_lacks_baseline(limit) ||
            verdicts->set->budgets[source].derive)
            continue;
        need_add(verdicts, source,
                 &(struct need){.budget = budget,
                                .limit = limit,
                                .metric = budget->metrics.items[limit->metric],
                                .row = &verdict->rows[i],
                                .alpha = alpha_of(budget->confidence)});
    }
}

static void begin_operands(struct verdicts *verdicts, size_t index) {
    const struct budget_set *set = verdicts->set;
    const struct budget *budget = &set->budgets[index];
    struct operand *operands;
    size_t count;
    if (!expression_operands(verdicts->arena, set, index, &operands, &count)) return;
    double alpha = alpha_of(budget->confidence) / (double)expression_noisy(set, operands, count);
    if (budget_compares(verdicts, budget)) alpha /= 2; /* of both sides */
    for (size_t i = 0; i < count; i++)
        need_add(
            verdicts, operands[i].source,
            &(struct need){
                .budget = budget,
                .limit = operands[i].limit,
                .metric = set->budgets[operands[i].source].metrics.items[operands[i].limit->metric],
                .alpha = alpha});
}

void verdicts_begin(struct verdicts *verdicts, struct arena *arena, const struct budget_set *set,
                    struct verdict_options options) {
    *verdicts = (struct verdicts){.arena = arena, .set = set, .options = options};
    verdicts->budgets = arena_alloc(arena, set->count * sizeof *verdicts->budgets);
    verdicts->schedules = arena_alloc(arena, set->count * sizeof *verdicts->schedules);
    for (size_t i = 0; i < set->count; i++) {
        const struct budget *budget = &set->budgets[i];
        verdicts->schedules[i].exact = true;
        verdicts->schedules[i].sampling = budget_sampling(budget);
    }
    for (size_t i = 0; i < set->count; i++) {
        begin_rows(verdicts, i);
        if (set->budgets[i].selected && set->budgets[i].derive) begin_operands(verdicts, i);
    }
    against_begin(verdicts);
}

/* A test that has not come out, and can: a share of 0 never does. */
static bool prolongs(const struct need *need) {
    const struct verdict_row *row = need->row;
    if (!row || row->decided || row->outcome != OUTCOME_INCONCLUSIVE) return false;
    return !text_equal(row->test.name, "e-process") || row->test.share > 0;
}

/* The runs at which something open is looked at next; 0: more samples would decide nothing. */
static size_t next_look(const struct verdicts *verdicts, size_t index,
                        const struct measurement *measurement) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    bool watched = false, looked = false;
    for (size_t i = 0; i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (need_is_watched(schedule, need, measurement))
            watched |= prolongs(need);
        else
            looked |= schedule->look == 0 || prolongs(need);
    }
    if (!watched) return looked ? schedule->look_at : 0;
    size_t watch_at = schedule_watch_next(measurement);
    size_t soonest = measurement->runs + rows_soonest(verdicts, index, measurement);
    if (soonest > watch_at) watch_at = soonest;
    return looked && schedule->look_at < watch_at ? schedule->look_at : watch_at;
}

/* One look at all that has looks, and at all there is when it is the last. */
static void look_at_rows(struct verdicts *verdicts, size_t index,
                         const struct measurement *measurement, bool last) {
    struct verdict_schedule *schedule = &verdicts->schedules[index];
    if (!schedule->labels) schedule->labels = arena_new();
    if (last || measurement->runs >= schedule->look_at) {
        schedule_look(schedule, last);
        rows_look(verdicts, index, measurement, schedule->labels, last);
        schedule->look_at = 2 * measurement->runs;
    }
    if (!last) rows_watch(verdicts, index, measurement, schedule->labels);
}

/* As verdicts_wanted, of the rows that compare with nothing. */
static size_t limits_wanted(struct verdicts *verdicts, size_t index,
                            const struct measurement *measurement) {
    const struct budget *budget = &verdicts->set->budgets[index];
    struct verdict_schedule *schedule = &verdicts->schedules[index];
    if (!budget->selected && !budget->leaned_on) return 0;
    if (!measurement) return schedule->next = schedule_first(schedule, budget);
    schedule->missing = measurement->missing;
    if (schedule->missing || schedule->closed) return 0;
    if (measurement->runs < schedule->next) return schedule->next;
    bool once = schedule->sampling == SAMPLING_FIXED || schedule->exact;
    if (!once && schedule->look_at == 0)
        schedule->look_at = schedule_first_look(schedule, budget, measurement);
    bool last = once || measurement->runs >= budget->runs.max;
    look_at_rows(verdicts, index, measurement, last);
    if (last) return 0;
    size_t next = next_look(verdicts, index, measurement);
    return schedule->next = next < budget->runs.max ? next : budget->runs.max;
}

size_t verdicts_wanted(struct verdicts *verdicts, size_t index,
                       const struct measurement *measurement) {
    struct against *against = &verdicts->against[index];
    bool due = !measurement || measurement->missing || !against->begun ||
               (against->limits > 0 && measurement->runs >= against->limits);
    if (due) against->limits = limits_wanted(verdicts, index, measurement);
    against->begun = true;
    if (measurement && measurement->missing) return 0;
    size_t pairs = pairs_wanted(verdicts, index, measurement);
    if (against->limits == 0 || pairs == 0) return against->limits + pairs;
    return pairs < against->limits ? pairs : against->limits;
}

bool verdicts_broken(const struct verdicts *verdicts, size_t index) {
    const struct budget_verdict *verdict = &verdicts->budgets[index];
    bool fails = verdict->budget->severity == SEVERITY_FAIL;
    if (verdicts->schedules[index].missing) return true;
    for (size_t i = 0; i < verdict->count; i++) {
        enum outcome outcome = verdict->rows[i].outcome;
        if (outcome == OUTCOME_ERROR || (outcome == OUTCOME_FAIL && fails)) return true;
    }
    return false;
}

bool verdicts_crossed(const struct verdicts *verdicts, size_t index) {
    for (size_t i = 0; i < verdicts->set->count; i++) {
        if (verdict_source(verdicts->set, i) != index) continue;
        const struct budget_verdict *verdict = &verdicts->budgets[i];
        for (size_t row = 0; row < verdict->count; row++)
            if (verdict->rows[row].outcome == OUTCOME_FAIL ||
                verdict->rows[row].outcome == OUTCOME_WARN)
                return true;
    }
    return false;
}
