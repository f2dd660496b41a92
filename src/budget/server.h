/** Servers that budgets are measured against, and what is filled in only once they run: their
 * ports.
 */
#ifndef BUDGET_SERVER_H
#define BUDGET_SERVER_H

#include "budget/budget.h"

/** Bounds, listed by `perfbudget limits`. */
enum { BUDGET_SERVERS_MAX = 32 };

enum server_scheme { SERVER_HTTP, SERVER_HTTPS };

/** One server of the budget file. Its texts may hold what late_text fills in. */
struct budget_server {
    const char *name;
    struct place place;
    struct probe_texts command; /**< argv; with `shell` the script and its arguments */
    bool shell;
    const char *path;      /**< of the URL that answers once it is ready; NULL: not asked */
    const char *pattern;   /**< in a line that it prints once it is ready; NULL: none. Without both
                              it is ready once it listens on its port */
    int64_t status;        /**< of that answer; 0: any of 200 to 399 */
    double timeout, grace; /**< seconds: until it is ready; between SIGTERM and SIGKILL */
    const char *directory; /**< absolute */
    struct probe_pairs env;
    int64_t port; /**< 0: a free one is found */
    enum server_scheme scheme;
    const bool *needs; /**< by number: the servers whose ports it is told, itself left out */
};

/** The metrics that a budget's server adds, after those of the probe. */
enum server_metric { SERVER_READY, SERVER_PEAK_MEMORY, SERVER_GROWTH, SERVER_CPU, SERVER_METRICS };
extern const struct probe_metric server_metrics[SERVER_METRICS];

/**
 * `text` with the ports and URLs of servers in it; the same text where there are none. `ports` is
 * by server, each as text; NULL: as if all were 1, for checks that only look at the shape.
 */
const char *late_text(struct arena *arena, const struct budget_set *set, const char *const *ports,
                      const char *text);
struct probe_texts late_texts(struct arena *arena, const struct budget_set *set,
                              const char *const *ports, struct probe_texts texts);
struct probe_pairs late_pairs(struct arena *arena, const struct budget_set *set,
                              const char *const *ports, struct probe_pairs pairs);
/** A probe's options with all their texts filled in; `config` itself when no server is in them. */
const void *late_config(struct arena *arena, const struct budget_set *set, const char *const *ports,
                        const struct probe *probe, const void *config);

/** http://127.0.0.1:PORT. */
const char *server_url(struct arena *arena, const struct budget_server *server, const char *port);

#endif
