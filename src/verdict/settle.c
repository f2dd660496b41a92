#include <math.h>

#include "base/text.h"
#include "stats/dependence.h"
#include "stats/eprocess.h"
#include "stats/tails.h"
#include "verdict/against.h"
#include "verdict/judge.h"
#include "verdict/reason.h"

/* Beyond this many samples the answer is "hardly ever". */
#define SETTLE_MAX 1e8

/* Whether n samples would decide with the same share beyond. */
static bool would_decide(const struct verdict_test *test, double n) {
    double k = nearbyint((double)test->k / (double)test->n * n);
    bool few = k < n * test->share;
    if (text_equal(test->name, "e-process")) {
        double evidence = few ? eprocess_below((uint64_t)n, (uint64_t)k, test->share)
                              : eprocess_above((uint64_t)n, (uint64_t)k, test->share);
        return eprocess_proves(evidence, test->alpha);
    }
    double tail = few ? binomial_lower((uint64_t)n, test->share, (uint64_t)k)
                      : binomial_upper((uint64_t)n, test->share, (uint64_t)k);
    return tail_within(tail, test->alpha);
}

/* Smallest n, about: doubled until it decides, then halved back. NaN: none below SETTLE_MAX. */
double settle_count(const struct verdict_test *test) {
    double from = (double)test->n, to = from;
    if (would_decide(test, from))
        return fmax(from + 1, DEPENDENCE_SAMPLES); /* a stream cut short */
    do {
        from = to;
        to *= 2;
        if (to > SETTLE_MAX) return NAN;
    } while (!would_decide(test, to));
    while (to - from > 1 && to - from > 0.01 * from) {
        double middle = floor(from + (to - from) / 2);
        if (would_decide(test, middle))
            to = middle;
        else
            from = middle;
    }
    return to;
}

/* The interval shrinks with the square root of the samples. */
static double mean_samples(const struct verdict_test *test, double bound) {
    if (test->batches == 0) return JUDGE_BATCHES;
    double half = -student_quantile(test->alpha, (double)test->batches - 1) * test->error;
    double factor = half / fabs(test->mean - bound);
    double samples = ceil((double)test->n * factor * factor);
    return samples <= SETTLE_MAX ? samples : NAN;
}

/* Two digits: it is a guess. */
static double round_guess(double number) {
    double step = pow(10, fmax(floor(log10(number)) - 1, 0));
    return ceil(number / step) * step;
}

static const char *settle_runs(const struct reason_request *request, const struct verdict_row *row,
                               double samples) {
    struct arena *arena = request->arena;
    const struct budget_runs *runs = &request->source->runs;
    const struct measurement *measurement = request->evidence->measurement;
    double have = (double)row->test.n, more = samples - have;
    bool once = request->source->probe && request->source->probe->needs & PROBE_ONCE;
    if ((once && row->basis != BASIS_PAIRED) || measurement->runs == 0)
        return text_format(arena, "about %.0f more samples",
                           round_guess(fmax(more * fmax((double)row->test.step, 1), 1)));
    double run_count = (double)measurement->runs;
    double guess = round_guess(fmax(ceil(more * run_count / have), 1));
    const char *one = row->basis == BASIS_PAIRED ? "pair" : "run";
    const char *word = text_format(arena, "%s%s", one, guess == 1 ? "" : "s");
    if (run_count + guess > (double)runs->max)
        return text_format(arena, "about %.0f more %s, beyond runs.max of %zu", guess, word,
                           runs->max);
    if (!request->evidence->stopped) return text_format(arena, "about %.0f more %s", guess, word);
    return text_format(arena, "about %.0f more %s (stopped by %s)", guess, word,
                       request->evidence->stopped);
}

/* The change that the limit allows, as a share of the baseline; NaN: it is no share. */
static double change_allowed(const struct reason_request *request, const struct verdict_row *row) {
    struct limit limit = *row->limit;
    struct claim claim;
    limit.has_baseline = true;
    limit.baseline = row->baseline;
    if (claim_of(&limit, request->budget->metrics.items[limit.metric], &claim)) return NAN;
    return claim.bound / row->baseline - 1;
}

