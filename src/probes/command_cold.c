/* A cold start: the files that the command needs are dropped from the page cache before each run.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "probes/command_parts.h"

enum { PAGES_AT_ONCE = 4096 };

/* What became of the files of one run. */
struct cold {
    size_t files, dropped;
    const char *kept; /* the first that stayed */
};

/* Pages of the file that are in memory; 0 also where the kernel does not tell. */
static size_t pages_resident(int file, size_t size) {
    unsigned char pages[PAGES_AT_ONCE];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), step = page * PAGES_AT_ONCE, count = 0;
    for (size_t at = 0; at < size; at += step) {
        size_t length = size - at < step ? size - at : step;
        void *map = mmap(NULL, length, PROT_READ, MAP_SHARED, file, (off_t)at);
        if (map == MAP_FAILED) return count;
        if (mincore(map, length, pages) == 0)
            for (size_t i = 0; i < (length + page - 1) / page; i++) count += pages[i] & 1;
        munmap(map, length);
    }
    return count;
}

/* Dirty pages are not dropped, so they are written first. False when it is no file to be dropped.
 */
static bool file_drop(struct cold *cold, const char *path) {
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return false;
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (regular) {
        fdatasync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        cold->files++;
        if (pages_resident(file, (size_t)status.st_size) == 0)
            cold->dropped++;
        else if (!cold->kept)
            cold->kept = path;
    }
    close(file);
    return regular;
}

static void argument_drop(struct arena *arena, struct cold *cold, const char *directory,
                          const char *argument) {
    if (*argument && *argument != '-') file_drop(cold, path_join(arena, directory, argument));
}

static bool named_drop(struct probe_run *run, struct arena *arena, struct cold *cold) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    for (size_t i = 0; i < config->cold_files.count; i++) {
        const char *name = config->cold_files.items[i];
        if (!file_drop(cold, path_join(arena, state->plan.directory, name)))
            return probe_fail(
                run, PROBE_FAULT_TARGET,
                text_format(arena, "`cold_files`: %s is no readable file", text_inert(arena, name)),
                NULL);
    }
    return true;
}

static void kept_say(struct probe_run *run, struct arena *arena, const struct cold *cold) {
    struct command_state *state = run->state;
    if (!cold->kept || state->said_kept) return;
    state->said_kept = true;
    probe_remark(run, PROBE_WARNING,
                 text_format(arena, "%zu of %zu files stay in the page cache, among them %s",
                             cold->files - cold->dropped, cold->files,
                             text_inert(arena, cold->kept)),
                 "A process that has it mapped keeps it there, or its file system lives in memory; "
                 "the start is colder than warm, not cold.");
}

bool command_cool(struct probe_run *run, struct arena *arena) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    struct cold cold = {0};
    if (config->cache == COMMAND_CACHE_WARM) return true;
    const char *program = process_program(arena, &state->plan);
    if (program) argument_drop(arena, &cold, state->plan.directory, program);
    for (size_t i = 1; program && state->plan.argv[i]; i++)
        argument_drop(arena, &cold, state->plan.directory, state->plan.argv[i]);
    if (!named_drop(run, arena, &cold)) return false;
    kept_say(run, arena, &cold);
    return cold.dropped > 0 ||
           probe_fail(run, PROBE_FAULT_SYSTEM, "no file could be dropped from the page cache",
                      "Something else has the program mapped, or it lives in a file system in "
                      "memory; name files that matter in `cold_files`, or measure with "
                      "`cache: warm`.");
}
