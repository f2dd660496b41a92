/** The other checkout that `check --against` and `--against-ref` measure beside the one at hand. */
#ifndef APP_CHECKOUT_H
#define APP_CHECKOUT_H

#include "report/report.h"

struct checkout_request {
    const char *folder;   /**< as asked for; NULL: a revision */
    const char *revision; /**< of git; NULL: a folder */
    uint64_t seed;        /**< 0: a new one */
    const struct budget_set *set;
    int cancel_fd; /**< readable: give up; -1: never */
    bool no_exec;
};

struct checkout {
    const char *root; /**< absolute: stands for the set's root; NULL: none */
    struct report_against *against;
    const char *worktree;   /**< absolute, to be removed at the end; NULL: not ours */
    const char *repository; /**< absolute: where the worktree belongs */
};

/**
 * Finds the folder, or makes a worktree of the revision below the system's temporary folder and
 * runs `build` in both checkouts, and begins what the report says of it. Worktrees that runs which
 * are no more have left behind are removed as well. After a failure checkout_close is still due.
 */
bool checkout_open(struct arena *arena, const struct checkout_request *request,
                   struct checkout *checkout, struct diags *diags);

/** Removes the worktree, if one was made. */
void checkout_close(struct arena *arena, struct checkout *checkout, struct diags *diags);

#endif
