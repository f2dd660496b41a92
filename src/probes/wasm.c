#include "probes/wasm.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/size_work.h"
#include "probes/wasm_details.h"
#include "probes/wasm_metrics.h"
#include "probes/wasm_summary.h"
#include "probes/wasm_symbols.h"
#include "wasm/format.h"

/** One file being read as a module, by any thread. */
struct module_job {
    struct arena *arena; /* of the summary and the problem; NULL until begun */
    struct reading reading;
    struct wasm_summary summary;
    struct wasm_details details;
    const char *problem; /* why it is no module, when the reading's fault is READING_TAKER */
    const char *hint;    /* what to do about that, or NULL */
};

struct module_work {
    struct probe_run *run;
    const struct measured_files *files;
    struct module_job *jobs;
    struct wasm_details_request request;
};

/** "text (it begins with 28 6d 6f 64)" */
static const char *describe_other(struct arena *arena, const uint8_t *bytes, size_t length) {
    struct text text = text_begin(arena);
    text_add_format(&text, "is not a WebAssembly module but %s", wasm_other_format(bytes, length));
    if (length == 0) return text.data;
    text_add(&text, " (it begins with");
    for (size_t i = 0; i < length && i < 4; i++) text_add_format(&text, " %02x", bytes[i]);
    text_add_char(&text, ')');
    return text.data;
}

static const char *describe_problem(struct arena *arena, const uint8_t *bytes, size_t length,
                                    const struct wasm_problem *problem) {
    switch (wasm_preamble_read(bytes, length)) {
    case WASM_IS_NOT:
        return describe_other(arena, bytes, length);
    case WASM_IS_COMPONENT:
    case WASM_IS_MODULE:
    case WASM_IS_UNKNOWN:
        break;
    }
    return text_format(arena, "is malformed at byte %zu: %s", problem->offset, problem->reason);
}

static void read_module(void *context, size_t index) {
    struct module_work *work = context;
    struct module_job *job = &work->jobs[index];
    const struct measured_file *file = &work->files->items[index];
    uint8_t *bytes = measured_file_load(work->run, file, &job->reading);
    if (!bytes) return;
    struct arena *scratch = arena_new();
    struct wasm_file module;
    struct wasm_problem problem;
    struct wasm_span span = {bytes, 0, file->size};
    job->arena = arena_new();
    if (wasm_file_read(scratch, span, WASM_WALK, &module, &problem) &&
        wasm_file_decode(scratch, &module, work->request.pool, &problem)) {
        wasm_summarise(job->arena, &module, &job->summary);
        wasm_details_find(job->arena, &module, &work->request, &job->details);
    } else {
        job->reading.fault = READING_TAKER;
        job->problem = describe_problem(job->arena, bytes, file->size, &problem);
        if (wasm_preamble_read(bytes, file->size) == WASM_IS_NOT)
            job->hint = wasm_other_hint(bytes, file->size);
    }
    arena_free(scratch);
    free(bytes);
}

