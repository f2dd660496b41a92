#include <limits.h>
#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "report/reader.h"

static bool read_bound(struct reader *reader, const json *object, struct limit *limit) {
    int kind, operator;
    if (!take_word(reader, object, "kind", &words_kind, &kind) ||
        !take_word(reader, object, "operator", &words_operator, &operator) ||
        !take_number(reader, object, "bound", &limit->bound) ||
        !take_text(reader, object, "written", &limit->text) ||
        !take_flag(reader, object, "relative", &limit->relative) ||
        !take_number(reader, object, "floor", &limit->floor))
        return false;
    limit->kind = (enum limit_kind)kind;
    limit->operator=(enum limit_operator) operator;
    return true;
}

static bool read_original(struct reader *reader, const json *object, struct limit *limit) {
    if (!take_flag(reader, object, "waived", &limit->waived)) return false;
    if (!limit->waived || json_is_null(json_get(object, "original"))) return true;
    const json *original;
    struct limit *before = arena_new_object(reader->arena, struct limit);
    *before = *limit;
    before->waived = false;
    if (!take_object(reader, object, "original", &original) ||
        !read_bound(reader, original, before))
        return false;
    limit->instead_of = before;
    return true;
}

static bool read_limit(struct reader *reader, const json *object, const struct budget *budget,
                       struct limit *limit) {
    const char *key, *metric;
    int unit;
    if (!take_text(reader, object, "limit", &key) ||
        !take_text(reader, object, "metric", &metric) ||
        !take_location(reader, object, "location", &limit->place) ||
        !limit_key_read(reader->arena, key, &budget->metrics, false, limit->place, limit,
                        reader->diags))
        return false;
    if (!text_equal(limit->key, key))
        return reader_wrong(reader, "limit", "is not written canonically");
    if (!text_equal(budget->metrics.items[limit->metric]->name, metric))
        return reader_wrong(reader, "metric", "is not that of the limit");
    if (!take_word(reader, object, "unit", &words_unit, &unit) ||
        !take_count(reader, object, "order", &limit->order) ||
        !take_number_or_null(reader, object, "baseline", &limit->baseline) ||
        !read_bound(reader, object, limit))
        return false;
    limit->unit = (enum probe_unit)unit;
    limit->has_baseline = !isnan(limit->baseline) && !json_get(object, "compared");
    if (!limit->has_baseline) limit->baseline = 0;
    return read_original(reader, object, limit);
}

static bool read_interval(struct reader *reader, const json *object, struct verdict_row *row) {
    row->low = row->high = NAN;
    if (json_is_null(json_get(object, "interval"))) return true;
    const json *interval;
    if (!take_list(reader, object, "interval", &interval)) return false;
    if (json_count(interval) != 2) return reader_wrong(reader, "interval", "is no pair");
    row->low = json_number(json_first(interval), NAN);
    row->high = json_number(json_next(json_first(interval)), NAN);
    return true;
}

static bool read_change(struct reader *reader, const json *object, struct verdict_row *row) {
    const json *interval = json_get(object, "change_interval");
    row->change_low = row->change_high = NAN;
    int basis = BASIS_NONE;
    if (json_get(object, "compared") &&
        !take_word(reader, object, "compared", &words_basis, &basis))
        return false;
    row->basis = (enum verdict_basis)basis;
    if (!interval || json_is_null(interval)) return true;
    if (json_count(interval) != 2) return reader_wrong(reader, "change_interval", "is no pair");
    row->change_low = json_number(json_first(interval), NAN);
    row->change_high = json_number(json_next(json_first(interval)), NAN);
    return true;
}

