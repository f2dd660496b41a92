#include "verdict/claim.h"

#include <math.h>

static struct claim claim_make(enum limit_operator sign, double bound) {
    bool upper = sign == LIMIT_AT_MOST || sign == LIMIT_BELOW;
    return (struct claim){.operator= sign, .bound = bound, .upper = upper};
}

static const char *claim_against_baseline(const struct limit *limit,
                                          const struct probe_metric *metric, struct claim *claim) {
    if (!limit->has_baseline) return "no baseline was asked for";
    if (metric->better == PROBE_NEITHER) return "the metric has no better direction";
    if (limit->relative && limit->baseline == 0 && limit->floor == 0)
        return "a share of a baseline of 0 is no bound";
    double change = limit->relative ? limit->bound * fabs(limit->baseline) : limit->bound;
    change = fmax(change, limit->floor);
    bool upper = metric->better == PROBE_LOWER;
    bool upwards = upper == (limit->kind == LIMIT_REGRESSION);
    *claim = claim_make(upper ? LIMIT_AT_MOST : LIMIT_AT_LEAST,
                        limit->baseline + (upwards ? change : -change));
    return isfinite(claim->bound) ? NULL : "the bound is not a finite number";
}

const char *claim_of(const struct limit *limit, const struct probe_metric *metric,
                     struct claim *claim) {
    switch (limit->kind) {
    case LIMIT_MAX:
    case LIMIT_MIN:
    case LIMIT_WARN:
        *claim = claim_make(limit->operator, limit->bound);
        return isfinite(limit->bound) ? NULL : "the bound is not a finite number";
    case LIMIT_REGRESSION:
    case LIMIT_IMPROVEMENT:
        break;
    }
    return claim_against_baseline(limit, metric, claim);
}

bool claim_holds(const struct claim *claim, double value) {
    switch (claim->operator) {
    case LIMIT_AT_MOST:
        return value <= claim->bound;
    case LIMIT_BELOW:
        return value < claim->bound;
    case LIMIT_AT_LEAST:
        return value >= claim->bound;
    case LIMIT_ABOVE:
        return value > claim->bound;
    }
    return false;
}

enum outcome claim_judge(const struct claim *claim, double low, double high) {
    if (isnan(low) || isnan(high)) return OUTCOME_INCONCLUSIVE;
    bool low_holds = claim_holds(claim, low), high_holds = claim_holds(claim, high);
    if (low_holds && high_holds) return OUTCOME_PASS;
    return low_holds || high_holds ? OUTCOME_INCONCLUSIVE : OUTCOME_FAIL;
}

/* The lower edge is none of the values, so a bound there decides. */
enum outcome claim_judge_between(const struct claim *claim, double low, double high) {
    if (isnan(low) || isnan(high)) return OUTCOME_INCONCLUSIVE;
    if (low == high) return claim_judge(claim, low, high);
    bool above = low >= claim->bound, at_most = claim_holds(claim, high);
    if (claim->upper) return at_most ? OUTCOME_PASS : above ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
    return above ? OUTCOME_PASS : at_most ? OUTCOME_INCONCLUSIVE : OUTCOME_FAIL;
}

double claim_headroom(const struct claim *claim, double value) {
    if (claim->bound == 0) return NAN;
    double inside = claim->upper ? claim->bound - value : value - claim->bound;
    return inside / fabs(claim->bound);
}

double share_beyond(double p, bool upper) {
    return upper ? nearbyint((1 - p) * 1e12) / 1e12 : p;
}

double claim_share(const struct limit *limit, const struct claim *claim, bool rate) {
    if (!rate) return share_beyond(limit->statistic.p, claim->upper);
    return claim->upper ? claim->bound : share_beyond(claim->bound, true);
}
