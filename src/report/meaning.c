#include "report/meaning.h"

#include "base/array.h"
#include "base/text.h"
#include "verdict/claim.h"

bool nothing_judged(const struct verdicts *verdicts) {
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (i != OUTCOME_SKIPPED && verdicts->summary[i]) return false;
    return true;
}

/* Changes without a baseline, of budgets that take part. */
static bool some_unjudged(const struct verdicts *verdicts) {
    for (size_t i = 0; i < verdicts->set->count; i++) {
        const struct budget_verdict *verdict = &verdicts->budgets[i];
        for (size_t row = 0; verdict->budget->selected && row < verdict->count; row++)
            if (verdict->rows[row].outcome == OUTCOME_SKIPPED &&
                limit_lacks_baseline(verdict->rows[row].limit))
                return true;
    }
    return false;
}

/* Exit 0 is not always a pass of everything. */
static const char *pass_meaning(const struct verdicts *verdicts) {
    enum outcome effect = verdicts->effect;
    switch (effect) {
    case OUTCOME_WARN:
        return "there are warnings, and they do not fail";
    case OUTCOME_WAIVED:
        return "the limits are met, or waived for now";
    case OUTCOME_SKIPPED:
    case OUTCOME_PASS:
    case OUTCOME_INCONCLUSIVE:
    case OUTCOME_FAIL:
    case OUTCOME_ERROR:
        break;
    }
    if (outcome_exit_code(effect)) return "only reporting";
    if (verdicts->summary[OUTCOME_INCONCLUSIVE])
        return "no limit is broken, and the unproven may pass";
    return some_unjudged(verdicts) ? "all limits that could be judged are met"
                                   : "all limits are met";
}

const char *exit_meaning(struct arena *arena, const struct report *report) {
    static const char *const meanings[] = {"",
                                           "a limit is broken",
                                           "the configuration is wrong",
                                           "something could not be measured",
                                           "perfbudget or its environment failed",
                                           "refused by policy",
                                           "the samples prove neither pass nor fail"};
    int code = report->exit_code;
    if (code > 128) return text_format(arena, "ended by signal %d", code - 128);
    if (code == 0) return pass_meaning(report->verdicts);
    if (code == 3 && nothing_judged(report->verdicts)) return "nothing was measured";
    return (size_t)code < array_length(meanings) ? meanings[code] : "unknown";
}

const char *report_counts(struct arena *arena, const struct report *report) {
    struct text counts = text_begin(arena);
    for (int i = OUTCOME_COUNT - 1; i >= 0; i--)
        if (report->verdicts->summary[i])
            text_add_format(&counts, "%s%zu %s", counts.length ? ", " : "",
                            report->verdicts->summary[i], outcome_words[i]);
    return counts.length ? counts.data : "nothing was judged";
}

bool reason_tells(const struct budget_verdict *verdict, const char *message) {
    for (size_t i = 0; i < verdict->count; i++)
        if (text_equal(verdict->rows[i].reason, message)) return true;
    return false;
}
