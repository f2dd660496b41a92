#include <math.h>

#include "base/text.h"
#include "report/format_json.h"
#include "report/reader.h"

static void push_part(json *list, const struct estimated_part *part) {
    json *item = json_push(list, json_new_object());
    json_put_text(item, "kind", part->kind);
    json_put_text(item, "name", part->name);
    json_put_number(item, "value", part->value);
    json_put_number(item, "baseline", part->baseline);
    json_put_number(item, "change", part->value - part->baseline);
    json_put_number(item, "raw_value", part->raw_value);
    json_put_number(item, "raw_baseline", part->raw_baseline);
}

void json_put_estimates(json *object, const struct measurement *measurement) {
    if (!measurement || measurement->estimate_count == 0) return;
    json *list = json_put_list(object, "estimates");
    for (size_t i = 0; i < measurement->estimate_count; i++) {
        const struct size_estimate *estimate = &measurement->estimates[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "metric", estimate->metric);
        json_put_text(item, "file", estimate->file);
        json_put_text(item, "method", estimate->method);
        json_put_number(item, "value", estimate->value);
        json_put_number(item, "baseline", estimate->baseline);
        json_put_number(item, "change", estimate->value - estimate->baseline);
        json *parts = json_put_list(item, "parts");
        for (size_t p = 0; p < estimate->count; p++) push_part(parts, &estimate->parts[p]);
        json_put_number(item, "untried", (double)estimate->untried);
        json_put_text(item, "note", estimate->note);
    }
}

static bool read_part(struct reader *reader, const json *item, struct estimated_part *part) {
    return take_text(reader, item, "kind", &part->kind) &&
           take_text(reader, item, "name", &part->name) &&
           take_number(reader, item, "value", &part->value) &&
           take_number(reader, item, "baseline", &part->baseline) &&
           take_number(reader, item, "raw_value", &part->raw_value) &&
           take_number(reader, item, "raw_baseline", &part->raw_baseline);
}

static bool read_estimate(struct reader *reader, const json *item, struct size_estimate *estimate) {
    const json *list;
    if (!take_text(reader, item, "metric", &estimate->metric) ||
        !take_text(reader, item, "file", &estimate->file) ||
        !take_text(reader, item, "method", &estimate->method) ||
        !take_number(reader, item, "value", &estimate->value) ||
        !take_number(reader, item, "baseline", &estimate->baseline) ||
        !take_count(reader, item, "untried", &estimate->untried) ||
        !take_text_or_null(reader, item, "note", &estimate->note) ||
        !take_list(reader, item, "parts", &list))
        return false;
    estimate->parts = arena_alloc(reader->arena, (json_count(list) + 1) * sizeof *estimate->parts);
    for (const json *part = json_first(list); part; part = json_next(part))
        if (!read_part(reader, part, &estimate->parts[estimate->count++])) return false;
    return true;
}

bool read_estimates(struct reader *reader, const json *object, struct measurement *measurement) {
    const json *list;
    if (!json_get(object, "estimates")) return true;
    if (!take_list(reader, object, "estimates", &list)) return false;
    struct size_estimate *estimates =
        arena_alloc(reader->arena, (json_count(list) + 1) * sizeof *estimates);
    const char *where = reader->where;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        reader->where =
            text_format(reader->arena, "%s.estimates[%zu]", where, measurement->estimate_count);
        if (!read_estimate(reader, item, &estimates[measurement->estimate_count++])) return false;
    }
    reader->where = where;
    measurement->estimates = estimates;
    return true;
}
