/** Temporary git worktrees: a revision checked out and built, and removed again. */
#ifndef APP_WORKTREE_H
#define APP_WORKTREE_H

#include "app/checkout.h"

/**
 * Checks the revision out, hooks switched off, and builds both checkouts. Returns the folder in it
 * that stands for the set's root; NULL with an error. `checkout->worktree` is set as soon as there
 * is something to remove.
 */
const char *worktree_open(struct arena *arena, const struct checkout_request *request,
                          struct checkout *checkout, struct diags *diags);

void worktree_close(struct arena *arena, struct checkout *checkout, struct diags *diags);

#endif
