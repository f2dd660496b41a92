#include "verdict/reason.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "stats/dependence.h"
#include "verdict/judge.h"

static const char *show(const struct reason_request *request, const struct verdict_row *row,
                        double value) {
    return unit_show(request->arena, value, row->limit->unit);
}

static const char *share_text(struct arena *arena, double share) {
    double percent = fabs(share) * 100;
    if (percent > 0 && percent < 0.05) return "less than 0.1 %";
    return text_format(arena, "%.1f %%", percent);
}

static const struct probe_metric *metric_of(const struct reason_request *request,
                                            const struct verdict_row *row) {
    return request->budget->metrics.items[row->limit->metric];
}

static struct claim row_claim(const struct reason_request *request, const struct verdict_row *row) {
    struct claim claim = {0};
    claim_of(row->limit, metric_of(request, row), &claim);
    return claim;
}

/* "23.5 % over", "12.0 % headroom", of one observed value. */
static const char *amount(const struct reason_request *request, const struct verdict_row *row,
                          double observed, bool unbounded) {
    struct claim claim = row_claim(request, row);
    if (unbounded) return "no maximum";
    if (observed == claim.bound)
        return claim_holds(&claim, observed) ? "exactly at the limit"
               : claim.upper                 ? "at the limit, must be below"
                                             : "at the limit, must be above";
    bool over = observed > claim.bound;
    if (claim.bound == 0)
        return text_format(request->arena, "%s %s 0", show(request, row, fabs(observed)),
                           over ? "over" : "under");
    if (claim.upper && claim.bound > 0 && observed / claim.bound >= 10)
        return text_format(request->arena, "%s times the limit",
                           unit_show(request->arena, observed / claim.bound, PROBE_COUNT));
    const char *share = share_text(request->arena, claim_headroom(&claim, observed));
    if (claim_holds(&claim, observed)) return text_format(request->arena, "%s headroom", share);
    return text_format(request->arena, "%s %s", share, over ? "over" : "under");
}

/* What counts samples beyond the bound. */
static bool test_counts(const struct verdict_test *test) {
    return text_equal(test->name, "binomial") || text_equal(test->name, "e-process");
}

/* Whether there were too many samples to keep all of them in order. */
static bool is_long_stream(const struct reason_request *request, const struct verdict_row *row) {
    const struct measurement *measurement =
        request->evidence ? request->evidence->measurement : NULL;
    for (size_t i = 0; measurement && i < measurement->count; i++)
        if (measurement->series[i].metric == row->limit->metric && measurement->series[i].whole)
            return true;
    return false;
}

/* " (samples are correlated: every 7th counts)" */
static const char *thinned(const struct reason_request *request, const struct verdict_row *row) {
    bool everywhere = row->outcome == OUTCOME_INCONCLUSIVE && row->test.step == 1 &&
                      row->test.correlation > DEPENDENCE_SLIGHT;
    if (everywhere) return " (samples far apart are correlated as well)";
    if (row->test.step <= 1) return "";
    bool rate = metric_of(request, row)->unit == PROBE_RATIO &&
                row->limit->statistic.kind == STATISTIC_MEAN;
    if (rate && !(row->test.correlation > DEPENDENCE_SLIGHT))
        return text_format(request->arena, " (events may come in bursts: one in %zu counts)",
                           row->test.step);
    bool slight = !(row->test.correlation > DEPENDENCE_SLIGHT);
    if (slight && is_long_stream(request, row))
        return text_format(request->arena, " (of so many, one in %zu is kept in order)",
                           row->test.step);
    return text_format(request->arena, " (neighbours %s correlated: one in %zu counts)",
                       slight ? "were" : "are", row->test.step);
}

/* "; 7 of 60 beyond, 5.0 % allowed" */
static const char *proof(const struct reason_request *request, const struct verdict_row *row) {
    if (!test_counts(&row->test)) return "";
    return text_format(request->arena, "; %llu of %llu beyond, %s allowed%s",
                       (unsigned long long)row->test.k, (unsigned long long)row->test.n,
                       share_text(request->arena, row->test.share), thinned(request, row));
}

static const char *growth(const struct reason_request *request, const struct verdict_row *row) {
    if (isnan(row->change)) return "";
    return text_format(request->arena, "; %+.1f %% against a baseline of %s", row->change * 100,
                       show(request, row, row->baseline));
}

