#include <math.h>

#include "verdict/judge.h"
#include "verdict/schedule.h"

const char *const outcome_words[] = {
    [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_PASS] = "pass",
    [OUTCOME_WARN] = "warn",
    [OUTCOME_WAIVED] = "waived",
    [OUTCOME_INCONCLUSIVE] = "inconclusive",
    [OUTCOME_FAIL] = "fail",
    [OUTCOME_ERROR] = "error",
    [OUTCOME_COUNT] = NULL,
};

int outcome_exit_code(enum outcome effect) {
    switch (effect) {
    case OUTCOME_PASS:
    case OUTCOME_WARN:
    case OUTCOME_WAIVED:
        return 0;
    case OUTCOME_FAIL:
        return 1;
    case OUTCOME_INCONCLUSIVE:
        return 6;
    case OUTCOME_SKIPPED: /* nothing was judged */
    case OUTCOME_ERROR:
        break;
    }
    return 3;
}

double alpha_of(double confidence) {
    return nearbyint((1 - confidence) * 1e12) / 1e12;
}

enum sampling budget_sampling(const struct budget *budget) {
    bool once = budget->probe && budget->probe->needs & PROBE_ONCE;
    if (once && budget->probe->needs & PROBE_STREAM) return SAMPLING_LOAD;
    return once || budget->runs.fixed ? SAMPLING_FIXED : SAMPLING_WATCHED;
}

uint64_t verdict_minimum(const struct limit *limit, const struct probe_metric *metric,
                         double confidence, enum sampling sampling) {
    bool ratio = metric->nature == PROBE_NOISY && metric->unit == PROBE_RATIO;
    bool rate = ratio && (limit->statistic.kind == STATISTIC_MEAN ||
                          (limit->kind == LIMIT_MAX && limit->bound == 0));
    if (limit_lacks_baseline(limit)) return 1;
    const struct proof proof = {.rate = rate, .sampling = sampling, .alpha = alpha_of(confidence)};
    return judge_minimum(limit, metric, &proof);
}
