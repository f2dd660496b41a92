#include "fake_probe.h"

#include "probe/labels.h"
#include "probe/record.h"

/* What was emitted, row by row; a run ends with RUN. */
struct emission {
    const char *label; /* "a" or "a b", by dimension; "" the whole; "- b" the second alone */
    double value;
};
#define RUN \
    { NULL, 0 }

struct selected {
    const char *label;
    const char *samples; /* numbers with blanks between, `|` between runs */
};

static const struct probe_dimension two[] = {{"first", "h", false}, {"second", "h", false}, {0}};

static probe_label_id label_of(struct record *record, const char *text) {
    static const char *const names[] = {"first", "second"};
    const char *problem;
    probe_label_id label = 0;
    for (int d = 0; *text; d++) {
        size_t length = strcspn(text, " ");
        const char *word = text_copy_bytes(record->arena, text, length);
        if (strcmp(word, "-") != 0)
            label = labels_add(&record->labels, label, names[d], word, &problem);
        text += length + (text[length] == ' ');
    }
    return label;
}

static const char *series_text(struct arena *arena, const struct series *series) {
    struct text out = text_begin(arena);
    for (size_t run = 0, i = 0; run < series->runs; run++) {
        if (run) text_add(&out, "|");
        for (size_t start = i; i < series->run_ends[run]; i++)
            text_add_format(&out, "%s%g", i > start ? " " : "", series->samples[i]);
    }
    return out.data;
}

static void measure(struct record *record, const struct emission *rows, size_t count,
                    struct measurement *measurement) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].label)
            assert_null(record_value(record, 0, label_of(record, rows[i].label), rows[i].value));
        else
            assert_null(record_run_end(record));
    }
    *measurement = (struct measurement){.metrics = record->metrics, .runs = record->runs};
    measurement->series = record_series(record, &measurement->count);
}

struct fold_case {
    enum probe_fold fold;
    enum probe_nature nature;
    unsigned named;
    struct emission rows[12];
    size_t count;
    struct selected expected[4];
};

static const struct fold_case cases[] = {
    /* the whole of one dimension and more */
    {PROBE_FOLD_SUM, PROBE_EXACT, 0, {{"a", 1}, {"b", 2}, RUN}, 3, {{"", "3"}}},
    {PROBE_FOLD_MAX, PROBE_EXACT, 0, {{"a", 1}, {"b", 2}, RUN}, 3, {{"", "2"}}},
    {PROBE_FOLD_MAX, PROBE_EXACT, 0, {{"a", -1}, {"b", -2}, RUN}, 3, {{"", "-1"}}},
    {PROBE_FOLD_POOL, PROBE_NOISY, 0, {{"a", 1}, {"b", 2}, RUN}, 3, {{"", "1 2"}}},
    {PROBE_FOLD_NONE, PROBE_NOISY, 0, {{"a", 1}, {"b", 2}, RUN}, 3, {{NULL, NULL}}},
    /* run by run */
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     0,
     {{"a", 1}, {"b", 2}, RUN, {"b", 2}, {"a", 1}, RUN},
     6,
     {{"", "3|3"}}},
    {PROBE_FOLD_POOL,
     PROBE_NOISY,
     0,
     {{"a", 1}, {"b", 2}, RUN, {"b", 3}, {"b", 4}, RUN, {"a", 5}, RUN},
     8,
     {{"", "1 2|3 4|5"}}},
    /* noisy: first with first, second with second */
    {PROBE_FOLD_SUM,
     PROBE_NOISY,
     0,
     {{"a", 1}, {"a", 2}, {"b", 10}, {"b", 20}, RUN, {"b", 30}, {"a", 3}, RUN},
     8,
     {{"", "11 22|33"}}},
    {PROBE_FOLD_SUM, PROBE_NOISY, 0, {{"a", 1}, {"a", 2}, {"b", 10}, RUN}, 4, {{"", "11 2"}}},
    {PROBE_FOLD_MAX,
     PROBE_NOISY,
     0,
     {{"a", 1}, {"a", 25}, {"b", 10}, {"b", 20}, RUN},
     5,
     {{"", "10 25"}}},
    /* the probe's own whole wins */
    {PROBE_FOLD_SUM, PROBE_EXACT, 0, {{"", 100}, {"a", 1}, {"b", 2}, RUN}, 4, {{"", "100"}}},
    {PROBE_FOLD_NONE, PROBE_NOISY, 0, {{"", 100}, {"a", 1}, RUN}, 3, {{"", "100"}}},
    /* labels named: sorted, the whole left out */
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     1,
     {{"", 100}, {"b", 2}, {"a", 1}, RUN},
     4,
     {{"first:a", "1"}, {"first:b", "2"}}},
    {PROBE_FOLD_NONE,
     PROBE_NOISY,
     1,
     {{"b", 2}, {"a", 1}, RUN},
     3,
     {{"first:a", "1"}, {"first:b", "2"}}},
    /* two dimensions, one named: the other is folded */
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     1,
     {{"a x", 1}, {"a y", 2}, {"b x", 4}, RUN},
     4,
     {{"first:a", "3"}, {"first:b", "4"}}},
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     2,
     {{"a x", 1}, {"a y", 2}, {"b x", 4}, RUN},
     4,
     {{"second:x", "5"}, {"second:y", "2"}}},
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     3,
     {{"a x", 1}, {"a y", 2}, {"b x", 4}, RUN},
     4,
     {{"first:a second:x", "1"}, {"first:a second:y", "2"}, {"first:b second:x", "4"}}},
    {PROBE_FOLD_NONE, PROBE_NOISY, 1, {{"a x", 1}, {"a y", 2}, RUN}, 3, {{NULL, NULL}}},
    /* one label has a series of its own, the other is folded from finer ones */
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     1,
     {{"a", 50}, {"a x", 1}, {"b x", 4}, {"b y", 5}, RUN},
     5,
     {{"first:a", "50"}, {"first:b", "9"}}},
    /* nothing is counted twice where labels of different fineness overlap */
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     0,
     {{"a", 3}, {"a x", 1}, {"a y", 2}, {"b", 4}, RUN},
     5,
     {{"", "7"}}},
    {PROBE_FOLD_SUM,
     PROBE_EXACT,
     2,
     {{"a", 3}, {"- x", 8}, {"a x", 1}, RUN},
     4,
     {{"second:x", "8"}}},
    {PROBE_FOLD_SUM, PROBE_EXACT, 0, {RUN}, 1, {{NULL, NULL}}},
};

