/** Progress of a run on standard error: a live line on a terminal, a line every ten seconds
 * elsewhere. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/term.h"
#include "run/run.h"

struct progress;

struct progress *progress_new(struct arena *arena, enum term_when when, bool quiet);
/** For check_request.planned. */
void progress_planned(void *progress, const struct budget_set *set);
/** For check_request.begun. */
void progress_begun(void *progress, const struct verdicts *verdicts);
/** For check_request.observe. */
void progress_event(void *progress, const struct run_event *event);
/** For inspect_request.observe: how many of equal steps are done. */
void progress_steps(void *progress, size_t done, size_t total);
/** Wipes the live line. */
void progress_end(struct progress *progress);

#endif
