#include "plugin_support.h"

#include <errno.h>

#include "probe/plugin.h"
#include "probe/plugin_exec.h"
#include "schema/bind.h"
#include "valgrind.h"

static void expect_refused(struct bench *bench, const char *path, enum diag_code code,
                           const char *part) {
    size_t before = bench->registry.count;
    assert_false(registry_add_plugin(&bench->registry, path, &bench->diags));
    assert_int_equal(bench->registry.count, before);
    assert_int_equal(bench->diags.errors, 1);
    const struct diag *diag = &bench->diags.items[0];
    if (diag->code != code || !strstr(diag->message, part))
        fail_msg("[%s] %s: not [%s] ..%s..", diag_codes[diag->code].word, diag->message,
                 diag_codes[code].word, part);
    assert_non_null(diag->place.file);
}

static void test_shared_objects(void **state) {
    (void)state;
    static const struct {
        const char *flag;
        enum diag_code code;
        const char *part;
    } rows[] = {
        {"-DABI=2", PLUGIN_ABI, "version 2"},
        {"-DABI=0", PLUGIN_ABI, "version 0"},
        {"-DNO_SYMBOL", PLUGIN_FILE, "does not export `perfbudget_probe`"},
        {"-DNULL_PROBE", PLUGIN_FILE, "does not export `perfbudget_probe`"},
        {"-DUNDEFINED", PLUGIN_FILE, "nowhere"},
        {"-DNAME=\"size\"", PLUGIN_TAKEN, "taken by a built-in probe"},
        {"-DNAME=\"limits\"", PROBE_TABLE, "is a key of budgets"},
        {"-DMETRIC=\"p95\"", PROBE_TABLE, "is a statistic"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct bench bench;
        bench_begin(&bench);
        const char *more[] = {rows[i].flag, NULL};
        const char *object = bench_compile(&bench, TESTS_DIR "/plugins/spoilt.c", more);
        if (!object) bench_skip(&bench);
        expect_refused(&bench, object, rows[i].code, rows[i].part);
        bench_end(&bench);
    }
}

static void test_shared_object_measures(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *object = bench_compile(&bench, TESTS_DIR "/plugins/spoilt.c", NULL);
    if (!object) bench_skip(&bench);
    assert_true(registry_add_plugin(&bench.registry, object, &bench.diags));
    const struct probe *probe = registry_find(&bench.registry, "spoilt");
    assert_non_null(probe);
    assert_true(probe_is_foreign(probe));
    struct measured measured = bench_measure(&bench, probe, "x", NULL, 3);
    assert_false(measured.measurement->missing);
    assert_int_equal(measured.measurement->series[0].count, 3);
    /* the same again under the same name */
    assert_false(registry_add_plugin(&bench.registry, object, &bench.diags));
    assert_int_equal(bench.diags.items[0].code, PLUGIN_TAKEN);
    assert_non_null(strstr(bench.diags.items[0].message, object));
    bench_end(&bench);
}

static void test_shared_object_without_a_number(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *more[] = {"-DVALUE=(0.0/0.0)", NULL};
    const char *object = bench_compile(&bench, TESTS_DIR "/plugins/spoilt.c", more);
    if (!object) bench_skip(&bench);
    assert_true(registry_add_plugin(&bench.registry, object, &bench.diags));
    struct measured measured =
        bench_measure(&bench, registry_find(&bench.registry, "spoilt"), "x", NULL, 1);
    assert_int_equal(measured_error(&measured)->code, PROBE_CONTRACT);
    bench_end(&bench);
}

/* A description with one thing wrong. */
#define DESCRIPTION(text) "cat <<'END'\n" text "\nEND"
#define FRAME "\"summary\": \"S.\", \"target\": \"text\", \"target_help\": \"t\""
#define METRIC "\"metrics\": [{\"name\": \"ops\", \"help\": \"H.\", \"unit\": \"count\"}]"

static const struct {
    const char *describe;
    enum diag_code code;
    const char *part;
} descriptions[] = {
    {":", PLUGIN_DESCRIPTION, "is no JSON"},
    {"echo hello", PLUGIN_DESCRIPTION, "is no JSON"},
    {"echo '[1]'", PLUGIN_DESCRIPTION, "no JSON object"},
    {"echo '{}'", PLUGIN_DESCRIPTION, "`abi` is not 1"},
    {"echo '{\"abi\": 1} {}'", PLUGIN_DESCRIPTION, "is no JSON"},
    {"echo '{\"abi\": 2}'", PLUGIN_ABI, "`abi` is not 1"},
    {"echo '{\"abi\": 1.5}'", PLUGIN_DESCRIPTION, "`abi` is not 1"},
    {"echo '{\"abi\": \"1\"}'", PLUGIN_DESCRIPTION, "`abi` is not 1"},
    {"exit 3", PLUGIN_FILE, "exit status 3"},
    {"kill -SEGV $$", PLUGIN_FILE, "signal 11"},
    {"head -c 2000000 /dev/zero | tr '\\0' ' '", PLUGIN_DESCRIPTION, "too long"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", \"colour\": \"red\"}"), PLUGIN_DESCRIPTION,
     "unknown member `colour`"},
    {DESCRIPTION("{\"abi\": 1, \"name\": 7, " FRAME ", " METRIC "}"), PLUGIN_DESCRIPTION,
     "`name` is no text"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", \"target\": \"stars\"}"), PLUGIN_DESCRIPTION,
     "`target` is missing or none of: paths, command, text"},
    {DESCRIPTION("{\"abi\": 1, " FRAME ", " METRIC "}"), PROBE_TABLE, "its name"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME "}"), PROBE_TABLE, "no metrics"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"size\", " FRAME ", " METRIC "}"), PLUGIN_TAKEN,
     "taken by a built-in"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC ", \"needs\": [\"luck\"]}"),
     PLUGIN_DESCRIPTION, "`needs`"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", \"metrics\": {}}"), PLUGIN_DESCRIPTION,
     "`metrics` is no list"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", \"metrics\": [7]}"), PLUGIN_DESCRIPTION,
     "a metric is no JSON object"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME
                 ", \"metrics\": [{\"name\": \"a\", \"help\": \"h\"}]}"),
     PLUGIN_DESCRIPTION, "`unit` is missing"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME
                 ", \"metrics\": [{\"name\": \"a\", \"help\": \"h\", \"unit\": \"count\","
                 " \"dimensions\": [{\"help\": \"h\"}]}]}"),
     PLUGIN_DESCRIPTION, "a dimension has no name"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME
                 ", \"metrics\": [{\"name\": \"a.b\", \"help\": \"h\", \"unit\": \"count\"}]}"),
     PROBE_TABLE, "a metric is named `a.b`"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"metrics\", \"help\": \"h\"}]}"),
     PLUGIN_DESCRIPTION, "`type` is missing or none of"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"integer\", \"help\": \"h\","
                 " \"fallback\": \"many\"}]}"),
     PROBE_TABLE, "fallback"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"choice\", \"help\": \"h\"}]}"),
     PROBE_TABLE, "choices"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"text\", \"help\": \"h\","
                 " \"min\": \"1\"}]}"),
     PLUGIN_DESCRIPTION, "`min` is no number"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"records\", \"help\": \"h\","
                 " \"fallback\": \"\"}]}"),
     PROBE_TABLE, "has records that are not described"},
    {DESCRIPTION("{\"abi\": 1, \"name\": \"x\", " FRAME ", " METRIC
                 ", \"options\": [{\"name\": \"o\", \"type\": \"records\", \"help\": \"h\","
                 " \"records\": {\"form\": \"tree\", \"what\": \"a leaf\"}}]}"),
     PLUGIN_DESCRIPTION, "none of: list, named, one"},
};

