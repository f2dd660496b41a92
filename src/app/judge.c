#include "app/judge.h"

#include <string.h>

#include "app/baseline.h"
#include "app/exit_code.h"
#include "base/text.h"
#include "stats/events.h"
#include "verdict/claim.h"
#include "verdict/expression.h"

/* What the stored report and the limits to judge by come to. */
struct judging {
    struct budget_set stored_set, set;
    struct evidence *evidence;
    struct verdicts stored, verdicts;
    struct outputs outputs;
};

static void events_prefix(struct series *series) {
    const struct events events = {series->samples, series->trials, series->count, false};
    struct event_count all = events_all(&events);
    series->k = all.k;
    series->n = all.n;
}

/* The first `runs` runs of a measurement, sharing its samples. */
static void measurement_prefix(const struct measurement *whole, size_t runs, struct series *series,
                               struct measurement *prefix) {
    *prefix = *whole;
    prefix->runs = runs;
    prefix->series = series;
    for (size_t i = 0; i < whole->count; i++) {
        series[i] = whole->series[i];
        if (series[i].runs <= runs) continue;
        series[i].runs = runs;
        series[i].count = runs ? series[i].run_ends[runs - 1] : 0;
        if (series[i].trials) events_prefix(&series[i]);
    }
}

/* Asks the verdicts as the run did: after as many runs as they wanted each time. */
static void budget_replay(struct arena *arena, struct verdicts *verdicts, size_t index,
                          const struct measurement *measurement) {
    struct series *series = arena_alloc(arena, (measurement->count + 1) * sizeof *series);
    size_t wanted = verdicts_wanted(verdicts, index, NULL);
    while (wanted && wanted <= measurement->runs) {
        struct measurement prefix;
        measurement_prefix(measurement, wanted, series, &prefix);
        size_t next = verdicts_wanted(verdicts, index, &prefix);
        if (next <= wanted) break;
        wanted = next;
    }
}

static bool is_thinned(const struct measurement *measurement, uint32_t metric) {
    for (size_t i = 0; measurement && i < measurement->count; i++)
        if (measurement->series[i].metric == metric && measurement->series[i].whole) return true;
    return false;
}

/* The row of the stored report that asks the same. */
static const struct verdict_row *stored_row(const struct judging *judging,
                                            const struct budget *budget,
                                            const struct limit *limit) {
    const struct budget *old = budget_find(&judging->stored_set, budget->id);
    if (!old || old->confidence != budget->confidence) return NULL;
    const struct budget_verdict *stored =
        &judging->stored.budgets[old - judging->stored_set.budgets];
    for (size_t i = 0; i < stored->count; i++) {
        const struct limit *then = stored->rows[i].limit;
        if (then->kind == limit->kind && then->operator== limit->operator&& then->bound ==
                                         limit->bound && text_equal(then->key, limit->key))
            return &stored->rows[i];
    }
    return NULL;
}

/* Whether a row of budget `index` rests on a stream that the report does not hold one by one. */
static bool rests_on_thinned(const struct judging *judging, size_t index,
                             const struct limit *limit) {
    const struct budget_set *set = &judging->set;
    size_t source = verdict_source(set, index), count;
    struct operand *operands;
    bool thinned = false;
    if (!set->budgets[source].derive)
        return is_thinned(judging->evidence[source].measurement, limit->metric);
    struct arena *scratch = arena_new();
    if (!expression_operands(scratch, set, source, &operands, &count)) count = 0;
    for (size_t i = 0; i < count && !thinned; i++)
        thinned = is_thinned(judging->evidence[operands[i].source].measurement,
                             operands[i].limit->metric);
    arena_free(scratch);
    return thinned;
}

/* A report does not hold all samples of a long stream one by one: what was decided with more
 * evidence stands, where the same is asked. Expressions of another budget file may ask another
 * thing. */
static void decisions_keep(struct judging *judging, bool same_file) {
    for (size_t i = 0; i < judging->set.count; i++) {
        struct budget_verdict *verdict = &judging->verdicts.budgets[i];
        if (verdict->budget->derive && !same_file) continue;
        for (size_t r = 0; r < verdict->count; r++) {
            struct verdict_row *row = &verdict->rows[r];
            const struct limit *limit = row->limit;
            if (limit_lacks_baseline(limit) || !rests_on_thinned(judging, i, limit)) continue;
            const struct verdict_row *then = stored_row(judging, verdict->budget, limit);
            if (then && then->outcome != OUTCOME_SKIPPED) *row = *then;
            row->limit = limit;
        }
    }
}

static void verdicts_replay(struct arena *arena, struct judging *judging,
                            struct verdict_options options, bool same_file) {
    verdicts_begin(&judging->verdicts, arena, &judging->set, options);
    decisions_keep(judging, same_file);
    for (size_t i = 0; i < judging->set.count; i++) {
        const struct measurement *measurement = judging->evidence[i].measurement;
        if (measurement && !measurement->missing)
            budget_replay(arena, &judging->verdicts, i, measurement);
    }
    verdicts_finish(&judging->verdicts, judging->evidence);
}

