#include <math.h>

#include "base/text.h"
#include "report/format_json.h"
#include "report/reader.h"

void json_put_against(json *root, const struct report_against *against) {
    if (!against) {
        json_put_null(root, "against");
        return;
    }
    json *object = json_put_object(root, "against");
    json_put_text(object, "basis", words_basis.items[against->basis]);
    json_put_text(object, "name", against->name);
    json_put_text(object, "revision", against->revision);
    json_put_number(object, "seed", (double)against->seed);
    json_put_text(object, "incomparable", against->incomparable);
    if (against->basis == BASIS_STORED) json_put_number(object, "waited", against->waited);
}

void json_put_base(struct arena *arena, json *object, const struct report *report, size_t index) {
    if (!report->against || !report->set->budgets[index].probe) return;
    const struct verdict_base *base = &report->against->bases[index];
    if (!base->measurement && !base->problem) return;
    json *item = json_put_object(object, "base");
    bool measured = base->measurement && !base->measurement->missing;
    json_put_text(item, "problem", base->problem);
    if (base->other) json_put_text(item, "other", base->other);
    json_put_number(item, "runs", measured ? (double)base->measurement->runs : 0);
    json_put_needed(arena, item, &report->set->budgets[index], measured ? base->measurement : NULL);
}

bool read_against(struct reader *reader, const json *root, struct report *report) {
    const json *object = json_get(root, "against");
    if (!object || json_is_null(object)) return true;
    struct report_against *against = arena_new_object(reader->arena, struct report_against);
    int basis;
    size_t seed;
    if (!take_object(reader, root, "against", &object)) return false;
    reader->where = "against";
    if (!take_word(reader, object, "basis", &words_basis, &basis) ||
        !take_text(reader, object, "name", &against->name) ||
        !take_text_or_null(reader, object, "revision", &against->revision) ||
        !take_count(reader, object, "seed", &seed) ||
        !take_text_or_null(reader, object, "incomparable", &against->incomparable) ||
        (json_get(object, "waited") &&
         !take_number_or_null(reader, object, "waited", &against->waited)))
        return false;
    reader->where = "";
    against->basis = (enum verdict_basis)basis;
    against->seed = seed;
    against->bases = arena_alloc(reader->arena, (json_count(json_get(root, "budgets")) + 1) *
                                                    sizeof *against->bases);
    report->against = against;
    return true;
}

bool read_base(struct reader *reader, const json *object, const struct budget *budget,
               struct verdict_base *base) {
    if (!json_get(object, "base") || !budget->probe) return true;
    const json *item;
    struct measurement *measurement = arena_new_object(reader->arena, struct measurement);
    measurement->metrics = &budget->metrics;
    measurement->methods =
        arena_alloc(reader->arena, (budget->metrics.count + 1) * sizeof *measurement->methods);
    if (!take_object(reader, object, "base", &item) ||
        !take_text_or_null(reader, item, "problem", &base->problem) ||
        (json_get(item, "other") && !take_text_or_null(reader, item, "other", &base->other)) ||
        !take_count(reader, item, "runs", &measurement->runs) ||
        !read_all_series(reader, item, budget, measurement))
        return false;
    if (measurement->runs > 0) base->measurement = measurement;
    return true;
}