static void test_descriptions(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(descriptions); i++) {
        struct bench bench;
        bench_begin(&bench);
        expect_refused(&bench, bench_script(&bench, descriptions[i].describe, NULL),
                       descriptions[i].code, descriptions[i].part);
        bench_end(&bench);
    }
}

static void test_answers(void **state) {
    (void)state;
    static const struct {
        const char *sample;
        enum diag_code code;
        const char *part;
    } rows[] = {
        {":", PROBE_FAILED_DATA, "without its last line"},
        {"echo '{\"metric\": \"ops\", \"value\": 1}'", PROBE_FAILED_DATA, "without its last line"},
        {"echo '{\"done\": true}'", PROBE_NO_DATA, "no data"},
        {"echo '{\"done\": false}'", PROBE_FAILED_DATA, "line 1"},
        {"echo '{\"done\": true, \"x\": 1}'", PROBE_FAILED_DATA, "unknown member"},
        {"echo '{\"done\": true}'; echo '{\"metric\": \"ops\", \"value\": 1}'", PROBE_FAILED_DATA,
         "line 2 of the plugin's answer comes after"},
        {"echo hello", PROBE_FAILED_DATA, "line 1 of the plugin's answer is no JSON"},
        {"echo '[]'", PROBE_FAILED_DATA, "no JSON object"},
        {"echo '{}'", PROBE_FAILED_DATA, "no kind that is known"},
        {"echo '{\"metric\": \"ops\", \"value\": NaN}'", PROBE_FAILED_DATA, "is no JSON"},
        {"echo '{\"metric\": \"ops\", \"value\": 1e999}'", PROBE_FAILED_DATA, "is no JSON"},
        {"echo '{\"metric\": \"ops\", \"value\": \"1\"}'", PROBE_FAILED_DATA, "wrong type"},
        {"echo '{\"metric\": \"ops\", \"value\": null}'", PROBE_FAILED_DATA, "wrong type"},
        {"echo '{\"metric\": \"ops\"}'", PROBE_FAILED_DATA, "needs one of"},
        {"echo '{\"metric\": \"ops\", \"value\": 1, \"method\": \"m\"}'", PROBE_FAILED_DATA,
         "needs one of"},
        {"echo '{\"metric\": \"rate\", \"k\": 1}'", PROBE_FAILED_DATA, "needs one of"},
        {"echo '{\"metric\": \"rate\", \"k\": -1, \"n\": 2}'", PROBE_FAILED_DATA, "wrong type"},
        {"echo '{\"metric\": \"rate\", \"k\": 0.5, \"n\": 2}'", PROBE_FAILED_DATA, "wrong type"},
        {"echo '{\"metric\": \"rate\", \"k\": 3, \"n\": 2}'; echo '{\"done\": true}'",
         PROBE_CONTRACT, "more events"},
        {"echo '{\"metric\": \"speed\", \"value\": 1}'", PROBE_FAILED_DATA, "names `speed`"},
        {"echo '{\"metric\": 3, \"value\": 1}'", PROBE_FAILED_DATA, "names no metric"},
        {"echo '{\"metric\": \"ops\", \"value\": 1, \"labels\": [\"a\"]}'", PROBE_FAILED_DATA,
         "no map of texts"},
        {"echo '{\"metric\": \"ops\", \"value\": 1, \"labels\": {\"file\": 1}}'", PROBE_FAILED_DATA,
         "no map of texts"},
        {"echo '{\"metric\": \"ops\", \"value\": 1, \"labels\": {\"x\": \"y\"}}'"
         "; echo '{\"done\": true}'",
         PROBE_CONTRACT, "by `x`"},
        {"echo '{\"fail\": \"no disk\", \"fault\": \"system\", \"hint\": \"buy\"}'",
         PROBE_FAILED_SYSTEM, "no disk"},
        {"echo '{\"fail\": \"no disk\"}'; exit 3", PROBE_FAILED_DATA, "no disk"},
        {"echo '{\"fail\": \"outside\", \"fault\": \"refused\"}'", PROBE_FAILED_REFUSED, "outside"},
        {"echo '{\"fail\": \"x\", \"fault\": \"bad\"}'", PROBE_FAILED_DATA, "unknown `fault`"},
        {"echo '{\"fail\": 1}'", PROBE_FAILED_DATA, "without a text"},
        {"echo '{\"note\": 1}'", PROBE_FAILED_DATA, "remark"},
        {"echo '{\"metric\": \"ops\", \"value\": 1}'; echo '{\"done\": true}'; exit 9",
         PROBE_FAILED_CRASH, "exit status 9"},
        {"echo '{\"metric\": \"ops\", \"value\": 1}'; kill -KILL $$", PROBE_FAILED_CRASH,
         "signal 9"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct bench bench;
        bench_begin(&bench);
        const char *path = bench_script(&bench, NULL, rows[i].sample);
        assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
        struct measured measured =
            bench_measure(&bench, registry_find(&bench.registry, "script"), "x", NULL, 1);
        const struct diag *diag = measured_error(&measured);
        if (diag->code != rows[i].code || !strstr(diag->message, rows[i].part))
            fail_msg("row %zu: [%s] %s", i, diag_codes[diag->code].word, diag->message);
        assert_int_equal(measured.measurement->count, 0);
        bench_end(&bench);
    }
}

static void test_answer_counts(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *path =
        bench_script(&bench, NULL,
                     "cat >request; pwd >where; echo \"$2\" >argument\n"
                     "echo '{\"metric\": \"ops\", \"value\": 1.5, \"labels\": {\"file\": \"a\"}}'\n"
                     "\necho\n"
                     "echo '{\"metric\": \"ops\", \"value\": 2, \"labels\": {\"file\": \"b\"}}'\n"
                     "echo '{\"metric\": \"rate\", \"k\": 1, \"n\": 4}'\n"
                     "echo '{\"metric\": \"rate\", \"method\": \"by hand\"}'\n"
                     "echo '{\"warning\": \"careful\", \"hint\": \"do\"}'\n"
                     "printf '{\"done\": true}'");
    assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
    const struct probe *probe = registry_find(&bench.registry, "script");
    assert_false(probe_is_foreign(probe));
    assert_int_equal(probe->needs, PROBE_EXECUTES | PROBE_ONCE);
    static const bool wanted[] = {true, false};
    struct measured measured = bench_measure(&bench, probe, "the target", wanted, 1);
    assert_false(measured.measurement->missing);
    assert_true(measured_value(&bench, &measured, "ops") == 3.5);
    assert_true(measured_value(&bench, &measured, "rate") == 0.25);
    assert_string_equal(measured.measurement->methods[1], "by hand");
    assert_string_equal(measured.measurement->problems.items[0].message, "careful");

    const char *bytes;
    size_t length;
    assert_true(file_read(bench.arena, scratch_path(bench.arena, bench.folder, "request"), 4096,
                          &bytes, &length, &bench.diags));
    static const char *const parts[] = {"\"depth\": 3", "\"targets\": [\"the target\"]",
                                        "\"wanted\": [\"ops\"]", "\"deadline_ms\": 59"};
    for (size_t i = 0; i < array_length(parts); i++)
        if (!strstr(bytes, parts[i])) fail_msg("no %s in %s", parts[i], bytes);
    assert_non_null(strstr(bytes, text_format(bench.arena, "\"root\": \"%s\"", bench.folder)));
    assert_true(file_read(bench.arena, scratch_path(bench.arena, bench.folder, "where"), 4096,
                          &bytes, &length, &bench.diags));
    assert_string_equal(bytes, text_format(bench.arena, "%s\n", bench.folder));
    assert_true(file_read(bench.arena, scratch_path(bench.arena, bench.folder, "argument"), 4096,
                          &bytes, &length, &bench.diags));
    assert_string_equal(bytes, "the target\n");
    bench_end(&bench);
}

/* What a budget file says in records comes to the plugin as maps and lists. */
static void test_records_are_described_and_sent(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *describe = DESCRIPTION(
        "{\"abi\": 1, \"name\": \"script\", " FRAME ", " METRIC
        ", \"options\": [{\"name\": \"speed\", \"type\": \"rate\", \"help\": \"h\", \"fallback\":"
        " \"10/s\"}, {\"name\": \"phases\", \"type\": \"records\", \"help\": \"h\", \"fallback\": "
        "\"\","
        " \"records\": {\"form\": \"named\", \"what\": \"a phase\", \"options\":"
        " [{\"name\": \"duration\", \"type\": \"time\", \"help\": \"h\"},"
        " {\"name\": \"steps\", \"type\": \"records\", \"help\": \"h\", \"fallback\": \"\", "
        "\"records\":"
        " {\"form\": \"list\", \"what\": \"a step\", \"bare\": \"path\", \"options\":"
        " [{\"name\": \"path\", \"type\": \"text\", \"help\": \"h\"}]}}]}}]}");
    const char *path = bench_script(&bench, describe,
                                    "cat >request\n"
                                    "echo '{\"metric\": \"ops\", \"value\": 1}'\n"
                                    "echo '{\"done\": true}'");
    bool added = registry_add_plugin(&bench.registry, path, &bench.diags);
    if (!added) fail_msg("%s", bench.diags.items[0].message);
    const struct probe *probe = registry_find(&bench.registry, "script");
    struct yaml_node *root = NULL;
    static const char text[] = "phases: {peak: {duration: 5s, steps: [/a, {path: /b}]}}\n";
    assert_true(
        yaml_read(bench.arena, "b", text, strlen(text), &yaml_bounds_default, &root, &bench.diags));
    const struct field_context context = {bench.arena, 1000, &bench.diags};
    void *config = arena_alloc(bench.arena, probe->config_size);
    assert_true(bind_map(&context, probe->options, probe->option_count, probe->option_size, root,
                         NO_PLACE, config));
    struct metrics metrics;
    struct session_plan plan = {.probe = probe,
                                .config = config,
                                .targets = {(const char *const[]){"x"}, 1},
                                .directory = bench.folder,
                                .cancel_fd = -1};
    assert_true(session_check(bench.arena, &plan, &metrics, &bench.diags));
    plan.metrics = &metrics;
    struct session *session = session_open(bench.arena, &plan);
    assert_true(session_run(session, clock_now() + UINT64_C(60000000000)));
    session_close(session);
    const char *bytes;
    size_t length;
    assert_true(file_read(bench.arena, scratch_path(bench.arena, bench.folder, "request"), 4096,
                          &bytes, &length, &bench.diags));
    static const char *const parts[] = {"\"speed\": 10", "\"peak\"", "\"duration\": 5",
                                        "\"path\": \"/a\"", "\"path\": \"/b\""};
    for (size_t i = 0; i < array_length(parts); i++)
        if (!strstr(bytes, parts[i])) fail_msg("no %s in %s", parts[i], bytes);
    bench_end(&bench);
}

static void test_crash_shows_the_last_words(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *path =
        bench_script(&bench, NULL, "echo first >&2; echo 'out of paper' >&2; exit 1");
    assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
    struct measured measured =
        bench_measure(&bench, registry_find(&bench.registry, "script"), "x", NULL, 1);
    assert_string_equal(measured_error(&measured)->hint, "It said: out of paper");
    bench_end(&bench);
}

static void test_timeout(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *path = bench_script(&bench, NULL, "sleep 1000");
    assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
    const struct probe *probe = registry_find(&bench.registry, "script");
    const struct metrics *none = &(struct metrics){0};
    struct metrics metrics = *none;
    static const char *const target[] = {"x"};
    static const int64_t config[2] = {3};
    struct session_plan plan = {.probe = probe,
                                .config = config,
                                .targets = {target, 1},
                                .directory = bench.folder,
                                .metrics = &metrics,
                                .cancel_fd = -1};
    assert_true(session_check(bench.arena, &plan, &metrics, &bench.diags));
    struct session *session = session_open(bench.arena, &plan);
    assert_false(session_run(session, clock_now() + 100000000));
    session_close(session);
    assert_int_equal(session_measurement(session)->problems.items[0].code, PROBE_FAILED_TIMEOUT);
    bench_end(&bench);
}

static void test_files_that_are_none(void **state) {
    (void)state;
    skip_under_valgrind();
    struct bench bench;
    bench_begin(&bench);
    expect_refused(&bench, scratch_path(bench.arena, bench.folder, "nosuch"), PLUGIN_FILE,
                   "cannot be opened");
    bench.diags = diags_begin(bench.arena);
    expect_refused(&bench, bench.folder, PLUGIN_FILE, "not a regular file");
    bench.diags = diags_begin(bench.arena);
    const char *fifo = scratch_path(bench.arena, bench.folder, "fifo");
    assert_int_equal(mkfifo(fifo, 0700), 0);
    expect_refused(&bench, fifo, PLUGIN_FILE, "not a regular file");
    bench.diags = diags_begin(bench.arena);
    const char *plain = scratch_write(bench.arena, bench.folder, "plain", "hello\n");
    assert_int_equal(chmod(plain, 0644), 0);
    expect_refused(&bench, plain, PLUGIN_FILE, "nor executable");
    bench.diags = diags_begin(bench.arena);
    const char *odd = scratch_write(bench.arena, bench.folder, "odd", "\177ELF");
    assert_int_equal(chmod(odd, 0755), 0);
    expect_refused(&bench, odd, PLUGIN_FILE, "could not start");
    bench_end(&bench);
}

static void test_unsafe_files(void **state) {
    (void)state;
    static const mode_t modes[] = {0775, 0757, 0777};
    for (size_t i = 0; i < array_length(modes); i++) {
        struct bench bench;
        bench_begin(&bench);
        const char *path = bench_script(&bench, NULL, NULL);
        assert_int_equal(chmod(path, modes[i]), 0);
        expect_refused(&bench, path, PLUGIN_UNSAFE, "others could change the file");
        assert_int_equal(diags_exit_code(&bench.diags), 5);
        bench_end(&bench);
    }
}

/* The folder, with or without the sticky bit, directly and through a symlink from a safe one. */
static void test_unsafe_folders(void **state) {
    (void)state;
    static const struct {
        mode_t mode;
        bool loads;
    } rows[] = {{0700, true}, {0755, true}, {0777, false}, {01777, true}, {0775, true}};
    for (size_t i = 0; i < array_length(rows); i++) {
        struct bench bench;
        bench_begin(&bench);
        const char *inner = scratch_path(bench.arena, bench.folder, "inner");
        assert_int_equal(mkdir(inner, 0700), 0);
        const char *path = bench_script(&bench, NULL, NULL);
        const char *moved = scratch_path(bench.arena, inner, "plugin");
        assert_int_equal(rename(path, moved), 0);
        assert_int_equal(symlink(moved, path), 0);
        assert_int_equal(chmod(inner, rows[i].mode), 0);
        if (rows[i].loads)
            assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
        else
            expect_refused(&bench, path, PLUGIN_UNSAFE, "the folder");
        bench_end(&bench);
    }
}

static void test_registry(void **state) {
    (void)state;
    struct bench bench;
    bench_begin(&bench);
    const char *const *names = registry_names(&bench.registry, bench.arena);
    for (size_t i = 0; i < bench.registry.count; i++) {
        assert_ptr_equal(registry_find(&bench.registry, names[i]), bench.registry.probes[i]);
        assert_null(bench.registry.origins[i]);
        assert_false(probe_is_foreign(bench.registry.probes[i]));
    }
    assert_null(names[bench.registry.count]);
    assert_null(registry_find(&bench.registry, "nosuch"));
    const char *path = bench_script(&bench, NULL, NULL);
    assert_true(registry_add_plugin(&bench.registry, path, &bench.diags));
    assert_string_equal(bench.registry.origins[bench.registry.count - 1], path);
    const struct library_version *libraries = builtin_libraries(bench.arena);
    size_t count = 0;
    for (; libraries[count].name; count++) assert_true(*libraries[count].version != '\0');
    assert_int_equal(count, 3);
    bench_end(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_shared_objects),
        cmocka_unit_test(test_shared_object_measures),
        cmocka_unit_test(test_shared_object_without_a_number),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_answer_counts),
        cmocka_unit_test(test_records_are_described_and_sent),
        cmocka_unit_test(test_crash_shows_the_last_words),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_files_that_are_none),
        cmocka_unit_test(test_unsafe_files),
        cmocka_unit_test(test_unsafe_folders),
    };
    process_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
