#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "verdict/progress.h"

enum { LIVE_INTERVAL_MS = 100, PLAIN_INTERVAL_MS = 10000 };

struct progress {
    bool live, plain;
    bool shown; /* a live line stands on the terminal */
    uint64_t begun, last;
    const struct budget_set *set;
    const struct verdicts *verdicts;
};

struct progress *progress_new(struct arena *arena, enum term_when when, bool quiet) {
    struct progress *progress = arena_new_object(arena, struct progress);
    if (quiet || when == TERM_NEVER) return progress;
    const char *kind = getenv("TERM");
    bool terminal = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
    progress->live = when == TERM_ALWAYS || terminal;
    progress->plain = !progress->live;
    progress->begun = progress->last = clock_now();
    return progress;
}

void progress_planned(void *context, const struct budget_set *set) {
    struct progress *progress = context;
    progress->set = set;
}

void progress_begun(void *context, const struct verdicts *verdicts) {
    struct progress *progress = context;
    progress->verdicts = verdicts;
}

/* The primary metric so far: "median 12.3 ms". */
static const char *estimate(struct arena *arena, const struct measurement *measurement) {
    if (!measurement || !measurement->count || !measurement->metrics->count) return "";
    const struct series *series = &measurement->series[0];
    const struct probe_metric *metric = measurement->metrics->items[series->metric];
    if (metric->nature == PROBE_EXACT || !series->count) return "";
    const struct statistic median = {STATISTIC_QUANTILE, 0.5};
    double value = series_statistic(series, &median);
    return text_format(arena, ", %s median %s", metric->name,
                       unit_show(arena, value, metric->unit));
}

static const char *progress_number(struct arena *arena, double number,
                                   const struct verdict_progress *open) {
    if (isnan(number)) return "?";
    if (open->change) return text_format(arena, "%+.1f %%", number * 100);
    return unit_show(arena, number, open->unit);
}

/* The limit furthest from a decision: ", wall.p95 12.3 ms (11.9 ms to ?), 60 % of the evidence",
 * ", wall.median changed by +1.2 % (-0.4 % to +2.8 %), 30 % of the evidence". */
static void add_limit(struct text *line, const struct verdict_progress *open, size_t runs) {
    struct arena *arena = line->arena;
    text_add_format(line, ", %s%s", text_inert(arena, open->limit->key),
                    open->change ? " changed by" : "");
    if (open->samples != runs) text_add_format(line, " of %llu", (unsigned long long)open->samples);
    text_add_format(line, " %s (%s to %s)", progress_number(arena, open->observed, open),
                    progress_number(arena, open->low, open),
                    progress_number(arena, open->high, open));
    if (!isnan(open->share)) text_add_format(line, ", %.0f %% of the evidence", open->share * 100);
    if (open->open > 1) text_add_format(line, ", %zu limits open", open->open);
}

/* Seconds until a decision at the pace so far, at most what the limits of the budget leave. */
static double seconds_left(const struct budget *budget, const struct run_event *event,
                           const struct verdict_progress *open) {
    double runs = (double)event->wanted - (double)event->runs;
    double most = (double)budget->runs.max - (double)event->runs;
    if (open->limit) runs = isnan(open->runs_more) ? most : fmin(open->runs_more, most);
    double left = event->runs > 0 ? event->elapsed / (double)event->runs * runs : 0;
    return fmin(left, budget->time_limit - event->elapsed);
}

static const char *line_of(struct arena *arena, const struct progress *progress,
                           const struct run_event *event) {
    const struct budget *budget = &progress->set->budgets[event->budget];
    struct text line = text_begin(arena);
    text_add_format(&line, "[%zu/%zu] %s", event->position, event->total,
                    text_inert(arena, budget->id));
    struct verdict_progress open = {0};
    if (progress->verdicts && event->runs >= budget->runs.min)
        verdicts_progress(progress->verdicts, event->budget, event->measurement, &open);
    if (open.limit)
        text_add_format(&line, ": run %zu", event->runs);
    else if (event->wanted > 1)
        text_add_format(&line, ": run %zu of %zu", event->runs, event->wanted);
    if (open.limit)
        add_limit(&line, &open, event->runs);
    else
        text_add(&line, estimate(arena, event->measurement));
    double left = seconds_left(budget, event, &open);
    if (left >= 1) text_add_format(&line, ", about %.0f s left", ceil(left));
    return line.data;
}

/* Whether it is time for another line. */
static bool due(struct progress *progress) {
    if (!progress->live && !progress->plain) return false;
    uint64_t now = clock_now();
    uint64_t interval = (progress->live ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS) * UINT64_C(1000000);
    if (now - progress->last < interval) return false;
    progress->last = now;
    return true;
}

static void print_line(struct progress *progress, const char *line) {
    if (progress->plain) {
        fprintf(stderr, "perfbudget: %s\n", line);
    } else {
        fprintf(stderr, "\r\033[K%.*s", term_columns(STDERR_FILENO) - 1, line);
        progress->shown = true;
    }
    fflush(stderr);
}

void progress_event(void *context, const struct run_event *event) {
    struct progress *progress = context;
    if (event->kind == RUN_BUDGET_ENDED || !progress->set || !due(progress)) return;
    struct arena *arena = arena_new();
    print_line(progress, line_of(arena, progress, event));
    arena_free(arena);
}

void progress_steps(void *context, size_t done, size_t total) {
    struct progress *progress = context;
    if (!due(progress)) return;
    struct arena *arena = arena_new();
    double left =
        clock_seconds(progress->begun, clock_now()) / (double)done * (double)(total - done);
    print_line(progress, text_format(arena, "[%zu/%zu] compressed, about %.0f s left", done, total,
                                     ceil(left)));
    arena_free(arena);
}

void progress_end(struct progress *progress) {
    if (!progress->shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->shown = false;
}
