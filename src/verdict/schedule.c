#include "verdict/schedule.h"

#include <math.h>

#include "stats/eprocess.h"
#include "verdict/judge.h"
#include "verdict/selection.h"

size_t schedule_first(const struct verdict_schedule *schedule, const struct budget *budget) {
    bool once = budget->probe && budget->probe->needs & PROBE_ONCE;
    if (once && !(budget->probe->needs & PROBE_STREAM)) return 1;
    if (schedule->exact && !budget->runs.fixed) return 1;
    return budget->runs.min > 0 ? budget->runs.min : 1;
}

/* An interval closed on both sides. */
static uint64_t operand_samples(const struct need *need) {
    const struct statistic *statistic = &need->limit->statistic;
    if (judge_method(need->limit, need->metric, false) != JUDGE_QUANTILE) return 1;
    uint64_t above = eprocess_minimum(share_beyond(statistic->p, true), need->alpha);
    uint64_t below = eprocess_minimum(share_beyond(statistic->p, false), need->alpha);
    return above > below ? above : below;
}

uint64_t need_samples(const struct need *need, bool rate) {
    if (judge_method(need->limit, need->metric, rate) == JUDGE_MEAN) return MEAN_SAMPLES;
    return need->row || rate ? 1 : operand_samples(need);
}

static bool metric_is_rate(const struct measurement *measurement, uint32_t metric) {
    for (size_t i = 0; i < measurement->count; i++)
        if (measurement->series[i].metric == metric && measurement->series[i].n > 0) return true;
    return false;
}

bool need_is_watched(const struct verdict_schedule *schedule, const struct need *need,
                     const struct measurement *measurement) {
    if (schedule->sampling == SAMPLING_FIXED || !need->row) return false;
    bool rate = metric_is_rate(measurement, need->limit->metric);
    enum judge_method method = judge_method(need->limit, need->metric, rate);
    return method == JUDGE_QUANTILE || method == JUDGE_RATE;
}

size_t schedule_watch_next(const struct measurement *measurement) {
    size_t most = 0;
    for (size_t i = 0; i < measurement->count; i++)
        if (measurement->series[i].count > most) most = measurement->series[i].count;
    size_t more = most > WATCH_ALWAYS ? measurement->runs / WATCH_SHARE : 0;
    return measurement->runs + (more > 1 ? more : 1);
}

bool budget_is_repeatable(const struct budget *budget) {
    return budget->probe && !(budget->probe->needs & PROBE_ONCE);
}

/* Runs until the series has the samples, at its pace so far. */
static size_t runs_for(const struct series *series, size_t runs, uint64_t samples) {
    uint64_t have = series->n > 0 ? series->n : series->count;
    if (have == 0 || series->unbounded) return 0;
    double wanted = ceil((double)samples * (double)runs / (double)have);
    return wanted < (double)(SIZE_MAX / 4) ? (size_t)wanted : SIZE_MAX / 4;
}

static size_t runs_needed(struct arena *scratch, const struct need *need,
                          const struct measurement *measurement) {
    struct selection selection =
        selection_make(scratch, measurement, need->row ? need->budget : NULL, need->limit);
    size_t most = 0;
    for (size_t i = 0; i < selection.count && !selection.absent; i++) {
        const struct series *series = &selection.items[i];
        uint64_t samples = need_samples(need, series->n > 0);
        size_t runs = samples > 1 ? runs_for(series, measurement->runs, samples) : 0;
        if (runs > most) most = runs;
    }
    return most;
}

size_t schedule_first_look(const struct verdict_schedule *schedule, const struct budget *budget,
                           const struct measurement *measurement) {
    struct arena *scratch = arena_new();
    size_t runs = budget->runs.min;
    for (size_t i = 0; i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (need->row && need->row->decided) continue;
        if (need_is_watched(schedule, need, measurement)) continue;
        size_t needed = runs_needed(scratch, need, measurement);
        if (needed > runs) runs = needed;
    }
    arena_free(scratch);
    return runs < budget->runs.max ? runs : budget->runs.max;
}

void schedule_look(struct verdict_schedule *schedule, bool last) {
    schedule->closed = last;
    if (schedule->sampling == SAMPLING_FIXED) {
        schedule->look = 0;
        schedule->share = 1;
        return;
    }
    double left = ldexp(1, -(int)schedule->look);
    schedule->look++;
    schedule->share = last ? left : left * FIRST_LOOK_SHARE;
}
