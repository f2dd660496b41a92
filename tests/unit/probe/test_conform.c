#include "fake_probe.h"

#include "probe/registry.h"

struct config {
    int64_t count;
    const char *word;
    int which;
};

static const char *const choices[] = {"one", "two", NULL};
static const char *const no_choices[] = {NULL};

static bool sample_nothing(struct probe_run *run) {
    (void)run;
    return true;
}

static const struct probe_option options[] = {
    {PROBE_OPTION(struct config, PROBE_INTEGER, count), .fallback = "3", .min = 1, .max = 9,
     .help = "h"},
    {PROBE_OPTION(struct config, PROBE_TEXT, word), .fallback = "", .help = "h"},
    {PROBE_OPTION(struct config, PROBE_CHOICE, which), .fallback = "two", .choices = choices,
     .help = "h"},
};

/* A probe that keeps all rules, to be spoilt in one place. */
static struct probe good_probe(void) {
    return (struct probe){
        .abi = PROBE_ABI,
        .name = "good-probe2",
        .summary = "S.",
        .target_help = "t",
        .metrics = fake_metrics,
        .metric_count = FAKE_METRICS,
        .metric_size = sizeof *fake_metrics,
        .options = options,
        .option_count = array_length(options),
        .option_size = sizeof *options,
        .config_size = sizeof(struct config),
        .sample = sample_nothing,
    };
}

static void expect_problem(const struct probe *probe, enum diag_code code, const char *part) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    assert_false(probe_conforms(probe, "plugin.so", &diags));
    assert_int_equal(diags.errors, 1);
    assert_string_equal(diag_codes[diags.items[0].code].word, diag_codes[code].word);
    assert_string_equal(diags.items[0].place.file, "plugin.so");
    if (!strstr(diags.items[0].message, part))
        fail_msg("message `%s` lacks `%s`", diags.items[0].message, part);
    arena_free(arena);
}

static void test_good(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const struct probe probe = good_probe();
    assert_true(probe_conforms(&probe, NULL, &diags));
    assert_int_equal(diags.count, 0);
    arena_free(arena);
}

static void test_longer_rows_are_fine(void **state) {
    (void)state;
    struct {
        struct probe_metric metric;
        uint64_t later[2];
    } rows[2] = {{.metric = fake_metrics[EXACT], .later = {~0u, ~0u}},
                 {.metric = fake_metrics[NOISY], .later = {~0u, ~0u}}};
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct probe probe = good_probe();
    probe.metrics = &rows[0].metric;
    probe.metric_count = 2;
    probe.metric_size = sizeof rows[0];
    assert_true(probe_conforms(&probe, NULL, &diags));
    struct metrics metrics;
    const struct session_plan plan = {.probe = &probe, .cancel_fd = -1};
    assert_true(session_check(arena, &plan, &metrics, &diags));
    assert_string_equal(metrics.items[1]->name, "wall");
    arena_free(arena);
}

static void test_frame(void **state) {
    (void)state;
    struct probe probe = good_probe();
    probe.abi = 2;
    expect_problem(&probe, PLUGIN_ABI, "version 2");
    static const char *const names[] = {NULL, "", "Size", "1x", "a_b", "a b", "-a"};
    for (size_t i = 0; i < array_length(names); i++) {
        probe = good_probe();
        probe.name = names[i];
        expect_problem(&probe, PROBE_TABLE, "its name");
    }
    static const char *const keys[] = {"limits", "of", "derive", "with", "why", "after", "server"};
    for (size_t i = 0; i < array_length(keys); i++) {
        probe = good_probe();
        probe.name = keys[i];
        expect_problem(&probe, PROBE_TABLE, "is a key of budgets");
    }
    probe = good_probe(), probe.summary = "";
    expect_problem(&probe, PROBE_TABLE, "summary");
    probe = good_probe(), probe.target_help = NULL;
    expect_problem(&probe, PROBE_TABLE, "target_help");
    probe = good_probe(), probe.target = (enum probe_target)3;
    expect_problem(&probe, PROBE_TABLE, "kind of target");
    probe = good_probe(), probe.needs = 32;
    expect_problem(&probe, PROBE_TABLE, "needs");
    probe = good_probe(), probe.needs = PROBE_STREAM;
    expect_problem(&probe, PROBE_TABLE, "`stream` without `once`");
    probe = good_probe(), probe.sample = NULL;
    expect_problem(&probe, PROBE_TABLE, "sample()");
    probe = good_probe(), probe.metric_count = 0;
    expect_problem(&probe, PROBE_TABLE, "no metrics");
    probe = good_probe(), probe.metric_size -= 8;
    expect_problem(&probe, PROBE_TABLE, "too short");
    probe = good_probe(), probe.option_size = 0;
    expect_problem(&probe, PROBE_TABLE, "too short");
    probe = good_probe(), probe.metrics = NULL;
    expect_problem(&probe, PROBE_TABLE, "too short");
    probe = good_probe(), probe.metric_count = SIZE_MAX;
    expect_problem(&probe, PROBE_TABLE, "too many metrics");
    probe = good_probe(), probe.option_count = SIZE_MAX;
    expect_problem(&probe, PROBE_TABLE, "too many options");
}

