/** What the tests of counts share: deciding from so many of so many. */
#ifndef VERDICT_JUDGE_PARTS_H
#define VERDICT_JUDGE_PARTS_H

#include "stats/events.h"
#include "verdict/judge.h"

/* judge_counts.c */
/** By e-processes: PASS or FAIL where the evidence is there. */
enum outcome eprocess_decide(const struct question *question, double share,
                             struct event_count count);
/** The fields of a test by e-processes; outcome and share stand in the answer already. */
void eprocess_fill(const struct question *question, struct event_count kept, struct answer *answer);

/** By exact tails, once. */
enum outcome binomial_decide(const struct question *question, double share,
                             struct event_count count);
/** The fields of a test by exact tails, likewise. */
void binomial_fill(const struct question *question, struct event_count kept, struct answer *answer);

/* judge_rate.c */
/**
 * By the rule of rates: events, further and further apart from `test->step` on, by
 * e-processes. Sets the step of the test and its correlation; the test has its share.
 */
enum outcome events_decide(const struct question *question, const struct events *events,
                           struct verdict_test *test);
/** Whether a sequential question about a rate is worth a look; see judge_peek. */
enum outcome rate_peek(const struct question *question, const struct series *series);

#endif
