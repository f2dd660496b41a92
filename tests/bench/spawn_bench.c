/* What starting a process and waiting for it costs by itself: posix_spawn, or vfork and execve, and
 * wait4 in a loop. Prints the median in nanoseconds.
 *     spawn_bench spawn|vfork RUNS PROGRAM [ARGUMENT]... */
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* -1: it failed. */
static pid_t start(int forked, char **arguments) {
    pid_t pid;
    if (!forked)
        return posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ) == 0 ? pid : -1;
    pid = vfork();
    if (pid != 0) return pid;
    execve(arguments[0], arguments, environ);
    _exit(127);
}

/* Nanoseconds from spawn to reaped; 0 when it failed. */
static uint64_t spawn_once(int forked, char **arguments) {
    int status;
    uint64_t before = now();
    pid_t pid = start(forked, arguments);
    if (pid < 0) return 0;
    while (wait4(pid, &status, 0, NULL) < 0)
        if (errno != EINTR) return 0;
    uint64_t took = now() - before;
    return status == 0 ? took : 0;
}

int main(int count, char **arguments) {
    long runs = count > 3 ? strtol(arguments[2], NULL, 10) : 0;
    if (runs < 1 || runs > 1000000) {
        fputs("usage: spawn_bench spawn|vfork RUNS PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    uint64_t *times = calloc((size_t)runs, sizeof *times);
    if (!times) return 1;
    for (long i = 0; i < runs; i++) {
        times[i] = spawn_once(strcmp(arguments[1], "vfork") == 0, arguments + 3);
        if (times[i] == 0) {
            fprintf(stderr, "%s failed\n", arguments[3]);
            free(times);
            return 1;
        }
    }
    qsort(times, (size_t)runs, sizeof *times, by_size);
    printf("%llu\n", (unsigned long long)times[runs / 2]);
    free(times);
    return 0;
}
