#include <math.h>
#include <string.h>

#include "app/check.h"
#include "app/exit_code.h"
#include "app/init_parts.h"
#include "base/file.h"
#include "base/text.h"
#include "report/machine.h"
#include "stats/statistic.h"
#include "verdict/loudness.h"

enum { ATTEMPTS = 6 };                /* to measure, and to find limits that noise does not break */
static const double slow_start = 0.2; /* seconds: too long to be started some hundred times */

/* The root that `check` finds where it is run now, or, for a project elsewhere, run there. */
static const char *root_of(const struct initing *init) {
    const char *root = path_find_root(init->arena, init->request->budget.directory);
    return path_below(root, init->folder) ? root : path_find_root(init->arena, init->folder);
}

/* What `check` makes of a text as if it stood in the file. */
static int text_check(struct initing *init, const char *yaml, struct report *report) {
    static const char *const standard[] = {"-"};
    struct check_request *check = arena_new_object(init->arena, struct check_request);
    if (init->request->watched) *check = *init->request->watched;
    check->budget = init->request->budget;
    check->budget.files = (struct probe_texts){standard, 1};
    check->budget.directory = path_directory(init->arena, init->file);
    check->budget.root = root_of(init);
    check->budget.no_exec = !init->request->run;
    check->budget.input = yaml;
    check->budget.input_length = strlen(yaml);
    check->cancel_fd = init->request->cancel_fd;
    return check_run(init->arena, check, report, init->diags);
}

static const char *problem_of(struct arena *arena, const struct measurement *measurement,
                              const struct budget_verdict *verdict) {
    const struct diags *problems = measurement ? &measurement->problems : NULL;
    for (size_t i = 0; problems && i < problems->count; i++)
        if (problems->items[i].level == DIAG_ERROR) return problems->items[i].message;
    for (size_t i = 0; i < verdict->count; i++)
        if (verdict->rows[i].outcome != OUTCOME_PASS)
            return text_format(arena, "%s: %s", verdict->rows[i].limit->key,
                               verdict->rows[i].reason);
    return "it was not measured";
}

/* What there is to stay below. Of samples their p99, which of a hundred is the slowest: noise that
 * was seen is seen again. */
static double upper_end(struct arena *arena, const struct measurement *measurement,
                        const struct verdict_row *row) {
    static const struct statistic p99 = {STATISTIC_QUANTILE, 0.99};
    struct series *found;
    size_t count;
    double most = isfinite(row->high) ? fmax(row->observed, row->high) : row->observed;
    if (row->limit->unit != PROBE_SECONDS) return most;
    measurement_select(arena, measurement, row->limit->metric, row->limit->pattern.named, &found,
                       &count);
    for (size_t i = 0; i < count; i++)
        if (found[i].count) most = fmax(most, statistic_of(&p99, found[i].samples, found[i].count));
    return most;
}

/* Takes what was measured; what was measured before counts too, as noise has no memory. */
static void found_take(struct initing *init, struct init_found *found,
                       const struct report *report) {
    size_t index = budget_position(report->set, found->id);
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct measurement *measurement = report->evidence[index].measurement;
    for (size_t m = 0; m < INIT_LIMITS_MAX && found->limits[m].key; m++) {
        const struct verdict_row *row = m < verdict->count ? &verdict->rows[m] : NULL;
        struct init_limit *limit = &found->limits[m];
        bool good = row && row->outcome == OUTCOME_PASS && (limit->fixed || row->observed > 0);
        if (!good) found->problem = problem_of(init->arena, measurement, verdict);
        if (!good) found->unproven = row && row->outcome == OUTCOME_INCONCLUSIVE;
        if (good) limit->measured = fmax(limit->measured, upper_end(init->arena, measurement, row));
    }
}

static void start_rarely(struct initing *init, struct init_found *found) {
    found->limits[0].key = "wall.max";
    found->options = text_format(init->arena, "%s    runs: 3\n    time_limit: 1h\n",
                                 found->options ? found->options : "");
}

/* What a busy machine makes unprovable is asked less of. */
static void ask_less(struct initing *init, struct init_found *found) {
    if (strcmp(found->probe, "http") == 0)
        init_service_few(found);
    else if (strcmp(found->limits[0].key, "p95") == 0)
        start_rarely(init, found);
}

