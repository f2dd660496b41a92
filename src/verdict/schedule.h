/** When samples are looked at, and how much of alpha each look may spend. */
#ifndef VERDICT_SCHEDULE_H
#define VERDICT_SCHEDULE_H

#include "verdict/verdict.h"

/**
 * One thing somebody needs of a measurement: a row's decision, or the interval of an operand of a
 * derived budget.
 */
struct need {
    const struct budget *budget; /**< whose row or expression it is */
    const struct limit *limit;
    const struct probe_metric *metric;
    struct verdict_row *row; /**< NULL: an operand */
    double alpha;            /**< for each side, over all looks */
};

/**
 * The looks at one measurement. Fixed samples (`runs: N`, files): one look with all of alpha.
 * Otherwise quantiles and rates are watched: looked at after every run from runs.min on that could
 * decide one of them, which their e-processes allow (every hundredth run more, once samples are
 * many). All other needs have
 * looks: the first when means have their samples, at runs.min at the earliest; then at twice as
 * many runs each time. Look j may spend alpha / 2^j, and the last one (runs.max, or when time is
 * over) what is left, so that all looks together spend alpha.
 */
struct verdict_schedule {
    struct need *needs;
    size_t need_count;
    enum sampling sampling;
    bool exact;           /**< nobody needs more than one run */
    bool missing;         /**< was asked with a measurement that failed */
    bool closed;          /**< all of alpha is spent */
    size_t next;          /**< runs asked for */
    size_t look_at;       /**< runs at the next look; 0: not known yet */
    unsigned look;        /**< the look at hand, from 1; 0: fixed */
    double share;         /**< of alpha at the look at hand */
    struct arena *labels; /**< keeps labels of rows between looks; NULL: none needed so far */
};

/** Runs to begin with. */
size_t schedule_first(const struct verdict_schedule *schedule, const struct budget *budget);

/** How many runs the first look takes, from what the runs so far gave: between runs.min and
 * runs.max. */
size_t schedule_first_look(const struct verdict_schedule *schedule, const struct budget *budget,
                           const struct measurement *measurement);

/** Whether a need is met by an e-process, after any run. */
bool need_is_watched(const struct verdict_schedule *schedule, const struct need *need,
                     const struct measurement *measurement);

/** Runs after which watched needs are looked at again: one more, or a hundredth. */
size_t schedule_watch_next(const struct measurement *measurement);

/** Whether a budget's probe could run again to say more. */
bool budget_is_repeatable(const struct budget *budget);

/** Begins the next look, which is the last one when `last`: sets look, share, closed. */
void schedule_look(struct verdict_schedule *schedule, bool last);

/** Samples of a series that the first look at a need takes when nothing goes wrong; 0: no number
 * helps. Not of watched ones. */
uint64_t need_samples(const struct need *need, bool rate);

/** Up to so many samples a look after every run costs nothing to speak of. */
enum { WATCH_ALWAYS = 4096, WATCH_SHARE = 100 };

/** Runs before which nothing can be decided are asked for together, up to so many. */
enum { SOONEST_MAX = 1000 };

/**
 * Samples of the first look at a mean: three a batch. Of fewer, a rare slow one may not have shown
 * up yet, and no test can know (simulated: 36 % wrong passes from 20 samples with 5 % spikes, 5 %
 * from 60). Fixed samples are judged from JUDGE_BATCHES on.
 */
enum { MEAN_SAMPLES = 60 };

/** What the first of several looks may spend. */
#define FIRST_LOOK_SHARE 0.5

/** 1 - confidence as the decimal meant: 0.05 for 95 %, not the rest of a subtraction. */
double alpha_of(double confidence);

#endif
