/** The table of the text report: one line a limit, all budgets on one grid. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/sheet.h"

/** Widths of the columns; 0: the column is left out. */
struct table {
    int key, observed, bound, bar, headroom, note;
};

/** The widest each column gets over all judged rows, then what fits into the sheet: notes go first,
 * then bars, then keys are shortened. */
struct table table_measure(const struct sheet *sheet, const struct report *report);

/** One line. */
void table_row(struct sheet *sheet, const struct table *table, const struct verdict_row *row);

/** "≤ 100 KB", "≤ 5 % worse"; exact where 4 digits would hide on which side of it the value lies.
 */
const char *row_bound(struct arena *arena, const struct verdict_row *row);
/** "123.5 KB", "no bound", "–". */
const char *row_observed(struct arena *arena, const struct verdict_row *row);
/** "4.6 % over", "12 % left", "3.1 % short", of regressions the change "+2.3 %"; "" where there is
 * none. */
const char *row_headroom(struct arena *arena, const struct verdict_row *row);
/** "[1.2 ms, 1.9 ms] 95 %", "≤ 1.9 ms 95 %"; "" where there is none. */
const char *row_interval(struct arena *arena, const struct verdict_row *row);
/** The limit's key, with its kind where that is not plain from the bound. */
const char *row_key(struct arena *arena, const struct verdict_row *row);
/** "wall.p95 is 523 ms, limit ≤ 500 ms: 4.6 % over"; inert. */
const char *row_sentence(struct arena *arena, const struct verdict_row *row);

#endif
