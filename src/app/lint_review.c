#include "app/lint_review.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "schema/field.h"

static void review_why(const struct budget_set *set, size_t index, struct diags *diags) {
    const struct budget *budget = &set->budgets[index];
    if (budget->why && *budget->why) return;
    diag_warning(diags, LINT_WHY, budget->place,
                 "write `why:` in a few words: who notices, and what it costs them",
                 "`%s` does not say why it exists, and that is shown when it fails", budget->id);
}

static void review_waiver(const struct budget_set *set, size_t index, struct diags *diags) {
    const struct budget *budget = &set->budgets[index];
    const struct waiver *waiver = &budget->waiver;
    if (waiver->state != WAIVER_LIVE || waiver->days_left > LINT_WAIVER_DAYS) return;
    const char *left = waiver->days_left == 0
                           ? "today is its last day"
                           : text_format(set->arena, "%" PRId64 " day%s left", waiver->days_left,
                                         waiver->days_left == 1 ? "" : "s");
    diag_warning(diags, LINT_WAIVER, waiver->place,
                 "meet the limits and remove it, or argue for a new date before they count again",
                 "the waiver of `%s` ends after %s: %s", budget->id, waiver->until_text, left);
}

static bool texts_same(const struct probe_texts *a, const struct probe_texts *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0) return false;
    return true;
}

static bool options_same(const struct budget *a, const struct budget *b) {
    const struct probe *probe = a->probe;
    if (!probe) return true;
    for (size_t i = 0; i < probe->option_count; i++)
        if (!field_equal(field_row(probe->options, probe->option_size, i), a->config, b->config))
            return false;
    return true;
}

/* What is measured, and with what around it. */
static bool subject_same(const struct budget *a, const struct budget *b) {
    return a->probe == b->probe && text_equal(a->of, b->of) &&
           text_equal(a->target_text, b->target_text) && texts_same(&a->targets, &b->targets) &&
           text_equal(a->directory, b->directory) && a->server == b->server &&
           a->fresh == b->fresh && a->during == b->during && options_same(a, b);
}

static bool limit_same(const struct limit *a, const struct limit *b) {
    return a->kind == b->kind && strcmp(a->key, b->key) == 0 &&
           a->operator== b->operator&& a->bound == b->bound && a->relative == b->relative &&
           a->floor == b->floor &&
           a->has_baseline == b->has_baseline &&(!a->has_baseline || a->baseline == b->baseline);
}

/* Keys are unique with their kind, so that one in the other's list is enough. */
static bool limits_same(const struct budget *a, const struct budget *b) {
    if (a->original_count != b->original_count) return false;
    for (size_t i = 0; i < a->original_count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->original_count && !found; j++)
            found = limit_same(&a->originals[i], &b->originals[j]);
        if (!found) return false;
    }
    return true;
}

static void review_duplicate(const struct budget_set *set, size_t index, struct diags *diags) {
    const struct budget *budget = &set->budgets[index];
    for (size_t i = 0; i < index; i++) {
        const struct budget *other = &set->budgets[i];
        if (!other->selected || !subject_same(other, budget) || !limits_same(other, budget))
            continue;
        diag_warning(diags, LINT_DUPLICATE, budget->place, "remove one of the two",
                     "`%s` asks the same as `%s`: probe, target, options and limits", budget->id,
                     other->id);
        return;
    }
}

/* Each looks at the budget at that index, and at those before it. */
static void (*const reviews[])(const struct budget_set *set, size_t index, struct diags *diags) = {
    review_why,
    review_waiver,
    review_duplicate,
};

void lint_review(const struct budget_set *set, struct diags *diags) {
    for (size_t i = 0; i < set->count; i++) {
        if (!set->budgets[i].selected || set->budgets[i].limit_count == 0) continue;
        for (size_t r = 0; r < array_length(reviews); r++) reviews[r](set, i, diags);
    }
}
