#include "probes/samples.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/format.h"
#include "probes/glob.h"

enum { FORMAT_AUTO, SKIP_MAX = FORMAT_SAMPLES_MAX };

/* `format` by number; the words after the first are names of sample_formats. */
static const char *const format_words[] = {"auto", "lines", "csv", "json", "jsonl", NULL};
/* `better` by number. */
static const char *const better_words[] = {"lower", "higher", "neither", NULL};
static const enum probe_better betters[] = {PROBE_LOWER, PROBE_HIGHER, PROBE_NEITHER};

struct samples_config {
    int format;
    const char *column, *pointer, *unit;
    int better;
    int64_t skip;
};

static const struct probe_option samples_options[] = {
    {PROBE_OPTION(struct samples_config, PROBE_CHOICE, format), .fallback = "auto",
     .choices = format_words,
     .help = "How the files are written; auto goes by the name: .csv, .json, .jsonl, .ndjson, else "
             "one number a line."},
    {PROBE_OPTION(struct samples_config, PROBE_TEXT, column), .fallback = "",
     .help = "The column of a CSV file that holds the samples: its name in the first line, or its "
             "number from 1 on."},
    {PROBE_OPTION(struct samples_config, PROBE_TEXT, pointer), .fallback = "",
     .help = "RFC 6901 pointer to the samples in JSON; a last /* takes each element of a list. "
             "Default: /* for json, the whole line for jsonl."},
    {PROBE_OPTION(struct samples_config, PROBE_TEXT, unit), .fallback = "",
     .help = "Unit of numbers written without one, such as ms or MB; without it they are counts."},
    {PROBE_OPTION(struct samples_config, PROBE_CHOICE, better), .fallback = "lower",
     .choices = better_words,
     .help = "Which direction is better; a bare limit bounds in that direction."},
    {PROBE_OPTION(struct samples_config, PROBE_INTEGER, skip), .fallback = "0", .min = 0,
     .max = SKIP_MAX, .help = "Samples thrown away at the start, as warm-up."},
};

static bool is_said(const char *text) {
    return text && *text;
}

static bool unit_read(const struct samples_config *config, struct extract_unit *unit) {
    *unit = (struct extract_unit){.scale = 1, .unit = PROBE_COUNT};
    return !is_said(config->unit) || unit_word(config->unit, 1000, &unit->scale, &unit->unit);
}

/* Options that the format does not take, or lacks. */
static const char *format_problem(const struct sample_format *format,
                                  const struct samples_config *config) {
    if (is_said(config->column) && !format->takes_column)
        return "`column` is for csv; add `format: csv`, or take it out";
    if (is_said(config->pointer) && !format->takes_pointer)
        return "`pointer` is for json and jsonl; add `format`, or take it out";
    if (!is_said(config->column) && format->needs_column)
        return "csv needs `column`, a name of the first line or a number from 1 on";
    if (is_said(config->pointer) && !extract_pointer_valid(config->pointer))
        return "`pointer` starts with `/`, and in it `~` is written ~0 and `/` is written ~1";
    return NULL;
}

static bool samples_check(struct probe_run *run) {
    const struct samples_config *config = run->config;
    struct extract_unit unit;
    if (!unit_read(config, &unit))
        return probe_fail(run, PROBE_FAULT_DATA, "`unit` is no unit that is known",
                          "Write a unit such as ms, s, KB, MB, /s, MB/s or %.");
    if (config->format != FORMAT_AUTO) {
        const char *problem = format_problem(&sample_formats[config->format - 1], config);
        if (problem) return probe_fail(run, PROBE_FAULT_DATA, problem, NULL);
    }
    probe_declare(run, &(struct probe_metric){
                           .name = "value",
                           .help = "The samples, as the files give them.",
                           .unit = unit.unit,
                           .better = betters[config->better],
                           .nature = PROBE_NOISY,
                           .fold = PROBE_FOLD_POOL,
                           .statistic = extract_statistic(unit.unit),
                       });
    return true;
}

static bool file_read_samples(struct format_sink *sink, const char *path, const char *name) {
    const struct samples_config *config = sink->run->config;
    const struct sample_format *format =
        config->format == FORMAT_AUTO ? format_of_file(name) : &sample_formats[config->format - 1];
    const char *problem = format_problem(format, config);
    struct format_source source = {.sink = sink,
                                   .name = name,
                                   .column = is_said(config->column) ? config->column : NULL,
                                   .pointer = is_said(config->pointer) ? config->pointer : NULL};
    if (problem) return probe_fail(sink->run, PROBE_FAULT_DATA, problem, NULL);
    unit_read(config, &source.unit);
    return format_read(format, &source, path);
}

static bool files_read(struct arena *arena, struct format_sink *sink) {
    struct probe_run *run = sink->run;
    struct glob_plan plan = {
        .directory = run->directory, .root = run->root, .patterns = run->targets, .run = run};
    struct glob_files files;
    struct glob_problem problem;
    if (!glob_expand(arena, &plan, &files, &problem))
        return probe_fail(run, problem.fault, problem.message, problem.hint);
    if (files.count == 0)
        return probe_fail(run, PROBE_FAULT_TARGET, glob_none_text(arena, run->targets),
                          "Check the path; it is relative to `directory`.");
    for (size_t i = 0; i < files.count && !sink->full; i++)
        if (!file_read_samples(sink, files.paths[i], text_inert(arena, files.names[i])))
            return false;
    return true;
}

static bool samples_sample(struct probe_run *run) {
    const struct samples_config *config = run->config;
    struct format_sink sink = {.run = run, .metric = 0, .skip = (uint64_t)config->skip};
    struct arena *arena = arena_new();
    bool good = files_read(arena, &sink);
    arena_free(arena);
    if (good && sink.count <= (uint64_t)config->skip)
        return probe_fail(run, PROBE_FAULT_DATA, "`skip` leaves no samples", "Lower `skip`.");
    if (good) probe_method(run, 0, "read from files");
    return good;
}

const struct probe samples_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "samples",
    .summary = "Judges samples that something else measured, read from files: the metric `value`.",
    .target_help = "files of samples, as paths or globs",
    .target = PROBE_TARGET_PATHS,
    .metric_size = sizeof(struct probe_metric),
    .options = samples_options,
    .option_count = array_length(samples_options),
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct samples_config),
    .check = samples_check,
    .sample = samples_sample,
};