static void emit_bytes_and_counts(struct probe_run *run, probe_label_id label,
                                  const struct wasm_summary *summary) {
    const struct {
        uint32_t metric;
        double value;
    } rows[] = {
        {WASM_CODE_BYTES, (double)summary->code},
        {WASM_DATA_BYTES, (double)summary->data},
        {WASM_CUSTOM_BYTES, (double)summary->custom},
        {WASM_DEBUG_BYTES, (double)summary->debug},
        {WASM_NAME_BYTES, (double)summary->names},
        {WASM_EXPORT_BYTES, (double)summary->exports_size},
        {WASM_IMPORT_BYTES, (double)summary->imports_size},
        {WASM_GLUE_BYTES, (double)summary->glue},
        {WASM_FUNCTIONS, (double)summary->functions},
        {WASM_IMPORTS, (double)summary->imports},
        {WASM_EXPORTS, (double)summary->exports},
        {WASM_DATA_SEGMENTS, (double)summary->data_segments},
        {WASM_LARGEST_FUNCTION, (double)summary->largest_function},
        {WASM_MEMORY_INITIAL, summary->memory_initial},
        {WASM_TABLE_ENTRIES, summary->table},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        if (probe_wanted(run, rows[i].metric))
            probe_emit(run, rows[i].metric, label, rows[i].value);
}

/** Bytes by the metric's first dimension and by file. */
static void emit_sums(struct probe_run *run, uint32_t metric, const char *file,
                      const struct wasm_section_sum *sums, size_t count) {
    if (!probe_wanted(run, metric)) return;
    const char *dimension = wasm_metrics[metric].dimensions[0].name;
    for (size_t i = 0; i < count; i++) {
        probe_label_id label = probe_label(run, "file", file);
        probe_emit(run, metric, probe_label_add(run, label, dimension, sums[i].name),
                   (double)sums[i].bytes);
    }
}

static void emit_summary(struct probe_run *run, const char *file,
                         const struct wasm_summary *summary) {
    probe_label_id label = probe_label(run, "file", file);
    emit_bytes_and_counts(run, label, summary);
    if (probe_wanted(run, WASM_MEMORY_MAXIMUM)) {
        if (summary->memory_unbounded)
            probe_unbounded(run, WASM_MEMORY_MAXIMUM, label);
        else
            probe_emit(run, WASM_MEMORY_MAXIMUM, label, summary->memory_maximum);
    }
    emit_sums(run, WASM_SECTION_BYTES, file, summary->sections, summary->section_count);
    emit_sums(run, WASM_MODULE_BYTES, file, summary->units, summary->unit_count);
}

static bool fail_module(struct probe_run *run, struct arena *arena,
                        const struct measured_file *file, const struct module_job *job) {
    if (job->reading.fault != READING_TAKER)
        return measured_file_fail(run, arena, file, &job->reading, "reading");
    return probe_fail(run, PROBE_FAULT_TARGET,
                      text_format(arena, "%s %s", file->name, job->problem), job->hint);
}

static bool check_modules(struct module_work *work, struct arena *arena) {
    for (size_t i = 0; i < work->files->count; i++)
        if (work->jobs[i].reading.fault != READING_FINE)
            return fail_module(work->run, arena, &work->files->items[i], &work->jobs[i]);
    return true;
}

/** A twin of which most bodies are in no module is one of another build, most likely. */
static void check_twin(struct probe_run *run, struct arena *arena, const struct module_work *work) {
    const struct wasm_details *best = NULL;
    const struct wasm_config *config = run->config;
    if (!work->request.symbols || !(work->request.wanted & WASM_PROFILE_NAMES)) return;
    for (size_t i = 0; i < work->files->count; i++) {
        const struct wasm_details *details = &work->jobs[i].details;
        if (!best ||
            details->named_from_twin * best->count > best->named_from_twin * details->count)
            best = details;
    }
    if (!best || best->named_from_twin * 2 >= best->count) return;
    probe_remark(run, PROBE_WARNING,
                 text_format(arena, "symbols: only %zu of %zu functions have the body that %s has",
                             best->named_from_twin, best->count,
                             text_inert(arena, config->symbols)),
                 "it names those alone: take the file that this module was stripped from");
}

/** The host's threads, for the functions of one module. */
static void host_hands(void *run, size_t count, void (*work)(void *context, size_t index),
                       void *context) {
    probe_parallel(run, count, work, context);
}

/** Reads all modules before anything is compressed, and emits only when all has gone well. */
static bool measure_modules(struct probe_run *run, struct arena *arena,
                            const struct measured_files *files) {
    struct module_work work = {.run = run, .files = files};
    work.request =
        (struct wasm_details_request){.config = run->config, .wanted = wasm_details_wanted(run)};
    if (!wasm_symbols_read(run, arena, &work.request.symbols)) return false;
    work.jobs = arena_alloc(arena, files->count * sizeof *work.jobs);
    work.request.pool = thread_pool_lent(host_hands, run);
    probe_parallel(run, files->count, read_module, &work);
    thread_pool_free(work.request.pool);
    bool good = check_modules(&work, arena) && size_emit_all(run, arena, files);
    if (good) check_twin(run, arena, &work);
    for (size_t i = 0; i < files->count; i++) {
        if (good) emit_summary(run, files->items[i].label, &work.jobs[i].summary);
        if (good) wasm_details_emit(run, files->items[i].label, &work.jobs[i].details);
        if (work.jobs[i].arena) arena_free(work.jobs[i].arena);
    }
    return good;
}

static bool measure(struct probe_run *run, struct arena *arena) {
    bool contents = size_wants_any(run, SIZE_RAW, SIZE_FILES) ||
                    size_wants_any(run, WASM_CODE_BYTES, WASM_METRICS);
    struct measured_files files;
    if (!measured_files_find(run, arena, contents, &files)) return false;
    if (!contents) return size_emit_all(run, arena, &files);
    if (files.count == 0) return measured_files_none(run, arena);
    return measure_modules(run, arena, &files);
}

static bool sample(struct probe_run *run) {
    struct arena *arena = arena_new();
    bool good = measure(run, arena);
    arena_free(arena);
    return good;
}

static const struct probe_option options[] = {
    SIZE_OPTION_ROWS,
    {PROBE_OPTION(struct wasm_config, PROBE_TEXT, symbols), .fallback = "",
     .help = "An unstripped twin of the module, below `directory`: its names and source files "
             "count where it "
             "has the same body at the same index. With several modules it is held to each."},
    {PROBE_OPTION(struct wasm_config, PROBE_TEXTS, allow_imports), .fallback = "",
     .help = "The only imports there may be, as patterns of module.field such as env.*."},
    {PROBE_OPTION(struct wasm_config, PROBE_TEXTS, deny_imports), .fallback = "",
     .help = "Imports there may not be, likewise; such as wasi_snapshot_preview1.sock_*."},
    {PROBE_OPTION(struct wasm_config, PROBE_TEXTS, allow_features), .fallback = "",
     .help = "The only features beyond the first version of WebAssembly that may be used, by the "
             "names of the tool conventions, such as simd128, bulk-memory, sign-ext."},
    {PROBE_OPTION(struct wasm_config, PROBE_TEXTS, require_exports), .fallback = "",
     .help = "Exports there must be, as patterns of their names."},
};

const struct probe wasm_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "wasm",
    .summary = "Bytes of WebAssembly modules and components as `size` has them, and what they go "
               "to: sections, "
               "functions, crates, what keeps what.",
    .target_help = "modules, by one or more patterns: * ? [a-z] ** {a,b}, and ! to leave some out",
    .target = PROBE_TARGET_PATHS,
    .metrics = wasm_metrics,
    .metric_count = WASM_METRICS,
    .metric_size = sizeof *wasm_metrics,
    .options = options,
    .option_count = array_length(options),
    .option_size = sizeof *options,
    .config_size = sizeof(struct wasm_config),
    .check = size_config_check,
    .sample = sample,
};
