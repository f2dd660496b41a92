#include "read_again.h"

/* Names of design section 5, which never change. */
static const char *const promised[] = {
    "/schema",
    "/complete",
    "/verdict",
    "/exit_code",
    "/tool/name",
    "/tool/version",
    "/project",
    "/profiles",
    "/started_at",
    "/duration",
    "/environment/fingerprint",
    "/environment/host",
    "/environment/os",
    "/environment/kernel",
    "/environment/cpu",
    "/environment/cores",
    "/environment/memory",
    "/environment/load/2",
    "/environment/pressure/cpu",
    "/environment/pressure/io",
    "/environment/pressure/memory",
    "/environment/spawn",
    "/environment/libraries/zlib",
    "/environment/revision",
    "/environment/branch",
    "/environment/ci",
    "/files/0/path",
    "/files/0/sha256",
    "/summary/pass",
    "/summary/warn",
    "/summary/waived",
    "/summary/inconclusive",
    "/summary/fail",
    "/summary/error",
    "/summary/skipped",
    "/budgets/0/id",
    "/budgets/0/title",
    "/budgets/0/why",
    "/budgets/0/fix",
    "/budgets/0/owner",
    "/budgets/0/tags",
    "/budgets/0/severity",
    "/budgets/0/probe",
    "/budgets/0/target",
    "/budgets/0/verdict",
    "/budgets/0/location/file",
    "/budgets/0/location/line",
    "/budgets/0/location/column",
    "/budgets/0/duration",
    "/budgets/0/runs",
    "/budgets/0/metrics/0/metric",
    "/budgets/0/metrics/1/labels/file",
    "/budgets/0/metrics/0/folded",
    "/budgets/0/metrics/0/unit",
    "/budgets/0/metrics/0/better",
    "/budgets/0/metrics/0/nature",
    "/budgets/0/metrics/0/count",
    "/budgets/0/metrics/0/value",
    "/budgets/0/metrics/0/method",
    "/budgets/1/metrics/0/min",
    "/budgets/1/metrics/0/max",
    "/budgets/1/metrics/0/mean",
    "/budgets/1/metrics/0/stddev",
    "/budgets/1/metrics/0/median",
    "/budgets/1/metrics/0/p90",
    "/budgets/1/metrics/0/p95",
    "/budgets/1/metrics/0/p99",
    "/budgets/1/metrics/0/samples/99",
    "/budgets/0/limits/0/limit",
    "/budgets/0/limits/0/kind",
    "/budgets/0/limits/0/metric",
    "/budgets/0/limits/0/labels",
    "/budgets/0/limits/0/pattern",
    "/budgets/0/limits/0/matched",
    "/budgets/0/limits/0/broken",
    "/budgets/0/limits/0/statistic",
    "/budgets/0/limits/0/operator",
    "/budgets/0/limits/0/bound",
    "/budgets/0/limits/0/unit",
    "/budgets/0/limits/0/observed",
    "/budgets/0/limits/0/headroom",
    "/budgets/0/limits/0/interval",
    "/budgets/0/limits/0/confidence",
    "/budgets/0/limits/0/test/name",
    "/budgets/0/limits/0/verdict",
    "/budgets/0/limits/0/effect",
    "/budgets/0/limits/0/baseline",
    "/budgets/0/limits/0/change",
    "/budgets/0/limits/0/reason",
    "/budgets/0/limits/0/location/line",
    "/budgets/0/attribution/0/metric",
    "/budgets/0/attribution/0/kind",
    "/budgets/0/attribution/0/name",
    "/budgets/0/attribution/0/value",
    "/budgets/0/attribution/0/unit",
    "/budgets/0/attribution/0/change",
    "/budgets/0/diagnostics",
    "/diagnostics",
};

static void test_promised_members(void **state) {
    struct world *world = *state;
    const char *text = report_json(world->s.arena, &world->s.report), *problem;
    json *root = json_read(world->s.arena, text, strlen(text), &problem);
    for (size_t i = 0; i < array_length(promised); i++)
        if (!json_at(root, promised[i])) fail_msg("%s is missing", promised[i]);
    assert_string_equal(json_text(json_at(root, "/schema"), ""), "perfbudget.report/1");
    assert_true(json_number(json_at(root, "/budgets/0/limits/0/observed"), 0) == 113456);
    assert_true(json_number(json_at(root, "/budgets/0/limits/0/headroom"), 0) == -0.13456);
    assert_true(json_is_null(json_at(root, "/budgets/0/limits/0/interval")));
    assert_string_equal(json_text(json_at(root, "/budgets/0/attribution/0/name"), ""),
                        "dist/app.js");
    json_free(root);
}

