/* One WebAssembly file in memory: processor milliseconds of hashing all its bytes, of walking it,
 * of decoding every body, and of names with the dominator tree, as medians of rounds in turn.
 *     wasm_bench FILE [ROUNDS]
 * Or programs side by side, run in turn with their output thrown away: medians of processor and
 * wall milliseconds and the largest peak memory in MB, a line each; a dash where one fails, but for
 * "expect N COMMAND", whose status is to be N. Words of a command are parted by blanks. wasm_bench
 * run ROUNDS COMMAND... */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"
#include "wasm/profile.h"

enum { STEPS = 4, ROUNDS_MAX = 99 };

/* As fast as one multiplication for eight bytes goes: about what a good hash costs. */
static uint64_t hash_all(const uint8_t *bytes, size_t length) {
    uint64_t hash = length, word;
    for (size_t i = 0; i + 8 <= length; i += 8) {
        memcpy(&word, bytes + i, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static uint64_t run_step(int step, struct wasm_span span) {
    if (step == 0) return hash_all(span.bytes, span.end);
    struct arena *arena = arena_new();
    struct wasm_file file;
    struct wasm_problem problem;
    bool good = wasm_file_read(arena, span, step == 1 ? WASM_WALK : WASM_DECODE, &file, &problem);
    if (!good) exit(1);
    uint64_t found = file.unit_count;
    if (step == 3)
        found = wasm_profile_make(arena,
                                  &(struct wasm_profile_request){.file = &file,
                                                                 .wanted = WASM_PROFILE_NAMES |
                                                                           WASM_PROFILE_RETAINED})
                    .bytes;
    arena_free(arena);
    return found;
}

/* Time of this thread alone, so that what else the machine does counts little. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

extern char **environ;

enum { COMMANDS_MAX = 16, WORDS_MAX = 32 };

struct command {
    char *words[WORDS_MAX];
    double cpu[ROUNDS_MAX], wall[ROUNDS_MAX], peak; /* milliseconds, megabytes */
    int expected;                                   /* exit status */
    bool failed;
};

static double milliseconds(struct timeval time) {
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static void run_command(struct command *command, int round) {
    posix_spawn_file_actions_t actions;
    struct timespec begin, end;
    struct rusage used;
    pid_t child;
    int status = 1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (posix_spawnp(&child, command->words[0], &actions, NULL, command->words, environ) == 0)
        wait4(child, &status, 0, &used);
    clock_gettime(CLOCK_MONOTONIC, &end);
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != command->expected) {
        command->failed = true;
        return;
    }
    command->cpu[round] = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
    command->wall[round] =
        (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
    double peak = (double)used.ru_maxrss * 1024 / 1e6;
    if (peak > command->peak) command->peak = peak;
}

/* Takes "expect N" off the front of a command. */
static void expect(struct command *command) {
    double status;
    if (!command->words[0] || strcmp(command->words[0], "expect") != 0) return;
    if (!command->words[1] || !number_parse(command->words[1], &status)) exit(2);
    command->expected = (int)status;
    memmove(command->words, command->words + 2, sizeof command->words - 2 * sizeof(char *));
}

static int run_commands(int rounds, int count, char **lines) {
    static struct command commands[COMMANDS_MAX];
    if (count > COMMANDS_MAX) return 2;
    for (int i = 0; i < count; i++) {
        char *at = lines[i];
        for (int words = 0; *at && words < WORDS_MAX - 1; words++) {
            commands[i].words[words] = at;
            at += strcspn(at, " ");
            if (*at) *at++ = '\0';
        }
        expect(&commands[i]);
    }
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            if (!commands[i].failed) run_command(&commands[i], round);
    for (int i = 0; i < count; i++) {
        qsort(commands[i].cpu, (size_t)rounds, sizeof(double), by_value);
        qsort(commands[i].wall, (size_t)rounds, sizeof(double), by_value);
        if (commands[i].failed)
            printf("- - -\n");
        else
            printf("%.1f %.1f %.0f\n", commands[i].cpu[rounds / 2], commands[i].wall[rounds / 2],
                   commands[i].peak);
    }
    return 0;
}

int main(int count, char **words) {
    double wanted = 9;
    if (count > 3 && strcmp(words[1], "run") == 0) {
        if (!number_parse(words[2], &wanted) || !(wanted >= 1 && wanted <= ROUNDS_MAX)) return 2;
        return run_commands((int)wanted, count - 3, words + 3);
    }
    if (count < 2 || (count > 2 && !number_parse(words[2], &wanted))) return 2;
    if (!(wanted >= 1 && wanted <= ROUNDS_MAX)) return 2;
    int rounds = (int)wanted;
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const char *bytes;
    size_t length;
    if (!file_read(arena, words[1], SIZE_MAX >> 1, &bytes, &length, &diags)) return 1;
    struct wasm_span span = {(const uint8_t *)bytes, 0, length};
    static double times[STEPS][ROUNDS_MAX];
    uint64_t sink = 0;
    for (int round = 0; round < rounds; round++)
        for (int step = 0; step < STEPS; step++) {
            uint64_t start = now();
            sink += run_step(step, span);
            times[step][round] = (double)(now() - start) / 1e6;
        }
    for (int step = 0; step < STEPS; step++)
        qsort(times[step], (size_t)rounds, sizeof **times, by_value);
    int middle = rounds / 2;
    printf("%.2f %.2f %.2f %.2f %zu\n", times[0][middle], times[1][middle], times[2][middle],
           times[3][middle], length);
    arena_free(arena);
    return sink == 0;
}