static void warn_of_differences(const struct judging *judging, struct diags *diags) {
    for (size_t i = 0; i < judging->set.count; i++) {
        const struct budget_verdict *now = &judging->verdicts.budgets[i];
        const struct budget_verdict *then = &judging->stored.budgets[i];
        for (size_t row = 0; row < now->count && row < then->count; row++) {
            enum outcome a = then->rows[row].outcome, b = now->rows[row].outcome;
            if (a != b)
                diag_warning(diags, JUDGE_DIFFERS, now->rows[row].limit->place, NULL,
                             "`%s` of `%s` was judged %s and now comes out as %s",
                             now->rows[row].limit->key, now->budget->id, outcome_words[a],
                             outcome_words[b]);
        }
    }
}

/* What the report measured under a budget's id, if that is what the budget asks for now. */
static const struct evidence *stored_evidence(const struct judging *judging,
                                              const struct evidence *stored,
                                              const struct budget *budget, struct diags *diags) {
    struct arena *arena = diags->arena;
    const struct budget *old = budget_find(&judging->stored_set, budget->id);
    const struct evidence *found = old ? &stored[old - judging->stored_set.budgets] : NULL;
    if (!found || !found->measurement) {
        diag_error(diags, JUDGE_UNKNOWN, budget->place, NULL,
                   "the report holds no measurement of `%s`", budget->id);
        return NULL;
    }
    const char *then = old->probe ? old->probe->name : "", *now = budget->probe->name;
    const char *old_target = old->target_text ? old->target_text : "";
    const char *other =
        text_format(arena, "as `%s: %s`, not as `%s: %s`", then, text_inert(arena, old_target), now,
                    text_inert(arena, budget->target_text));
    if (strcmp(then, now) == 0 && text_equal(old_target, budget->target_text)) {
        if (options_alike(old, budget)) return found;
        other = "with other options (`with`)";
    }
    diag_error(diags, JUDGE_UNKNOWN, budget->place, "run `perfbudget check` with this budget file",
               "the report measured `%s` %s", budget->id, other);
    return NULL;
}

static bool judging_load(struct arena *arena, const struct judge_request *request,
                         struct judging *judging, struct diags *diags) {
    struct evidence *stored = judging->evidence;
    if (!budget_load(arena, request->budget, &judging->set, diags)) return false;
    judging->evidence = arena_alloc(arena, (judging->set.count + 1) * sizeof *judging->evidence);
    for (size_t i = 0; i < judging->set.count; i++) {
        const struct budget *budget = &judging->set.budgets[i];
        if (!budget->probe || !(budget->selected || budget->leaned_on)) continue;
        const struct evidence *found = stored_evidence(judging, stored, budget, diags);
        if (!found) continue;
        judging->evidence[i] = *found;
        if (!found->measurement->missing)
            judging->evidence[i].measurement =
                measurement_renumbered(arena, found->measurement, budget);
    }
    return true;
}

/* What is missing of a joined report stays missing, however what is there comes out. */
static void keep_what_is_missing(const struct report *read, struct diags *diags) {
    for (size_t i = 0; read->diags && i < read->diags->count; i++) {
        const struct diag *diag = &read->diags->items[i];
        bool missing = diag->code == MERGE_COUNT || diag->code == MERGE_SHARD;
        if (missing && diag->level == DIAG_ERROR) diag_add(diags, diag);
    }
}

static int judging_close(const struct judge_request *request, struct report *report,
                         const struct diags *diags) {
    int outcome = outcome_exit_code(report->verdicts->effect);
    if (request->report_only && (outcome == EXIT_FAIL || outcome == EXIT_INCONCLUSIVE))
        outcome = EXIT_PASS;
    report->exit_code = exit_code_of(0, diags_exit_code(diags), outcome);
    return report->exit_code;
}

/* What the stored run was compared with, for the set that is judged by. */
static struct report_against *against_again(struct arena *arena, const struct judging *judging,
                                            const struct report *read) {
    if (!read->against) return NULL;
    struct report_against *against = arena_new_object(arena, struct report_against);
    *against = *read->against;
    const struct bases_request request = {&judging->set, &judging->stored_set,
                                          read->against->bases};
    against->bases = bases_renumbered(arena, &request);
    return against;
}

int judge_run(struct arena *arena, const struct judge_request *request, struct report *report,
              struct diags *diags) {
    struct judging *judging = arena_new_object(arena, struct judging);
    *report = (struct report){0};
    struct report read;
    if (!report_read(arena, request->path, &read, &judging->stored_set, &judging->evidence,
                     &judging->stored, diags))
        return diags_exit_code(diags);
    judging->set = judging->stored_set;
    if (request->budget && !judging_load(arena, request, judging, diags))
        return diags_exit_code(diags);
    if (!outputs_open(arena, &request->outputs, &judging->outputs, diags))
        return diags_exit_code(diags);

    struct verdict_options options = request->verdict;
    struct report_against *against = against_again(arena, judging, &read);
    against_options(against, &options);
    options.waited_now = read.environment.pressure_cpu;
    verdicts_replay(arena, judging, options, !request->budget);
    if (!request->budget) warn_of_differences(judging, diags);
    keep_what_is_missing(&read, diags);
    *report = read;
    report->against = against;
    report->set = &judging->set;
    report->evidence = judging->evidence;
    report->verdicts = &judging->verdicts;
    report->diags = diags;
    int code = judging_close(request, report, diags);
    const struct report_text_options plain = {.columns = 100};
    if (!outputs_write(arena, &judging->outputs, report, &plain, diags))
        code = judging_close(request, report, diags);
    return code;
}