static void test_metrics(void **state) {
    (void)state;
    struct probe_metric rows[2] = {fake_metrics[EXACT], fake_metrics[EXACT]};
    struct probe probe = good_probe();
    probe.metrics = rows;
    probe.metric_count = 2;
    expect_problem(&probe, PROBE_TABLE, "`bytes` twice");
    rows[1].name = "p99";
    expect_problem(&probe, PROBE_TABLE, "`p99`, which is a statistic");
}

static void test_parts(void **state) {
    (void)state;
    static const char *const exact[] = {"bytes", NULL}, *const noisy[] = {"wall", NULL};
    static const char *const none[] = {"nothing", NULL};
    struct probe_metric rows[2] = {fake_metrics[EXACT], fake_metrics[NOISY]};
    struct probe probe = good_probe();
    probe.metrics = rows;
    probe.metric_count = 2;
    rows[0].parts = exact;
    expect_problem(&probe, PROBE_TABLE, "`bytes` is made of `bytes`, which is no other exact");
    rows[0].parts = noisy;
    expect_problem(&probe, PROBE_TABLE, "`bytes` is made of `wall`, which is no other exact");
    rows[0].parts = none;
    expect_problem(&probe, PROBE_TABLE, "made of `nothing`");
}

static void test_options(void **state) {
    (void)state;
    static const struct {
        struct probe_option option;
        const char *part;
    } rows[] = {
        {{"Count", PROBE_INTEGER, 0, "3", 0, 0, NULL, "h", NULL}, "no lower-case word"},
        {{NULL, PROBE_INTEGER, 0, "3", 0, 0, NULL, "h", NULL}, "no lower-case word"},
        {{"count", (enum probe_type)77, 0, "3", 0, 0, NULL, "h", NULL}, "a type that is unknown"},
        {{"count", PROBE_INTEGER, 0, "3", 0, 0, NULL, "", NULL}, "no help"},
        {{"count", PROBE_INTEGER, 4, "3", 0, 0, NULL, "h", NULL}, "not aligned"},
        {{"count", PROBE_INTEGER, sizeof(struct config), "3", 0, 0, NULL, "h", NULL}, "outside"},
        {{"count", PROBE_INTEGER, SIZE_MAX - 7, "3", 0, 0, NULL, "h", NULL}, "outside"},
        {{"texts", PROBE_TEXTS, 16, "", 0, 0, NULL, "h", NULL}, "outside"},
        {{"count", PROBE_INTEGER, 0, "3", 5, 4, NULL, "h", NULL}, "min above its max"},
        {{"count", PROBE_INTEGER, 0, "3", 0, 0, choices, "h", NULL}, "choices"},
        {{"which", PROBE_CHOICE, 16, "one", 0, 0, NULL, "h", NULL}, "choices"},
        {{"which", PROBE_CHOICE, 16, "one", 0, 0, no_choices, "h", NULL}, "choices"},
        {{"count", PROBE_INTEGER, 0, "many", 0, 0, NULL, "h", NULL}, "fallback"},
        {{"count", PROBE_INTEGER, 0, "10", 1, 9, NULL, "h", NULL}, "fallback"},
        {{"which", PROBE_CHOICE, 16, "three", 0, 0, choices, "h", NULL}, "fallback"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct probe probe = good_probe();
        probe.options = &rows[i].option;
        probe.option_count = 1;
        probe.option_size = sizeof rows[i];
        expect_problem(&probe, PROBE_TABLE, rows[i].part);
    }
    const struct probe_option twice[] = {options[0], options[0]};
    struct probe probe = good_probe();
    probe.options = twice;
    probe.option_count = 2;
    expect_problem(&probe, PROBE_TABLE, "`count` twice");
}

struct entry {
    double duration;
    struct probe_records inner;
};
struct book {
    struct probe_records entries;
};

static const struct probe_option entry_rows[] = {
    {PROBE_OPTION(struct entry, PROBE_TIME, duration), .fallback = "1s", .help = "h"},
};
static const struct probe_record_table entries = {
    .what = "an entry",
    .bare = "duration",
    .options = entry_rows,
    .option_count = array_length(entry_rows),
    .option_size = sizeof *entry_rows,
    .record_size = sizeof(struct entry),
    .form = PROBE_FORM_LIST,
};

static struct probe book_probe(const struct probe_option *row) {
    struct probe probe = good_probe();
    probe.options = row;
    probe.option_count = 1;
    probe.config_size = sizeof(struct book);
    return probe;
}

static void test_records(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    const struct probe_option good = {PROBE_OPTION(struct book, PROBE_RECORDS, entries),
                                      .fallback = "", .help = "h", .records = &entries};
    struct probe probe = book_probe(&good);
    assert_true(probe_conforms(&probe, NULL, &diags));
    arena_free(arena);

    struct probe_option row = good;
    probe = book_probe(&row);
    row.records = NULL;
    expect_problem(&probe, PROBE_TABLE, "are not described");
    row = good, row.fallback = "x";
    expect_problem(&probe, PROBE_TABLE, "have a fallback");
    row = good, probe.option_size -= sizeof row.records;
    expect_problem(&probe, PROBE_TABLE, "in a row that is too short");
    probe = book_probe(&row);
    struct probe_record_table table = entries;
    row.records = &table;
    table.what = "";
    expect_problem(&probe, PROBE_TABLE, "no word for what one is");
    table = entries, table.form = (enum probe_form)3;
    expect_problem(&probe, PROBE_TABLE, "form that is unknown");
    table = entries, table.option_count = 0;
    expect_problem(&probe, PROBE_TABLE, "have no keys");
    table = entries, table.option_count = SIZE_MAX;
    expect_problem(&probe, PROBE_TABLE, "too many keys");
    table = entries, table.bare = "durration";
    expect_problem(&probe, PROBE_TABLE, "`bare`");
    table = entries, table.record_size = 4;
    expect_problem(&probe, PROBE_TABLE, "its option `duration` lies outside");
    table = entries;
    struct probe_option inner = entry_rows[0];
    table.options = &inner;
    inner.fallback = "one";
    expect_problem(&probe, PROBE_TABLE, "fallback");
    /* records of which one holds records like itself */
    inner = (struct probe_option){PROBE_OPTION(struct entry, PROBE_RECORDS, inner), .fallback = "",
                                  .help = "h", .records = &table};
    table.bare = NULL;
    expect_problem(&probe, PROBE_TABLE, "lie too deep");
}

static void test_rows_from_before_records(void **state) {
    (void)state;
    /* a plugin that was built before rows had `records` */
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    _Alignas(struct probe_option) char rows[2][offsetof(struct probe_option, records)];
    for (size_t i = 0; i < 2; i++) memcpy(rows[i], &options[i], sizeof rows[i]);
    struct probe probe = good_probe();
    probe.options = (const struct probe_option *)(const void *)rows;
    probe.option_count = 2;
    probe.option_size = sizeof rows[0];
    assert_true(probe_conforms(&probe, NULL, &diags));
    probe.option_size -= 1;
    expect_problem(&probe, PROBE_TABLE, "too short");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_longer_rows_are_fine),
        cmocka_unit_test(test_frame),   cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_parts),   cmocka_unit_test(test_options),
        cmocka_unit_test(test_records), cmocka_unit_test(test_rows_from_before_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
