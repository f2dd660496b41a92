/* A process that runs already, followed from outside: pid:NUMBER or pidfile:PATH. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/process_look.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/memory_parts.h"

enum { PIDFILE_MAX = 4096, NANOSECONDS = 1000000000 };

static const char pid_word[] = "pid:", pidfile_word[] = "pidfile:";

void memory_add(void *context, double bytes) {
    struct memory_series *series = context;
    if (bytes <= 0 || series->count == MEMORY_LOOKS_MAX) return;
    series->times[series->count] = clock_seconds(series->start, clock_now());
    series->bytes[series->count++] = bytes;
}

bool memory_is_running(const struct probe_run *run) {
    const char *word = run->targets.items[0];
    return run->targets.count == 1 &&
           (text_starts(word, pid_word) || text_starts(word, pidfile_word));
}

/* Waits for the next look, which is not after `end`. False once the process has ended, or the host
 * wants the run to. */
static bool rest(const struct probe_run *run, int handle, uint64_t end) {
    const struct memory_config *config = run->config;
    uint64_t left = end - clock_now(), wait = (uint64_t)(config->interval * NANOSECONDS);
    if (left < wait) wait = left;
    struct timespec time = {.tv_sec = (time_t)(wait / NANOSECONDS),
                            .tv_nsec = (long)(wait % NANOSECONDS)};
    struct pollfd ready[] = {{.fd = run->cancel_fd, .events = POLLIN},
                             {.fd = handle, .events = POLLIN}};
    return ppoll(ready, 2, &time, NULL) <= 0;
}

static bool over(struct probe_run *run, struct arena *arena, const struct memory_series *series,
                 long pid) {
    const struct memory_config *config = run->config;
    if (probe_stopped(run))
        return probe_fail(run, PROBE_FAULT_CANCELLED, "stopped together with the run", NULL);
    const char *after = unit_show(arena, clock_seconds(series->start, clock_now()), PROBE_SECONDS);
    return probe_fail(run, PROBE_FAULT_TARGET,
                      text_format(arena,
                                  "the process %ld ended after %s of the %s it was to be "
                                  "followed",
                                  pid, after, unit_show(arena, config->duration, PROBE_SECONDS)),
                      NULL);
}

static bool unseen(struct probe_run *run, struct arena *arena, long pid) {
    const struct memory_config *config = run->config;
    return probe_fail(run, PROBE_FAULT_TARGET,
                      text_format(arena, "the memory of the process %ld cannot be read", pid),
                      config->kind == MEMORY_PSS
                          ? "PSS of another user's process takes the right to trace it; `kind: "
                            "rss` does not."
                          : NULL);
}

/* Also before anybody has reaped it; on a kernel without handles once somebody has. */
static bool has_ended(int handle, pid_t pid) {
    struct pollfd ready = {.fd = handle, .events = POLLIN};
    if (handle >= 0) return poll(&ready, 1, 0) > 0;
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static bool process_follow(struct probe_run *run, struct arena *arena, struct memory_series *series,
                           long pid) {
    const struct memory_config *config = run->config;
    uint64_t end = series->start + (uint64_t)(config->duration * NANOSECONDS);
    CLEANUP(cleanup_descriptor) int handle = process_handle((pid_t)pid);
    if (handle < 0 && errno == ESRCH)
        return probe_fail(run, PROBE_FAULT_TARGET,
                          text_format(arena, "there is no process %ld", pid),
                          "It ended, or was never there.");
    for (;;) {
        double bytes = process_memory((pid_t)pid, config->kind == MEMORY_PSS);
        if (has_ended(handle, (pid_t)pid)) return over(run, arena, series, pid);
        if (bytes <= 0) return unseen(run, arena, pid);
        memory_add(series, bytes);
        if (clock_now() >= end) return true;
        if (!rest(run, handle, end)) return over(run, arena, series, pid);
    }
}

/* The number of a process, as text; false after saying that it is none. */
static bool pid_read(struct probe_run *run, const char *text, long *pid) {
    char *end;
    *pid = strtol(text, &end, 10);
    bool number = *text >= '0' && *text <= '9' && *pid > 1 && *pid < 1 << 30;
    return (number && strspn(end, " \n") == strlen(end)) ||
           probe_fail(run, PROBE_FAULT_TARGET, "that is not the number of a process",
                      "Write `pid:1234`, or `pidfile:PATH` of a file that holds the number alone.");
}

static bool pidfile_read(struct probe_run *run, struct arena *arena, const char *path, long *pid) {
    const char *bytes, *whole = path_join(arena, run->directory, path);
    size_t length;
    struct diags diags = diags_begin(arena);
    if (run->root && !(path_below(run->root, whole) && path_confined(run->root, whole)))
        return probe_fail(run, PROBE_FAULT_REFUSED, "the pidfile leaves the root",
                          "Keep files below the root, or pass --allow-outside when you trust the "
                          "budget file.");
    if (!file_read(arena, whole, PIDFILE_MAX, &bytes, &length, &diags))
        return probe_fail(run, PROBE_FAULT_TARGET, "the pidfile could not be read", NULL);
    return pid_read(run, bytes, pid);
}

bool memory_follow(struct probe_run *run, struct arena *arena, struct memory_series *series) {
    const char *word = run->targets.items[0];
    long pid;
    bool read = text_starts(word, pid_word)
                    ? pid_read(run, word + strlen(pid_word), &pid)
                    : pidfile_read(run, arena, word + strlen(pidfile_word), &pid);
    return read && process_follow(run, arena, series, pid);
}
