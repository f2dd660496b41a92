#include "run/server.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/process_look.h"
#include "run/server_parts.h"

enum { LINE_MAX_BYTES = 64 * 1024, KEPT_OUTPUT = 64 * 1024 };
static const double look_seconds = 0.05, deviations = 1.959964; /* a 95 % interval */

int server_port_find(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CLEANUP(cleanup_descriptor) int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0 || bind(probe, (struct sockaddr *)&address, size) != 0 ||
        getsockname(probe, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.sin_port);
}

static void event_write(int event) {
    const uint64_t one = 1;
    ssize_t ignored = write(event, &one, sizeof one);
    (void)ignored;
}

static void on_begun(void *context, pid_t root, const volatile uint64_t *started,
                     const struct cgroup *group) {
    struct server *server = context;
    pthread_mutex_lock(&server->lock);
    server->root = root;
    server->started = started;
    server->group = group;
    pthread_mutex_unlock(&server->lock);
}

/* Only whole lines and the one under way are looked at; what came before it is forgotten. */
static void on_heard(void *context, bool error, const char *bytes, size_t length) {
    struct server *server = context;
    struct text *lines = &server->lines[error];
    if (!server->pattern || server->printed) return;
    uint64_t now = clock_now();
    text_add_bytes(lines, bytes, length);
    if (pattern_matches(server->pattern, lines->data, lines->length)) {
        pthread_mutex_lock(&server->lock);
        server->printed = now;
        pthread_mutex_unlock(&server->lock);
        event_write(server->news);
    }
    const char *last = memrchr(lines->data, '\n', lines->length);
    size_t done = last ? (size_t)(last + 1 - lines->data) : 0;
    if (lines->length - done > LINE_MAX_BYTES) done = lines->length;
    memmove(lines->data, lines->data + done, lines->length - done + 1);
    lines->length -= done;
}

static void on_look(void *context, double bytes) {
    struct server *server = context;
    if (bytes <= 0) return;
    pthread_mutex_lock(&server->lock);
    if (server->look_count < SERVER_LOOKS_MAX)
        server->looks[server->look_count++] = (struct server_look){clock_now(), bytes};
    if (bytes > server->most) server->most = bytes;
    pthread_mutex_unlock(&server->lock);
}

static void *server_thread(void *context) {
    struct server *server = context;
    process_run(server->arena, &server->command, &server->result);
    pthread_mutex_lock(&server->lock);
    server->ended = true;
    pthread_mutex_unlock(&server->lock);
    event_write(server->news);
    process_leave();
    return NULL;
}

static bool is_replaced(const char *variable, const struct probe_pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        size_t length = strlen(pairs->items[i].name);
        if (strncmp(variable, pairs->items[i].name, length) == 0 && variable[length] == '=')
            return true;
    }
    return false;
}

static const char *const *environment_of(struct arena *arena, const struct probe_pairs *more) {
    const char **items = NULL;
    size_t count = 0;
    for (char **at = environ; *at; at++)
        if (!is_replaced(*at, more)) *array_add(arena, items, count) = text_copy(arena, *at);
    for (size_t i = 0; i < more->count; i++)
        *array_add(arena, items, count) =
            text_format(arena, "%s=%s", more->items[i].name, more->items[i].value);
    *array_add(arena, items, count) = NULL;
    return items;
}

static const char *const *argv_of(struct arena *arena, const struct probe_texts *words,
                                  bool shell) {
    const char **items = NULL;
    size_t count = 0;
    if (shell) {
        *array_add(arena, items, count) = "/bin/sh";
        *array_add(arena, items, count) = "-c";
    }
    for (size_t i = 0; i < words->count; i++) {
        *array_add(arena, items, count) = words->items[i];
        if (shell && i == 0) *array_add(arena, items, count) = "sh";
    }
    *array_add(arena, items, count) = NULL;
    return items;
}

