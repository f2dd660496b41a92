#include "verdict/against.h"

#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "verdict/change.h"
#include "verdict/expression.h"

/* How much longer one waits for each look. */
static const double PAIRS_GROWTH = 1.5;
/* Beyond so many times the launches of a stored base, its own spread is what is left. */
enum { STORED_TIMES = 4 };

/* What a derived budget is made of is measured in the base, if one of its rows compares. */
static void lean_add(struct verdicts *verdicts, size_t index) {
    const struct budget *budget = &verdicts->set->budgets[index];
    struct arena *scratch = arena_new();
    struct operand *operands;
    size_t count;
    bool compares = budget_compares(verdicts, budget) &&
                    expression_operands(scratch, verdicts->set, index, &operands, &count);
    for (size_t i = 0; compares && i < count; i++)
        verdicts->against[operands[i].source].leaned = true;
    for (size_t i = 0; compares && i < budget->limit_count; i++)
        if (limit_lacks_baseline(&budget->limits[i]))
            verdicts->budgets[index].rows[i].basis = verdicts->options.basis;
    arena_free(scratch);
}

static void against_add(struct verdicts *verdicts, size_t index) {
    const struct budget *budget = &verdicts->set->budgets[index];
    size_t source = verdict_source(verdicts->set, index);
    if (budget->selected && budget->derive) lean_add(verdicts, index);
    if (!budget->selected || verdicts->set->budgets[source].derive) return;
    struct against *against = &verdicts->against[source];
    for (size_t i = 0; i < budget->limit_count; i++) {
        const struct limit *limit = &budget->limits[i];
        if (!limit_lacks_baseline(limit)) continue;
        verdicts->budgets[index].rows[i].basis = verdicts->options.basis;
        *array_add(verdicts->arena, against->rows, against->count) =
            (struct against_row){&verdicts->budgets[index].rows[i], budget};
        if (budget->metrics.items[limit->metric]->nature == PROBE_NOISY) against->noisy = true;
    }
}

bool budget_compares(const struct verdicts *verdicts, const struct budget *budget) {
    bool compares = false;
    for (size_t i = 0; i < budget->limit_count; i++)
        compares |= limit_lacks_baseline(&budget->limits[i]);
    return compares && verdicts->options.basis != BASIS_NONE;
}

void against_begin(struct verdicts *verdicts) {
    verdicts->against =
        arena_alloc(verdicts->arena, (verdicts->set->count + 1) * sizeof *verdicts->against);
    for (size_t i = 0; i < verdicts->set->count; i++) against_add(verdicts, i);
}

bool against_wanted(const struct verdicts *verdicts, size_t index) {
    return verdicts->against[index].count > 0 || verdicts->against[index].leaned;
}

/* Whether more runs could tell more: not without a base, nor with too few launches in a stored
 * one, nor on another machine. */
static bool base_serves(const struct verdicts *verdicts, size_t index) {
    const struct verdict_options *options = &verdicts->options;
    if (options->basis != BASIS_STORED) return true;
    const struct measurement *base = options->bases[index].measurement;
    if (options->bases[index].other) return false;
    return base && base->runs >= CHANGE_LAUNCHES_MIN && !options->incomparable;
}

static size_t most_runs(const struct verdicts *verdicts, size_t index) {
    const struct budget *budget = &verdicts->set->budgets[index];
    size_t most = budget->runs.max;
    if (verdicts->options.basis != BASIS_STORED) return most;
    size_t enough = STORED_TIMES * verdicts->options.bases[index].measurement->runs;
    if (enough < AGAINST_FIRST_PAIRS) enough = AGAINST_FIRST_PAIRS;
    if (enough < budget->runs.min) enough = budget->runs.min;
    return enough < most ? enough : most;
}

static size_t next_look(size_t runs, size_t most) {
    size_t next = (size_t)((double)runs * PAIRS_GROWTH);
    return next < most ? next : most;
}

static unsigned looks_between(size_t first, size_t most) {
    unsigned looks = 1;
    for (size_t runs = first; runs < most; runs = next_look(runs, most)) looks++;
    return looks;
}

unsigned against_looks(const struct budget_runs *runs) {
    size_t first = runs->min > AGAINST_FIRST_PAIRS ? runs->min : AGAINST_FIRST_PAIRS;
    return runs->fixed || first >= runs->max ? 1 : looks_between(first, runs->max);
}

