#include "report/spawn.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "stats/statistic.h"

enum { SPAWNS = 3 }; /* each costs every run some half a millisecond */

static double spawn_once(void) {
    char *argv[] = {(char[]){"true"}, NULL}, *environment[] = {NULL};
    pid_t child, reaped;
    int status;
    uint64_t start = clock_now();
    if (posix_spawn(&child, "/bin/true", NULL, NULL, argv, environment) != 0) return NAN;
    do reaped = waitpid(child, &status, 0);
    while (reaped < 0 && errno == EINTR);
    return reaped == child && status == 0 ? clock_seconds(start, clock_now()) : NAN;
}

double spawn_median(void) {
    double seconds[SPAWNS];
    for (int i = 0; i < SPAWNS; i++) {
        seconds[i] = spawn_once();
        if (isnan(seconds[i])) return NAN;
    }
    samples_sort(seconds, SPAWNS);
    return quantile_sorted(seconds, SPAWNS, 0.5);
}
