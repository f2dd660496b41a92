/** Small probes whose sample() is a list of things to say, and the session around them. */
#ifndef FAKE_PROBE_H
#define FAKE_PROBE_H

/* before cmocka, which makes `fail` a macro */
#include "probe/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"

enum { EXACT, NOISY, SHARE, TWO, FAKE_METRICS };

static const struct probe_dimension fake_file[] = {{"file", "a file", false}, {0}};
static const struct probe_dimension fake_two[] = {
    {"phase", "a phase", false}, {"request", "a request", true}, {0}};
static const struct probe_metric fake_metrics[] = {
    [EXACT] = {.name = "bytes",
               .help = "Bytes.",
               .dimensions = fake_file,
               .unit = PROBE_BYTES,
               .better = PROBE_LOWER,
               .nature = PROBE_EXACT,
               .fold = PROBE_FOLD_SUM},
    [NOISY] = {.name = "wall",
               .help = "Time.",
               .dimensions = fake_file,
               .unit = PROBE_SECONDS,
               .better = PROBE_LOWER,
               .nature = PROBE_NOISY,
               .fold = PROBE_FOLD_POOL},
    [SHARE] = {.name = "error_rate",
               .help = "Errors.",
               .unit = PROBE_RATIO,
               .better = PROBE_LOWER,
               .nature = PROBE_NOISY,
               .fold = PROBE_FOLD_POOL},
    [TWO] = {.name = "latency",
             .help = "Latency.",
             .dimensions = fake_two,
             .unit = PROBE_SECONDS,
             .better = PROBE_LOWER,
             .nature = PROBE_NOISY,
             .fold = PROBE_FOLD_NONE},
};

/* A session over a probe whose verbs the test gives; begin with fake_begin. */
struct fake {
    struct arena *arena;
    struct probe probe;
    struct metrics metrics;
    struct session_plan plan;
    struct session *session;
};

static inline void fake_begin(struct fake *fake, bool (*sample)(struct probe_run *),
                              const void *config) {
    *fake = (struct fake){.arena = arena_new()};
    fake->probe = (struct probe){.abi = PROBE_ABI,
                                 .name = "fake",
                                 .summary = "Says what a test wants.",
                                 .target_help = "anything",
                                 .target = PROBE_TARGET_TEXT,
                                 .metrics = fake_metrics,
                                 .metric_count = FAKE_METRICS,
                                 .metric_size = sizeof *fake_metrics,
                                 .sample = sample};
    static const char *const target[] = {"target"};
    fake->plan = (struct session_plan){.probe = &fake->probe,
                                       .config = config,
                                       .targets = {target, 1},
                                       .directory = "/",
                                       .metrics = &fake->metrics,
                                       .cancel_fd = -1,
                                       .place = {.file = "budget.yaml", .line = 3, .column = 5},
                                       .id = "fake"};
}

static inline void fake_open(struct fake *fake) {
    struct diags diags = diags_begin(fake->arena);
    assert_true(session_check(fake->arena, &fake->plan, &fake->metrics, &diags));
    assert_int_equal(diags.count, 0);
    fake->session = session_open(fake->arena, &fake->plan);
}

static inline bool fake_run(struct fake *fake) {
    return session_run(fake->session, UINT64_MAX);
}

static inline const struct measurement *fake_measured(const struct fake *fake) {
    return session_measurement(fake->session);
}

/* The series with that label text, or NULL. */
static inline const struct series *fake_series(const struct fake *fake, uint32_t metric,
                                               const char *label) {
    const struct measurement *measurement = fake_measured(fake);
    for (size_t i = 0; i < measurement->count; i++) {
        const struct series *series = &measurement->series[i];
        const struct probe_metric *row = fake->metrics.items[series->metric];
        if (series->metric == metric && strcmp(series_label(fake->arena, row, series), label) == 0)
            return series;
    }
    return NULL;
}

/* The session failed, with this code and a message that contains `part`. */
static inline void expect_failure(const struct fake *fake, enum diag_code code, const char *part) {
    const struct measurement *measurement = fake_measured(fake);
    assert_true(session_failed(fake->session));
    assert_true(measurement->missing);
    assert_int_equal(measurement->problems.errors, 1);
    for (size_t i = 0; i < measurement->problems.count; i++) {
        const struct diag *diag = &measurement->problems.items[i];
        if (diag->level != DIAG_ERROR) continue;
        assert_string_equal(diag_codes[diag->code].word, diag_codes[code].word);
        if (!strstr(diag->message, part)) fail_msg("message `%s` lacks `%s`", diag->message, part);
        assert_int_equal(diag->place.line, 3);
    }
}

static inline void fake_end(struct fake *fake) {
    if (fake->session) session_close(fake->session);
    arena_free(fake->arena);
}

/* What sample() does, once a run: what config points at. */
struct script {
    void (*say)(struct probe_run *run, unsigned number);
    bool quits; /* returns false */
    unsigned runs;
};

static inline bool script_sample(struct probe_run *run) {
    struct script *script = (struct script *)run->config;
    script->say(run, script->runs++);
    return !script->quits;
}

#endif
