/** Three small probes in a hand-made registry, and budget files in a folder of the test's own. */
#ifndef TESTS_BUDGET_FIXTURE_H
#define TESTS_BUDGET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "budget/budget.h"
#include "budget/derive.h"
#include "temp_folder.h"

#include <cmocka.h> /* last: its macro `fail` is a word of probe.h */

static const struct probe_dimension by_file[] = {{.name = "file"}, {0}};
static const struct probe_dimension by_phase[] = {{.name = "phase"}, {.name = "request"}, {0}};
static const struct probe_dimension by_name[] = {{.name = "name"}, {0}};

/* files: exact, one run */
struct files_config {
    int64_t level;
    double slack;
};
static const struct probe_metric files_metrics[] = {
    {.name = "raw",
     .dimensions = by_file,
     .unit = PROBE_BYTES,
     .better = PROBE_LOWER,
     .nature = PROBE_EXACT,
     .fold = PROBE_FOLD_SUM},
    {.name = "gzip",
     .dimensions = by_file,
     .unit = PROBE_BYTES,
     .better = PROBE_LOWER,
     .nature = PROBE_EXACT,
     .fold = PROBE_FOLD_SUM},
    {.name = "files", .unit = PROBE_COUNT, .better = PROBE_LOWER, .nature = PROBE_EXACT},
};
static const struct probe_option files_options[] = {
    {PROBE_OPTION(struct files_config, PROBE_INTEGER, level), .fallback = "9", .min = 1, .max = 9},
    {PROBE_OPTION(struct files_config, PROBE_SIZE, slack), .fallback = "0"},
};
static bool fake_sample(struct probe_run *run) {
    (void)run;
    return false;
}
static const struct probe files_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_ONCE,
    .name = "files",
    .target = PROBE_TARGET_PATHS,
    .metrics = files_metrics,
    .metric_count = 3,
    .metric_size = sizeof(struct probe_metric),
    .options = files_options,
    .option_count = 2,
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct files_config),
    .sample = fake_sample,
};

/* runner: noisy, executes, declares metrics */
struct runner_config {
    int64_t warmup;
    bool shell;
    struct probe_readings metrics;
    const char *mode;
    struct probe_records phases;
};
struct runner_phase {
    double duration, rate;
};
static const struct probe_option runner_phase_rows[] = {
    {PROBE_OPTION(struct runner_phase, PROBE_TIME, duration), .fallback = "10s"},
    {PROBE_OPTION(struct runner_phase, PROBE_RATE, rate), .fallback = NULL},
};
static const struct probe_record_table runner_phases = {
    .what = "a phase",
    .options = runner_phase_rows,
    .option_count = 2,
    .option_size = sizeof(struct probe_option),
    .record_size = sizeof(struct runner_phase),
    .form = PROBE_FORM_NAMED,
};
static const struct probe_metric runner_metrics[] = {
    {.name = "wall",
     .unit = PROBE_SECONDS,
     .better = PROBE_LOWER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL},
    {.name = "peak",
     .unit = PROBE_BYTES,
     .better = PROBE_LOWER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_MAX,
     .statistic = "max"},
    {.name = "ops",
     .unit = PROBE_PER_SECOND,
     .better = PROBE_HIGHER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL,
     .statistic = "mean"},
};
static const struct probe_option runner_options[] = {
    {PROBE_OPTION(struct runner_config, PROBE_INTEGER, warmup), .fallback = "0", .max = 100},
    {PROBE_OPTION(struct runner_config, PROBE_FLAG, shell), .fallback = "false"},
    {PROBE_OPTION(struct runner_config, PROBE_METRICS, metrics), .fallback = ""},
    {PROBE_OPTION(struct runner_config, PROBE_TEXT, mode), .fallback = ""},
    {PROBE_OPTION(struct runner_config, PROBE_RECORDS, phases), .fallback = "",
     .records = &runner_phases},
};
static bool runner_check(struct probe_run *run) {
    const struct runner_config *config = run->config;
    for (size_t i = 0; i < config->metrics.count; i++) {
        const struct probe_reading *reading = &config->metrics.items[i];
        struct probe_metric metric = {.name = reading->name,
                                      .help = "Read.",
                                      .unit = reading->unit,
                                      .better = reading->better,
                                      .nature = reading->nature,
                                      .fold = PROBE_FOLD_POOL};
        probe_declare(run, &metric);
    }
    if (config->mode && strncmp(config->mode, "bad", 3) == 0)
        return probe_fail(run, PROBE_FAULT_DATA, config->mode, NULL);
    return true;
}
static const struct probe runner_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_QUIET | PROBE_EXECUTES,
    .name = "runner",
    .target = PROBE_TARGET_COMMAND,
    .metrics = runner_metrics,
    .metric_count = 3,
    .metric_size = sizeof(struct probe_metric),
    .options = runner_options,
    .option_count = 5,
    .option_size = sizeof(struct probe_option),
    .config_size = sizeof(struct runner_config),
    .check = runner_check,
    .sample = fake_sample,
};

