/** Tightening limits to what was measured, in place. */
#ifndef APP_RATCHET_H
#define APP_RATCHET_H

#include "base/diag.h"
#include "budget/budget.h"

/** Room that is left over what was measured, as a share of it, and the least that a bound has to
 * move by to be worth a change. */
#define RATCHET_HEADROOM 0.2
#define RATCHET_STEP 0.05

struct ratchet_request {
    const char *report, *file;    /**< paths as the user named them */
    struct budget_request budget; /**< its registry, directory and day */
    double headroom;              /**< share */
    bool dry_run;                 /**< shows the change, writes nothing */
};

/** One bound that moves. */
struct ratchet_step {
    const char *id, *what; /**< of the budget; "gzip max" */
    struct place place;
    size_t offset, length;      /**< bytes of the number and its unit in the file */
    const char *before, *after; /**< "1 MiB", "47.3 KiB" */
    double bound;               /**< after, in the base unit */
    bool upper, stays;
};
struct ratchet {
    struct ratchet_step *steps; /**< in the order of the file */
    size_t count;
    const char *bytes; /**< the file as it was read */
    size_t length;
    const char *edited; /**< and with the steps taken; NULL where there is none */
};

/**
 * Reads both, finds the limits (`max` and `min`, written as plain quantities in the file itself)
 * that the report's run met with more room than `headroom`, and moves their numbers, up to three
 * digits long, leaving every other byte as it is. Nothing is ever loosened: the edited file is
 * compared with the old one as `diff` does before it is written. Waived limits, limits with
 * variables, and budgets the report has measured otherwise stay. The file is replaced atomically.
 * False after an error; then nothing is written.
 */
bool ratchet_run(struct arena *arena, const struct ratchet_request *request,
                 struct ratchet *ratchet, struct diags *diags);

/** The change as people read it: a line for each step, or with `dry_run` the lines before and
 * after. */
const char *ratchet_text(struct arena *arena, const struct ratchet *ratchet, bool dry_run);

#endif
