#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "budget/differ.h"
#include "budget/name_index.h"

/* The limits of one side as they count at one time: with the waiver, or when it is over. */
struct limits_view {
    const struct limit *items;
    size_t count;
    struct name_index names; /* by what limit_name says */
};

static bool is_change(const struct limit *limit) {
    return limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT;
}

static bool looks_up(const struct limit *limit) {
    return limit->operator== LIMIT_AT_MOST || limit->operator== LIMIT_BELOW;
}

static bool is_strict(const struct limit *limit) {
    return limit->operator== LIMIT_BELOW || limit->operator== LIMIT_ABOVE;
}

/* Of a number that allows more the higher it is. */
static enum change_class more_is_looser(double before, double after) {
    return after > before ? CHANGE_LOOSER : after < before ? CHANGE_TIGHTER : CHANGE_NEUTRAL;
}

static enum change_class worse(enum change_class a, enum change_class b) {
    return a > b ? a : b;
}

static enum change_class bound_class(const struct limit *old, const struct limit *new) {
    if (looks_up(old) != looks_up(new)) return CHANGE_LOOSER;
    enum change_class class = looks_up(new) ? more_is_looser(old->bound, new->bound)
                                            : more_is_looser(new->bound, old->bound);
    if (class != CHANGE_NEUTRAL || is_strict(old) == is_strict(new)) return class;
    return is_strict(new) ? CHANGE_TIGHTER : CHANGE_LOOSER;
}

static enum change_class baseline_class(const struct limit *old, const struct limit *new,
                                        enum probe_better better) {
    if (old->has_baseline != new->has_baseline) return CHANGE_LOOSER;
    if (!old->has_baseline || old->baseline == new->baseline) return CHANGE_NEUTRAL;
    if (old->baseline == 0) return CHANGE_LOOSER; /* a share of 0 was an error */
    if (better == PROBE_LOWER) return more_is_looser(old->baseline, new->baseline);
    if (better == PROBE_HIGHER) return more_is_looser(new->baseline, old->baseline);
    return CHANGE_LOOSER;
}

/* Changes below the floor do not count: it forgives a regression, and hides a gain. */
static enum change_class regression_class(const struct limit *old, const struct limit *new,
                                          enum probe_better better) {
    if (old->relative != new->relative) return CHANGE_LOOSER;
    bool gain = new->kind == LIMIT_IMPROVEMENT;
    enum change_class class =
        gain ? more_is_looser(new->bound, old->bound) : more_is_looser(old->bound, new->bound);
    if (old->floor != new->floor)
        class = worse(class, gain ? CHANGE_LOOSER : more_is_looser(old->floor, new->floor));
    return worse(class, baseline_class(old, new, better));
}

/* NEUTRAL, TIGHTER or LOOSER. */
static enum change_class limit_class(const struct differ *d, const struct limit *old,
                                     const struct limit *new) {
    const struct probe_metric *before = d->old->metrics.items[old->metric];
    const struct probe_metric *after = d->new->metrics.items[new->metric];
    if (old->unit != new->unit || before->better != after->better ||
        before->nature != after->nature)
        return CHANGE_LOOSER;
    return is_change(new) ? regression_class(old, new, after->better) : bound_class(old, new);
}

static const char *limit_name(const struct differ *d, const struct limit *limit) {
    return text_format(d->arena, "%s %s", limit->key, limit_kind_words[limit->kind]);
}

/* "100KB", and where both read alike but differ the exact value; with what belongs to a change. */
static const char *limit_text(const struct differ *d, const struct limit *limit, bool exact) {
    const char *sign = is_strict(limit) ? (looks_up(limit) ? "< " : "> ") : "";
    enum probe_unit unit = limit->relative ? PROBE_RATIO : limit->unit;
    const char *bound =
        exact ? unit_exact(d->arena, limit->bound, unit) : text_inert(d->arena, limit->text);
    struct text text = text_begin(d->arena);
    text_add_format(&text, "%s%s", text_starts(bound, "<") || text_starts(bound, ">") ? "" : sign,
                    bound);
    if (limit->floor > 0)
        text_add_format(&text, ", floor %s", unit_exact(d->arena, limit->floor, limit->unit));
    if (limit->has_baseline)
        text_add_format(&text, ", baseline %s", unit_exact(d->arena, limit->baseline, limit->unit));
    return text.data;
}

static struct budget_change *limit_change(struct differ *d, enum change_class class,
                                          const struct limit *limit, const char *reason) {
    struct budget_change *change = change_add(d, class, limit_name(d, limit));
    change->reason = reason;
    if (limit->place.line > 0) change->place = limit->place;
    return change;
}

static struct limits_view view_of(const struct differ *d, const struct limit *items, size_t count) {
    struct limits_view view = {items, count, {.arena = d->arena}};
    for (size_t i = 0; i < count; i++) name_index_add(&view.names, limit_name(d, &items[i]), i);
    return view;
}

static const struct limit *limit_like(const struct differ *d, const struct limits_view *view,
                                      const struct limit *limit) {
    size_t number = name_index_find(&view->names, limit_name(d, limit));
    return number == NAME_NONE ? NULL : &view->items[number];
}

static const char *metric_name(const struct budget *budget, const struct limit *limit) {
    return budget->metrics.items[limit->metric]->name;
}

/* Rows that take labels from each other: of one metric, statistic and kind, each with a pattern. */
static bool contend(const struct differ *d, const struct limit *old, const struct limit *new) {
    return old->pattern.named != 0 && old->pattern.named == new->pattern.named &&
           old->kind == new->kind && old->statistical == new->statistical &&
           (!old->statistical ||
            (old->statistic.kind == new->statistic.kind && old->statistic.p == new->statistic.p)) &&
           text_equal(metric_name(d->old, old), metric_name(d->new, new));
}

