/* One suite over every probe: those built in, and the plugins of examples/. Nothing here knows what
 * a probe measures, but for one row that names something it can measure. */
#include "plugin_support.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "leftovers.h"
#include "probe/conform.h"
#include "server_process.h"

/* By probe: a target that can be measured, and the file that it needs with its content. */
static const struct {
    const char *probe, *target, *file, *content;
} rows[] = {
    {"size", "a.txt", "a.txt", "some text\n"},
    {"wasm", "module.wasm", NULL, NULL},
    {"command", "true", NULL, NULL},
    {"memory", "./briefly", "briefly", "#!/bin/sh\nsleep 0.5\n"},
    {"samples", "numbers.txt", "numbers.txt", "1\n2\n3\n"},
    {"http", NULL, NULL, NULL},      /* of the test server */
    {"websocket", NULL, NULL, NULL}, /* of the test server */
    {"prometheus", "", NULL, NULL},  /* tests/cli/cases/prometheus have endpoints */
    {"lines", "a.txt", "a.txt", "one\ntwo\n"},
    {"folder", "sub", "sub/x", "12345"},
};

static struct server_process server;

/* A module with nothing in it (WebAssembly core specification, section 5.5.16). */
static const char empty_module[] = "\0asm\1\0\0";

static const char *target_of(struct bench *bench, const char *probe) {
    for (size_t i = 0; i < array_length(rows); i++) {
        if (strcmp(rows[i].probe, probe) != 0) continue;
        if (!rows[i].target && strcmp(probe, "websocket") == 0)
            return text_format(bench->arena, "ws://127.0.0.1:%u/ws/echo", server.port);
        if (!rows[i].target)
            return text_format(bench->arena, "http://127.0.0.1:%u/ok", server.port);
        if (rows[i].file) {
            const char *path =
                scratch_write(bench->arena, bench->folder, rows[i].file, rows[i].content);
            assert_int_equal(chmod(path, 0755), 0); /* one is a program */
        }
        return rows[i].target;
    }
    fail_msg("no target to measure is known for the probe `%s`: add a row", probe);
    return NULL;
}

static void write_module(struct bench *bench) {
    const char *path = scratch_path(bench->arena, bench->folder, "module.wasm");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(empty_module, 1, 8, file), 8);
    assert_int_equal(fclose(file), 0);
}

/* The examples as plugins, copied to where only we can write. */
static void add_examples(struct bench *bench) {
    const char *object = bench_compile(bench, REPOSITORY "/examples/plugins/lines/lines.c", NULL);
    if (object) assert_true(registry_add_plugin(&bench->registry, object, &bench->diags));
    const char *bytes;
    size_t length;
    assert_true(file_read(bench->arena, REPOSITORY "/examples/plugins/folder/folder", 65536, &bytes,
                          &length, &bench->diags));
    const char *copy = scratch_write(bench->arena, bench->folder, "folder", bytes);
    assert_int_equal(chmod(copy, 0755), 0);
    assert_true(registry_add_plugin(&bench->registry, copy, &bench->diags));
    assert_int_equal(bench->diags.count, 0);
}

static void begin(struct bench *bench) {
    bench_begin(bench);
    static const struct bench_option options[] = {
        {"http", "duration", "300ms"}, /* seconds else */
        {"websocket", "duration", "300ms"},
        {"prometheus", "series", "up"},
        {0},
    };
    bench->options = options;
    add_examples(bench);
    assert_int_equal(mkdir(scratch_path(bench->arena, bench->folder, "sub"), 0755), 0);
    write_module(bench);
}

static void test_all_are_there(void **state) {
    (void)state;
    struct bench bench;
    begin(&bench);
    static const char *const names[] = {"size", "wasm",      "command",    "memory", "samples",
                                        "http", "websocket", "prometheus", "folder"};
    for (size_t i = 0; i < array_length(names); i++)
        assert_non_null(registry_find(&bench.registry, names[i]));
    bench_end(&bench);
}

/* Sentences end like sentences, phrases do not. */
static void expect_sentence(const char *probe, const char *what, const char *text) {
    if (!text_ends(text, ".")) fail_msg("%s: the help of %s is no sentence: %s", probe, what, text);
}

static void test_tables(void **state) {
    (void)state;
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < bench.registry.count; i++) {
        const struct probe *probe = bench.registry.probes[i];
        if (!probe_conforms(probe, probe->name, &bench.diags))
            fail_msg("%s: %s", probe->name, bench.diags.items[0].message);
        expect_sentence(probe->name, "the probe", probe->summary);
        for (size_t k = 0; k < probe->option_count; k++) {
            const struct probe_option *row = field_row(probe->options, probe->option_size, k);
            expect_sentence(probe->name, row->name, row->help);
        }
        struct metrics metrics;
        struct session_plan plan = {.probe = probe, .cancel_fd = -1, .directory = "/"};
        const char *url = strcmp(probe->name, "websocket") == 0 ? "ws://x/" : "http://x/";
        const char *const target[] = {probe->needs & PROBE_NETWORK ? url : "x"};
        const struct field_context context = {bench.arena, 1000, &bench.diags};
        void *config = arena_alloc(bench.arena, probe->config_size);
        assert_true(field_defaults(&context, probe->options, probe->option_count,
                                   probe->option_size, config));
        bench_configure(&bench, probe, &context, config);
        plan.config = config;
        plan.targets = (struct probe_texts){target, 1};
        assert_true(session_check(bench.arena, &plan, &metrics, &bench.diags));
        assert_true(metrics.count > 0);
        for (size_t k = 0; k < metrics.count; k++) {
            assert_null(metric_conforms(bench.arena, metrics.items[k]));
            expect_sentence(probe->name, metrics.items[k]->name, metrics.items[k]->help);
        }
    }
    bench_end(&bench);
}

