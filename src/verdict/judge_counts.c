/* So many events of so many trials: what they decide, by e-processes and by exact tails. */
#include "stats/eprocess.h"
#include "stats/tails.h"
#include "verdict/judge_parts.h"

double alpha_low(const struct question *question) {
    return question->claim.upper ? question->alpha_fail : question->alpha_pass;
}

double alpha_high(const struct question *question) {
    return question->claim.upper ? question->alpha_pass : question->alpha_fail;
}

uint64_t count_beyond(const struct claim *claim, const double *samples, size_t count) {
    uint64_t beyond = 0;
    for (size_t i = 0; i < count; i++) beyond += !claim_holds(claim, samples[i]);
    return beyond;
}

enum outcome eprocess_decide(const struct question *question, double share,
                             struct event_count count) {
    if (share < 0) return OUTCOME_FAIL;
    if (share >= 1) return OUTCOME_PASS;
    if (share == 0) return count.k > 0 ? OUTCOME_FAIL : OUTCOME_INCONCLUSIVE;
    struct evidence_of_share evidence = eprocess(count.n, count.k, share);
    if (eprocess_proves(evidence.below, question->alpha_pass)) return OUTCOME_PASS;
    if (count.n >= JUDGE_FAIL_SAMPLES_MIN && eprocess_proves(evidence.above, question->alpha_fail))
        return OUTCOME_FAIL;
    return OUTCOME_INCONCLUSIVE;
}

void eprocess_fill(const struct question *question, struct event_count kept,
                   struct answer *answer) {
    struct verdict_test *test = &answer->test;
    test->name = "e-process";
    test->n = kept.n;
    test->k = kept.k;
    test->runs = question->runs;
    test->alpha = answer->outcome == OUTCOME_FAIL ? question->alpha_fail : question->alpha_pass;
    answer->confidence = question->confidence;
    if (!(test->share > 0 && test->share < 1)) return;
    struct evidence_of_share evidence = eprocess(kept.n, kept.k, test->share);
    test->log_pass = evidence.below;
    test->log_fail = evidence.above;
}

/*
 * "Q_p <= b" says: at most a share 1 - p of samples lies beyond b. With K of n beyond, the claim is
 * proven when so few would be unlikely at just that share, P(Bin(n, 1 - p) <= K) <= alpha, and
 * refuted when so many would be, P(Bin(n, 1 - p) >= K) <= alpha (Clopper and Pearson 1934). Exact
 * for samples of any distribution, as long as they are exchangeable.
 */
enum outcome binomial_decide(const struct question *question, double share,
                             struct event_count count) {
    if (share < 0) return OUTCOME_FAIL;
    if (share >= 1) return OUTCOME_PASS;
    if (tail_within(binomial_lower(count.n, share, count.k), question->alpha_pass))
        return OUTCOME_PASS;
    double many = binomial_upper(count.n, share, count.k);
    bool enough = count.n >= JUDGE_FAIL_SAMPLES_MIN || many == 0;
    if (enough && tail_within(many, question->alpha_fail)) return OUTCOME_FAIL;
    return OUTCOME_INCONCLUSIVE;
}

void binomial_fill(const struct question *question, struct event_count kept,
                   struct answer *answer) {
    answer->test.name = "binomial";
    answer->test.n = kept.n;
    answer->test.k = kept.k;
    answer->test.look = question->look;
    answer->test.alpha =
        answer->outcome == OUTCOME_FAIL ? question->alpha_fail : question->alpha_pass;
    answer->confidence = question->confidence;
}
