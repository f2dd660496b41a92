/** Reading members of a JSON report: each is there and of its type, or an error says where it is
 * not. */
#ifndef REPORT_READER_H
#define REPORT_READER_H

#include "report/report.h"
#include "report/words.h"

struct reader {
    struct arena *arena;
    struct diags *diags;
    const char *path;  /**< of the report */
    const char *where; /**< the object being read: "budgets[2].limits[0]"; "" for the top */
};

/** An error about member `name` of the object being read. Always false. */
bool reader_wrong(struct reader *reader, const char *name, const char *what);

/* Each takes one required member; texts are copied to the arena. */
bool take_text(struct reader *reader, const json *object, const char *name, const char **text);
bool take_text_or_null(struct reader *reader, const json *object, const char *name,
                       const char **text);
bool take_number(struct reader *reader, const json *object, const char *name, double *number);
/** null becomes NaN. */
bool take_number_or_null(struct reader *reader, const json *object, const char *name,
                         double *number);
/** A whole number from 0 to 2^53. */
bool take_count(struct reader *reader, const json *object, const char *name, size_t *count);
bool take_flag(struct reader *reader, const json *object, const char *name, bool *flag);
bool take_word(struct reader *reader, const json *object, const char *name,
               const struct words *words, int *number);
bool take_list(struct reader *reader, const json *object, const char *name, const json **list);
bool take_object(struct reader *reader, const json *object, const char *name, const json **member);
/** null gives no place. */
bool take_location(struct reader *reader, const json *object, const char *name,
                   struct place *place);
bool take_texts(struct reader *reader, const json *object, const char *name,
                struct probe_texts *texts);
bool take_diagnostics(struct reader *reader, const json *object, struct diags *diags);

/* The parts, in the order they are read; see the files. */
/** What a budget is and its metrics; not what it leans on, its limits or its measurement. */
bool read_budget(struct reader *reader, const json *object, struct budget *budget);
/** What budgets lean on: `of` and `derive`. */
bool read_leaning(struct reader *reader, const json *budgets, struct budget_set *set);
/** The limits of a budget and the verdicts on them. */
bool read_rows(struct reader *reader, const json *object, struct budget *budget,
               struct budget_verdict *verdict);
bool read_evidence(struct reader *reader, const json *object, const struct budget *budget,
                   struct evidence *evidence);
/** `metrics`, `others` and `parts`, sorted by metric. */
bool read_all_series(struct reader *reader, const json *object, const struct budget *budget,
                     struct measurement *measurement);
/** The samples of a series whose `count` and labels have been read; sets *cut where the report does
 * not hold all of them, one by one or in buckets. */
bool read_samples(struct reader *reader, const json *object, struct series *series, bool *cut);
/** One element of `others`: its labels are added to the measurement. */
bool read_folded(struct reader *reader, const json *object, const struct metrics *metrics,
                 struct measurement *measurement);
/** `parts`, which may be absent: the budget's metrics among them are `explaining`. */
bool read_parts(struct reader *reader, const json *object, const struct budget *budget,
                struct measurement *measurement);
/** `estimates`, which may be absent. */
bool read_estimates(struct reader *reader, const json *object, struct measurement *measurement);
/** `against` of the report, which may be absent; its bases are read budget by budget. */
bool read_against(struct reader *reader, const json *root, struct report *report);
/** `shards`, where the report has them. */
bool read_shards(struct reader *reader, const json *root, struct report *report);
bool read_base(struct reader *reader, const json *object, const struct budget *budget,
               struct verdict_base *base);
bool read_environment(struct reader *reader, const json *root, struct environment *environment);

#endif
