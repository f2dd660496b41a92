#include "verdict/progress.h"

#include <math.h>

#include "base/text.h"
#include "verdict/reason.h"
#include "verdict/row.h"

/* Of the evidence that a decision takes, how much is there; by logarithms, as evidence grows in
 * proportion to samples. */
static double share_of_evidence(const struct verdict_test *test) {
    if (!text_equal(test->name, "e-process")) return NAN;
    double most = fmax(test->log_pass, test->log_fail) / -log(test->alpha);
    return fmin(fmax(most, 0), 1);
}

static double runs_more(const struct verdict_test *test, size_t runs) {
    if (!text_equal(test->name, "e-process") || test->n == 0) return NAN;
    return ceil((settle_count(test) - (double)test->n) * (double)runs / (double)test->n);
}

/* What is further from its decision. Rows that count looks are not compared. */
static bool further(double share, const struct verdict_progress *than) {
    return !than->limit || (!isnan(share) && (isnan(than->share) || share < than->share));
}

static void take(struct verdict_progress *progress, const struct verdict_row *row, size_t runs) {
    progress->limit = row->limit;
    progress->unit = row->limit->unit;
    progress->samples = row->test.n;
    progress->observed = row->observed;
    progress->low = row->low;
    progress->high = row->high;
    progress->share = share_of_evidence(&row->test);
    progress->runs_more = runs_more(&row->test, runs);
}

void verdicts_progress(const struct verdicts *verdicts, size_t index,
                       const struct measurement *measurement, struct verdict_progress *progress) {
    const struct verdict_schedule *schedule = &verdicts->schedules[index];
    *progress = (struct verdict_progress){
        .observed = NAN, .low = NAN, .high = NAN, .share = NAN, .runs_more = NAN};
    if (!measurement || measurement->missing || measurement->runs == 0 || schedule->fixed) return;
    struct arena *scratch = arena_new();
    for (size_t i = 0; i < schedule->need_count; i++) {
        const struct need *need = &schedule->needs[i];
        if (!need->row || need->row->decided || !need_is_watched(schedule, need, measurement))
            continue;
        struct verdict_row row = *need->row;
        struct row_look look = row_look_now(verdicts, index, need, measurement, scratch);
        row_look(&row, &look);
        if (row.outcome != OUTCOME_INCONCLUSIVE) continue;
        progress->open++;
        if (further(share_of_evidence(&row.test), progress))
            take(progress, &row, measurement->runs);
    }
    arena_free(scratch);
}
