/** Plugins made on the spot, and measured as any other probe. */
#ifndef PLUGIN_SUPPORT_H
#define PLUGIN_SUPPORT_H

/* before cmocka, which makes `fail` a macro */
#include "probe/registry.h"
#include "probe/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "schema/field.h"
#include "scratch.h"

#define REPOSITORY TESTS_DIR "/.."

/* A folder of the test's own, and a registry that plugins are added to. */
/* An option of a probe that a test sets. */
struct bench_option {
    const char *probe, *name, *value;
};

struct bench {
    struct arena *arena;
    const char *folder;
    struct registry registry;
    struct diags diags;
    const struct bench_option *options; /* not the fallbacks; ends with a NULL probe */
};

static inline void bench_begin(struct bench *bench) {
    *bench = (struct bench){.arena = arena_new()};
    bench->folder = scratch_new(bench->arena);
    bench->diags = diags_begin(bench->arena);
    registry_init(&bench->registry, bench->arena);
}

static inline void bench_end(struct bench *bench) {
    registry_release(&bench->registry);
    scratch_remove(bench->folder);
    arena_free(bench->arena);
}

/* There is no compiler here. */
static inline void bench_skip(struct bench *bench) {
    bench_end(bench);
    skip();
}

/* Builds a shared object with these further arguments; NULL when there is no compiler. */
static inline const char *bench_compile(struct bench *bench, const char *source,
                                        const char *const *more) {
    const char *object = scratch_path(bench->arena, bench->folder, "plugin.so");
    const char *argv[16] = {"cc", "-shared", "-fPIC", "-I" REPOSITORY "/include",
                            "-o", object,    source};
    for (size_t i = 0; more && more[i]; i++) argv[7 + i] = more[i];
    const struct process_plan plan = {.argv = argv, .cancel_fd = -1};
    struct process_result result;
    process_run(bench->arena, &plan, &result);
    if (result.end == PROCESS_NOT_STARTED) return NULL;
    if (result.end != PROCESS_EXITED || result.status != 0) fail_msg("cc: %s", result.err.bytes);
    return chmod(object, 0755) == 0 ? object : NULL;
}

/* A shell script that answers --describe and --sample; NULL: the usual description. */
static inline const char *bench_script(struct bench *bench, const char *describe,
                                       const char *sample) {
    static const char usual[] =
        "cat <<'END'\n"
        "{\"abi\": 1, \"name\": \"script\", \"summary\": \"S.\", \"target\": \"text\",\n"
        " \"target_help\": \"anything\", \"needs\": [\"once\"],\n"
        " \"metrics\": [{\"name\": \"ops\", \"help\": \"H.\", \"unit\": \"count\", \"fold\": "
        "\"sum\",\n"
        "   \"dimensions\": [{\"name\": \"file\", \"help\": \"a file\"}]},\n"
        "  {\"name\": \"rate\", \"help\": \"H.\", \"unit\": \"ratio\"}],\n"
        " \"options\": [{\"name\": \"depth\", \"type\": \"integer\", \"fallback\": \"3\", "
        "\"help\": \"H.\"}]}\n"
        "END";
    const char *text = text_format(bench->arena,
                                   "#!/bin/sh\ncase $1 in\n--describe)\n%s\n;;\n--sample)\n%s\n"
                                   ";;\nesac\n",
                                   describe ? describe : usual, sample ? sample : ":");
    const char *path = scratch_write(bench->arena, bench->folder, "plugin", text);
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

/* One budget over a probe: defaults, one target, `runs` runs. */
struct measured {
    const struct measurement *measurement;
    struct metrics metrics;
    bool checked;
};

static inline void bench_configure(const struct bench *bench, const struct probe *probe,
                                   const struct field_context *context, void *config) {
    for (const struct bench_option *set = bench->options; set && set->probe; set++)
        for (size_t i = 0; i < probe->option_count; i++) {
            const struct probe_option *row = field_row(probe->options, probe->option_size, i);
            if (strcmp(probe->name, set->probe) == 0 && strcmp(row->name, set->name) == 0)
                assert_true(field_parse(context, row, set->value, NO_PLACE, config));
        }
}

static inline struct measured bench_measure(struct bench *bench, const struct probe *probe,
                                            const char *target, const bool *wanted, size_t runs) {
    struct measured measured = {0};
    const char **targets = arena_alloc(bench->arena, sizeof *targets);
    targets[0] = text_copy(bench->arena, target);
    void *config = arena_alloc(bench->arena, probe->config_size);
    const struct field_context context = {bench->arena, 1000, &bench->diags};
    field_defaults(&context, probe->options, probe->option_count, probe->option_size, config);
    bench_configure(bench, probe, &context, config);
    const struct session_plan plan = {.probe = probe,
                                      .config = config,
                                      .targets = {targets, 1},
                                      .directory = bench->folder,
                                      .root = bench->folder,
                                      .metrics = &measured.metrics,
                                      .wanted = wanted,
                                      .cancel_fd = -1,
                                      .place = {.file = "budget.yaml", .line = 1, .column = 1},
                                      .id = "budget"};
    measured.checked = session_check(bench->arena, &plan, &measured.metrics, &bench->diags);
    if (!measured.checked) return measured;
    struct session_plan open = plan; /* `measured` goes away, what it measured points to these */
    open.metrics = memcpy(arena_alloc(bench->arena, sizeof(struct metrics)), &measured.metrics,
                          sizeof(struct metrics));
    struct session *session = session_open(bench->arena, &open);
    for (size_t i = 0; i < runs; i++) session_run(session, clock_now() + UINT64_C(60000000000));
    session_close(session);
    measured.measurement = session_measurement(session);
    return measured;
}

/* The error of a measurement that has exactly one. */
static inline const struct diag *measured_error(const struct measured *measured) {
    assert_true(measured->measurement->missing && measured->measurement->problems.errors == 1);
    const struct diag *diag = measured->measurement->problems.items;
    while (diag->level != DIAG_ERROR) diag++;
    return diag;
}

/* The single value of a metric's whole, folded if need be. */
static inline double measured_value(struct bench *bench, const struct measured *measured,
                                    const char *metric) {
    struct series *found;
    size_t count = 0;
    uint32_t number = (uint32_t)metric_find(&measured->metrics, metric);
    measurement_select(bench->arena, measured->measurement, number, 0, &found, &count);
    assert_true(count == 1 && found[0].count >= 1);
    return found[0].samples[0];
}

#endif
