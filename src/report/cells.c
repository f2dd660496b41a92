#include <math.h>

#include "base/units.h"
#include "report/table.h"

static const char *const signs[] = {
    [LIMIT_AT_MOST] = "≤", [LIMIT_BELOW] = "<", [LIMIT_AT_LEAST] = "≥", [LIMIT_ABOVE] = ">"};

static bool is_change(const struct limit *limit) {
    return limit->kind == LIMIT_REGRESSION || limit->kind == LIMIT_IMPROVEMENT;
}

/* Four digits say the same of two values that differ. */
static bool looks_equal(struct arena *arena, const struct verdict_row *row) {
    const struct limit *limit = row->limit;
    if (is_change(limit) || isnan(row->observed) || row->observed == limit->bound) return false;
    return text_equal(unit_show(arena, row->observed, limit->unit),
                      unit_show(arena, limit->bound, limit->unit));
}

/* A quotient such as a speed-up: 3.4× reads better than 340 %. */
static bool is_multiple(const struct verdict_row *row) {
    return row->limit->unit == PROBE_RATIO && row->limit->bound > 1 && !is_change(row->limit);
}

static const char *show(struct arena *arena, const struct verdict_row *row, double value) {
    enum probe_unit unit = row->limit->unit;
    if (is_multiple(row)) return text_format(arena, "%s×", unit_show(arena, value, PROBE_COUNT));
    return looks_equal(arena, row) ? unit_exact(arena, value, unit) : unit_show(arena, value, unit);
}

const char *row_bound(struct arena *arena, const struct verdict_row *row) {
    const struct limit *limit = row->limit;
    if (!is_change(limit))
        return text_format(arena, "%s %s", signs[limit->operator], show(arena, row, limit->bound));
    const char *change =
        unit_show(arena, limit->bound, limit->relative ? PROBE_RATIO : limit->unit);
    if (limit->kind == LIMIT_REGRESSION) return text_format(arena, "≤ %s worse", change);
    return text_format(arena, "≥ %s better", change);
}

const char *row_observed(struct arena *arena, const struct verdict_row *row) {
    if (row->unbounded) return "no bound";
    if (isnan(row->observed)) return "–";
    return show(arena, row, row->observed);
}

const char *row_headroom(struct arena *arena, const struct verdict_row *row) {
    if (is_change(row->limit))
        return isnan(row->change) ? "" : text_format(arena, "%+.1f %%", row->change * 100);
    if (isnan(row->headroom)) return "";
    double percent = fabs(row->headroom) * 100;
    enum limit_operator sign = row->limit->operator;
    bool from_above = sign == LIMIT_AT_MOST || sign == LIMIT_BELOW;
    const char *word = row->headroom >= 0 ? "left" : from_above ? "over" : "short";
    if (percent > 0 && percent < 0.1) return text_format(arena, "<0.1 %% %s", word);
    return text_format(arena, percent < 10 ? "%.1f %% %s" : "%.0f %% %s", percent, word);
}

/* "[+1.1 %, +5.0 %] 95 %": where the change lies. */
static const char *change_interval(struct arena *arena, const struct verdict_row *row) {
    if (isnan(row->change_low) || isnan(row->change_high)) return "";
    return text_format(arena, "[%+.1f %%, %+.1f %%] %s", row->change_low * 100,
                       row->change_high * 100, unit_show(arena, row->confidence, PROBE_RATIO));
}

const char *row_interval(struct arena *arena, const struct verdict_row *row) {
    if (row->basis != BASIS_NONE) return change_interval(arena, row);
    bool low = !isnan(row->low), high = !isnan(row->high);
    if ((!low && !high) || !(row->confidence < 1)) return "";
    enum probe_unit unit = row->limit->unit;
    if (is_multiple(row)) unit = PROBE_COUNT;
    const char *from = unit_show(arena, row->low, unit), *to = unit_show(arena, row->high, unit);
    const char *sure = unit_show(arena, row->confidence, PROBE_RATIO);
    if (low && high) return text_format(arena, "[%s, %s] %s", from, to, sure);
    return text_format(arena, "%s %s %s", low ? "≥" : "≤", low ? from : to, sure);
}

const char *row_key(struct arena *arena, const struct verdict_row *row) {
    const char *key = text_inert(arena, row->limit->key);
    return row->limit->kind == LIMIT_WARN ? text_format(arena, "%s (warn)", key) : key;
}

const char *row_sentence(struct arena *arena, const struct verdict_row *row) {
    const char *reason = text_inert(arena, row->reason);
    struct text text = text_begin(arena);
    text_add(&text, text_inert(arena, row->limit->key));
    if (row->unbounded)
        text_add(&text, " has no bound");
    else if (!isnan(row->observed))
        text_add_format(&text, " is %s", row_observed(arena, row));
    text_add_format(&text, ", limit %s: %s", row_bound(arena, row), reason);
    if (row->effect != row->outcome)
        text_add_format(&text, " (counts as %s)", outcome_words[row->effect]);
    return text.data;
}