/* load: labels in two dimensions, and one that must be named */
static const struct probe_metric load_metrics[] = {
    {.name = "latency",
     .dimensions = by_phase,
     .unit = PROBE_SECONDS,
     .better = PROBE_LOWER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL,
     .statistic = "p95"},
    {.name = "error_rate",
     .unit = PROBE_RATIO,
     .better = PROBE_LOWER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL,
     .statistic = "mean"},
    {.name = "measure",
     .dimensions = by_name,
     .unit = PROBE_SECONDS,
     .better = PROBE_LOWER,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_NONE},
    {.name = "seen", .unit = PROBE_COUNT, .better = PROBE_NEITHER, .nature = PROBE_EXACT},
};
static const struct probe load_probe = {
    .abi = PROBE_ABI,
    .needs = PROBE_NETWORK,
    .name = "load",
    .target = PROBE_TARGET_TEXT,
    .metrics = load_metrics,
    .metric_count = 4,
    .metric_size = sizeof(struct probe_metric),
    .sample = fake_sample,
};

struct fixture {
    struct arena *arena;
    char folder[PATH_MAX]; /* has a .git, so that it is the root */
    const struct probe *probes[3];
    const char *origins[3];
    struct registry registry;
    struct budget_request request;
    struct budget_set set;
    struct diags diags;
};

static inline struct fixture *fixture_new(void) {
    struct arena *arena = arena_new();
    struct fixture *f = arena_new_object(arena, struct fixture);
    f->arena = arena;
    temp_folder_make(f->folder);
    temp_write_text(f->folder, ".git", "");
    f->probes[0] = &files_probe;
    f->probes[1] = &runner_probe;
    f->probes[2] = &load_probe;
    f->registry =
        (struct registry){.arena = arena, .probes = f->probes, .origins = f->origins, .count = 3};
    f->request.registry = &f->registry;
    f->request.directory = f->folder;
    assert_true(clock_date_parse("2026-11-20", &f->request.today));
    f->diags = diags_begin(arena);
    return f;
}

static inline void fixture_free(struct fixture *f) {
    temp_folder_remove(f->folder);
    arena_free(f->arena);
}

/** Loads what the request names; forgets earlier diagnostics. */
static inline bool fixture_load(struct fixture *f) {
    f->diags = diags_begin(f->arena);
    return budget_load(f->arena, &f->request, &f->set, &f->diags);
}

/** Loads `text` as perfbudget.yaml. */
static inline bool fixture_text(struct fixture *f, const char *text) {
    temp_write_text(f->folder, "perfbudget.yaml", text);
    return fixture_load(f);
}

/** "code@line:column code@line:column", warnings with a ! before them; for comparing. */
static inline const char *fixture_problems(struct fixture *f) {
    struct text text = text_begin(f->arena);
    for (size_t i = 0; i < f->diags.count; i++) {
        const struct diag *diag = &f->diags.items[i];
        text_add_format(&text, "%s%s%s@%d:%d", i ? " " : "", diag->level == DIAG_ERROR ? "" : "!",
                        diag_codes[diag->code].word, diag->place.line, diag->place.column);
    }
    return text.data;
}

static inline void fixture_show(struct fixture *f) {
    for (size_t i = 0; i < f->diags.count; i++) {
        const struct diag *diag = &f->diags.items[i];
        print_message("  %s:%d:%d %s: %s (%s)\n", diag->place.file ? diag->place.file : "-",
                      diag->place.line, diag->place.column, diag_codes[diag->code].word,
                      diag->message, diag->hint ? diag->hint : "-");
    }
}

/** Loads a text that must be good, showing why if it is not. */
static inline void fixture_good(struct fixture *f, const char *text) {
    bool good = fixture_text(f, text);
    if (!good) fixture_show(f);
    assert_true(good);
}

/** A budget of the loaded set. */
static inline const struct budget *fixture_budget(struct fixture *f, const char *id) {
    const struct budget *budget = budget_find(&f->set, id);
    assert_non_null(budget);
    return budget;
}

/** "gzip max<=100000|wall.p95 warn<=0.4(waived)" of a budget. */
static inline const char *fixture_limits(struct fixture *f, const char *id) {
    const struct budget *budget = fixture_budget(f, id);
    struct text text = text_begin(f->arena);
    for (size_t i = 0; i < budget->limit_count; i++) {
        const struct limit *limit = &budget->limits[i];
        text_add_format(&text, "%s%s %s%s%.10g%s", i ? "|" : "", limit->key,
                        limit_kind_words[limit->kind], limit_operator_signs[limit->operator],
                        limit->bound, limit->relative ? "rel" : "");
        if (limit->floor > 0) text_add_format(&text, " floor %.10g", limit->floor);
        if (limit->has_baseline) text_add_format(&text, " base %.10g", limit->baseline);
        if (limit->waived)
            text_add_format(&text, " instead %.10g",
                            limit->instead_of ? limit->instead_of->bound : -1);
        assert_int_equal(limit->order, i);
    }
    return text.data;
}

static inline int fixture_setup(void **state) {
    *state = fixture_new();
    return 0;
}
static inline int fixture_teardown(void **state) {
    fixture_free(*state);
    return 0;
}
#define fixture_test(function) \
    cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

#endif
