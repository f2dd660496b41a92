/** Changes of times between two runs of which one fell into a loud minute. */
#ifndef VERDICT_LOUDNESS_H
#define VERDICT_LOUDNESS_H

#include "verdict/verdict.h"

/** Shares of a run that some task waited for a processor (PSI) above which a machine is loud. */
static const double LOUD_SHARE = 0.1;

/**
 * What a decided row on a change of times proves no longer once waiting is taken off: whoever waits
 * a share s of the time takes 1 / (1 - s) times as long. So `fail` has to stand with head that much
 * faster, and `pass` with the baseline that much faster; pairs measured side by side need neither.
 * NULL: it stands, or is no row on times against a stored report. Else why, in the arena, and what
 * would settle it, static, in `settle`.
 */
const char *change_drowned(struct arena *arena, const struct verdict_options *options,
                           const struct budget *source, const struct verdict_row *row,
                           const char **settle);

#endif
