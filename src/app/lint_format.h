/** What `lint` found, in the formats that editors, code scanning and logs of CI read. */
#ifndef APP_LINT_FORMAT_H
#define APP_LINT_FORMAT_H

#include "base/diag.h"
#include "base/log_guard.h"
#include "budget/budget.h"

/** What is written. */
struct lint_page {
    const struct budget_set *set; /**< as loaded; empty where it could not be */
    const struct diags *diags;    /**< what was found */
    int exit_code;
};

/** One format; the table ends with a NULL name. */
struct lint_format {
    const char *name;
    /** The page as text in the arena, or "". */
    const char *(*write)(struct arena *arena, const struct lint_page *page);
    const struct log_guard *guard; /**< what the text is to be guarded with */
};
/** The first is `text`: one line where there is no mistake, as show_diags prints the others. */
extern const struct lint_format lint_formats[];

#endif
