#include "report/estimates.h"

#include <math.h>

#include "base/units.h"
#include "report/attribution.h"
#include "verdict/expression.h"

/* The first row that the estimate is of says it. */
static bool row_has(const struct budget_verdict *verdict, size_t row, const char *metric) {
    const struct verdict_row *item = &verdict->rows[row];
    bool broken = item->outcome == OUTCOME_FAIL || item->outcome == OUTCOME_WARN ||
                  item->outcome == OUTCOME_WAIVED;
    return broken && text_equal(verdict->budget->metrics.items[item->limit->metric]->name, metric);
}

const struct size_estimate *estimate_of(const struct report *report, size_t index, size_t row) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct measurement *measurement =
        report->evidence[verdict_source(report->set, index)].measurement;
    for (size_t i = 0; measurement && i < measurement->estimate_count; i++) {
        const struct size_estimate *estimate = &measurement->estimates[i];
        const struct series file = {.labels = {estimate->file}};
        const struct limit *limit = verdict->rows[row].limit;
        if (!row_has(verdict, row, estimate->metric) ||
            !label_pattern_match(&limit->pattern, &file))
            continue;
        bool told = false;
        for (size_t r = 0; r < row && !told; r++)
            told = row_has(verdict, r, estimate->metric) &&
                   label_pattern_match(&verdict->rows[r].limit->pattern, &file);
        if (!told) return estimate;
    }
    return NULL;
}

size_t estimate_kind(const struct size_estimate *estimate, size_t from) {
    size_t to = from;
    while (to < estimate->count && text_equal(estimate->parts[to].kind, estimate->parts[from].kind))
        to++;
    return to - from;
}

void estimate_words(struct text *out, const struct size_estimate *estimate, size_t from,
                    void (*name)(struct text *out, const char *name)) {
    size_t count = estimate_kind(estimate, from);
    const char *comma = "";
    text_add_format(out, "by %s: ", estimate->parts[from].kind);
    for (size_t i = from; i < from + count; i++) {
        const struct estimated_part *part = &estimate->parts[i];
        double change = part->value - part->baseline;
        if (change == 0 && i > from) continue;
        text_add_format(out, "%s%s%s ", comma, change < 0 ? "-" : "+",
                        unit_show(out->arena, fabs(change), PROBE_BYTES));
        comma = ", ";
        name(out, part->name);
        if (part->raw_baseline == 0) text_add(out, " (new)");
        if (part->raw_value == 0) text_add(out, " (gone)");
    }
}

const char *estimate_note(struct arena *arena, const struct size_estimate *estimate) {
    if (estimate->note) return text_format(arena, "not estimated: %s", estimate->note);
    const char *more = "";
    if (estimate->untried > 0)
        more = text_format(arena, "; %zu more that changed were not tried", estimate->untried);
    return text_format(arena, "estimated by compressing %s with and without each%s", estimate->file,
                       more);
}
