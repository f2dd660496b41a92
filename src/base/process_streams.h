/** What a command reads from and writes to, on its way to the keeper; only process_spawn.c includes
 * this. */
#ifndef BASE_PROCESS_STREAMS_H
#define BASE_PROCESS_STREAMS_H

#include "base/process_parts.h"

/** The command's ends, on their way to the keeper; -1: none, as it has one already. */
struct streams {
    int input, out, err;
};
/** Opens the input where the plan has one; false with errno. */
bool streams_input(const struct process_plan *plan, struct streams *streams);
/** Opens pipes, or takes those of the keeper, and says so on the board; false with errno. */
bool streams_outputs(const struct process_plan *plan, struct spawned *spawned,
                     struct streams *streams);
/** Tells the keeper to start what is on the board, and hands over what is open; false with errno.
 */
bool streams_send(const struct keeper *keeper, const struct streams *streams);
/** Closes the outputs here. */
void streams_sent(struct streams *streams);

#endif
