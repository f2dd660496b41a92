/** Rows that compare with earlier code: when they are looked at, and what comes of it. */
#ifndef VERDICT_AGAINST_H
#define VERDICT_AGAINST_H

#include "verdict/row.h"

/** The fewest pairs worth a look. */
enum { AGAINST_FIRST_PAIRS = 10 };

/** One row and the budget it belongs to. */
struct against_row {
    struct verdict_row *row;
    const struct budget *budget;
};

/**
 * The rows that compare measurement `index` with its base. Noisy ones are looked at when there are
 * 10, 15, 22, 33, ... runs up to runs.max (once where runs are fixed), and each look may spend an
 * equal share of alpha; where sampling ends earlier, the last look spends what is left.
 */
struct against {
    struct against_row *rows;
    size_t count;
    bool leaned;    /**< derived rows that compare lean on it, so the base is measured as well */
    bool noisy;     /**< some row needs more than one run */
    bool begun;     /**< the other rows have been asked */
    bool closed;    /**< all of alpha is spent */
    size_t limits;  /**< runs that the other rows have asked for; 0: no more */
    size_t next;    /**< runs of the next look; 0: none */
    size_t most;    /**< runs of the last look */
    unsigned look;  /**< looks so far */
    unsigned looks; /**< there can be */
    struct arena *keep; /**< labels of rows between looks; NULL: none so far */
};

/** Finds the rows without a baseline of their own. Where there is nothing to compare with, they ask
 * for as many runs as the first look takes, so that what was measured can serve as a baseline. */
void against_begin(struct verdicts *verdicts);

/** Looks at pairs there can be with that many runs; each may spend an equal share of alpha. */
unsigned against_looks(const struct budget_runs *runs);

/** Whether some row of the budget compares with what the run is compared with. */
bool budget_compares(const struct verdicts *verdicts, const struct budget *budget);

/** Whether budget `index` has rows that a base would be measured for. */
bool against_wanted(const struct verdicts *verdicts, size_t index);

/** The last look, where sampling has ended without one. */
void against_close(struct verdicts *verdicts, size_t index, const struct evidence *evidence);

/** The words of a row that was looked at, once nothing changes any more. */
void against_settle(const struct verdicts *verdicts, struct verdict_row *row,
                    const struct budget *budget);

/** Derived values: their expression over head's and over the base's measurements, each by intervals
 * that together are wrong with at most alpha. Looked at once, at the end. */
void against_derived(const struct verdicts *verdicts, const struct evidence *evidence, size_t index,
                     struct verdict_row *row);

/** Looks at one row, spending a share of the budget's alpha. What stays in it goes to `keep`. */
struct against_look {
    const struct measurement *measurement; /**< of head */
    const struct verdict_base *base;
    enum verdict_basis basis;
    const char *incomparable;
    double share;
    unsigned look;
    enum sampling sampling;
    bool last, repeatable;
    struct arena *keep;
};
void against_look(const struct against_row *against, const struct against_look *look);

/** As verdicts_wanted, of the rows that compare. */
size_t pairs_wanted(struct verdicts *verdicts, size_t index, const struct measurement *measurement);

#endif
