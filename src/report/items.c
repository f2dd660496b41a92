#include "report/items.h"

#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "report/meaning.h"
#include "report/table.h"
#include "report/waivers.h"

static struct report_item row_item(struct arena *arena, const struct budget *budget,
                                   const struct verdict_row *row) {
    const char *bound = row_bound(arena, row), *key = row_key(arena, row);
    bool quiet = row->outcome == OUTCOME_PASS;
    return (struct report_item){
        .budget = budget,
        .row = row,
        .outcome = row->outcome,
        .effect = row->effect,
        .name = text_format(arena, "%s: %s %s", text_inert(arena, budget->id), key, bound),
        .message = quiet ? "" : row_sentence(arena, row),
    };
}

static struct report_item skipped_item(struct arena *arena, const struct budget *budget) {
    const char *why = budget->skipped ? budget->skipped : "not selected";
    return (struct report_item){
        .budget = budget, .name = text_inert(arena, budget->id), .message = text_inert(arena, why)};
}

size_t report_items(struct arena *arena, const struct report *report, struct report_item **items) {
    size_t count = 0;
    *items = NULL;
    for (size_t i = 0; i < report->set->count; i++) {
        const struct budget_verdict *verdict = &report->verdicts->budgets[i];
        const struct budget *budget = &report->set->budgets[i];
        if (!budget->selected && !budget->leaned_on) {
            *array_add(arena, *items, count) = skipped_item(arena, budget);
            (*items)[count - 1].index = i;
        }
        for (size_t row = 0; budget->selected && row < verdict->count; row++) {
            *array_add(arena, *items, count) = row_item(arena, budget, &verdict->rows[row]);
            (*items)[count - 1].index = i;
            (*items)[count - 1].waiver = waiver_text(arena, verdict);
        }
    }
    const char *trouble = report_trouble(arena, report);
    if (!trouble) return count;
    *array_add(arena, *items, count) = (struct report_item){
        .outcome = OUTCOME_ERROR, .effect = OUTCOME_ERROR, .name = "run", .message = trouble};
    return count;
}

bool item_level(const struct report_item *item, enum diag_level *level) {
    switch (item->effect) {
    case OUTCOME_ERROR:
    case OUTCOME_FAIL:
    case OUTCOME_INCONCLUSIVE:
        *level = DIAG_ERROR;
        return true;
    case OUTCOME_WARN:
        *level = DIAG_WARNING;
        return true;
    case OUTCOME_WAIVED:
        *level = DIAG_NOTE;
        return true;
    case OUTCOME_PASS:
    case OUTCOME_SKIPPED:
        break;
    }
    return false;
}

bool item_is_broken(const struct report_item *item) {
    return item->effect >= OUTCOME_INCONCLUSIVE;
}

static bool place_is_known(struct place place) {
    return place.file && *place.file && place.line > 0;
}

const char *item_file(const struct report_item *item) {
    if (!item->budget) return "perfbudget";
    if (item->budget->file) return item->budget->file;
    return place_is_known(item->budget->place) ? item->budget->place.file : "perfbudget";
}

struct place item_place(const struct report_item *item) {
    if (!item->budget) return NO_PLACE;
    if (item->row && place_is_known(item->row->limit->place)) return item->row->limit->place;
    return place_is_known(item->budget->place) ? item->budget->place : NO_PLACE;
}

struct place item_anchor(const struct report *report, const struct report_item *item) {
    struct place place = item_place(item);
    if (place.file) return place;
    const char *first = report->set->file_count ? report->set->files[0].path : "";
    return (struct place){.file = *first ? first : "perfbudget.yaml", .line = 1, .column = 1};
}

const char *item_fingerprint(struct arena *arena, const struct report_item *item) {
    if (!item->budget) return sha256_text(arena, "run", strlen("run"));
    const struct limit *limit = item->row ? item->row->limit : NULL;
    const char *kind = limit ? limit_kind_words[limit->kind] : "";
    const char *name =
        text_format(arena, "%s\n%s\n%s", item->budget->id, kind, limit ? limit->key : "");
    return sha256_text(arena, name, strlen(name));
}

const char *report_trouble(struct arena *arena, const struct report *report) {
    if (!report->complete) return "the run was ended before it was done";
    for (size_t i = 0; report->diags && i < report->diags->count; i++)
        if (report->diags->items[i].level == DIAG_ERROR)
            return text_inert(arena, report->diags->items[i].message);
    if (nothing_judged(report->verdicts)) return "nothing was judged";
    return NULL;
}
