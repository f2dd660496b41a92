#include <math.h>

#include "base/text.h"
#include "budget/derive.h"
#include "report/attribution.h"
#include "report/format_json.h"
#include "report/waivers.h"
#include "report/words.h"

void json_put_diagnostics(json *object, const struct diags *diags) {
    json *list = json_put_list(object, "diagnostics");
    for (size_t i = 0; diags && i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "level", words_level.items[diag->level]);
        json_put_text(item, "code", diag_codes[diag->code].word);
        json_put_text(item, "message", diag->message);
        json_put_text(item, "hint", diag->hint);
        json_put_location(item, "location", diag->place);
    }
}

static void put_texts(json *object, const char *name, const struct probe_texts *texts) {
    json *list = json_put_list(object, name);
    for (size_t i = 0; i < texts->count; i++) json_push_text(list, texts->items[i]);
}

static bool tree_differs(const struct derive_node *a, const struct derive_node *b) {
    if (!a || !b || a->kind != b->kind) return true;
    if (a->kind == DERIVE_NUMBER) return a->number != b->number;
    if (a->kind == DERIVE_OPERAND) return false;
    return tree_differs(a->left, b->left) || tree_differs(a->right, b->right);
}

/* What KB, MB and GB mean in the expression: the tree knows only what came of it. */
static double derive_kilobyte(const struct report *report, const struct budget *budget) {
    struct arena *scratch = arena_new();
    struct diags unheard = diags_begin(scratch);
    struct derive again;
    bool decimal = derive_parse(scratch, report->set, budget->derive->text, 1000, budget->place,
                                &again, &unheard) &&
                   !tree_differs(again.root, budget->derive->root);
    arena_free(scratch);
    return decimal ? 1000 : 1024;
}

static void put_what(json *object, const struct report *report, const struct budget *budget) {
    json_put_text(object, "probe", budget->probe ? budget->probe->name : NULL);
    json_put_text(object, "target", budget->target_text);
    if (budget->options) json_put_text(object, "options", budget->options);
    if (budget->of) json_put_text(object, "of", budget->of);
    if (!budget->derive) return;
    json_put_text(object, "derive", budget->derive->text);
    json_put_number(object, "kilobyte", derive_kilobyte(report, budget));
}

static void put_sampling(json *object, const struct budget *budget,
                         const struct evidence *evidence) {
    json *sampling = json_put_object(object, "sampling");
    json_put_number(sampling, "min", (double)budget->runs.min);
    json_put_number(sampling, "max", (double)budget->runs.max);
    json_put_flag(sampling, "fixed", budget->runs.fixed);
    json_put_flag(sampling, "once", budget->probe && budget->probe->needs & PROBE_ONCE);
    if (budget->probe && budget->probe->needs & PROBE_STREAM)
        json_put_flag(sampling, "stream", true);
    if (evidence->measurement && evidence->measurement->doubt)
        json_put_text(sampling, "doubt", evidence->measurement->doubt);
    if (evidence->measurement && evidence->measurement->remedy)
        json_put_text(sampling, "remedy", evidence->measurement->remedy);
    json_put_flag(sampling, "started", evidence->started);
    json_put_text(sampling, "stopped", evidence->stopped);
}

static void put_waiver(json *object, const struct budget_verdict *verdict) {
    const struct waiver *waiver = &verdict->budget->waiver;
    if (waiver->state == WAIVER_NONE) {
        json_put_null(object, "waiver");
        return;
    }
    json *item = json_put_object(object, "waiver");
    json_put_text(item, "until", waiver->until_text);
    json_put_text(item, "reason", waiver->reason);
    json_put_number(item, "days_left", (double)waiver->days_left);
    json_put_text(item, "state", words_waiver.items[waiver->state]);
    json_put_flag(item, "needless", waiver_needless(verdict));
    json_put_location(item, "location", waiver->place);
}

