/** What a budget has beside its limits: its waiver, and how often it runs. */
#ifndef BUDGET_WAIVED_H
#define BUDGET_WAIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum waiver_state { WAIVER_NONE, WAIVER_LIVE, WAIVER_EXPIRED };
struct waiver {
    enum waiver_state state;
    int64_t until; /**< last day it counts, days since 1970-01-01 UTC */
    const char *until_text, *reason;
    int64_t days_left; /**< 0: today is the last; negative: expired */
    struct place place;
};

/** How often a probe runs. */
struct budget_runs {
    size_t min, max;
    bool fixed; /**< a plain number was written, or the probe runs once: exactly min runs */
};

#endif
