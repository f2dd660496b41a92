/** What budget_load is asked for. */
#ifndef BUDGET_REQUEST_H
#define BUDGET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/registry.h"

/** What `check`, `lint` and the like ask for. */
struct budget_request {
    const struct registry *registry;
    struct probe_texts
        files; /**< files or folders; none: perfbudget.yaml, else budgets/ *.yaml but not _*.yaml */
    const char *root;      /**< --root; NULL: found */
    const char *directory; /**< the current directory, absolute */
    struct probe_texts profiles, only, skip;
    struct probe_pairs set;              /**< --set VAR=VALUE */
    const char *confidence, *time_limit; /**< as written on the command line; NULL: the file's */
    int64_t today;                       /**< clock_today() */
    bool allow_outside, no_exec;
    bool untrusted; /**< the files are a stranger's: see docs/security.md; goes with no_exec */
    struct probe_texts allow_hosts, allow_env; /**< what they may use all the same */
    const char *input; /**< what standard input held, read already; NULL: it is read when named */
    size_t input_length;
    bool unmoored; /**< read only to be compared (budget/diff.h), so that the file may lie anywhere:
                      folders need not be there, profiles and variables asked for need not be
                      declared, and `${env:NAME}` stays as written where it is not set. Included
                      files still have to lie below the root. */
};

#endif
