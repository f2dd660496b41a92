/* Executable plugins that know a value by its edges only. */
#include "plugin_support.h"

static struct measured answer(struct bench *bench, const char *line) {
    bench_begin(bench);
    const char *path = bench_script(
        bench, NULL,
        text_format(bench->arena, "echo '{\"metric\": \"ops\", %s}'; echo '{\"done\": true}'",
                    line));
    assert_true(registry_add_plugin(&bench->registry, path, &bench->diags));
    return bench_measure(bench, registry_find(&bench->registry, "script"), "x", NULL, 1);
}

static void test_wrong_edges(void **state) {
    (void)state;
    static const struct {
        const char *line;
        enum diag_code code;
        const char *part;
    } rows[] = {
        {"\"low\": 0, \"high\": 1", PROBE_FAILED_DATA, "needs one of"},
        {"\"value\": 0.5, \"high\": 1", PROBE_FAILED_DATA, "together"},
        {"\"value\": 0.5, \"low\": 1", PROBE_FAILED_DATA, "together"},
        {"\"value\": 0.5, \"low\": 0, \"high\": \"1\"", PROBE_FAILED_DATA, "wrong type"},
        {"\"value\": 0.5, \"low\": 0.6, \"high\": 1", PROBE_CONTRACT, "outside of its edges"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct bench bench;
        struct measured measured = answer(&bench, rows[i].line);
        const struct diag *diag = measured_error(&measured);
        if (diag->code != rows[i].code || !strstr(diag->message, rows[i].part))
            fail_msg("row %zu: [%s] %s", i, diag_codes[diag->code].word, diag->message);
        bench_end(&bench);
    }
}

static void test_edges(void **state) {
    (void)state;
    struct bench bench;
    struct measured measured = answer(&bench, "\"value\": 3, \"low\": 2, \"high\": 5");
    assert_false(measured.measurement->missing);
    const struct series *series = &measured.measurement->series[0];
    assert_true(series->between);
    assert_true(series->low == 2 && series->high == 5 && series->samples[0] == 3);
    bench_end(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_edges),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