static void plan_looks(struct verdicts *verdicts, size_t index) {
    const struct budget *budget = &verdicts->set->budgets[index];
    struct against *against = &verdicts->against[index];
    bool once = budget->probe && budget->probe->needs & PROBE_ONCE;
    against->looks = 1;
    against->next = budget->runs.min > 1 ? budget->runs.min : 1;
    if (once || !against->noisy || !base_serves(verdicts, index)) {
        if (!budget->runs.fixed) against->next = 1;
        return;
    }
    if (budget->runs.fixed) return;
    size_t most = against->most = most_runs(verdicts, index);
    if (against->next < AGAINST_FIRST_PAIRS) against->next = AGAINST_FIRST_PAIRS;
    if (against->next > most) against->next = most;
    against->looks = looks_between(against->next, most);
}

static void look_at_rows(struct verdicts *verdicts, size_t index,
                         const struct measurement *measurement, bool last) {
    struct against *against = &verdicts->against[index];
    unsigned left = against->looks - against->look;
    if (!against->keep) against->keep = arena_new();
    const struct against_look look = {
        .measurement = measurement,
        .base = &verdicts->options.bases[index],
        .basis = verdicts->options.basis,
        .incomparable = verdicts->options.incomparable,
        .share = (double)(last ? left : 1) / (double)against->looks,
        .look = against->looks > 1 ? against->look + 1 : 0,
        .last = last,
        .repeatable = budget_is_repeatable(&verdicts->set->budgets[index]),
        .sampling = verdicts->schedules[index].sampling,
        .keep = against->keep,
    };
    against->look++;
    against->closed = last;
    for (size_t i = 0; i < against->count; i++)
        if (!against->rows[i].row->decided) against_look(&against->rows[i], &look);
}

static bool some_open(const struct against *against) {
    for (size_t i = 0; i < against->count; i++)
        if (!against->rows[i].row->decided) return true;
    return false;
}

size_t pairs_wanted(struct verdicts *verdicts, size_t index,
                    const struct measurement *measurement) {
    struct against *against = &verdicts->against[index];
    if (against->count == 0 || against->closed) return 0;
    if (!measurement) plan_looks(verdicts, index);
    if (!measurement || measurement->runs < against->next) return against->next;
    if (measurement->missing) return 0;
    if (verdicts->options.basis == BASIS_NONE) return 0; /* enough to be a baseline itself */
    bool last = against->look + 1 >= against->looks;
    look_at_rows(verdicts, index, measurement, last);
    if (last || !some_open(against)) return 0;
    return against->next = next_look(against->next, against->most);
}

void against_close(struct verdicts *verdicts, size_t index, const struct evidence *evidence) {
    struct against *against = &verdicts->against[index];
    bool measured = evidence->started && evidence->measurement && !evidence->measurement->missing;
    if (verdicts->options.basis && measured && against->count > 0 && !against->closed &&
        some_open(against)) {
        if (against->look >= against->looks) against->look = against->looks - 1;
        look_at_rows(verdicts, index, evidence->measurement, true);
    }
}

/* "+3.2 % [1.1 %, 5.0 %]" */
static const char *change_phrase(struct arena *arena, const struct verdict_row *row) {
    if (!isfinite(row->change)) return "";
    const char *change = text_format(arena, "%+.1f %%", row->change * 100);
    if (isnan(row->change_low) && isnan(row->change_high)) return change;
    return text_format(arena, "%s [%+.1f %%, %+.1f %%]", change, row->change_low * 100,
                       row->change_high * 100);
}

static const char *pairs_phrase(struct arena *arena, const struct verdict_row *row) {
    unsigned long long n = (unsigned long long)row->test.n;
    if (text_equal(row->test.name, "signed-rank"))
        return text_format(arena, ", %llu pair%s", n, n == 1 ? "" : "s");
    return "";
}

/* Keeps what a look has said, which is about data, and puts the numbers before it. */
void against_settle(const struct verdicts *verdicts, struct verdict_row *row,
                    const struct budget *budget) {
    struct arena *arena = verdicts->arena;
    if (row->outcome == OUTCOME_SKIPPED && verdicts->options.require_baseline) {
        row_error(row, "no baseline, and one is required");
        return;
    }
    if (row->outcome == OUTCOME_SKIPPED || row->outcome == OUTCOME_ERROR) {
        if (!row->reason) row->reason = "was not looked at";
        row->reason = text_copy(arena, row->reason);
        return;
    }
    struct text reason = text_begin(arena);
    if (row->worst_count > 0)
        text_add_format(&reason, "%s: ", text_inert(arena, row->worst[0].label));
    text_add(&reason, change_phrase(arena, row));
    text_add_format(
        &reason, " against %s",
        unit_show(arena, row->baseline, budget->metrics.items[row->limit->metric]->unit));
    text_add(&reason, pairs_phrase(arena, row));
    if (row->outcome == OUTCOME_FAIL && row->worst_count > 0)
        text_add_format(&reason, "; %zu of %zu broken", row->broken, row->matched);
    if (row->reason) text_add_format(&reason, "; %s", row->reason);
    row->reason = reason.data;
}
