/** Whether a change of budget files loosens the gate, and whether that was justified. */
#ifndef APP_POLICY_H
#define APP_POLICY_H

#include "budget/diff.h"
#include "report/report.h"

/** Profiles of budget files that are compared one by one; more are asked for by name. */
enum { POLICY_PROFILES_MAX = 64 };

struct policy_request {
    struct budget_request old; /**< the trusted files; may lie anywhere */
    struct budget_request new; /**< the files that are judged by */
    struct probe_texts allow;  /**< --allow-loosening: ids whose loosenings are justified */
    bool every_profile;        /**< also without profile and with each one alone */
};

struct policy {
    struct budget_diff diff;
    size_t counts[CHANGE_CLASSES];
    size_t refused; /**< loosenings that nobody justified */
};

/**
 * Loads both sides, by themselves and with profiles, and compares them (budget/diff.h). False
 * after an error: a side cannot be read, or an id to allow is known to neither. Loosenings are no
 * errors here. Warnings of the files are not repeated.
 */
bool policy_compare(struct arena *arena, const struct policy_request *request,
                    struct policy *policy, struct diags *diags);

/** Adds an error for every loosening that nobody justified, and a note for those that somebody
 * did. True where nothing is refused. */
bool policy_enforce(const struct policy *policy, struct diags *diags);

/** Who was compared, and how the comparison is written. */
struct policy_page {
    const char *old_name, *new_name; /**< as they were given */
    const struct policy *policy;
    int exit_code;
};
/** One way to write it; the table ends with a NULL name. */
struct policy_format {
    const char *name;
    const char *(*write)(struct arena *arena, const struct policy_page *page,
                         const struct report_text_options *options);
};
extern const struct policy_format policy_formats[];

/** A request for files that lie anywhere: their root is the checkout they lie in, else the folder
 * of the first; `like` says the rest. */
struct budget_request policy_side(struct arena *arena, const struct budget_request *like,
                                  const struct probe_texts *files);

/** The request reads a file from standard input, which can be read once: reads it now, for all
 * later loads. */
bool policy_input(struct arena *arena, struct budget_request *request, struct diags *diags);

#endif
