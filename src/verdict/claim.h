/** What a bound claims of a statistic, once baseline and floor are worked in; pure comparison. */
#ifndef VERDICT_CLAIM_H
#define VERDICT_CLAIM_H

#include "verdict/verdict.h"

/** "The statistic is <= 500 ms." */
struct claim {
    enum limit_operator operator;
    double bound; /**< base unit */
    bool upper;   /**< what passes lies below the bound */
};

/**
 * The claim of a limit. Regressions need their written baseline: max = baseline + the larger of
 * change and floor, mirrored where higher is better; an improvement demands as much the other way.
 * NULL, or why none can be made (static text).
 */
const char *claim_of(const struct limit *limit, const struct probe_metric *metric,
                     struct claim *claim);

/** Whether a value keeps the claim: `<=` and `>=` include the bound, `<` and `>` do not. */
bool claim_holds(const struct claim *claim, double value);

/** PASS where all of low..high keeps the claim, FAIL where none does, else INCONCLUSIVE. */
enum outcome claim_judge(const struct claim *claim, double low, double high);

/** The same of a value that lies above low and not above high. */
enum outcome claim_judge_between(const struct claim *claim, double low, double high);

/** How far inside the bound, as a share of it; NaN at a bound of 0. */
double claim_headroom(const struct claim *claim, double value);

/** Share of samples a bound on the p-quantile allows beyond it: 1 - p above, p below; the decimal
 * meant, not the rest of a subtraction. */
double share_beyond(double p, bool upper);

/** The share of samples beyond the bound that the limit allows; of a quantile or rate. */
double claim_share(const struct limit *limit, const struct claim *claim, bool rate);

/** A limit without the baseline it would need; it is skipped. */
static inline bool limit_lacks_baseline(const struct limit *limit) {
    return (limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT) &&
           !limit->has_baseline;
}

#endif
