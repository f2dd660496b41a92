/** Other tools' budgets as a budget file. */
#ifndef APP_IMPORT_H
#define APP_IMPORT_H

#include "base/diag.h"
#include "budget/budget.h"

/** Bound on what is read, listed by `perfbudget limits`. */
enum { IMPORT_BYTES_MAX = 1024 * 1024 };

struct import_request {
    const char *path;             /**< as the user named it; "-": standard input */
    const char *format;           /**< --from; NULL: told from the file's name and shape */
    struct budget_request budget; /**< its registry, directory and day; what is written is loaded
                                     with it, so that it is accepted for sure */
};

/** One tool; for help and completion. The table ends with a NULL name. */
struct import_format {
    const char *name; /**< "size-limit" */
    const char *help; /**< what it is read from */
    const struct import_reader *reader;
};
extern const struct import_format import_formats[];

/**
 * Reads the file and writes a budget file that `lint` accepts. What cannot be carried over stands
 * in it as comments, and as warnings in `diags`. False with an error where a value cannot be read,
 * or nothing at all could be carried over; then *yaml is not set. Lives in the arena.
 */
bool import_run(struct arena *arena, const struct import_request *request, const char **yaml,
                struct diags *diags);

#endif
