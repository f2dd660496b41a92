#include <math.h>

#include "base/text.h"
#include "stats/dependence.h"
#include "stats/eprocess.h"
#include "stats/tails.h"
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
    if (once || measurement->runs == 0)
        return text_format(arena, "about %.0f more samples", round_guess(fmax(more, 1)));
    double run_count = (double)measurement->runs;
    double guess = round_guess(fmax(ceil(more * run_count / have), 1));
    const char *word = guess == 1 ? "run" : "runs";
    if (run_count + guess > (double)runs->max)
        return text_format(arena, "about %.0f more %s, beyond runs.max of %zu", guess, word,
                           runs->max);
    if (!request->evidence->stopped) return text_format(arena, "about %.0f more %s", guess, word);
    return text_format(arena, "about %.0f more %s (stopped by %s)", guess, word,
                       request->evidence->stopped);
}

const char *reason_settle(const struct reason_request *request, const struct verdict_row *row) {
    if (row->outcome != OUTCOME_INCONCLUSIVE) return NULL;
    if (!request->evidence) return "more runs of what it leans on";
    const struct verdict_test *test = &row->test;
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
