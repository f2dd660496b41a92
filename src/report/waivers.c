#include "report/waivers.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/text.h"
#include "report/words.h"

bool waiver_needless(const struct budget_verdict *verdict) {
    size_t waived = 0;
    if (verdict->budget->waiver.state != WAIVER_LIVE) return false;
    for (size_t i = 0; i < verdict->count; i++) {
        if (!verdict->rows[i].limit->waived) continue;
        if (!verdict->rows[i].needless) return false;
        waived++;
    }
    return waived > 0;
}

static const char *days_text(struct arena *arena, int64_t days) {
    return text_format(arena, "%" PRId64 " day%s", days, days == 1 ? "" : "s");
}

const char *waiver_text(struct arena *arena, const struct budget_verdict *verdict) {
    const struct waiver *waiver = &verdict->budget->waiver;
    if (waiver->state == WAIVER_NONE) return NULL;
    const char *until = waiver->until_text;
    const char *reason = waiver->reason ? waiver->reason : "no reason";
    if (waiver->state == WAIVER_EXPIRED)
        return text_format(arena, "expired after %s, %s ago, and the limits count: %s", until,
                           days_text(arena, -waiver->days_left), reason);
    const char *left = waiver->days_left == 0
                           ? "today is its last day"
                           : text_format(arena, "%s left", days_text(arena, waiver->days_left));
    return text_format(arena, "until %s, %s: %s%s", until, left, reason,
                       waiver_needless(verdict) ? " (not needed any more)" : "");
}

static bool is_told(const struct budget_verdict *verdict) {
    for (size_t i = 0; i < verdict->count; i++)
        if (verdict->rows[i].effect > OUTCOME_PASS) return true;
    return false;
}

size_t report_waivers(struct arena *arena, const struct report *report,
                      struct report_waiver **waivers) {
    size_t count = 0;
    *waivers = NULL;
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        const struct waiver *waiver = &verdict->budget->waiver;
        if (!verdict->budget->selected || waiver->state == WAIVER_NONE) continue;
        bool needless = waiver_needless(verdict);
        *array_add(arena, *waivers, count) = (struct report_waiver){
            .budget = verdict->budget,
            .text = waiver_text(arena, verdict),
            .state = needless ? "needless" : words_waiver.items[waiver->state],
            .level = needless || waiver->state == WAIVER_EXPIRED ? DIAG_WARNING : DIAG_NOTE,
            .told = is_told(verdict),
        };
    }
    return count;
}
