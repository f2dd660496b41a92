#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "report/formats.h"
#include "report/items.h"
#include "report/table.h"
#include "report/words.h"

/* What trackers of benchmarks read: one number a limit, whatever its verdict, in base units. What
 * has not been measured is absent. */

enum { BENCHER_NAME_MAX = 64, BENCHER_KEPT = 54, BENCHER_DIGITS = 8 };

static bool is_change(const struct limit *limit) {
    return limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT;
}

/* Whether the item has a number, and no item before it the same one: max, min and warn of one key
 * see one value. */
static bool is_value(const struct report_item *items, size_t index) {
    const struct report_item *item = &items[index];
    if (!item->row || isnan(item->row->observed)) return false;
    for (size_t i = 0; i < index; i++)
        if (items[i].row && items[i].budget == item->budget && !isnan(items[i].row->observed) &&
            text_equal(items[i].row->limit->key, item->row->limit->key))
            return false;
    return true;
}

/* Backticks would end the code span that the action's comment puts the name in. */
static const char *tracked_name(struct arena *arena, const struct report_item *item) {
    const char *joined = text_format(arena, "%s/%s", item->budget->id, item->row->limit->key);
    struct text name = text_begin(arena);
    for (const char *c = text_inert(arena, joined); *c; c++)
        text_add_char(&name, *c == '`' ? '\'' : *c);
    return name.data;
}

/* Of a metric that has no direction, such as a derived value, the limit says it. */
static enum probe_better better_of(const struct report_item *item) {
    const struct limit *limit = item->row->limit;
    enum probe_better better = item->budget->metrics.items[limit->metric]->better;
    if (better != PROBE_NEITHER) return better;
    bool least = limit->operator== LIMIT_AT_LEAST || limit->operator== LIMIT_ABOVE;
    return least ? PROBE_HIGHER : PROBE_LOWER;
}

static void push_tracked(struct arena *arena, json *list, const struct report_item *item) {
    const struct verdict_row *row = item->row;
    enum probe_unit unit = row->limit->unit;
    json *object = json_push(list, json_new_object());
    json_put_text(object, "name", tracked_name(arena, item));
    json_put_text(object, "unit",
                  unit == PROBE_COUNT   ? "count"
                  : unit == PROBE_RATIO ? "ratio"
                                        : words_unit.items[unit]);
    json_put_number(object, "value", row->observed);
    if (!is_change(row->limit) && *row_interval(arena, row))
        json_put_text(object, "range", row_interval(arena, row));
    json_put_text(object, "extra",
                  text_format(arena, "%s, limit %s%s%s", outcome_words[item->outcome],
                              row_bound(arena, row), item->waiver ? "; waiver " : "",
                              item->waiver ? text_inert(arena, item->waiver) : ""));
}

static const char *write_tracked(struct arena *arena, const struct report *report,
                                 enum probe_better better) {
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    json *list = json_new_list();
    for (size_t i = 0; i < count; i++)
        if (is_value(items, i) && better_of(&items[i]) == better)
            push_tracked(arena, list, &items[i]);
    const char *text = json_write(arena, list);
    json_free(list);
    return text;
}

const char *report_smaller_is_better(struct arena *arena, const struct report *report,
                                     const struct report_text_options *options) {
    (void)options;
    return write_tracked(arena, report, PROBE_LOWER);
}

const char *report_bigger_is_better(struct arena *arena, const struct report *report,
                                    const struct report_text_options *options) {
    (void)options;
    return write_tracked(arena, report, PROBE_HIGHER);
}

/* The key as a measure's name, which has a greatest length; a cut one stays apart from others. */
static const char *measure_name(struct arena *arena, const char *key) {
    const char *inert = text_inert(arena, key);
    if (strlen(inert) <= BENCHER_NAME_MAX) return inert;
    size_t kept = BENCHER_KEPT;
    while (((unsigned char)inert[kept] & 0xC0) == 0x80) kept--;
    const char *digest = sha256_text(arena, key, strlen(key));
    return text_format(arena, "%.*s~%.*s", (int)kept, inert, BENCHER_DIGITS, digest);
}

static void put_measure(struct arena *arena, json *benchmark, const struct report_item *item) {
    const struct verdict_row *row = item->row;
    json *measure = json_put_object(benchmark, measure_name(arena, row->limit->key));
    json_put_number(measure, "value", row->observed);
    if (is_change(row->limit) || !(row->confidence < 1)) return;
    if (!isnan(row->low)) json_put_number(measure, "lower_value", row->low);
    if (!isnan(row->high)) json_put_number(measure, "upper_value", row->high);
}

const char *report_bmf(struct arena *arena, const struct report *report,
                       const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t count = report_items(arena, report, &items);
    json *root = json_new_object(), *benchmark = NULL;
    const struct budget *budget = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_value(items, i)) continue;
        if (items[i].budget != budget)
            benchmark = json_put_object(root, text_inert(arena, items[i].budget->id));
        budget = items[i].budget;
        put_measure(arena, benchmark, &items[i]);
    }
    const char *text = json_write(arena, root);
    json_free(root);
    return text;
}
