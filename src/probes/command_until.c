/* A command that does not end by itself: it is timed until it answers or prints something, and then
 * ended. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pattern.h"
#include "base/process_look.h"
#include "base/text.h"
#include "net/fetch.h"
#include "probes/command_parts.h"

enum { LINE_BYTES_MAX = 64 * 1024, BODY_MAX = 1024 * 1024 };
static const uint64_t answer_ns = UINT64_C(5000000000);

struct until {
    struct probe_run *run;
    struct pattern *pattern;  /* NULL: a URL */
    struct fetch_place place; /* of the URL */
    bool local;               /* it is on this machine, so its process can be told */
    struct text lines[2];     /* unfinished ones of both outputs */
    int stop, over;           /* eventfd: to end the command; it has ended */
    _Atomic(pid_t) root;
    _Atomic(uint64_t) reached;
    atomic_bool foreign; /* another process listens on the port */
};

bool command_until_is_url(const char *until) {
    return text_starts(until, "http://") || text_starts(until, "https://");
}

static void event_write(int event) {
    const uint64_t one = 1;
    ssize_t ignored = write(event, &one, sizeof one);
    (void)ignored;
}

static void reach(struct until *until, uint64_t now) {
    uint64_t never = 0;
    if (atomic_compare_exchange_strong(&until->reached, &never, now)) event_write(until->stop);
}

static void on_begun(void *context, pid_t root, const volatile uint64_t *started,
                     const struct cgroup *group) {
    struct until *until = context;
    (void)started, (void)group;
    atomic_store(&until->root, root);
}

static void on_heard(void *context, bool error, const char *bytes, size_t length) {
    struct until *until = context;
    struct text *lines = &until->lines[error];
    uint64_t now = clock_now();
    if (!until->pattern || atomic_load(&until->reached)) return;
    text_add_bytes(lines, bytes, length);
    if (pattern_matches(until->pattern, lines->data, lines->length)) reach(until, now);
    const char *last = memrchr(lines->data, '\n', lines->length);
    size_t done = last ? (size_t)(last + 1 - lines->data) : 0;
    if (lines->length - done > LINE_BYTES_MAX) done = lines->length;
    memmove(lines->data, lines->data + done, lines->length - done + 1);
    lines->length -= done;
}

static bool url_answers(const struct until *until) {
    const struct command_config *config = until->run->config;
    struct arena *arena = arena_new();
    struct fetch_answer answer;
    const struct fetch_request request = {.url = config->until,
                                          .insecure = true,
                                          .deadline = clock_now() + answer_ns,
                                          .cancel_fd = until->over,
                                          .limit = BODY_MAX};
    fetch(arena, &request, &answer);
    bool good = answer.end == FETCH_ANSWERED && answer.status >= 200 && answer.status < 400;
    arena_free(arena);
    return good;
}

/* Of this machine's ports only what the command itself listens on counts. */
static void url_look(struct until *until) {
    pid_t root = atomic_load(&until->root);
    if (until->local) {
        if (!root || !process_port_answers(until->place.port)) return;
        enum process_listening listening = process_listening(root, until->place.port);
        if (listening == LISTENING_FOREIGN) {
            atomic_store(&until->foreign, true);
            event_write(until->stop);
        }
        if (listening != LISTENING_OWN) return;
    }
    if (url_answers(until)) reach(until, clock_now());
}

/* Looks every millisecond, and passes the host's wish to end on. */
static void *until_watch(void *context) {
    struct until *until = context;
    bool url = !until->pattern;
    for (;;) {
        struct pollfd ready[] = {{.fd = until->over, .events = POLLIN},
                                 {.fd = until->run->cancel_fd, .events = POLLIN}};
        poll(ready, 2, url ? 1 : -1);
        if (ready[0].revents) return NULL;
        if (ready[1].revents) {
            event_write(until->stop);
            return NULL;
        }
        if (!url || atomic_load(&until->reached) || atomic_load(&until->foreign)) continue;
        url_look(until);
    }
}

static bool watch_start(struct until *until, pthread_t *thread) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = until->stop >= 0 && until->over >= 0 &&
                pthread_create(thread, NULL, until_watch, until) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

static bool until_open(struct until *until, struct arena *arena) {
    const struct command_config *config = until->run->config;
    const char *problem = NULL;
    if (!command_until_is_url(config->until)) {
        until->pattern = pattern_open(arena, config->until, &problem);
    } else if (fetch_place(arena, config->until, &until->place, &problem)) {
        const char *host = until->place.host;
        problem = NULL; /* fetch_place may leave a word there */
        until->local = text_equal(host, "127.0.0.1") || text_equal(host, "localhost") ||
                       text_equal(host, "[::1]");
        if (until->local && process_listening(getpid(), until->place.port) != LISTENING_NOBODY)
            problem = "its port is taken already";
    }
    return !problem || probe_fail(until->run, PROBE_FAULT_TARGET,
                                  text_format(arena, "`until`: %s", problem), NULL);
}

static void until_close(struct until *until) {
    pattern_close(until->pattern);
    if (until->stop >= 0) close(until->stop);
    if (until->over >= 0) close(until->over);
}

/* What came of it, as if the command had ended well when it got there. */
static bool until_result(const struct until *until, struct process_result *result) {
    const struct command_config *config = until->run->config;
    uint64_t reached = atomic_load(&until->reached);
    if (reached && result->started && reached >= result->started) {
        result->end = PROCESS_EXITED;
        result->status = (int)config->status;
        result->wall = clock_seconds(result->started, reached);
        result->leftovers = 0; /* ended with it, as they were meant to */
        return true;
    }
    if (atomic_load(&until->foreign))
        return probe_fail(until->run, PROBE_FAULT_TARGET,
                          "`until`: a process that the command did not start listens on the port",
                          NULL);
    if (result->end == PROCESS_EXITED)
        return probe_fail(until->run, PROBE_FAULT_CRASH,
                          "the command ended before it got to `until`", NULL);
    return true; /* command_judge says how it ended */
}

bool command_run(struct probe_run *run, struct arena *arena, struct process_plan *plan,
                 struct process_result *result) {
    const struct command_config *config = run->config;
    if (!config->until || !*config->until) {
        process_run(arena, plan, result);
        return true;
    }
    struct until until = {.run = run,
                          .lines = {text_begin(arena), text_begin(arena)},
                          .stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                          .over = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    const struct process_listener listener = {
        .context = &until, .begun = on_begun, .heard = on_heard};
    pthread_t thread;
    bool good = until_open(&until, arena);
    if (good && !watch_start(&until, &thread))
        good = probe_fail(run, PROBE_FAULT_SYSTEM, "`until`: no thread could be had", NULL);
    if (good) {
        plan->listener = &listener;
        plan->cancel_fd = until.stop;
        process_run(arena, plan, result);
        event_write(until.over);
        pthread_join(thread, NULL);
        good = until_result(&until, result);
    }
    until_close(&until);
    return good;
}