static void put_part(json *item, const struct part *part) {
    double before = part->state == PART_RISEN ? NAN : part->baseline;
    json_put_text(item, "metric", part->metric->name);
    json_put_text(item, "limit", part->limit->key);
    json_put_text(item, "by", part->by->name);
    json_put_text(item, "kind", part->kind);
    json_put_text(item, "name", part->name);
    json_put_number(item, "value", part->value);
    json_put_text(item, "unit", words_unit.items[part->by->unit]);
    json_put_number(item, "share", part->share);
    json_put_text(item, "state", words_part.items[part->state]);
    json_put_number(item, "baseline", part->baseline);
    json_put_number(item, "change", part->change);
    json_put_number(item, "change_share", before > 0 ? part->change / before : NAN);
    if (part->was) json_put_text(item, "was", part->was);
    if (part->state == PART_OTHERS) json_put_number(item, "count", (double)part->count);
}

static void put_attribution(struct arena *arena, json *object, const struct report *report,
                            size_t index) {
    struct part *parts;
    size_t count = attribution_make(arena, report, index, &parts);
    json *list = json_put_list(object, "attribution");
    for (size_t i = 0; i < count; i++) {
        json *item = json_push(list, json_new_object());
        put_part(item, &parts[i]);
    }
}

/* A derived budget measures nothing itself; its value is what its rows saw. */
static void push_derived_value(json *object, const struct budget *budget,
                               const struct budget_verdict *verdict) {
    if (!budget->derive || verdict->count == 0) return;
    const struct verdict_row *row = &verdict->rows[0];
    const struct probe_metric *metric = budget->metrics.items[row->limit->metric];
    if (isnan(row->observed)) return;
    json *list = (json *)json_get(object, "metrics");
    json *item = json_push(list, json_new_object());
    json_put_text(item, "metric", metric->name);
    json_put_object(item, "labels");
    json_put_text(item, "unit", words_unit.items[metric->unit]);
    json_put_text(item, "better", words_better.items[metric->better]);
    json_put_text(item, "nature", words_nature.items[metric->nature]);
    json_put_number(item, "count", 1);
    json_put_number(item, "value", row->observed);
    if (text_equal(row->test.name, "exact") || (isnan(row->low) && isnan(row->high))) return;
    json *interval = json_put_list(item, "interval");
    json_push_number(interval, row->low);
    json_push_number(interval, row->high);
}

static void put_identity(json *object, const struct budget *budget) {
    json_put_text(object, "id", budget->id);
    json_put_text(object, "title", budget->title);
    json_put_text(object, "why", budget->why);
    json_put_text(object, "fix", budget->fix);
    json_put_text(object, "owner", budget->owner);
    put_texts(object, "tags", &budget->tags);
    json_put_text(object, "severity", words_severity.items[budget->severity]);
    json_put_text(object, "on_inconclusive", words_inconclusive.items[budget->on_inconclusive]);
    json_put_number(object, "confidence", budget->confidence);
}

void json_push_budget(struct arena *arena, json *list, const struct report *report, size_t index) {
    const struct budget *budget = &report->set->budgets[index];
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    const struct evidence *evidence = &report->evidence[index];
    const struct measurement *measurement = evidence->measurement;
    json *object = json_push(list, json_new_object());
    put_identity(object, budget);
    put_what(object, report, budget);
    json_put_text(object, "verdict", outcome_words[verdict->outcome]);
    json_put_text(object, "effect", outcome_words[verdict->effect]);
    json_put_flag(object, "selected", budget->selected);
    json_put_flag(object, "leaned_on", budget->leaned_on);
    json_put_text(object, "skipped", budget->skipped);
    json_put_location(object, "location", budget->place);
    json_put_number(object, "duration", measurement ? measurement->duration : NAN);
    json_put_number(object, "runs", measurement ? (double)measurement->runs : 0);
    json_put_flag(object, "missing", measurement && measurement->missing);
    put_sampling(object, budget, evidence);
    put_waiver(object, verdict);
    json_put_measurement(arena, object, budget, measurement);
    push_derived_value(object, budget, verdict);
    json_put_base(arena, object, report, index);
    json *limits = json_put_list(object, "limits");
    for (size_t i = 0; i < verdict->count; i++)
        json_push_row(arena, limits, budget, &verdict->rows[i]);
    put_attribution(arena, object, report, index);
    json_put_estimates(object, measurement);
    json_put_diagnostics(object, measurement ? &measurement->problems : NULL);
}
