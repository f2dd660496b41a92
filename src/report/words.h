/** The words that enum constants are called in reports: the writer, the reader and the schema share
 * them. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/** Words by enum value. */
struct words {
    const char *const *items;
    size_t count;
};

extern const struct words words_unit;     /**< enum probe_unit: "", "B", "s", "1", "/s", "B/s" */
extern const struct words words_better;   /**< enum probe_better */
extern const struct words words_nature;   /**< enum probe_nature */
extern const struct words words_fold;     /**< enum probe_fold */
extern const struct words words_severity; /**< enum budget_severity */
extern const struct words words_inconclusive; /**< enum budget_inconclusive */
extern const struct words words_waiver;       /**< enum waiver_state; the first is never written */
extern const struct words words_level;        /**< enum diag_level */
extern const struct words words_outcome;      /**< enum outcome */
extern const struct words words_kind;         /**< enum limit_kind */
extern const struct words words_basis;        /**< enum verdict_basis; the first is never written */
extern const struct words words_part;         /**< enum part_state */
extern const struct words words_operator;     /**< enum limit_operator */

/** The number of a word; false if it is none of them (or NULL). */
bool words_find(const struct words *words, const char *word, int *number);

#endif
