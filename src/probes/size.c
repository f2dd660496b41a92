#include "probes/size.h"

#include "base/array.h"
#include "base/text.h"
#include "probes/glob.h"
#include "probes/size_encoders.h"
#include "probes/size_label.h"
#include "probes/size_work.h"

const struct probe_dimension size_file_dimension[] = {
    {.name = "file", .help = "the file's path relative to `directory`, after `strip`"},
    {.name = NULL},
};

static bool check_texts(struct probe_run *run, struct arena *arena) {
    const struct size_config *config = run->config;
    if (!size_encoders_check(run, arena)) return false;
    struct glob_problem problem = {0};
    if (!glob_check(arena, run->targets, &problem))
        return probe_fail(run, problem.fault, problem.message, problem.hint);
    if (!config->strip) return true;
    const char *message = NULL;
    struct strip *strip = strip_new(arena, config->strip, &message);
    strip_free(strip);
    return strip ||
           probe_fail(run, PROBE_FAULT_TARGET, text_format(arena, "strip: %s", message), NULL);
}

bool size_config_check(struct probe_run *run) {
    struct arena *arena = arena_new();
    bool good = check_texts(run, arena);
    arena_free(arena);
    return good;
}

static bool measure(struct probe_run *run, struct arena *arena) {
    bool contents = size_wants_any(run, SIZE_RAW, SIZE_FILES);
    struct measured_files files;
    if (!measured_files_find(run, arena, contents, &files)) return false;
    if (contents && files.count == 0) return measured_files_none(run, arena);
    return size_emit_all(run, arena, &files);
}

static bool sample(struct probe_run *run) {
    struct arena *arena = arena_new();
    bool good = measure(run, arena);
    arena_free(arena);
    return good;
}

static const struct probe_metric metrics[] = {SIZE_METRIC_ROWS(NULL)};

static const struct probe_option options[] = {SIZE_OPTION_ROWS};

const struct probe size_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "size",
    .summary = "Bytes of files: as they are, and under gzip, brotli and zstd.",
    .target_help = "files, by one or more patterns: * ? [a-z] ** {a,b}, and ! to leave some out",
    .target = PROBE_TARGET_PATHS,
    .metrics = metrics,
    .metric_count = array_length(metrics),
    .metric_size = sizeof *metrics,
    .options = options,
    .option_count = array_length(options),
    .option_size = sizeof *options,
    .config_size = sizeof(struct size_config),
    .check = size_config_check,
    .sample = sample,
};