static void test_comes_back_byte_for_byte(void **state) {
    struct world *world = *state;
    const char *text = report_json(world->s.arena, &world->s.report);
    expect_read(world, text);
    assert_string_equal(report_json(world->s.arena, &world->read), text);
}

static void test_random_runs_judge_the_same(void **state) {
    struct world *world = *state;
    static const char *const keys[] = {"wall.p95", "wall.median", "wall.mean", "wall.max"};
    for (unsigned round = 0; round < 40; round++) {
        sample_begin(&world->s, world->s.arena);
        world->s.seed = round;
        struct budget *budget = sample_budget(&world->s, "random");
        size_t runs = 1 + (size_t)(sample_random(&world->s) * 200);
        struct measurement *measurement = sample_measurement(&world->s, budget, runs);
        struct series *series = sample_series(&world->s, measurement, "wall", NULL, NULL);
        sample_noise(&world->s, series, runs, 0, 1e-9 + sample_random(&world->s));
        for (size_t i = 0; i < array_length(keys); i++)
            sample_limit(&world->s, budget, keys[i], LIMIT_AT_MOST, sample_random(&world->s));
        sample_finish(&world->s);
        test_judges_the_same(state);
    }
}

static void test_cut_anywhere_is_never_read(void **state) {
    struct world *world = *state;
    sample_begin(&world->s, world->s.arena);
    struct budget *budget = sample_budget(&world->s, "small");
    struct measurement *measurement = sample_measurement(&world->s, budget, 1);
    sample_add(&world->s, sample_series(&world->s, measurement, "files", NULL, NULL), 3);
    sample_limit(&world->s, budget, "files", LIMIT_AT_MOST, 3);
    sample_finish(&world->s);
    const char *text = report_json(world->s.arena, &world->s.report);
    for (size_t length = 0; length + 1 < strlen(text); length++) {
        struct arena *scratch = arena_new();
        struct diags diags = diags_begin(scratch);
        const char *path = scratch_write(scratch, world->folder, "cut.json",
                                         text_copy_bytes(scratch, text, length));
        bool good = report_read(scratch, path, &world->read, &world->set, &world->evidence,
                                &world->stored, &diags);
        int code = diags_exit_code(&diags);
        arena_free(scratch);
        if (good) fail_msg("read when cut at byte %zu", length);
        assert_int_equal(code, DIAG_CONFIG);
    }
    expect_read(world, text);
}