/* Half the interval's width shrinks with the square root of the runs; it has to fit between the
 * estimate and the limit. As factor to the runs there are; NaN: hardly any. */
static double change_factor(const struct reason_request *request, const struct verdict_row *row) {
    double allowed = change_allowed(request, row);
    double half = (log1p(row->change_high) - log1p(row->change_low)) / 2;
    double apart = fabs(log1p(row->change) - log1p(allowed));
    if (!isfinite(half) || !isfinite(apart) || apart == 0) return NAN;
    double factor = half / apart * (half / apart);
    const double looks = 1.2; /* the next look, where the interval lies on one side already */
    return fmax(factor, looks);
}

static const char *settle_change(const struct reason_request *request,
                                 const struct verdict_row *row) {
    const struct measurement *measurement = request->evidence->measurement;
    bool stored = row->basis == BASIS_STORED, tested = row->test.n > 0;
    if (text_equal(row->test.name, "exact")) return "a baseline measured by the same method";
    if (stored && tested && isnan(row->change_low) && isnan(row->change_high))
        return "a baseline of this machine with more launches, or `--against`";
    if (!tested) return NULL;
    const struct probe *probe = request->source->probe;
    if (!stored && probe && probe->needs & PROBE_STREAM &&
        request->source->runs.max < AGAINST_FIRST_PAIRS)
        return "`runs: 10`, which loads each checkout so often, in turns";
    if (text_equal(row->test.name, "signed-rank") && probe && probe->needs & PROBE_ONCE)
        return "a limit that compares with nothing: one value on each side proves no change";
    if (text_equal(row->test.name, "intervals") && isnan(row->change_low))
        return row->baseline == 0 && row->limit->relative && row->limit->floor == 0
                   ? "an absolute margin beside it: `floor`"
                   : "more samples on both sides";
    double factor = change_factor(request, row);
    double samples = (double)row->test.n * factor;
    if (isnan(factor) && measurement->runs < AGAINST_FIRST_PAIRS)
        samples = AGAINST_FIRST_PAIRS; /* too few for an interval */
    else if (isnan(factor) || samples > SETTLE_MAX)
        return "hardly more runs: it lies too near the limit";
    if (!stored) return settle_runs(request, row, samples);
    double more = round_guess(fmax(ceil(samples - (double)row->test.n), 1));
    return text_format(request->arena, "about %.0f more launches on both sides, or `--against`",
                       more);
}

static const char *settle_edges(const struct reason_request *request,
                                const struct verdict_row *row) {
    const char *unnamed = request->budget->metrics.items[row->limit->metric]->unnamed;
    if (!unnamed) return "a bucket of the histogram that ends at the limit";
    return text_format(request->arena,
                       "names for what is counted as `%s`: any of it may be meant (of a stripped "
                       "module, `symbols` takes them from its unstripped twin)",
                       unnamed);
}

const char *reason_settle(const struct reason_request *request, const struct verdict_row *row) {
    if (row->outcome != OUTCOME_INCONCLUSIVE) return NULL;
    if (!request->evidence) return "more runs of what it leans on";
    const struct verdict_test *test = &row->test;
    if (limit_lacks_baseline(row->limit)) return settle_change(request, row);
    if (text_equal(test->name, "interval")) return settle_edges(request, row);
    if (text_equal(test->name, "descriptive"))
        return text_format(request->arena, "all %zu runs", request->source->runs.min);
    struct claim claim;
    const struct probe_metric *metric = request->budget->metrics.items[row->limit->metric];
    if (test->n == 0 || claim_of(row->limit, metric, &claim)) return NULL;
    bool counts = text_equal(test->name, "binomial") || text_equal(test->name, "e-process");
    if (counts && test->share == 0) return "limit the count instead: `errors: 0`";
    double samples = counts ? settle_count(test) : mean_samples(test, claim.bound);
    if (isnan(samples)) return "hardly more runs: it lies too near the limit";
    return settle_runs(request, row, samples);
}