static void command_make(struct server *server) {
    const struct server_plan *plan = &server->plan;
    const struct budget_server *of = plan->server;
    struct arena *arena = server->arena;
    struct probe_texts words = late_texts(arena, plan->set, plan->ports, of->command);
    struct probe_pairs more = late_pairs(arena, plan->set, plan->ports, of->env);
    server->listener =
        (struct process_listener){.context = server, .begun = on_begun, .heard = on_heard};
    server->command = (struct process_plan){
        .argv = argv_of(arena, &words, of->shell),
        .environment = environment_of(arena, &more),
        .directory = plan->directory,
        .keep = KEPT_OUTPUT,
        .grace = of->grace,
        .cancel_fd = server->stop,
        .want_peak_memory = true,
        .want_tree_rss = true,
        .look = on_look,
        .looker = server,
        .look_interval = look_seconds,
        .listener = &server->listener,
    };
}

/* Signals are the first thread's. */
static bool thread_start(struct server *server) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(&server->thread, NULL, server_thread, server) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

static void server_free(struct server *server) {
    if (server->stop >= 0) close(server->stop);
    if (server->news >= 0) close(server->news);
    pattern_close(server->pattern);
    pthread_mutex_destroy(&server->lock);
    arena_free(server->arena);
}

static struct server *server_new(const struct server_plan *plan) {
    struct arena *arena = arena_new();
    struct server *server = arena_new_object(arena, struct server);
    const char *problem;
    server->arena = arena;
    server->plan = *plan;
    server->port = (int)strtol(plan->ports[plan->server - plan->set->servers], NULL, 10);
    server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->looks = arena_alloc(arena, SERVER_LOOKS_MAX * sizeof *server->looks);
    server->lines[0] = text_begin(arena);
    server->lines[1] = text_begin(arena);
    pthread_mutex_init(&server->lock, NULL);
    const char *pattern = late_text(arena, plan->set, plan->ports, plan->server->pattern);
    if (pattern) server->pattern = pattern_open(arena, pattern, &problem);
    command_make(server);
    return server;
}

struct server *server_start(struct arena *arena, const struct server_plan *plan,
                            const char **problem) {
    struct server *server = server_new(plan);
    *problem = NULL;
    if (process_listening(getpid(), server->port) != LISTENING_NOBODY)
        *problem = text_format(arena, "port %d is taken by another process", server->port);
    else if (server->stop < 0 || server->news < 0 || !thread_start(server))
        *problem = "no thread could be had for it";
    if (*problem) {
        server_free(server);
        return NULL;
    }
    if (server_await(arena, server, problem)) return server;
    event_write(server->stop);
    pthread_join(server->thread, NULL);
    *problem = text_format(arena, "%s%s", *problem, server_printed(arena, server));
    server_free(server);
    return NULL;
}

void server_stop(struct server *server) {
    if (!server) return;
    event_write(server->stop);
    pthread_join(server->thread, NULL);
    server_free(server);
}

const char *server_ended(struct arena *arena, struct server *server) {
    pthread_mutex_lock(&server->lock);
    bool ended = server->ended;
    pthread_mutex_unlock(&server->lock);
    if (!ended) return NULL;
    return text_format(arena, "%s%s", process_end_text(arena, &server->result),
                       server_printed(arena, server));
}

double server_ready(const struct server *server) {
    return server->ready;
}

double server_peak(struct server *server, const char **method) {
    pthread_mutex_lock(&server->lock);
    double peak = server->most > 0 ? server->most : (double)NAN;
    *method = "PSS of the tree every 50 ms, a lower bound";
    if (!server->ended && server->group) {
        peak = cgroup_peak(server->group);
        *method = server->group->method;
    }
    pthread_mutex_unlock(&server->lock);
    return peak;
}

double server_cpu(struct server *server) {
    pthread_mutex_lock(&server->lock);
    double seconds = server->ended ? (double)NAN : process_cpu(server->root);
    pthread_mutex_unlock(&server->lock);
    return seconds;
}

struct slope server_growth(struct arena *arena, struct server *server, uint64_t from) {
    pthread_mutex_lock(&server->lock);
    size_t first = 0;
    while (first < server->look_count && server->looks[first].at < from) first++;
    size_t count = server->look_count - first;
    double *times = arena_alloc(arena, (count + 1) * sizeof *times);
    double *bytes = arena_alloc(arena, (count + 1) * sizeof *bytes);
    for (size_t i = 0; i < count; i++) {
        times[i] = clock_seconds(from, server->looks[first + i].at);
        bytes[i] = server->looks[first + i].bytes;
    }
    pthread_mutex_unlock(&server->lock);
    return theil_sen(times, bytes, count, deviations);
}
