/** One row at one look: all labels it matches, and the worst of them. */
#ifndef VERDICT_ROW_H
#define VERDICT_ROW_H

#include "verdict/schedule.h"

/** What a row is looked at with. */
struct row_look {
    const struct budget *budget;           /**< whose row it is */
    const struct measurement *measurement; /**< of its source */
    double alpha;                          /**< for each side, over all looks */
    double spent;                          /**< share of it for this look; see struct question */
    unsigned look;
    enum sampling sampling;
    bool repeatable;
    size_t first_runs;  /**< that descriptive statistics cover */
    bool last;          /**< no later look: rows that judge whatever there is are decided, too */
    struct arena *keep; /**< takes what stays in the row */
};

/** A row not yet looked at. */
struct verdict_row row_begin(struct arena *arena, const struct limit *limit);

/**
 * Looks at an undecided row: fills it with what is known now, and decides it where that is final. A
 * label that fails makes the row fail; as each of m labels could do so by chance, each may spend
 * alpha / m on failing. A wrong pass takes all labels at once, so each may spend all of alpha on
 * passing.
 */
void row_look(struct verdict_row *row, const struct row_look *look);

/** Looks at every undecided row that needs the measurement of budget `index`, as its schedule
 * stands; but at those judged by e-processes only where `watched`. What stays in rows goes to
 * `keep`. */
void rows_look(struct verdicts *verdicts, size_t index, const struct measurement *measurement,
               struct arena *keep, bool watched);

/** How many more runs it takes at the very least until one of those could be decided, whatever the
 * runs give: 1 to SOONEST_MAX. */
size_t rows_soonest(const struct verdicts *verdicts, size_t index,
                    const struct measurement *measurement);

/** Looks at undecided rows judged by e-processes, and at each only if that may decide it. */
void rows_watch(struct verdicts *verdicts, size_t index, const struct measurement *measurement,
                struct arena *keep);

/** What a row that needs the measurement of budget `source` is looked at with now. */
struct row_look row_look_now(const struct verdicts *verdicts, size_t source,
                             const struct need *need, const struct measurement *measurement,
                             struct arena *keep);

/** How many labels the row judges now. */
size_t row_labels(const struct verdict_row *row, const struct budget *budget,
                  const struct measurement *measurement);

/** Takes the fields of an answer over. */
struct answer;
void row_take(struct verdict_row *row, const struct answer *answer);

/** Whether an answer weighs more than another: its outcome first, then the lesser headroom. */
bool answer_graver(const struct answer *a, const struct answer *b);

/** Keeps a label's answer if it is among the ten worst: where the caller writes the label, whose
 * text is borrowed. Else NULL: texts of 50,000 labels would be dearer than judging them. */
struct verdict_match *row_worst_add(struct verdict_row *row, const struct answer *answer);

/** The row could not be judged; `reason` is kept. */
void row_error(struct verdict_row *row, const char *reason);

#endif
