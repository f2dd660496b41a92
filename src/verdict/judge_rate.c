#include <math.h>

#include "stats/dependence.h"
#include "stats/eprocess.h"
#include "stats/tails.h"
#include "verdict/judge_parts.h"

/*
 * Rates: events among trials. Several trials a run are a stream, and errors under load come in
 * bursts; so a decision takes the evidence of all trials and that of every step-th as well, from
 * EVENTS_STEP on, further apart where the order of the events shows that they are correlated. As
 * with samples, thinning can only withhold decisions.
 */

/* One slice where the order is not known. */
struct order {
    struct events events;
    double share;
    uint64_t trials;
};

/* Events are what the claim forbids. */
static void order_of(const struct question *question, const struct series *series,
                     struct order *order) {
    bool complement = !question->claim.upper;
    order->events = (struct events){series->samples, series->trials, series->count, complement};
    if (series->trials) return;
    order->share = (double)series->k / (double)series->n;
    order->trials = series->n;
    order->events = (struct events){&order->share, &order->trials, 1, complement};
}

static size_t step_first(const struct question *question, const struct series *series,
                         const struct events *events) {
    if (series->n <= series->runs) return 1;
    size_t step = events_mixed(events) ? EVENTS_STEP_MIXED : EVENTS_STEP;
    return question->step > step ? question->step : step;
}

typedef enum outcome decide_function(const struct question *question, double share,
                                     struct event_count count);

static enum outcome decide_at(const struct question *question, decide_function *decide,
                              const struct events *events, const struct verdict_test *test) {
    return decide(question, test->share, events_apart(events, test->step));
}

static bool bursts_seen(const struct events *events) {
    return events_mixed(events) || events_bursts(events, EVENTS_STEP) >= EVENTS_BURSTS;
}

/* Of few bursts nobody knows how long they are, and every step-th trial may have missed them. Until
 * more have been seen, a pass takes the evidence of blocks that hold any event. */
static bool missed_none(const struct question *question, decide_function *decide,
                        const struct events *events, const struct verdict_test *test) {
    if (bursts_seen(events)) return true;
    return decide(question, test->share, events_blocks(events, test->step)) == OUTCOME_PASS;
}

/* Likewise of few bursts of others among events: a fail takes the evidence of half the trials. */
static bool met_enough(const struct question *question, decide_function *decide,
                       const struct events *events, const struct verdict_test *test) {
    struct event_count all = events_all(events);
    struct events others = *events;
    others.complement = !others.complement;
    if (2 * all.k < all.n || bursts_seen(&others)) return true;
    return decide(question, test->share, events_apart(events, 2 * test->step)) == OUTCOME_FAIL;
}

/* Goes on from the step known to one at which the events look independent, as long as those trials
 * still decide. */
static enum outcome decide_apart(const struct question *question, decide_function *decide,
                                 const struct events *events, struct verdict_test *test) {
    enum outcome whole = decide(question, test->share, events_all(events));
    bool impossible = !(test->share > 0 && test->share < 1);
    if (whole == OUTCOME_INCONCLUSIVE || impossible || test->step == 1) return whole;
    for (;;) {
        if (decide_at(question, decide, events, test) != whole) return OUTCOME_INCONCLUSIVE;
        size_t step = events_step(events, test->step, &test->correlation);
        if (step > test->step) {
            test->step = step;
            continue;
        }
        bool sure = whole == OUTCOME_PASS ? missed_none(question, decide, events, test)
                                          : met_enough(question, decide, events, test);
        return sure ? whole : OUTCOME_INCONCLUSIVE;
    }
}

enum outcome events_decide(const struct question *question, const struct events *events,
                           struct verdict_test *test) {
    return decide_apart(question, eprocess_decide, events, test);
}

static void judge_with(const struct question *question, decide_function *decide,
                       const struct order *order, struct answer *answer) {
    struct verdict_test *test = &answer->test;
    const struct events plain = {order->events.shares, order->events.trials, order->events.slices,
                                 false};
    struct event_count all = events_all(&plain);
    answer->observed = (double)all.k / (double)all.n;
    test->share = claim_share(question->limit, &question->claim, true);
    test->correlation = NAN;
    answer->outcome = OUTCOME_INCONCLUSIVE;
    if (question->operand && test->step > 1)
        test->step = events_step(&order->events, test->step, &test->correlation);
    if (!question->operand) answer->outcome = decide_apart(question, decide, &order->events, test);
}

/* The share at which a tail of k of n equals alpha, by bisection; tails are monotone in the share.
 */
static double share_where(double (*tail)(uint64_t, double, uint64_t), struct event_count count,
                          double alpha, bool falling) {
    double low = 0, high = 1;
    for (int step = 0; step < 60; step++) {
        double middle = low + (high - low) / 2;
        if ((tail(count.n, middle, count.k) > alpha) == falling)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double exact_low(uint64_t n, uint64_t k, double alpha) {
    return k == 0 ? 0 : share_where(binomial_upper, (struct event_count){n, k}, alpha, false);
}

static double exact_high(uint64_t n, uint64_t k, double alpha) {
    return k == n ? 1 : share_where(binomial_lower, (struct event_count){n, k}, alpha, true);
}

typedef double end_function(uint64_t n, uint64_t k, double alpha);

/* What the two kinds of tests differ in. */
struct way {
    decide_function *decide;
    void (*fill)(const struct question *question, struct event_count kept, struct answer *answer);
    end_function *low, *high;
};

/* Holds the intervals of all trials and of those kept, as a decision needs both. */
static void fill_interval(const struct question *question, const struct way *way,
                          const struct events *events, struct answer *answer) {
    const struct events plain = {events->shares, events->trials, events->slices, false};
    struct event_count all = events_all(&plain), kept = events_apart(&plain, answer->test.step);
    double below = alpha_low(question), above = alpha_high(question);
    answer->low = fmin(way->low(all.n, all.k, below), way->low(kept.n, kept.k, below));
    answer->high = fmax(way->high(all.n, all.k, above), way->high(kept.n, kept.k, above));
}

static void judge_by(const struct question *question, const struct way *way,
                     const struct series *series, struct answer *answer) {
    struct order order;
    order_of(question, series, &order);
    answer->test.step = step_first(question, series, &order.events);
    judge_with(question, way->decide, &order, answer);
    way->fill(question, events_apart(&order.events, answer->test.step), answer);
    fill_interval(question, way, &order.events, answer);
}

void judge_rate(const struct question *question, const struct series *series,
                struct answer *answer) {
    static const struct way exactly = {binomial_decide, binomial_fill, exact_low, exact_high};
    judge_by(question, &exactly, series, answer);
}

void judge_rate_sequential(const struct question *question, const struct series *series,
                           struct answer *answer) {
    static const struct way watched = {eprocess_decide, eprocess_fill, eprocess_share_low,
                                       eprocess_share_high};
    judge_by(question, &watched, series, answer);
}

enum outcome rate_peek(const struct question *question, const struct series *series) {
    struct order order;
    order_of(question, series, &order);
    struct verdict_test test = {.share = claim_share(question->limit, &question->claim, true)};
    struct event_count all = events_all(&order.events);
    enum outcome outcome = eprocess_decide(question, test.share, all);
    if (!(test.share > 0 && test.share < 1)) return outcome;
    test.step = step_first(question, series, &order.events);
    enum outcome apart = decide_at(question, eprocess_decide, &order.events, &test);
    return apart == outcome ? outcome : OUTCOME_INCONCLUSIVE;
}
