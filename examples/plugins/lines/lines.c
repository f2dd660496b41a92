/*
 * A probe that counts the lines of text files, as a shared object. Build with
 *
 *     cc -shared -fPIC -I ../../../include -o lines.so lines.c
 *
 * It links to nothing: whatever it needs of perfbudget comes in through `run`.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "perfbudget/probe.h"

/* Metrics by their number in the table. */
enum { LINES, LONGEST };

static const struct probe_dimension by_file[] = {
    {"file", "a file, by its path below `directory`", false},
    {0},
};

static const struct probe_metric metrics[] = {
    [LINES] = {.name = "lines",
               .help = "Lines of the files, the last one counted even without a newline.",
               .dimensions = by_file,
               .unit = PROBE_COUNT,
               .better = PROBE_LOWER,
               .nature = PROBE_EXACT,
               .fold = PROBE_FOLD_SUM},
    [LONGEST] = {.name = "longest",
                 .help = "Bytes of the longest line, without its newline.",
                 .dimensions = by_file,
                 .unit = PROBE_BYTES,
                 .better = PROBE_LOWER,
                 .nature = PROBE_EXACT,
                 .fold = PROBE_FOLD_MAX},
};

struct config {
    bool blank;
};

static const struct probe_option options[] = {
    {PROBE_OPTION(struct config, PROBE_FLAG, blank), .fallback = "true",
     .help = "Whether blank lines count."},
};

struct count {
    uint64_t lines, longest;
};

/* Reads the whole file; false when it cannot be read, or there is no time left. */
static bool count_file(const struct probe_run *run, FILE *file, struct count *count) {
    const struct config *config = run->config;
    uint64_t length = 0, ink = 0;
    int byte;
    *count = (struct count){0};
    do {
        byte = getc(file);
        if (byte != '\n' && byte != EOF) {
            length++;
            ink += byte != ' ' && byte != '\t' && byte != '\r';
            continue;
        }
        bool line = byte == '\n' || length > 0;
        if (line && (config->blank || ink > 0)) count->lines++;
        if (length > count->longest) count->longest = length;
        length = ink = 0;
        if (probe_stopped(run)) return false;
    } while (byte != EOF);
    return !ferror(file);
}

/* A symlink or a `..` must not lead out of the root. */
static bool below_root(const struct probe_run *run, const char *path) {
    char real[PATH_MAX], root[PATH_MAX];
    if (!run->root) return true;
    if (!realpath(path, real) || !realpath(run->root, root)) return false;
    size_t length = strlen(root);
    return strncmp(real, root, length) == 0 && (real[length] == '/' || length == 1);
}

static bool measure_file(struct probe_run *run, const char *path) {
    if (!below_root(run, path))
        return probe_fail(run, PROBE_FAULT_REFUSED, "a file lies outside of the root", path);
    struct stat status;
    bool regular = stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (!regular) return probe_fail(run, PROBE_FAULT_TARGET, "not a regular file", path);
    FILE *file = fopen(path, "r"); /* which would wait for a pipe */
    if (!file) return probe_fail(run, PROBE_FAULT_TARGET, strerror(errno), path);
    struct count count;
    bool good = count_file(run, file, &count);
    fclose(file);
    if (!good)
        return probe_stopped(run)
                   ? probe_fail(run, PROBE_FAULT_TIMEOUT, "no time left to read the files", NULL)
                   : probe_fail(run, PROBE_FAULT_TARGET, "a file cannot be read to its end", path);
    probe_label_id label = probe_label(run, "file", path + strlen(run->directory) + 1);
    probe_emit(run, LINES, label, (double)count.lines);
    probe_emit(run, LONGEST, label, (double)count.longest);
    return true;
}

static bool measure_pattern(struct probe_run *run, const char *pattern) {
    size_t size = strlen(run->directory) + strlen(pattern) + 2;
    char *whole = probe_memory(run, size);
    snprintf(whole, size, "%s/%s", run->directory, pattern);
    glob_t found;
    if (glob(whole, GLOB_ERR, NULL, &found) != 0)
        return probe_fail(run, PROBE_FAULT_TARGET, "no file matches", pattern);
    bool good = true;
    for (size_t i = 0; good && i < found.gl_pathc; i++) good = measure_file(run, found.gl_pathv[i]);
    globfree(&found);
    return good;
}

static bool lines_sample(struct probe_run *run) {
    for (size_t i = 0; i < run->targets.count; i++)
        if (!measure_pattern(run, run->targets.items[i])) return false;
    return true;
}

static const struct probe lines_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "lines",
    .summary = "Measures how long text files are.",
    .target_help = "text files, as paths or globs",
    .target = PROBE_TARGET_PATHS,
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .metric_size = sizeof *metrics,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .option_size = sizeof *options,
    .config_size = sizeof(struct config),
    .sample = lines_sample,
};

extern const struct probe *const PROBE_EXPORT;
const struct probe *const PROBE_EXPORT = &lines_probe;
