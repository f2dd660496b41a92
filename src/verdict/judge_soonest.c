#include "stats/eprocess.h"
#include "verdict/judge.h"

/* How the samples there are and the claim look to an e-process. */
struct outlook {
    uint64_t n, k;
    double share, alpha_pass, alpha_fail;
};

static bool could_pass(const struct outlook *outlook, uint64_t more) {
    double evidence = eprocess_below(outlook->n + more, outlook->k, outlook->share);
    return eprocess_proves(evidence, outlook->alpha_pass);
}

static bool could_fail(const struct outlook *outlook, uint64_t more) {
    uint64_t n = outlook->n + more;
    if (n < JUDGE_FAIL_SAMPLES_MIN) return false;
    double evidence = eprocess_above(n, outlook->k + more, outlook->share);
    return eprocess_proves(evidence, outlook->alpha_fail);
}

/* The fewest more for which `could` holds, as it then does for all that are more; `most` + 1 where
 * it does not for `most`. */
static uint64_t fewest(bool (*could)(const struct outlook *, uint64_t),
                       const struct outlook *outlook, uint64_t most) {
    uint64_t to = 1, from = 0;
    while (!could(outlook, to)) {
        if (to >= most) return most + 1;
        from = to;
        to = 2 * to < most ? 2 * to : most;
    }
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (could(outlook, middle))
            to = middle;
        else
            from = middle;
    }
    return to;
}

/* Each sample on the right side adds to the evidence for it, and each on the wrong one takes from
 * it; so the soonest is that all that come lie on one side. */
uint64_t judge_soonest(const struct question *question, const struct series *series,
                       uint64_t most) {
    struct outlook outlook = {.n = series->count,
                              .share = claim_share(question->limit, &question->claim, false),
                              .alpha_pass = question->alpha_pass,
                              .alpha_fail = question->alpha_fail};
    bool one_a_run = series->n == 0 && series->count <= series->runs;
    if (!one_a_run || !(outlook.share > 0 && outlook.share < 1) || most <= 1) return 1;
    outlook.k = count_beyond(&question->claim, series->samples, series->count);
    uint64_t fail = fewest(could_fail, &outlook, most);
    uint64_t soonest = fewest(could_pass, &outlook, fail);
    return soonest < fail ? soonest : fail;
}