/* Members that only some tests have are 0 where they are absent. */
static bool read_test(struct reader *reader, const json *object, struct verdict_test *test) {
    const json *stored;
    if (json_is_null(json_get(object, "test"))) return true;
    if (!take_object(reader, object, "test", &stored) ||
        !take_text(reader, stored, "name", &test->name))
        return false;
    static const char *const counts[] = {"n", "k", "batches", "look", "step", "runs"};
    size_t values[array_length(counts)] = {0};
    for (size_t i = 0; i < array_length(counts); i++)
        if (json_get(stored, counts[i]) && !take_count(reader, stored, counts[i], &values[i]))
            return false;
    test->n = values[0];
    test->k = values[1];
    test->batches = values[2];
    test->look = values[3] < UINT_MAX ? (unsigned)values[3] : UINT_MAX;
    test->step = values[4];
    test->runs = values[5];
    test->log_pass = log(json_number(json_get(stored, "e_pass"), 1));
    test->log_fail = log(json_number(json_get(stored, "e_fail"), 1));
    test->correlation = json_number(json_get(stored, "correlation"), NAN);
    test->share = json_number(json_get(stored, "share"), 0);
    test->mean = json_number(json_get(stored, "mean"), 0);
    test->error = json_number(json_get(stored, "error"), 0);
    test->alpha = json_number(json_get(stored, "alpha"), 0);
    return true;
}

static bool read_worst(struct reader *reader, const json *object, struct verdict_row *row) {
    const json *list;
    if (!row->limit->pattern.wild) return true;
    if (!take_list(reader, object, "worst", &list)) return false;
    if (json_count(list) > VERDICT_WORST_MAX) return reader_wrong(reader, "worst", "is too long");
    for (const json *item = json_first(list); item; item = json_next(item)) {
        struct verdict_match *match = &row->worst[row->worst_count++];
        int outcome;
        if (!take_text(reader, item, "label", &match->label) ||
            !take_number_or_null(reader, item, "observed", &match->observed) ||
            !take_number_or_null(reader, item, "headroom", &match->headroom) ||
            !take_word(reader, item, "verdict", &words_outcome, &outcome))
            return false;
        match->outcome = (enum outcome)outcome;
    }
    return true;
}

static bool read_verdict(struct reader *reader, const json *object, struct verdict_row *row) {
    int outcome, effect;
    if (!take_number_or_null(reader, object, "observed", &row->observed) ||
        !take_number_or_null(reader, object, "headroom", &row->headroom) ||
        !read_interval(reader, object, row) ||
        !take_number_or_null(reader, object, "confidence", &row->confidence) ||
        !read_test(reader, object, &row->test) ||
        !take_word(reader, object, "verdict", &words_outcome, &outcome) ||
        !take_word(reader, object, "effect", &words_outcome, &effect) ||
        !take_text_or_null(reader, object, "pattern", &row->pattern) ||
        !take_count(reader, object, "matched", &row->matched) ||
        !take_count(reader, object, "broken", &row->broken) ||
        !take_number_or_null(reader, object, "baseline", &row->baseline) ||
        !take_number_or_null(reader, object, "change", &row->change) ||
        !take_text(reader, object, "reason", &row->reason) ||
        !take_text_or_null(reader, object, "settle", &row->settle))
        return false;
    if (!read_change(reader, object, row)) return false;
    row->outcome = (enum outcome)outcome;
    row->effect = (enum outcome)effect;
    row->decided = true;
    row->unbounded = json_flag(json_get(object, "unbounded"), false);
    row->needless = json_flag(json_get(object, "needless"), false);
    return read_worst(reader, object, row);
}

bool read_rows(struct reader *reader, const json *object, struct budget *budget,
               struct budget_verdict *verdict) {
    const json *list;
    const char *where = reader->where;
    int outcome, effect;
    if (!take_word(reader, object, "verdict", &words_outcome, &outcome) ||
        !take_word(reader, object, "effect", &words_outcome, &effect) ||
        !take_list(reader, object, "limits", &list))
        return false;
    size_t count = json_count(list), at = 0;
    budget->limits = arena_alloc(reader->arena, count * sizeof *budget->limits);
    budget->limit_count = count;
    *verdict = (struct budget_verdict){
        .budget = budget,
        .rows = arena_alloc(reader->arena, count * sizeof *verdict->rows),
        .count = count,
        .outcome = (enum outcome)outcome,
        .effect = (enum outcome)effect,
    };
    for (const json *item = json_first(list); item; item = json_next(item), at++) {
        reader->where = text_format(reader->arena, "%s.limits[%zu]", where, at);
        verdict->rows[at].limit = &budget->limits[at];
        if (!read_limit(reader, item, budget, &budget->limits[at]) ||
            !read_verdict(reader, item, &verdict->rows[at]))
            return false;
    }
    reader->where = where;
    return true;
}