static const char *reason_single(const struct reason_request *request,
                                 const struct verdict_row *row) {
    struct claim claim = row_claim(request, row);
    if (text_equal(row->test.name, "interval") && row->outcome == OUTCOME_FAIL && row->test.n > 0 &&
        claim_holds(&claim, row->observed))
        return text_format(request->arena, "it lies above %s", show(request, row, row->low));
    return text_format(request->arena, "%s%s%s",
                       amount(request, row, row->observed, row->unbounded), proof(request, row),
                       growth(request, row));
}

static const char *reason_pattern(const struct reason_request *request,
                                  const struct verdict_row *row) {
    struct arena *arena = request->arena;
    if (row->matched == 0) return "no label matches, which counts as 0";
    const struct verdict_match *worst = &row->worst[0];
    bool unbounded = isnan(worst->observed) && row->unbounded;
    const char *one = text_format(arena, "%s: %s", text_inert(arena, worst->label),
                                  amount(request, row, worst->observed, unbounded));
    if (row->broken == 0) return text_format(arena, "all %zu hold; %s", row->matched, one);
    return text_format(arena, "%zu of %zu broken; %s", row->broken, row->matched, one);
}

static const char *reason_interval(const struct reason_request *request,
                                   const struct verdict_row *row) {
    if (text_equal(row->test.name, "interval") && isnan(row->high) && !isnan(row->low))
        return text_format(request->arena, "it lies above %s, and so does the limit",
                           show(request, row, row->low));
    if (isnan(row->low) || isnan(row->high)) return "too few samples for an interval";
    if (row->test.n > 0)
        return text_format(request->arena, "it lies between %s and %s, and so does the limit",
                           show(request, row, row->low), show(request, row, row->high));
    return text_format(request->arena, "the interval from %s to %s holds the limit",
                       show(request, row, row->low), show(request, row, row->high));
}

/* A limit on launches, and only one of them. */
static bool lacks_a_run(const struct reason_request *request, const struct verdict_row *row) {
    const struct probe *probe = request->source->probe;
    return row->test.alpha > 0 && row->test.n > 1 && probe && !(probe->needs & PROBE_ONCE) &&
           request->evidence && request->evidence->measurement->runs == 1;
}

static const char *reason_open(const struct reason_request *request,
                               const struct verdict_row *row) {
    const struct verdict_test *test = &row->test;
    struct arena *arena = request->arena;
    if (text_equal(test->name, "descriptive"))
        return text_format(arena, "stopped before the %zu runs it is about",
                           request->source->runs.min);
    if (text_equal(test->name, "student") && test->batches == 0)
        return text_format(arena, "%llu samples, a mean needs %d", (unsigned long long)test->n,
                           JUDGE_BATCHES);
    if (test_counts(test) && test->share == 0) return "a share of 0 can never be proven";
    if (lacks_a_run(request, row)) return "one run only: the next may differ";
    if (!test_counts(test)) return reason_interval(request, row);
    const char *label = row->worst_count > 0
                            ? text_format(arena, "%s: ", text_inert(arena, row->worst[0].label))
                            : "";
    return text_format(arena, "%s%llu of %llu beyond the limit, %s allowed%s: neither is proven",
                       label, (unsigned long long)test->k, (unsigned long long)test->n,
                       share_text(arena, test->share), thinned(request, row));
}

static const char *reason_unmatched(const struct reason_request *request,
                                    const struct verdict_row *row) {
    if (!row->pattern) return "no samples";
    return text_format(request->arena,
                       row->limit->pattern.wild ? "nothing matched `%s`" : "`%s` was not measured",
                       text_inert(request->arena, row->pattern));
}

static const char *reason_waived(const struct reason_request *request,
                                 const struct verdict_row *row) {
    const char *until = request->budget->waiver.until_text;
    if (row->needless) return "the limit itself would pass: the waiver is not needed";
    return text_format(request->arena, "waived until %s; %s", until ? until : "further notice",
                       row->limit->pattern.wild ? reason_pattern(request, row)
                                                : reason_single(request, row));
}

const char *reason_text(const struct reason_request *request, const struct verdict_row *row) {
    switch (row->outcome) {
    case OUTCOME_SKIPPED:
        return "skipped";
    case OUTCOME_ERROR:
        return reason_unmatched(request, row);
    case OUTCOME_INCONCLUSIVE:
        return reason_open(request, row);
    case OUTCOME_WAIVED:
        return reason_waived(request, row);
    case OUTCOME_PASS:
    case OUTCOME_WARN:
    case OUTCOME_FAIL:
        break;
    }
    if (row->needless) return reason_waived(request, row);
    return row->limit->pattern.wild ? reason_pattern(request, row) : reason_single(request, row);
}
