#include "run/watchdog.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/process.h"

/* More than the 100 ms a probe is given by its contract: a busy machine is no reason to give up. */
static const uint64_t grace_ns = 1000000000;
static const uint64_t resting = UINT64_MAX;

struct watchdog {
    pthread_t thread;
    const char *id;
    int wake, cancel_fd;
    _Atomic(uint64_t) limit; /* when to give up; resting: never */
    atomic_bool ended;
};

static void say(const char *text) {
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

_Noreturn static void watchdog_bite(const struct watchdog *watchdog) {
    say("perfbudget: error: the plugin of budget `");
    say(watchdog->id);
    say("` does not return after its deadline; giving up\n");
    process_end_all();
    _exit(4);
}

/* Milliseconds until `limit`, for poll. */
static int wait_for(uint64_t limit) {
    uint64_t now = clock_now();
    if (limit == resting) return -1;
    if (now >= limit) return 0;
    uint64_t left = (limit - now) / 1000000 + 1;
    return left < 60000 ? (int)left : 60000;
}

static void *watchdog_loop(void *context) {
    struct watchdog *watchdog = context;
    uint64_t cancelled = resting; /* when a cancel was seen, plus the grace */
    while (!atomic_load(&watchdog->ended)) {
        uint64_t limit = atomic_load(&watchdog->limit);
        bool watching = limit != resting;
        if (watching && cancelled < limit) limit = cancelled;
        if (watching && clock_now() >= limit) watchdog_bite(watchdog);
        struct pollfd ready[] = {
            {.fd = watchdog->wake, .events = POLLIN},
            {.fd = watching && cancelled == resting ? watchdog->cancel_fd : -1, .events = POLLIN},
        };
        if (poll(ready, 2, wait_for(limit)) <= 0) continue;
        uint64_t ignored;
        if (ready[0].revents && read(watchdog->wake, &ignored, sizeof ignored) < 0 &&
            errno != EAGAIN)
            return NULL;
        if (ready[1].revents) cancelled = clock_now() + grace_ns;
    }
    return NULL;
}

static void watchdog_wake(struct watchdog *watchdog) {
    const uint64_t one = 1;
    ssize_t ignored = write(watchdog->wake, &one, sizeof one);
    (void)ignored;
}

struct watchdog *watchdog_start(const char *id, int cancel_fd) {
    struct watchdog *watchdog = calloc(1, sizeof *watchdog);
    if (!watchdog) memory_exhausted();
    watchdog->id = id;
    watchdog->cancel_fd = cancel_fd;
    atomic_init(&watchdog->limit, resting);
    atomic_init(&watchdog->ended, false);
    watchdog->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = watchdog->wake >= 0 &&
                   pthread_create(&watchdog->thread, NULL, watchdog_loop, watchdog) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) return watchdog;
    if (watchdog->wake >= 0) close(watchdog->wake);
    free(watchdog);
    return NULL;
}

void watchdog_watch(struct watchdog *watchdog, uint64_t deadline) {
    if (!watchdog) return;
    atomic_store(&watchdog->limit, deadline + grace_ns);
    watchdog_wake(watchdog);
}

void watchdog_rest(struct watchdog *watchdog) {
    if (watchdog) atomic_store(&watchdog->limit, resting);
}

void watchdog_stop(struct watchdog *watchdog) {
    if (!watchdog) return;
    atomic_store(&watchdog->ended, true);
    watchdog_wake(watchdog);
    pthread_join(watchdog->thread, NULL);
    close(watchdog->wake);
    free(watchdog);
}
