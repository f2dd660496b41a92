/** The words for parts of a broken limit, shared by the formats for people. */
#ifndef REPORT_PART_WORDS_H
#define REPORT_PART_WORDS_H

#include "report/attribution.h"

enum { PARTS_SHOWN = 5 /**< parts of one kind in the formats for people */ };

/** Whether the part says what changed since earlier code, not just what there is. */
bool part_changed(const struct part *part);

/** Whether both are of one limit and kind: those stand side by side. */
bool part_same_kind(const struct part *a, const struct part *b);

/** "+21.0 KB"; "at least +2 KB"; of others "2 KB"; "" where there is no number. */
const char *part_amount(struct arena *arena, const struct part *part);

/** " (new)", " (gone)", " (62 %)" of the whole, or "". A new name is said by `was` of the part. */
const char *part_note(struct arena *arena, const struct part *part);

/** How many labels the parts stand for. */
size_t parts_labels(const struct part *parts, size_t count);

#endif