/* A pattern that is written later takes labels from the ones before it. */
static const struct limit *taken_from(const struct differ *d, const struct limits_view *old,
                                      const struct limits_view *new, const struct limit *added) {
    for (size_t i = 0; i < old->count; i++) {
        const struct limit *was = &old->items[i], *is = limit_like(d, new, was);
        if (is && is->order < added->order && contend(d, was, added) &&
            limit_class(d, was, added) == CHANGE_LOOSER)
            return was;
    }
    return NULL;
}

static bool bounds_errors(const struct budget *budget, const struct limits_view *view) {
    for (size_t i = 0; i < view->count; i++) {
        const char *name = metric_name(budget, &view->items[i]);
        if (strcmp(name, "error_rate") == 0 || strcmp(name, "errors") == 0) return true;
    }
    return false;
}

static void limit_added(struct differ *d, const struct limits_view *old,
                        const struct limits_view *new, const struct limit *limit) {
    const struct limit *from = taken_from(d, old, new, limit);
    const char *name = metric_name(d->new, limit);
    bool errors = (strcmp(name, "error_rate") == 0 || strcmp(name, "errors") == 0) &&
                  !bounds_errors(d->old, old);
    const char *reason = NULL;
    if (from)
        reason =
            text_format(d->arena, "it takes labels from %s, which bounds them closer", from->key);
    if (errors) reason = "without it the first failed request is an error";
    struct budget_change *change =
        limit_change(d, reason ? CHANGE_LOOSER : CHANGE_ADDED, limit, reason);
    change->after = limit_text(d, limit, false);
}

static void limit_both(struct differ *d, const struct limit *old, const struct limit *new,
                       const char *when) {
    enum change_class class = limit_class(d, old, new);
    if (class == CHANGE_NEUTRAL) return;
    bool alike = d->old->kilobyte != d->new->kilobyte ||
                 strcmp(limit_text(d, old, false), limit_text(d, new, false)) == 0;
    struct budget_change *change = limit_change(d, class, new, when);
    change->before = limit_text(d, old, alike);
    change->after = limit_text(d, new, alike);
}

/* The last pattern written decides, so that two that change places may both mean something else. */
static void order_diff(struct differ *d, const struct limits_view *old,
                       const struct limits_view *new) {
    const struct limit **now = arena_alloc(d->arena, (old->count + 1) * sizeof(struct limit *));
    for (size_t i = 0; i < old->count; i++)
        if (old->items[i].pattern.named) now[i] = limit_like(d, new, &old->items[i]);
    for (size_t i = 0; i < old->count; i++)
        for (size_t j = i + 1; j < old->count && now[i]; j++) {
            if (!now[j] || now[i]->order < now[j]->order || !contend(d, &old->items[i], now[j]))
                continue;
            limit_change(d, CHANGE_LOOSER, now[i],
                         text_format(d->arena, "it was written before %s, and the last decides",
                                     now[j]->key));
            return;
        }
}

static void views_diff(struct differ *d, const struct limits_view *old,
                       const struct limits_view *new, const char *when) {
    for (size_t i = 0; i < new->count; i++) {
        const struct limit *limit = &new->items[i], *was = limit_like(d, old, limit);
        if (was)
            limit_both(d, was, limit, when);
        else
            limit_added(d, old, new, limit);
    }
    for (size_t i = 0; i < old->count; i++) {
        const struct limit *limit = &old->items[i];
        if (limit_like(d, new, limit)) continue;
        limit_change(d, CHANGE_REMOVED, limit, when)->before = limit_text(d, limit, false);
    }
    order_diff(d, old, new);
}

/* When every waiver is over. */
void limits_diff(struct differ *d) {
    struct limits_view old = view_of(d, d->old->originals, d->old->original_count);
    struct limits_view new = view_of(d, d->new->originals, d->new->original_count);
    views_diff(d, &old, &new, NULL);
}

static struct budget_change *waiver_change(struct differ *d, enum change_class class,
                                           const char *reason) {
    const struct waiver *before = &d->old->waiver, *after = &d->new->waiver;
    struct budget_change *change = change_add(d, class, "waiver");
    change->reason = reason;
    if (before->state != WAIVER_NONE)
        change->before = text_format(d->arena, "until %s", before->until_text);
    if (after->state == WAIVER_NONE) return change;
    change->after = text_format(d->arena, "until %s", after->until_text);
    change->place = after->place;
    return change;
}

static void waiver_words_diff(struct differ *d) {
    const struct waiver *before = &d->old->waiver, *after = &d->new->waiver;
    if (before->until != after->until)
        waiver_change(d, after->until > before->until ? CHANGE_LOOSER : CHANGE_TIGHTER, NULL);
    if (!text_equal(before->reason, after->reason))
        waiver_change(d, CHANGE_NEUTRAL, "another reason");
}

/* A waiver is a loosening by itself, whatever it says: it is not for the change to write it. One
 * that goes away may take limits with it that it added. */
void waiver_diff(struct differ *d) {
    bool was = d->old->waiver.state == WAIVER_LIVE, is = d->new->waiver.state == WAIVER_LIVE;
    if (is && !was) waiver_change(d, CHANGE_LOOSER, "a change cannot write its own waiver");
    if (!was) return;
    if (is)
        waiver_words_diff(d);
    else
        waiver_change(d, CHANGE_TIGHTER, NULL);
    struct limits_view old = view_of(d, d->old->limits, d->old->limit_count);
    struct limits_view new = view_of(d, d->new->limits, d->new->limit_count);
    views_diff(d, &old, &new, "while the waiver lasts");
}