static void test_folding(void **state) {
    (void)state;
    for (size_t c = 0; c < array_length(cases); c++) {
        struct arena *arena = arena_new();
        const struct probe_metric metric = {
            .name = "m", .dimensions = two, .nature = cases[c].nature, .fold = cases[c].fold};
        const struct probe_metric *items[] = {&metric};
        const struct metrics metrics = {.items = items, .count = 1};
        struct record record;
        struct measurement measurement;
        record_begin(&record, arena, arena, &metrics);
        measure(&record, cases[c].rows, cases[c].count, &measurement);
        struct series *found;
        size_t count, expected = 0;
        measurement_select(arena, &measurement, 0, cases[c].named, &found, &count);
        while (expected < 4 && cases[c].expected[expected].label) expected++;
        if (count != expected) fail_msg("case %zu: %zu series, not %zu", c, count, expected);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(series_label(arena, &metric, &found[i]),
                                cases[c].expected[i].label);
            const char *samples = series_text(arena, &found[i]);
            if (strcmp(samples, cases[c].expected[i].samples) != 0)
                fail_msg("case %zu: %s, not %s", c, samples, cases[c].expected[i].samples);
        }
        arena_free(arena);
    }
}

static void test_rates_join(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    const struct probe_metric metric = {.name = "m",
                                        .dimensions = two,
                                        .unit = PROBE_RATIO,
                                        .nature = PROBE_NOISY,
                                        .fold = PROBE_FOLD_SUM};
    const struct probe_metric *items[] = {&metric};
    const struct metrics metrics = {.items = items, .count = 1};
    struct record record;
    record_begin(&record, arena, arena, &metrics);
    assert_null(record_rate(&record, 0, label_of(&record, "a"), 1, 10));
    assert_null(record_rate(&record, 0, label_of(&record, "b"), 2, 30));
    assert_null(record_rate(&record, 0, label_of(&record, "c"), 0, 0));
    assert_null(record_unbounded(&record, 0, label_of(&record, "d")));
    assert_null(record_run_end(&record));
    struct measurement measurement = {.metrics = &metrics, .runs = 1};
    measurement.series = record_series(&record, &measurement.count);
    struct series *found;
    size_t count;
    measurement_select(arena, &measurement, 0, 0, &found, &count);
    assert_int_equal(count, 1);
    assert_int_equal(found[0].k, 3);
    assert_int_equal(found[0].n, 40);
    assert_true(found[0].unbounded);
    arena_free(arena);
}

static void test_copy_outlives_its_source(void **state) {
    (void)state;
    struct arena *source = arena_new(), *arena = arena_new();
    const struct probe_metric metric = {.name = "m", .dimensions = two, .fold = PROBE_FOLD_SUM};
    const struct probe_metric *items[] = {&metric};
    const struct metrics metrics = {.items = items, .count = 1};
    struct record record;
    struct measurement measurement;
    record_begin(&record, source, source, &metrics);
    static const struct emission rows[] = {{"a", 1}, {"b", 2}, RUN};
    measure(&record, rows, array_length(rows), &measurement);
    const char *method = text_copy(source, "method");
    measurement.methods = &method;
    measurement.problems = diags_begin(source);
    diag_warning(&measurement.problems, PROBE_REMARKED, NO_PLACE, NULL, "remark");
    struct measurement *copy = measurement_copy(arena, &measurement);
    arena_free(source);
    assert_int_equal(copy->count, 2);
    assert_string_equal(copy->series[1].labels[0], "b");
    assert_true(copy->series[1].samples[0] == 2);
    assert_int_equal(copy->series[1].run_ends[0], 1);
    assert_string_equal(copy->methods[0], "method");
    assert_string_equal(copy->problems.items[0].message, "remark");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_rates_join),
        cmocka_unit_test(test_copy_outlives_its_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
