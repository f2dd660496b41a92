/** The servers of a run: started when the first budget that needs them is measured, ended after the
 * last, and their metrics put among those of the budgets. */
#ifndef RUN_SERVERS_H
#define RUN_SERVERS_H

#include "probe/session.h"
#include "run/run.h"
#include "run/server.h"

/** Which checkout a server runs in. */
enum side { SIDE_HEAD, SIDE_BASE, SIDES };

struct servers {
    struct arena *arena;
    const struct run_request *request;
    struct server *running[SIDES][BUDGET_SERVERS_MAX];
    const char *ports[SIDES][BUDGET_SERVERS_MAX]; /**< as text; NULL: not running */
};

/** Zero-initialised with arena and request, these may be called by one thread at a time. */

/** Makes sure that all servers of the budget run and are ready; false with `problem` (in the
 * arena). `fresh` ones are started anew. */
bool servers_need(struct servers *servers, const struct budget *budget, enum side side,
                  const char **problem);

/** Ends those that no step from `next` on needs. */
void servers_release(struct servers *servers, const struct run_step *steps, size_t next,
                     size_t count);

/** Ends all. */
void servers_stop(struct servers *servers);

/** The plan with what was waiting for ports filled in. */
void servers_fill(struct servers *servers, const struct budget *budget, enum side side,
                  struct session_plan *plan);

/** The measuring of a budget's server beside its probe; stays as long as the session. */
struct server_beside {
    struct session_beside hooks;
    struct arena *arena;
    struct server *server;
    const struct budget *budget;
    bool told; /**< server_ready was */
    uint64_t from;
    double cpu;
};

/** Hooks for the plan of a session; NULL when the budget names no server. */
struct session_beside *servers_beside(struct servers *servers, struct arena *arena,
                                      const struct budget *budget, enum side side);

#endif
