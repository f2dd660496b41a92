/* What starting a process and waiting for it costs by itself: posix_spawn and wait4 in a loop.
 * Prints the median in nanoseconds.    spawn_bench RUNS PROGRAM [ARGUMENT]... */
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

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

/* Nanoseconds from spawn to reaped; 0 when it failed. */
static uint64_t spawn_once(char **arguments) {
    pid_t pid;
    int status;
    uint64_t start = now();
    if (posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environ) != 0) return 0;
    while (wait4(pid, &status, 0, NULL) < 0)
        if (errno != EINTR) return 0;
    uint64_t took = now() - start;
    return status == 0 ? took : 0;
}

int main(int count, char **arguments) {
    long runs = count > 2 ? strtol(arguments[1], NULL, 10) : 0;
    if (runs < 1 || runs > 1000000) {
        fputs("usage: spawn_bench RUNS PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    uint64_t *times = calloc((size_t)runs, sizeof *times);
    if (!times) return 1;
    for (long i = 0; i < runs; i++) {
        times[i] = spawn_once(arguments + 2);
        if (times[i] == 0) {
            fprintf(stderr, "%s failed\n", arguments[2]);
            free(times);
            return 1;
        }
    }
    qsort(times, (size_t)runs, sizeof *times, by_size);
    printf("%llu\n", (unsigned long long)times[runs / 2]);
    free(times);
    return 0;
}
