/** What earlier code gave, for limits on a change. */
#ifndef VERDICT_BASE_H
#define VERDICT_BASE_H

#include "probe/metric.h"

/** Where the baselines of regressions come from that write none down. */
enum verdict_basis {
    BASIS_NONE,
    BASIS_STORED, /**< a report of earlier code: `--baseline` */
    BASIS_PAIRED, /**< a checkout measured side by side: `--against`; runs are pairs */
};

/** What earlier code gave for one budget. */
struct verdict_base {
    const struct measurement *measurement; /**< metrics numbered as the budget's; NULL: not known
                                              to the earlier code, or not measured */
    const char *problem; /**< why it was not measured, one phrase; NULL with measurement NULL: the
                            earlier code lacks the budget */
    const char *other;   /**< why what a stored report measured is not what is measured now, one
                            phrase: nothing is proven against it; NULL */
};

#endif