static void test_refuses(void **state) {
    struct world *world = *state;
    const char *text = report_json(world->s.arena, &world->s.report);
    static const struct {
        const char *from, *to;
        enum diag_code code;
    } rows[] = {
        {"\"complete\": true", "\"complete\": false", REPORT_INCOMPLETE},
        {"\"complete\": true", "\"complete\": 1", REPORT_MEMBER},
        {"\"complete\": true,", "", REPORT_MEMBER},
        {"perfbudget.report/1", "perfbudget.report/2", REPORT_SCHEMA},
        {"\"schema\": \"perfbudget.report/1\",", "", REPORT_SCHEMA},
        {"{", "[", REPORT_JSON},
        {"\"budgets\"", "\"budget\"", REPORT_MEMBER},
        {"\"exit_code\": 3", "\"exit_code\": 2.5", REPORT_MEMBER},
        {"\"exit_code\": 3", "\"exit_code\": 300", REPORT_MEMBER},
        {"\"confidence\": 0.95", "\"confidence\": 1", REPORT_MEMBER},
        {"\"severity\": \"fail\"", "\"severity\": \"none\"", REPORT_MEMBER},
        {"\"probe\": \"sample\"", "\"probe\": null", REPORT_MEMBER},
        {"\"of\": \"startup\"", "\"of\": \"nothing\"", REPORT_MEMBER},
        {"\"of\": \"startup\"", "\"of\": \"startup-again\"", REPORT_MEMBER},
        {"\"id\": \"startup\"", "\"id\": \"bundle-size\"", REPORT_MEMBER},
        {"\"kilobyte\": 1024", "\"kilobyte\": 3", REPORT_MEMBER},
        {"\"metric\": \"gzip\"", "\"metric\": \"zip\"", BUDGET_LIMIT_METRIC},
        {"\"max\": 1,", "\"max\": 1e18,", REPORT_MEMBER},
        {"\"count\": 1,", "\"count\": 7,", REPORT_MEMBER},
        {"\"k\": 3,", "\"k\": 20001,", REPORT_MEMBER},
        {"\"k\": 3,", "\"k\": 4,", REPORT_MEMBER},
        {"\"trials\": [5000, 1", "\"trials\": [5001, 1", REPORT_MEMBER},
        {"\"trials\": [5000, 1", "\"trials\": [5001, 0", REPORT_MEMBER},
        {"\"trials\": [5000, 1", "\"trials\": [\"a\", 1", REPORT_MEMBER},
        {"\"trials\": [5000, 1,", "\"trials\": [5001,", REPORT_MEMBER},
        {"\"samples\": [0, 1, 0", "\"samples\": [0, 2, 0", REPORT_MEMBER},
        {"\"limit\": \"gzip\"", "\"limit\": \"gzip[\"", BUDGET_LIMIT_KEY},
        {"\"bound\": 100000", "\"bound\": null", REPORT_MEMBER},
        {"\"operator\": \"<=\"", "\"operator\": \"==\"", REPORT_MEMBER},
        {"\"run_ends\": [60, 120]", "\"run_ends\": [121]", REPORT_MEMBER},
        {"\"run_ends\": [60, 120]", "\"run_ends\": [60]", REPORT_MEMBER},
        {"\"run_ends\": [60, 120]", "\"run_ends\": [70, 60, 120]", REPORT_MEMBER},
        {"\"until\": \"2027-01-31\"", "\"until\": \"soon\"", REPORT_MEMBER},
        {"\"labels\": {\n            \"file\"", "\"labels\": {\n            \"fole\"",
         REPORT_MEMBER},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        world->diags = diags_begin(world->s.arena);
        if (reads(world, replaced(world->s.arena, text, rows[i].from, rows[i].to)))
            fail_msg("read with %s", rows[i].to);
        const struct diag *last = &world->diags.items[world->diags.count - 1];
        if (last->code != rows[i].code) fail_msg("%s: %s", rows[i].to, last->message);
    }
    assert_int_equal(diag_codes[REPORT_INCOMPLETE].class, DIAG_UNMEASURED);
    assert_false(report_read(world->s.arena, world->folder, &world->read, &world->set,
                             &world->evidence, &world->stored, &world->diags));
}

/* Bytes changed at random: refused or read, and what is read can be judged and written again. */
static void test_random_damage(void **state) {
    struct world *world = *state;
    const char *text = report_json(world->s.arena, &world->s.report);
    struct sample dice = {.seed = 7};
    size_t length = strlen(text);
    for (int round = 0; round < 300; round++) {
        struct arena *scratch = arena_new();
        char *copy = arena_alloc(scratch, length + 1);
        memcpy(copy, text, length);
        static const char signs[] = "0123456789-e.\"{}[],:nul truefalsx";
        for (int i = 0; i < 2; i++)
            copy[(size_t)(sample_random(&dice) * (double)length)] =
                signs[(size_t)(sample_random(&dice) * (double)(sizeof signs - 1))];
        struct diags diags = diags_begin(scratch);
        const char *path = scratch_write(scratch, world->folder, "damaged.json", copy);
        if (report_read(scratch, path, &world->read, &world->set, &world->evidence, &world->stored,
                        &diags)) {
            struct verdicts again;
            struct arena *kept = world->s.arena;
            world->s.arena = scratch;
            judge_again(world, &again);
            world->s.arena = kept;
            world->read.verdicts = &again;
            const struct report_text_options options = {.columns = 80, .verbose = true};
            assert_non_null(report_json(scratch, &world->read));
            assert_non_null(report_text(scratch, &world->read, &options));
        } else {
            assert_true(diags.errors > 0);
        }
        arena_free(scratch);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_promised_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_comes_back_byte_for_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_judges_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random_runs_judge_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_anywhere_is_never_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random_damage, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
