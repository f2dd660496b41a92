#include "verdict/loudness.h"

#include <math.h>

#include "base/text.h"
#include "verdict/change.h"

/* Said by the metric alone, as a stored report knows no more of its probe. */
static bool is_timed(const struct budget *source, const struct probe_metric *metric) {
    if (source->derive || metric->nature != PROBE_NOISY) return false;
    return metric->unit == PROBE_SECONDS || metric->unit == PROBE_PER_SECOND ||
           metric->unit == PROBE_BYTES_PER_SECOND;
}

/* The change as a factor, at the end that the verdict rests on: that nearest to the bound. */
static double factor_at(const struct verdict_row *row, bool high) {
    double end = high ? row->change_high : row->change_low;
    return 1 + (isnan(end) ? row->change : end);
}

/* Whether the limit holds at a change by that factor. */
static bool holds_at(const struct claim *claim, const struct verdict_row *row, double factor) {
    return claim_holds(claim, row->baseline * factor);
}

/* Times get longer and rates smaller by waiting, so head was faster than it looked. */
static bool fail_stands(const struct claim *claim, const struct verdict_row *row, double waited) {
    double factor =
        claim->upper ? factor_at(row, false) * (1 - waited) : factor_at(row, true) / (1 - waited);
    return !holds_at(claim, row, factor);
}

static bool pass_stands(const struct claim *claim, const struct verdict_row *row, double waited) {
    double factor =
        claim->upper ? factor_at(row, true) / (1 - waited) : factor_at(row, false) * (1 - waited);
    return holds_at(claim, row, factor);
}

const char *change_drowned(struct arena *arena, const struct verdict_options *options,
                           const struct budget *source, const struct verdict_row *row,
                           const char **settle) {
    if (row->basis != BASIS_STORED || !isfinite(row->change) || !(row->baseline > 0)) return NULL;
    const struct probe_metric *metric = source->metrics.items[row->limit->metric];
    if (!is_timed(source, metric)) return NULL;
    const struct change_question question = {.limit = row->limit, .metric = metric};
    struct claim claim = change_claim(&question, row->baseline);
    double now = options->waited_now, then = options->waited_then;
    if (row->outcome == OUTCOME_FAIL && now > LOUD_SHARE && !fail_stands(&claim, row, now)) {
        *settle = "`--against`, which measures both side by side, or a quiet machine";
        return text_format(arena,
                           "the machine was loud: tasks waited for a processor %.0f %% of the time",
                           now * 100);
    }
    if (row->outcome == OUTCOME_PASS && then > LOUD_SHARE && !pass_stands(&claim, row, then)) {
        *settle = "a baseline of a quiet machine, or `--against`, which measures both side by side";
        return text_format(arena,
                           "the machine was loud when the baseline was measured: tasks waited for "
                           "a processor %.0f %% of the time",
                           then * 100);
    }
    return NULL;
}
