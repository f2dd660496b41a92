#include "probe/plugin_exec.h"

#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "probe/plugin.h"
#include "probe/registry.h"
#include "probe/session_internal.h"

static const struct plugin_exec *plugin_of(const struct probe_run *run) {
    return (const struct plugin_exec *)session_of(run)->plan.probe;
}

/* The last line a program said on standard error, or NULL. */
static const char *last_words(struct arena *arena, const struct process_output *err) {
    size_t end = err->length;
    while (end > 0 && (err->bytes[end - 1] == '\n' || err->bytes[end - 1] == '\r')) end--;
    size_t start = end;
    while (start > 0 && err->bytes[start - 1] != '\n') start--;
    if (start == end) return NULL;
    return text_format(arena, "It said: %s",
                       text_inert(arena, text_copy_bytes(arena, err->bytes + start, end - start)));
}

static bool run_failed(struct probe_run *run, struct arena *arena,
                       const struct process_result *result) {
    static const enum probe_fault faults[] = {
        [PROCESS_EXITED] = PROBE_FAULT_CRASH,       [PROCESS_SIGNALLED] = PROBE_FAULT_CRASH,
        [PROCESS_TIMED_OUT] = PROBE_FAULT_TIMEOUT,  [PROCESS_CANCELLED] = PROBE_FAULT_CANCELLED,
        [PROCESS_NOT_STARTED] = PROBE_FAULT_SYSTEM,
    };
    bool ended = result->end == PROCESS_EXITED || result->end == PROCESS_SIGNALLED;
    if (ended && plugin_answer_failure(run, result->out.bytes, result->out.length)) return false;
    return probe_fail(run, faults[result->end],
                      text_format(arena, "the plugin: %s", process_end_text(arena, result)),
                      last_words(arena, &result->err));
}

/* The targets stand in the request too; as arguments, a shell script need not read JSON. */
static const char *const *sample_arguments(struct arena *arena, const struct plugin_exec *plugin,
                                           const struct probe_texts *targets) {
    const char **argv = arena_alloc(arena, (targets->count + 3) * sizeof *argv);
    argv[0] = plugin->path;
    argv[1] = "--sample";
    for (size_t i = 0; i < targets->count; i++) argv[2 + i] = targets->items[i];
    return argv;
}

static bool exec_measure(struct probe_run *run, struct arena *arena) {
    const struct plugin_exec *plugin = plugin_of(run);
    const struct metrics *metrics = session_of(run)->plan.metrics;
    uint64_t now = clock_now();
    double left = now < run->deadline ? clock_seconds(now, run->deadline) : 0;
    const char *request = plugin_request(arena, &plugin->probe, metrics, run, left);
    const struct process_plan plan = {
        .argv = sample_arguments(arena, plugin, &run->targets),
        .directory = run->directory,
        .input = request,
        .input_length = strlen(request),
        .keep = PLUGIN_OUTPUT_MAX,
        .keep_whole = true,
        .deadline = run->deadline,
        .cancel_fd = run->cancel_fd,
    };
    struct process_result result;
    process_run(arena, &plan, &result);
    if (result.end != PROCESS_EXITED || result.status != 0) return run_failed(run, arena, &result);
    if (result.out.cut)
        return probe_fail(
            run, PROBE_FAULT_DATA,
            text_format(arena, "the plugin printed more than %d bytes", PLUGIN_OUTPUT_MAX), NULL);
    return plugin_answer(run, metrics, result.out.bytes, result.out.length);
}

static bool exec_sample(struct probe_run *run) {
    struct arena *arena = arena_new();
    bool good = exec_measure(run, arena);
    arena_free(arena);
    return good;
}

static const struct probe *refuse(const char *origin, struct diags *diags, enum diag_code code,
                                  const char *hint, const char *problem) {
    diag_error(diags, code, (struct place){.file = origin}, hint, "%s", problem);
    return NULL;
}

const struct probe *plugin_exec_load(struct arena *arena, const char *path, const char *origin,
                                     struct diags *diags) {
    const char *const argv[] = {path, "--describe", NULL};
    const struct process_plan plan = {
        .argv = argv,
        .keep = PLUGIN_DESCRIPTION_MAX,
        .keep_whole = true,
        .deadline = clock_now() + PLUGIN_DESCRIBE_SECONDS * UINT64_C(1000000000),
        .cancel_fd = -1,
    };
    struct process_result result;
    process_run(arena, &plan, &result);
    if (result.end != PROCESS_EXITED || result.status != 0)
        return refuse(origin, diags, PLUGIN_FILE, last_words(arena, &result.err),
                      text_format(arena, "the plugin, asked for --describe: %s",
                                  process_end_text(arena, &result)));
    struct plugin_exec *plugin = arena_new_object(arena, struct plugin_exec);
    const char *problem = "the description is too long";
    if (result.out.cut ||
        !plugin_describe(arena, result.out.bytes, result.out.length, &plugin->probe, &problem))
        return refuse(origin, diags,
                      plugin->probe.abi == PROBE_ABI || !plugin->probe.abi ? PLUGIN_DESCRIPTION
                                                                           : PLUGIN_ABI,
                      NULL, problem);
    plugin->path = text_copy(arena, path);
    plugin->probe.needs |= PROBE_EXECUTES;
    plugin->probe.sample = exec_sample;
    return probe_conforms(&plugin->probe, origin, diags) ? &plugin->probe : NULL;
}

bool plugin_exec_is(const struct probe *probe) {
    return probe->sample == exec_sample;
}
