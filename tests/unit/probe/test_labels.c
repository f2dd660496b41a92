#include "fake_probe.h"

#include "probe/labels.h"
#include "probe/record.h"

enum { MANY = 60000 };

static void test_each_label_is_kept_once(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct labels labels = labels_begin(arena, arena);
    const char *problem;
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < MANY; i++) {
            const char *name = text_format(arena, "function %u", i);
            assert_int_equal(labels_add(&labels, 0, "function", name, &problem), i + 1);
        }
    assert_int_equal(labels.count, MANY);
    assert_string_equal(labels_find(&labels, 7)->values[0], "function 6");
    assert_null(labels_find(&labels, 0));
    assert_null(labels_find(&labels, MANY + 1));
    arena_free(arena);
}

static void test_texts_are_copied(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct labels labels = labels_begin(arena, arena);
    const char *problem;
    char dimension[] = "file", value[] = "a";
    probe_label_id label = labels_add(&labels, 0, dimension, value, &problem);
    dimension[0] = value[0] = '?';
    assert_string_equal(labels_find(&labels, label)->dimensions[0], "file");
    assert_string_equal(labels_find(&labels, label)->values[0], "a");
    arena_free(arena);
}

static void test_values_do_not_run_together(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct labels labels = labels_begin(arena, arena);
    const char *problem;
    probe_label_id one =
        labels_add(&labels, labels_add(&labels, 0, "a", "x", &problem), "b", "yz", &problem);
    probe_label_id two =
        labels_add(&labels, labels_add(&labels, 0, "a", "xy", &problem), "b", "z", &problem);
    assert_int_not_equal(one, two);
    assert_int_not_equal(labels_add(&labels, 0, "a", "", &problem), 0);
    arena_free(arena);
}

static void test_bounds(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct labels labels = labels_begin(arena, arena);
    const char *problem;
    char *longest = arena_alloc(arena, LABEL_BYTES_MAX + 2);
    memset(longest, 'x', LABEL_BYTES_MAX);
    assert_int_not_equal(labels_add(&labels, 0, "file", longest, &problem), 0);
    longest[LABEL_BYTES_MAX] = 'x';
    assert_int_equal(labels_add(&labels, 0, "file", longest, &problem), 0);
    assert_non_null(problem);
    probe_label_id label = 0;
    for (int i = 0; i < METRIC_DIMENSIONS_MAX; i++)
        label = labels_add(&labels, label, text_format(arena, "d%d", i), "v", &problem);
    assert_int_not_equal(label, 0);
    assert_int_equal(labels_add(&labels, label, "d9", "v", &problem), 0);
    for (int i = 0; i < LABEL_NAMES_MAX; i++)
        labels_add(&labels, 0, text_format(arena, "n%d", i), "v", &problem);
    assert_non_null(problem);
    labels.count = LABELS_MAX; /* as if there were that many */
    assert_int_equal(labels_add(&labels, 0, "file", "one more", &problem), 0);
    assert_non_null(problem);
    arena_free(arena);
}

static void test_table_finds_all_of_a_hash(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct table table = {0};
    size_t at = 0;
    assert_int_equal(table_next(&table, 1, &at), 0);
    for (uint32_t i = 1; i <= 100; i++) table_add(arena, &table, i % 3, i);
    uint32_t sum = 0, number;
    for (at = 0; (number = table_next(&table, 2, &at));) sum += number;
    uint32_t expected = 0;
    for (uint32_t i = 2; i <= 100; i += 3) expected += i;
    assert_int_equal(sum, expected);
    arena_free(arena);
}

static void test_many_series(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    const struct probe_metric *items[] = {&fake_metrics[EXACT]};
    const struct metrics metrics = {.items = items, .count = 1};
    struct record record;
    const char *problem;
    record_begin(&record, arena, arena, &metrics);
    for (uint32_t i = MANY; i > 0; i--) {
        probe_label_id label =
            labels_add(&record.labels, 0, "file", text_format(arena, "%06u", i), &problem);
        assert_null(record_value(&record, 0, label, i));
    }
    assert_null(record_run_end(&record));
    struct measurement measurement = {.metrics = &metrics, .runs = 1};
    measurement.series = record_series(&record, &measurement.count);
    assert_int_equal(measurement.count, MANY);
    assert_string_equal(measurement.series[0].labels[0], "000001");
    struct series *found;
    size_t count;
    measurement_select(arena, &measurement, 0, 0, &found, &count);
    assert_int_equal(count, 1);
    assert_true(found[0].samples[0] == MANY * (MANY + 1.0) / 2);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_label_is_kept_once),    cmocka_unit_test(test_texts_are_copied),
        cmocka_unit_test(test_values_do_not_run_together), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_table_finds_all_of_a_hash),  cmocka_unit_test(test_many_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
