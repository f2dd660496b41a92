/* Instructions where the processor's counter is out of reach: a run of its own under valgrind's
 * callgrind, which counts every instruction of the tree and takes some fifty times as long. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/command_parts.h"

enum { END_ROOM = 512, START_ROOM = 1024 };

/* A process that forks leaves its counts so far to the child, where they would count again; a dump
 * before that sets them to zero. vgdb would put pipes into /tmp. */
static const char *const callgrind_words[] = {
    "valgrind",
    "--command-line-only=yes",
    "--tool=callgrind",
    "--trace-children=yes",
    "--vgdb=no",
    "--dump-line=no",
    "--dump-before=fork",
    "--dump-before=vfork",
    "--dump-before=posix_spawn*",
};

struct process_plan command_callgrind_plan(struct arena *arena, const struct process_plan *plan,
                                           const char *folder) {
    const char **argv = NULL;
    size_t count = 0;
    for (size_t i = 0; i < array_length(callgrind_words); i++)
        *array_add(arena, argv, count) = callgrind_words[i];
    *array_add(arena, argv, count) = text_format(arena, "--callgrind-out-file=%s/%%p.out", folder);
    *array_add(arena, argv, count) = text_format(arena, "--log-file=%s/%%p.log", folder);
    *array_add(arena, argv, count) = "--";
    for (size_t i = 0; plan->argv[i]; i++) *array_add(arena, argv, count) = plan->argv[i];
    *array_add(arena, argv, count) = NULL;
    struct process_plan under = *plan;
    under.argv = argv;
    under.want_peak_rss = under.want_peak_memory = false;
    under.want_tree_rss = under.want_tree_pss = false;
    under.counter = PROCESS_COUNTS_NOTHING;
    under.keep_whole = false;
    under.keep = 0;
    return under;
}

/* Up to `room` - 1 bytes from `offset`, from the end where that is negative, with a NUL behind. */
static bool part_read(const char *path, off_t offset, char *bytes, size_t room) {
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return false;
    off_t from = offset;
    if (offset < 0 && fstat(file, &status) == 0)
        from = status.st_size + offset > 0 ? status.st_size + offset : 0;
    ssize_t length = pread(file, bytes, room - 1, from);
    close(file);
    bytes[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* A file of counts ends with their sum; one that was cut short has none. */
static bool total_read(const char *path, double *sum) {
    static const char word[] = "\ntotals: ";
    char end[END_ROOM];
    if (!part_read(path, -(END_ROOM - 1), end, sizeof end)) return false;
    const char *at = strstr(end, word);
    if (!at) return false;
    char *rest;
    errno = 0;
    unsigned long long total = strtoull(at + strlen(word), &rest, 10);
    if (errno != 0 || rest == at + strlen(word) || *rest != '\n') return false;
    *sum += (double)total;
    return true;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), most = strlen(end);
    return length > most && strcmp(name + length - most, end) == 0;
}

/* "==7== Using Valgrind-3.19.0 and LibVEX; ..." */
static const char *version_read(struct arena *arena, const char *log) {
    static const char word[] = "Using Valgrind-";
    char start[START_ROOM];
    const char *at = part_read(log, 0, start, sizeof start) ? strstr(start, word) : NULL;
    return at ? text_copy_bytes(arena, at + strlen(word), strcspn(at + strlen(word), " \n")) : NULL;
}

/* A process opens its log when it begins and writes its counts when it ends. */
static bool is_untold(struct arena *arena, const char *folder, const char *log) {
    int length = (int)(strlen(log) - strlen(".log"));
    return access(text_format(arena, "%s/%.*s.out", folder, length, log), F_OK) != 0;
}

static void entry_read(struct arena *arena, const char *folder, const char *name,
                       struct callgrind_count *count) {
    const char *path = text_format(arena, "%s/%s", folder, name);
    if (!ends_with(name, ".log")) {
        count->untold += !total_read(path, &count->instructions);
        return;
    }
    count->untold += is_untold(arena, folder, name);
    if (!count->version) count->version = version_read(arena, path);
}

bool command_callgrind_read(struct arena *arena, const char *folder,
                            struct callgrind_count *count) {
    *count = (struct callgrind_count){0};
    DIR *directory = opendir(folder);
    if (!directory) return false;
    for (const struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.') entry_read(arena, folder, entry->d_name, count);
    closedir(directory);
    return true;
}
