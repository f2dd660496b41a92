/** The labels of one metric in two measurements, held against each other. */
#ifndef REPORT_FACING_H
#define REPORT_FACING_H

#include "report/attribution.h"

/** What is asked of a metric: which of its labels, folded to which dimensions. */
struct facing_question {
    uint32_t metric;
    unsigned named;                    /**< bit d: dimension d is part of the label */
    struct label_pattern pattern;      /**< only labels that match */
    const struct statistic *statistic; /**< of a noisy metric; NULL: the median */
};

/** One label and its number on one side. */
struct facing_side {
    const struct series *series;
    double value;
};

struct facing_sides {
    struct facing_side *items;
    size_t count;
    double total; /**< NaN where labels do not add up */
};

/** The labels of a measurement, sorted by label. Lives in `arena`, but for the labels. */
struct facing_sides facing_select(struct arena *arena, const struct measurement *measurement,
                                  const struct facing_question *question);

/** What a label is called: of one dimension its text alone, of more "phase:peak request:x". */
const char *facing_name(struct arena *arena, const struct probe_metric *metric,
                        const struct series *series);

/** Whether numbers of that metric can be held against the base's: an exact metric made by the same
 * method, a noisy one unless it is `incomparable`. */
bool facing_comparable(const struct measurement *head, const struct measurement *base,
                       uint32_t metric, const char *incomparable);

/**
 * What changed from `base` to `head`, as parts of which only `name` to `was` are filled in: labels
 * of both that differ, new and gone ones, and those that only changed their name. Not sorted.
 * `question` is of the head; labels that a report left out count for nothing.
 */
size_t facing_changes(struct arena *arena, const struct measurement *head,
                      const struct measurement *base, const struct facing_question *question,
                      struct part **parts);

#endif