static size_t descriptors_open(void) {
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory) return 0;
    while (readdir(directory)) count++;
    closedir(directory);
    return count;
}

/* What must be so after any session. */
static void expect_nothing_left(const char *probe, size_t descriptors) {
    if (descriptors_open() != descriptors) fail_msg("%s: descriptors are left open", probe);
    if (!nothing_is_left()) fail_msg("%s: a child is left", probe);
}

static void test_bad_targets_give_an_error_and_no_data(void **state) {
    (void)state;
    static const char *const targets[] = {
        "no/such/thing", "/no/such/thing", "../no/such/thing", "no\nsuch\x1b[31mthing", "", ".."};
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < bench.registry.count; i++) {
        const struct probe *probe = bench.registry.probes[i];
        for (size_t t = 0; t < array_length(targets); t++) {
            size_t descriptors = descriptors_open();
            bench.diags = diags_begin(bench.arena);
            struct measured measured = bench_measure(&bench, probe, targets[t], NULL, 2);
            expect_nothing_left(probe->name, descriptors);
            if (!measured.checked) { /* refused while the budget file is read */
                assert_true(bench.diags.errors > 0);
                continue;
            }
            if (!measured.measurement->missing)
                fail_msg("%s measures `%s`", probe->name, targets[t]);
            const struct diag *diag = measured_error(&measured);
            assert_true(*diag->message != '\0');
            assert_int_equal(measured.measurement->count, 0);
            assert_int_equal(measured.measurement->runs, 0);
            if (diag->code == PROBE_CONTRACT || diag->code == PROBE_NO_DATA)
                fail_msg("%s on `%s`: %s", probe->name, targets[t], diag->message);
        }
    }
    bench_end(&bench);
}

/* All metrics but those that this machine has no counter for. */
static const bool *wanted_here(struct bench *bench, const struct probe *probe) {
    enum { DECLARED = 8 }; /* beyond the table */
    bool *wanted = arena_alloc(bench->arena, probe->metric_count + DECLARED);
    for (size_t m = 0; m < probe->metric_count + DECLARED; m++)
        wanted[m] = m >= probe->metric_count ||
                    strcmp(probe->metrics[m].name, "instructions") != 0 ||
                    process_counts(PROCESS_COUNTS_INSTRUCTIONS) == 0;
    return wanted;
}

static void test_good_targets_are_measured(void **state) {
    (void)state;
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < bench.registry.count; i++) {
        const struct probe *probe = bench.registry.probes[i];
        size_t descriptors = descriptors_open();
        const char *target = target_of(&bench, probe->name);
        if (!*target) continue;
        struct measured measured =
            bench_measure(&bench, probe, target, wanted_here(&bench, probe), 2);
        assert_true(measured.checked);
        if (measured.measurement->missing)
            fail_msg("%s: %s", probe->name, measured_error(&measured)->message);
        assert_int_equal(measured.measurement->runs, 2);
        assert_true(measured.measurement->count > 0);
        expect_nothing_left(probe->name, descriptors);
    }
    bench_end(&bench);
}

/* Metrics that count violations of a list, and are not measured where there is no list; and what
 * only a target with TLS has. */
static bool needs_list(const char *name) {
    static const char *const names[] = {"denied_imports", "denied_features", "missing_exports",
                                        "tls"};
    for (size_t i = 0; i < array_length(names); i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* A metric that is wanted alone is measured as well. */
static void test_each_metric_alone(void **state) {
    (void)state;
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < bench.registry.count; i++) {
        const struct probe *probe = bench.registry.probes[i];
        const char *target = target_of(&bench, probe->name);
        for (size_t m = 0; m < probe->metric_count; m++) {
            bool *wanted = arena_alloc(bench.arena, probe->metric_count);
            wanted[m] = true;
            struct measured measured = bench_measure(&bench, probe, target, wanted, 1);
            assert_true(measured.checked);
            const char *name = measured.metrics.items[m]->name;
            if (measured.measurement->missing) {
                /* peak memory needs a right that not every machine gives */
                const struct diag *diag = measured_error(&measured);
                if (diag->code != PROBE_FAILED_SYSTEM && !needs_list(name))
                    fail_msg("%s %s: %s", probe->name, name, diag->message);
                continue;
            }
            struct series *found;
            size_t count, dimensions = metric_dimensions(measured.metrics.items[m]);
            bool folds = measured.metrics.items[m]->fold != PROBE_FOLD_NONE;
            measurement_select(bench.arena, measured.measurement, (uint32_t)m,
                               folds ? 0 : (1u << dimensions) - 1, &found, &count);
            if (count == 0) fail_msg("%s: %s is wanted and not given", probe->name, name);
        }
    }
    bench_end(&bench);
}

static int run_suite(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_there),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_bad_targets_give_an_error_and_no_data),
        cmocka_unit_test(test_good_targets_are_measured),
        cmocka_unit_test(test_each_metric_alone),
    };
    process_setup();
    process_prepare(); /* its socket is not left open by a probe */
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The server is the parent's, so that what the suite finds left is the probes'. */
int main(void) {
    server = server_process_start(NULL);
    pid_t suite = fork();
    if (suite < 0) return 1;
    if (suite == 0) exit(run_suite());
    int status = 1;
    while (waitpid(suite, &status, 0) < 0 && errno == EINTR) continue;
    server_process_end(&server);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
