#include <math.h>

#include "base/text.h"
#include "report/format_json.h"
#include "report/words.h"

/* Evidence beyond 10^300 is written as that. */
#define EVIDENCE_LOG_MAX 690.7755278982137

void json_put_location(json *object, const char *name, struct place place) {
    if (!place.file || place.line <= 0) {
        json_put_null(object, name);
        return;
    }
    json *location = json_put_object(object, name);
    json_put_text(location, "file", place.file);
    json_put_number(location, "line", place.line);
    json_put_number(location, "column", place.column);
}

static void put_pattern_labels(json *object, const struct limit *limit,
                               const struct probe_metric *metric) {
    json *labels = json_put_object(object, "labels");
    for (size_t d = 0; d < metric_dimensions(metric); d++)
        if (limit->pattern.named >> d & 1 && limit->pattern.globs[d])
            json_put_text(labels, metric->dimensions[d].name, limit->pattern.globs[d]);
}

/* What is asked: operator, bound and what it is compared with. */
static void put_bound(json *object, const struct limit *limit) {
    json_put_text(object, "kind", words_kind.items[limit->kind]);
    json_put_text(object, "operator", words_operator.items[limit->operator]);
    json_put_number(object, "bound", limit->bound);
    json_put_text(object, "written", limit->text);
    json_put_flag(object, "relative", limit->relative);
    json_put_number(object, "floor", limit->floor);
}

static void put_interval(json *object, const struct verdict_row *row) {
    bool none = isnan(row->low) && isnan(row->high);
    if (none || text_equal(row->test.name, "exact")) {
        json_put_null(object, "interval");
        return;
    }
    json *interval = json_put_list(object, "interval");
    json_push_number(interval, row->low);
    json_push_number(interval, row->high);
}

static void put_change_interval(json *object, const struct verdict_row *row) {
    if (isnan(row->change_low) && isnan(row->change_high)) {
        json_put_null(object, "change_interval");
        return;
    }
    json *interval = json_put_list(object, "change_interval");
    json_push_number(interval, row->change_low);
    json_push_number(interval, row->change_high);
}

static void put_process(json *made, const struct verdict_test *test) {
    json_put_number(made, "e_pass", exp(fmin(test->log_pass, EVIDENCE_LOG_MAX)));
    json_put_number(made, "e_fail", exp(fmin(test->log_fail, EVIDENCE_LOG_MAX)));
    json_put_number(made, "step", (double)test->step);
    json_put_number(made, "correlation", test->correlation);
    json_put_number(made, "runs", (double)test->runs);
}

static void put_test(json *object, const struct verdict_test *test) {
    if (!test->name) {
        json_put_null(object, "test");
        return;
    }
    json *made = json_put_object(object, "test");
    json_put_text(made, "name", test->name);
    if (test->n > 0) json_put_number(made, "n", (double)test->n);
    bool process = text_equal(test->name, "e-process");
    if (process || text_equal(test->name, "binomial")) {
        json_put_number(made, "k", (double)test->k);
        json_put_number(made, "share", test->share);
    }
    if (process)
        put_process(made, test);
    else if (test->step > 1)
        json_put_number(made, "step", (double)test->step);
    if (test->batches > 0) {
        json_put_number(made, "batches", (double)test->batches);
        json_put_number(made, "mean", test->mean);
        json_put_number(made, "error", test->error);
    }
    if (test->alpha > 0) {
        json_put_number(made, "alpha", test->alpha);
        if (!process) json_put_number(made, "look", test->look);
    }
}

static void put_worst(json *object, const struct verdict_row *row) {
    json *worst = json_put_list(object, "worst");
    for (size_t i = 0; i < row->worst_count; i++) {
        const struct verdict_match *match = &row->worst[i];
        json *item = json_push(worst, json_new_object());
        json_put_text(item, "label", match->label);
        json_put_number(item, "observed", match->observed);
        json_put_number(item, "headroom", match->headroom);
        json_put_text(item, "verdict", outcome_words[match->outcome]);
    }
}

static void put_judgement(json *object, const struct verdict_row *row) {
    json_put_number(object, "observed", row->observed);
    if (row->unbounded) json_put_flag(object, "unbounded", true);
    json_put_number(object, "headroom", row->headroom);
    put_interval(object, row);
    json_put_number(object, "confidence", row->confidence);
    put_test(object, &row->test);
    json_put_text(object, "verdict", outcome_words[row->outcome]);
    json_put_text(object, "effect", outcome_words[row->effect]);
    json_put_number(object, "baseline", row->baseline);
    json_put_number(object, "change", row->change);
    put_change_interval(object, row);
    if (row->basis != BASIS_NONE) json_put_text(object, "compared", words_basis.items[row->basis]);
    json_put_text(object, "reason", row->reason);
    json_put_text(object, "settle", row->settle);
}

static void put_waiver(json *object, const struct verdict_row *row) {
    json_put_flag(object, "waived", row->limit->waived);
    if (!row->limit->waived) return;
    json_put_flag(object, "needless", row->needless);
    if (row->limit->instead_of)
        put_bound(json_put_object(object, "original"), row->limit->instead_of);
    else
        json_put_null(object, "original");
}

void json_push_row(struct arena *arena, json *list, const struct budget *budget,
                   const struct verdict_row *row) {
    const struct limit *limit = row->limit;
    const struct probe_metric *metric = budget->metrics.items[limit->metric];
    json *object = json_push(list, json_new_object());
    json_put_text(object, "limit", limit->key);
    json_put_text(object, "metric", metric->name);
    put_pattern_labels(object, limit, metric);
    json_put_text(object, "pattern", row->pattern);
    json_put_number(object, "matched", (double)row->matched);
    json_put_number(object, "broken", (double)row->broken);
    if (limit->pattern.wild) put_worst(object, row);
    json_put_text(object, "statistic",
                  limit->statistical ? statistic_word(arena, &limit->statistic) : NULL);
    json_put_text(object, "unit", words_unit.items[limit->unit]);
    put_bound(object, limit);
    json_put_number(object, "order", (double)limit->order);
    put_judgement(object, row);
    put_waiver(object, row);
    json_put_location(object, "location", limit->place);
}
