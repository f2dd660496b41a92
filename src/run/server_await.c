/* Until a server is ready, or it is clear that it will not be. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process_look.h"
#include "net/fetch.h"
#include "run/server_parts.h"

enum { SHOWN_BYTES = 600, BODY_MAX = 1024 * 1024, NANOSECONDS = 1000000000 };
static const uint64_t answer_ns = 5 * (uint64_t)NANOSECONDS;

struct awaiting {
    struct arena *arena;
    struct server *server;
    uint64_t deadline;
    const char *last; /* what the last answer was, for a server that is never ready; NULL: none */
};

static bool status_is_ready(const struct budget_server *of, int status) {
    return of->status ? status == of->status : status >= 200 && status < 400;
}

/* One request; the deadline of a request is no reason to give up: the next may be answered. */
static bool url_is_ready(struct awaiting *awaiting) {
    const struct server_plan *plan = &awaiting->server->plan;
    const struct budget_server *of = plan->server;
    struct arena *scratch = arena_new();
    const char *port = plan->ports[of - plan->set->servers];
    uint64_t soon = clock_now() + answer_ns;
    const struct fetch_request request = {
        .url = text_format(scratch, "%s%s", server_url(scratch, of, port),
                           late_text(scratch, plan->set, plan->ports, of->path)),
        .insecure = true,
        .deadline = soon < awaiting->deadline ? soon : awaiting->deadline,
        .cancel_fd = plan->cancel_fd,
        .limit = BODY_MAX,
    };
    struct fetch_answer answer;
    fetch(scratch, &request, &answer);
    bool ready = answer.end == FETCH_ANSWERED && status_is_ready(of, answer.status);
    /* an answer that the end of the wait cut off says less than the one before it */
    bool cut = awaiting->last && answer.end == FETCH_TIMED_OUT;
    if (!ready && !cut)
        awaiting->last = answer.end == FETCH_ANSWERED
                             ? text_format(awaiting->arena, "status %d", answer.status)
                             : text_copy(awaiting->arena, answer.problem);
    arena_free(scratch);
    return ready;
}

enum state { STATE_WAITING, STATE_READY, STATE_FOREIGN };

static enum state port_state(const struct server *server, pid_t root) {
    if (!process_port_answers(server->port)) return STATE_WAITING;
    switch (process_listening(root, server->port)) {
    case LISTENING_NOBODY:
        return STATE_WAITING;
    case LISTENING_OWN:
        return STATE_READY;
    case LISTENING_FOREIGN:
        return STATE_FOREIGN;
    }
    return STATE_WAITING;
}

/* Also when it is ready by what it printed, nobody else may sit on its port. */
static enum state state_now(struct awaiting *awaiting, pid_t root, uint64_t printed) {
    struct server *server = awaiting->server;
    const struct budget_server *of = server->plan.server;
    if (of->pattern && !printed) return STATE_WAITING;
    enum state state = port_state(server, root);
    if (of->pattern && state != STATE_FOREIGN) return STATE_READY;
    if (state != STATE_READY || !of->path || url_is_ready(awaiting)) return state;
    return STATE_WAITING;
}

static bool await_fail(const char **problem, const char *why) {
    *problem = why;
    return false;
}

/* Milliseconds until it is looked at again: often at first, since the time is measured. */
static int pause_of(uint64_t begun) {
    double waited = clock_seconds(begun, clock_now());
    return waited < 2 ? 1 : waited < 10 ? 5 : 20;
}

static bool await_step(struct awaiting *awaiting, bool *ready, const char **problem) {
    struct server *server = awaiting->server;
    pthread_mutex_lock(&server->lock);
    bool ended = server->ended;
    pid_t root = server->root;
    uint64_t printed = server->printed;
    pthread_mutex_unlock(&server->lock);
    if (ended)
        return await_fail(problem, text_format(awaiting->arena, "it ended before it was ready: %s",
                                               process_end_text(awaiting->arena, &server->result)));
    enum state state = root ? state_now(awaiting, root, printed) : STATE_WAITING;
    if (state == STATE_FOREIGN)
        return await_fail(problem, text_format(awaiting->arena,
                                               "port %d is taken by a process that it did not "
                                               "start",
                                               server->port));
    if (state != STATE_READY) return true;
    uint64_t now = printed ? printed : clock_now();
    pthread_mutex_lock(&server->lock);
    *ready = !server->ended && *server->started;
    if (*ready) server->ready = clock_seconds(*server->started, now);
    pthread_mutex_unlock(&server->lock);
    return true;
}

bool server_await(struct arena *arena, struct server *server, const char **problem) {
    const struct budget_server *of = server->plan.server;
    uint64_t begun = clock_now();
    struct awaiting awaiting = {.arena = arena,
                                .server = server,
                                .deadline = begun + (uint64_t)(of->timeout * NANOSECONDS)};
    for (bool ready = false;;) {
        if (!await_step(&awaiting, &ready, problem)) return false;
        if (ready) return true;
        if (clock_now() >= awaiting.deadline) break;
        struct pollfd news[] = {{.fd = server->news, .events = POLLIN},
                                {.fd = server->plan.cancel_fd, .events = POLLIN}};
        if (poll(news, 2, pause_of(begun)) <= 0) continue;
        uint64_t count;
        if (news[0].revents && read(server->news, &count, sizeof count) < 0) continue;
        if (news[1].revents) return await_fail(problem, "the run was interrupted");
    }
    const char *last = "";
    if (awaiting.last)
        last = text_format(arena, " (last: %s)", awaiting.last);
    else if (!of->pattern)
        last = text_format(arena, ": nothing listens on port %d", server->port);
    return await_fail(problem,
                      text_format(arena, "it was not ready after %g s%s", of->timeout, last));
}

const char *server_printed(struct arena *arena, const struct server *server) {
    const struct process_output *output =
        server->result.err.length ? &server->result.err : &server->result.out;
    const char *from = output->bytes;
    size_t length = output->length;
    while (length && (from[length - 1] == '\n' || from[length - 1] == '\r')) length--;
    if (length == 0) return "";
    size_t skipped = length > SHOWN_BYTES ? length - SHOWN_BYTES : 0;
    while (skipped && skipped < length && from[skipped - 1] != '\n') skipped++;
    if (skipped == length) skipped = length - SHOWN_BYTES; /* one long line */
    struct text shown = text_begin(arena);
    text_add(&shown, "; it printed: ");
    text_add_inert(&shown, from + skipped, length - skipped);
    return shown.data;
}
