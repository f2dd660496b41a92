/** One running server: started in a thread of its own, watched, and ended with all it started. */
#ifndef RUN_SERVER_H
#define RUN_SERVER_H

#include "budget/server.h"
#include "stats/theil_sen.h"

/** What to start. Everything it points to stays until server_stop. */
struct server_plan {
    const struct budget_set *set;
    const struct budget_server *server;
    const char *directory;    /**< absolute */
    const char *const *ports; /**< by server of the set, as text; NULL: not running */
    int cancel_fd;            /**< readable: give up waiting until it is ready; -1: never */
};

struct server;

/** A port of 127.0.0.1 that nobody uses at this moment; 0: none could be had. */
int server_port_find(void);

/**
 * Starts it and waits until it is ready: until what answers is ready and belongs to its own tree of
 * processes. NULL when it ended, when its port is taken, or when it was not ready in time; nothing
 * of it is left then, and `problem` says why with the end of what it printed (in `arena`).
 */
struct server *server_start(struct arena *arena, const struct server_plan *plan,
                            const char **problem);

/** Ends it with all it started, SIGTERM first. NULL is fine. */
void server_stop(struct server *server);

/** NULL while it runs; else how it ended and the end of what it printed (in `arena`). */
const char *server_ended(struct arena *arena, struct server *server);

/** Seconds from its spawn to its first ready answer. */
double server_ready(const struct server *server);
/** Most bytes since its start; NaN: not known. `method`: how it was read, static text. */
double server_peak(struct server *server, const char **method);
/** Processor time in seconds since its start; NaN once it ended. */
double server_cpu(struct server *server);
/** How its memory grew since `from` (clock_now), with a 95 % interval. */
struct slope server_growth(struct arena *arena, struct server *server, uint64_t from);

#endif
