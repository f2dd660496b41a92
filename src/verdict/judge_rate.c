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
 *
 * Of a load, and of `runs: N`, the budget's author has fixed the number of trials. They count one
 * by one, by exact tails, as long as nothing is seen of bursts. Where sampling ends as soon as
 * there is enough evidence, that would be before the first burst.
 */

/* One slice where the order is not known. */
struct order {
    struct events events;
    bool stream; /* several trials a run */
    double share;
    uint64_t trials;
};

/* Events are what the claim forbids. */
static void order_of(const struct question *question, const struct series *series,
                     struct order *order) {
    bool complement = !question->claim.upper;
    order->events = (struct events){series->samples, series->trials, series->count, complement};
    order->stream = series->n > series->runs;
    if (series->trials) return;
    order->share = (double)series->k / (double)series->n;
    order->trials = series->n;
    order->events = (struct events){&order->share, &order->trials, 1, complement};
}

static size_t step_first(const struct question *question, const struct order *order) {
    if (!order->stream) return 1;
    size_t step = events_mixed(&order->events) ? EVENTS_STEP_MIXED : EVENTS_STEP;
    return question->step > step ? question->step : step;
}

static enum outcome decide_at(const struct question *question, const struct events *events,
                              const struct verdict_test *test) {
    return eprocess_decide(question, test->share, events_apart(events, test->step));
}

static bool bursts_seen(const struct events *events) {
    return events_mixed(events) || events_bursts(events, EVENTS_STEP) >= EVENTS_BURSTS;
}

/* Of few bursts nobody knows how long they are, and every step-th trial may have missed them. Until
 * more have been seen, a pass takes the evidence of blocks that hold any event. */
static bool missed_none(const struct question *question, const struct events *events,
                        const struct verdict_test *test) {
    if (bursts_seen(events)) return true;
    return eprocess_decide(question, test->share, events_blocks(events, test->step)) ==
           OUTCOME_PASS;
}

/* Likewise of few bursts of others among events: a fail takes the evidence of half the trials. */
static bool met_enough(const struct question *question, const struct events *events,
                       const struct verdict_test *test) {
    struct event_count all = events_all(events);
    struct events others = *events;
    others.complement = !others.complement;
    if (2 * all.k < all.n || bursts_seen(&others)) return true;
    return eprocess_decide(question, test->share, events_apart(events, 2 * test->step)) ==
           OUTCOME_FAIL;
}

/* Goes on from the step known to one at which the events look independent, as long as those trials
 * still decide. */
enum outcome events_decide(const struct question *question, const struct events *events,
                           struct verdict_test *test) {
    enum outcome whole = eprocess_decide(question, test->share, events_all(events));
    bool impossible = !(test->share > 0 && test->share < 1);
    if (whole == OUTCOME_INCONCLUSIVE || impossible) return whole;
    for (;;) {
        if (decide_at(question, events, test) != whole) return OUTCOME_INCONCLUSIVE;
        size_t step = events_step(events, test->step, &test->correlation);
        if (step > test->step) {
            test->step = step;
            continue;
        }
        bool sure = whole == OUTCOME_PASS ? missed_none(question, events, test)
                                          : met_enough(question, events, test);
        return sure ? whole : OUTCOME_INCONCLUSIVE;
    }
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
    void (*fill)(const struct question *question, struct event_count kept, struct answer *answer);
    end_function *low, *high;
};

static const struct way watched = {eprocess_fill, eprocess_share_low, eprocess_share_high},
                        exactly = {binomial_fill, exact_low, exact_high};

/* Holds the intervals of all trials and of those kept, as a decision needs both. */
static void fill_in(const struct question *question, const struct way *way,
                    const struct order *order, struct answer *answer) {
    size_t step = answer->test.step;
    struct events plain = order->events;
    plain.complement = false;
    struct event_count all = events_all(&plain), kept = events_apart(&plain, step);
    double below = alpha_low(question), above = alpha_high(question);
    way->fill(question, events_apart(&order->events, step), answer);
    answer->observed = (double)all.k / (double)all.n;
    answer->low = fmin(way->low(all.n, all.k, below), way->low(kept.n, kept.k, below));
    answer->high = fmax(way->high(all.n, all.k, above), way->high(kept.n, kept.k, above));
}

static void judge_watched(const struct question *question, const struct order *order,
                          struct answer *answer) {
    struct verdict_test *test = &answer->test;
    test->step = step_first(question, order);
    if (question->operand && order->stream)
        test->step = events_step(&order->events, test->step, &test->correlation);
    else if (!question->operand && order->stream)
        answer->outcome = events_decide(question, &order->events, test);
    else if (!question->operand)
        answer->outcome = eprocess_decide(question, test->share, events_all(&order->events));
    fill_in(question, &watched, order, answer);
}

static void judge_one_by_one(const struct question *question, const struct order *order,
                             struct answer *answer) {
    answer->test.step = 1;
    if (!question->operand)
        answer->outcome = binomial_decide(question, answer->test.share, events_all(&order->events));
    fill_in(question, &exactly, order, answer);
}

/* Where the order is not known, counts are shrunk, and both have to decide likewise. */
static void judge_shrunk(const struct question *question, const struct order *order,
                         struct answer *answer) {
    struct verdict_test *test = &answer->test;
    test->step = events_step(&order->events, EVENTS_STEP_MIXED, &test->correlation);
    enum outcome whole = binomial_decide(question, test->share, events_all(&order->events));
    enum outcome kept =
        binomial_decide(question, test->share, events_apart(&order->events, test->step));
    if (!question->operand && whole == kept) answer->outcome = whole;
    fill_in(question, &exactly, order, answer);
}

/* Whether nothing says that events come in bursts: of few, that none is near another; of more,
 * their correlation. */
static bool come_alone(const struct events *events, double *correlation) {
    uint64_t count = events_all(events).k;
    if (events_mixed(events)) return false;
    if (count < DEPENDENCE_BEYOND) return events_bursts(events, EVENTS_STEP) == count;
    return events_step(events, 1, correlation) == 1;
}

static void begin(const struct question *question, const struct series *series, struct order *order,
                  struct answer *answer) {
    answer->outcome = OUTCOME_INCONCLUSIVE;
    answer->test.share = claim_share(question->limit, &question->claim, true);
    answer->test.correlation = NAN;
    order_of(question, series, order);
}

void judge_rate(const struct question *question, const struct series *series,
                struct answer *answer) {
    struct order order;
    begin(question, series, &order, answer);
    if (!order.stream || come_alone(&order.events, &answer->test.correlation))
        judge_one_by_one(question, &order, answer);
    else if (events_mixed(&order.events))
        judge_shrunk(question, &order, answer);
    else
        judge_watched(question, &order, answer);
}

void judge_rate_sequential(const struct question *question, const struct series *series,
                           struct answer *answer) {
    struct order order;
    begin(question, series, &order, answer);
    judge_watched(question, &order, answer);
}

enum outcome rate_peek(const struct question *question, const struct series *series) {
    struct order order;
    order_of(question, series, &order);
    struct verdict_test test = {.share = claim_share(question->limit, &question->claim, true)};
    struct event_count all = events_all(&order.events);
    enum outcome outcome = eprocess_decide(question, test.share, all);
    if (!(test.share > 0 && test.share < 1)) return outcome;
    test.step = step_first(question, &order);
    enum outcome apart = decide_at(question, &order.events, &test);
    return apart == outcome ? outcome : OUTCOME_INCONCLUSIVE;
}
