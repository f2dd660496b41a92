/** Which series of a measurement one limit judges. */
#ifndef VERDICT_SELECTION_H
#define VERDICT_SELECTION_H

#include "verdict/verdict.h"

struct selection {
    struct series *items; /**< sorted by label */
    size_t count;
    size_t taken; /**< labels that match but are judged by a later row */
    bool absent;  /**< nothing was measured where that means 0: one item stands in, or, for a
                     pattern with wildcards, the row passes judgement on a 0 without label */
};

/**
 * The series of the limit's metric whose labels match its pattern, less those that a later row of
 * `budget` with the same metric, statistic, kind and dimensions matches: "the last written
 * decides". budget NULL: nobody else's rows count. An absent label of complete dimensions is a
 * series of one 0. Where labels stand for what nothing names (probe_metric.unnamed), what may hide
 * behind them makes it a series of which only the edges are known. Lives in `arena`.
 */
struct selection selection_make(struct arena *arena, const struct measurement *measurement,
                                const struct budget *budget, const struct limit *limit);

#endif
