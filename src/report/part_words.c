#include "report/part_words.h"

#include <math.h>

#include "base/text.h"
#include "base/units.h"

bool part_changed(const struct part *part) {
    return part->state != PART_ALONE && part->state != PART_SAME;
}

bool part_same_kind(const struct part *a, const struct part *b) {
    return a->limit == b->limit && a->by == b->by;
}

const char *part_amount(struct arena *arena, const struct part *part) {
    if (!part_changed(part)) return unit_show(arena, part->value, part->by->unit);
    if (part->state == PART_RENAMED || isnan(part->change)) return "";
    return text_format(arena, "%s%s%s", part->state == PART_RISEN ? "at least " : "",
                       part->change < 0 ? "-" : "+",
                       unit_show(arena, fabs(part->change), part->by->unit));
}

const char *part_note(struct arena *arena, const struct part *part) {
    if (part->state == PART_NEW) return " (new)";
    if (part->state == PART_GONE) return " (gone)";
    if (part_changed(part) || isnan(part->share)) return "";
    return text_format(arena, " (%.0f %%)", part->share * 100);
}

size_t parts_labels(const struct part *parts, size_t count) {
    size_t labels = 0;
    for (size_t i = 0; i < count; i++) labels += parts[i].count;
    return labels;
}