/* Start-ups that take long are not repeated until a quantile is known, but a few times. */
static void choose(struct initing *init, struct init_found *found) {
    double slowest = found->limits[0].measured;
    if (strcmp(found->probe, "http") == 0) {
        init_service_load(found, slowest);
    } else if (slowest >= slow_start) {
        start_rarely(init, found);
    } else {
        found->limits[0].key = "p95";
        found->limits[0].measured = 0; /* the first start reads from the disk */
    }
}

/* What was loud once may be so again. */
static void listen(struct initing *init, const struct report *report) {
    const char *loudness = machine_loudness(init->arena, &report->environment);
    if (loudness) init->loudness = loudness;
    init->loud |= report->environment.pressure_cpu > LOUD_SHARE;
}

static bool measure(struct initing *init, enum init_stage stage) {
    struct report report;
    bool any = false;
    for (size_t i = 0; i < init->count; i++)
        any |=
            init_measured(init, &init->found[i]) && (stage == INIT_MEASURE || init->found[i].tried);
    if (!any) return true;
    text_check(init, init_yaml(init, stage), &report);
    if (!report.set) return false;
    listen(init, &report);
    if (!report.complete)
        return diag_error(init->diags, INIT_NOTHING, NO_PLACE, NULL, "it was interrupted");
    for (size_t i = 0; i < init->count; i++) {
        struct init_found *found = &init->found[i];
        if (!init_measured(init, found) || (stage == INIT_TRIAL && !found->tried)) continue;
        found_take(init, found, &report);
        if (stage == INIT_TRIAL && !found->problem) choose(init, found);
    }
    return true;
}

/* Room for noise that was not seen before. False: what does not pass is not noise. */
static bool make_room(struct initing *init, const struct report *report) {
    for (size_t i = 0; i < init->count; i++) {
        struct init_found *found = &init->found[i];
        if (!init_measured(init, found)) continue;
        size_t index = budget_position(report->set, found->id);
        const struct budget_verdict *verdict = &report->verdicts->budgets[index];
        if (verdict->outcome == OUTCOME_PASS) continue;
        if (!found->noisy || verdict->outcome == OUTCOME_ERROR) return false;
        if (verdict->outcome == OUTCOME_INCONCLUSIVE) ask_less(init, found);
        for (size_t m = 0; m < verdict->count && m < INIT_LIMITS_MAX; m++)
            found->limits[m].measured = fmax(
                found->limits[m].measured,
                upper_end(init->arena, report->evidence[index].measurement, &verdict->rows[m]));
    }
    return true;
}

static bool settle(struct initing *init, const char **yaml) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct report report;
        *yaml = init_yaml(init, INIT_FINAL);
        int code = text_check(init, *yaml, &report);
        if (report.set) listen(init, &report);
        if (code == EXIT_PASS) return true;
        if (!report.set || !report.complete || !make_room(init, &report)) break;
    }
    return diag_error(init->diags, INIT_CHECK, NO_PLACE, NULL,
                      "what was measured does not pass: files changed meanwhile, or the machine is "
                      "too busy; nothing was written");
}

static void try_again(struct initing *init, struct init_found *found) {
    found->problem = NULL;
    ask_less(init, found);
}

/* Attempts until nothing is unproven that another one might prove. */
static bool measure_all(struct initing *init) {
    bool again = true;
    for (int attempt = 0; again && attempt < ATTEMPTS; attempt++) {
        again = false;
        for (size_t i = 0; i < init->count; i++)
            if (init->found[i].unproven) try_again(init, &init->found[i]);
        if (!measure(init, INIT_MEASURE)) return false;
        for (size_t i = 0; i < init->count; i++)
            again |= init->found[i].problem && init->found[i].unproven;
    }
    return true;
}

bool init_measure(struct initing *init, const char **yaml) {
    if (!measure(init, INIT_TRIAL) || !measure_all(init)) return false;
    const struct init_found *failed = NULL, *service = init->request->url ? init->found : NULL;
    if (service && service->problem) /* it was asked for by name */
        return diag_error(init->diags, INIT_NOTHING, NO_PLACE, NULL, "the service at %s: %s",
                          service->target, service->problem);
    for (size_t i = 0; i < init->count; i++) {
        if (init_measured(init, &init->found[i])) return settle(init, yaml);
        if (!failed && init->found[i].problem) failed = &init->found[i];
    }
    return diag_error(init->diags, INIT_NOTHING, NO_PLACE, NULL,
                      "nothing could be measured: %s: %s", failed ? failed->target : "nothing",
                      failed ? failed->problem : "all of it would have to be run");
}
