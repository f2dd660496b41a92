/** The parts of a running server; nobody outside run/server*.c includes this. */
#ifndef RUN_SERVER_PARTS_H
#define RUN_SERVER_PARTS_H

#include <pthread.h>

#include "base/pattern.h"
#include "base/process.h"
#include "base/text.h"
#include "run/server.h"

/** Its memory at one moment. */
struct server_look {
    uint64_t at;
    double bytes;
};

struct server {
    struct server_plan plan;
    struct arena *arena; /**< of the thread that runs it, until it is joined */
    pthread_t thread;
    int stop, news; /**< eventfd: to end it; written when it ended or printed `pattern` */
    int port;
    struct process_plan command;
    struct process_listener listener;
    struct process_result result; /**< once it ended */
    struct pattern *pattern;      /**< NULL: none */
    struct text lines[2];         /**< unfinished lines of stdout, stderr, for the pattern */
    double ready;                 /**< seconds */

    pthread_mutex_t lock; /**< for what follows */
    bool ended;
    pid_t root;                       /**< what it descends from; 0: not yet */
    const volatile uint64_t *started; /**< valid while it runs */
    const struct cgroup *group;       /**< valid while it runs; NULL: none */
    uint64_t printed;                 /**< when the pattern was seen; 0: not yet */
    struct server_look *looks;        /**< of SERVER_LOOKS_MAX */
    size_t look_count;
    double most;
};

enum { SERVER_LOOKS_MAX = 100000 }; /**< later ones do not count for growth */

/** Waits until it is ready, and fills in server->ready; false with `problem` (in `arena`). */
bool server_await(struct arena *arena, struct server *server, const char **problem);

/** The end of what it printed, for messages: "", or "; it printed: ..". After it ended. */
const char *server_printed(struct arena *arena, const struct server *server);

#endif
