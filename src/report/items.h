/** The report as a flat list of cases, as test readers want it: one a limit row, one a skipped
 * budget, and one for the run itself where it failed in a way that no row tells. */
#ifndef REPORT_ITEMS_H
#define REPORT_ITEMS_H

#include "report/report.h"

struct report_item {
    const struct budget *budget;   /**< NULL: the run itself */
    const struct verdict_row *row; /**< NULL: a skipped budget, or the run itself */
    size_t index;                  /**< of the budget in the set */
    enum outcome outcome, effect;
    const char *name;    /**< "wasm-size: gzip ≤ 100 KB"; inert */
    const char *waiver;  /**< of its budget, as waiver_text has it; NULL: none. Not inert */
    const char *message; /**< one sentence; inert; "" where a passed row has nothing to say */
};

/** All items, in the order of the report. */
size_t report_items(struct arena *arena, const struct report *report, struct report_item **items);

/** How loudly readers of findings are told of it, by its effect; false: of what is met and what is
 * skipped they are not. */
bool item_level(const struct report_item *item, enum diag_level *level);

/** Whether the item stands in the way of exit 0: inconclusive, failed or not measured. */
bool item_is_broken(const struct report_item *item);

/** The file its budget stands in, as reports name it; "perfbudget" for the run itself. Not inert.
 */
const char *item_file(const struct report_item *item);

/** Where it stands in its budget file: the limit's place, else the budget's, each with a file
 * and a line; NO_PLACE, without a file, for neither. */
struct place item_place(const struct report_item *item);

/** The same for readers that need a place: where there is none, the first line of the first budget
 * file. */
struct place item_anchor(const struct report *report, const struct report_item *item);

/** What stays the same from run to run as long as it is about the same limit: 64 hex digits. */
const char *item_fingerprint(struct arena *arena, const struct report_item *item);

/** What failed of the run as a whole, though no row says so: it was ended early, nothing was
 * judged, an error that is not of a budget. NULL: nothing. Inert. */
const char *report_trouble(struct arena *arena, const struct report *report);

#endif
