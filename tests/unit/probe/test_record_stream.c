/* Streams that are too long to be kept: thinned in order, and counted as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "probe/record.h"

#include <cmocka.h> /* last: its macro `fail` is a word of probe.h */

enum { BOUND = 1000, LONG = 40000 };

static const struct probe_dimension by_phase[] = {{.name = "phase"}, {0}};
static const struct probe_metric rows[] = {
    {.name = "latency",
     .dimensions = by_phase,
     .unit = PROBE_SECONDS,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL},
    {.name = "slices", .unit = PROBE_COUNT, .nature = PROBE_NOISY, .fold = PROBE_FOLD_SUM},
};

struct setup {
    struct arena *arena;
    const struct probe_metric *items[array_length(rows)];
    struct metrics metrics;
    struct record record;
    struct measurement measurement;
};

static struct setup *setup_new(void) {
    struct arena *arena = arena_new();
    struct setup *setup = arena_new_object(arena, struct setup);
    setup->arena = arena;
    for (size_t i = 0; i < array_length(rows); i++) setup->items[i] = &rows[i];
    setup->metrics = (struct metrics){.items = setup->items, .count = array_length(rows)};
    record_begin(&setup->record, arena, arena, &setup->metrics);
    setup->record.stream = BOUND;
    record_run_begin(&setup->record);
    return setup;
}

static probe_label_id phase(struct setup *setup, const char *name) {
    const char *problem;
    probe_label_id label = labels_add(&setup->record.labels, 0, "phase", name, &problem);
    assert_null(problem);
    return label;
}

static void emit(struct setup *setup, probe_label_id label, double value) {
    assert_null(record_value(&setup->record, 0, label, value));
}

static const struct measurement *measured(struct setup *setup) {
    assert_null(record_run_end(&setup->record));
    setup->measurement = (struct measurement){.metrics = &setup->metrics, .runs = 1};
    setup->measurement.methods =
        arena_alloc(setup->arena, array_length(rows) * sizeof *setup->measurement.methods);
    setup->measurement.series = record_series(&setup->record, &setup->measurement.count);
    return &setup->measurement;
}

/* Up to the bound every sample is there. */
static void test_short_is_whole(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    for (size_t i = 0; i < BOUND; i++) emit(setup, 0, (double)i);
    const struct series *series = measured(setup)->series;
    assert_null(series->whole);
    assert_int_equal(series->stride, 1);
    assert_int_equal(series->count, BOUND);
    assert_int_equal(series_count(series), BOUND);
    arena_free(setup->arena);
}

/* Of each stretch of `stride` one sample is kept, in order; all are counted. */
static void test_long_is_thinned(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    for (size_t i = 0; i < LONG; i++) emit(setup, 0, (double)i);
    const struct series *series = measured(setup)->series;
    const struct statistic most = {STATISTIC_MAX, 0}, mean = {STATISTIC_MEAN, 0};
    assert_non_null(series->whole);
    assert_int_equal(series->stride, 64);
    assert_int_equal(series_count(series), LONG);
    assert_true(series->count > BOUND / 2 && series->count <= BOUND);
    assert_int_equal(series->count, LONG / 64);
    for (size_t i = 0; i < series->count; i++) {
        assert_true(series->samples[i] >= (double)(64 * i));
        assert_true(series->samples[i] < (double)(64 * (i + 1)));
    }
    assert_true(series_statistic(series, &most) == LONG - 1);
    assert_true(series_statistic(series, &mean) == (LONG - 1) / 2.0);
    assert_int_equal(series->run_ends[0], series->count);
    arena_free(setup->arena);
}

/* What returns every so many samples keeps its share, whatever the period is. */
static void test_periods_keep_their_share(void **state) {
    (void)state;
    static const size_t periods[] = {4, 16, 64, 250, 256};
    for (size_t p = 0; p < array_length(periods); p++) {
        struct setup *setup = setup_new();
        for (size_t i = 0; i < LONG; i++) emit(setup, 0, i % periods[p] < periods[p] / 4 ? 2 : 1);
        const struct series *series = measured(setup)->series;
        size_t slow = 0;
        for (size_t i = 0; i < series->count; i++) slow += series->samples[i] > 1;
        double share = (double)slow / (double)series->count;
        assert_true(share > 0.18 && share < 0.32);
        arena_free(setup->arena);
    }
}

/* Labels are thinned alike, also one that turns up later, so that together they weigh what they
 * should. */
static void test_labels_weigh_alike(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    probe_label_id warm = phase(setup, "a"), peak = phase(setup, "b");
    for (size_t i = 0; i < LONG; i++) emit(setup, warm, 1);
    for (size_t i = 0; i < LONG / 4; i++) emit(setup, peak, 3);
    const struct measurement *measurement = measured(setup);
    assert_int_equal(measurement->count, 2);
    const struct series *a = &measurement->series[0], *b = &measurement->series[1];
    assert_int_equal(a->stride, b->stride);
    assert_int_equal(series_count(a), LONG);
    assert_int_equal(series_count(b), LONG / 4);
    assert_true(a->count + b->count <= BOUND);
    struct series *found;
    size_t count;
    measurement_select(setup->arena, measurement, 0, 0, &found, &count);
    assert_int_equal(count, 1);
    assert_int_equal(series_count(found), LONG + LONG / 4);
    assert_int_equal(found->count, a->count + b->count);
    assert_int_equal(found->stride, a->stride);
    const struct statistic median = {STATISTIC_QUANTILE, 0.5}, p85 = {STATISTIC_QUANTILE, 0.85};
    assert_true(series_statistic(found, &median) < 1.001);
    assert_true(series_statistic(found, &p85) > 2.99);
    struct arena *other = arena_new();
    struct measurement whole = *measurement;
    whole.methods = arena_alloc(other, array_length(rows) * sizeof *whole.methods);
    whole.problems = diags_begin(other);
    const struct measurement *copy = measurement_copy(other, &whole);
    arena_free(setup->arena);
    assert_int_equal(series_count(&copy->series[0]), LONG);
    arena_free(other);
}

/* Only what is pooled is thinned; sums over labels go by place. */
static void test_others_are_kept(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    for (size_t i = 0; i < 3 * BOUND; i++) assert_null(record_value(&setup->record, 1, 0, 1));
    const struct series *series = measured(setup)->series;
    assert_null(series->whole);
    assert_int_equal(series->count, 3 * BOUND);
    arena_free(setup->arena);
}

static struct series *pooled(struct setup *setup, const struct measurement *measurement) {
    struct series *found;
    size_t count;
    measurement_select(setup->arena, measurement, 0, 0, &found, &count);
    assert_int_equal(count, 1);
    return found;
}

/* Samples of three labels, each its number, in an order that is nobody's turn. */
static const struct measurement *measure_mixed(struct setup *setup, size_t count) {
    const probe_label_id labels[] = {phase(setup, "c"), phase(setup, "a"), phase(setup, "b")};
    setup->record.places = true;
    for (size_t i = 0; i < count; i++) emit(setup, labels[i * i % 7 % 3], (double)i);
    return measured(setup);
}

/* What labels pool is in the order in which it came. */
static void test_pooled_in_order(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    const struct measurement *measurement = measure_mixed(setup, BOUND);
    assert_int_equal(measurement->count, 3);
    const struct series *found = pooled(setup, measurement);
    assert_int_equal(found->count, BOUND);
    for (size_t i = 0; i < BOUND; i++) assert_true(found->samples[i] == (double)i);
    struct arena *other = arena_new();
    const struct series *copied = pooled(setup, measurement_copy(other, measurement));
    for (size_t i = 0; i < BOUND; i++) assert_true(copied->samples[i] == (double)i);
    arena_free(other);
    arena_free(setup->arena);
}

/* .. also where only some of it was kept. */
static void test_thinned_in_order(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    const struct series *found = pooled(setup, measure_mixed(setup, LONG));
    assert_true(found->count > BOUND / 4 && found->count <= BOUND);
    for (size_t i = 1; i < found->count; i++)
        assert_true(found->samples[i - 1] < found->samples[i]);
    arena_free(setup->arena);
}

/* .. and run by run where a load is repeated; a run that failed leaves no places. */
static void test_runs_in_order(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    setup->record.stream = 0;
    measure_mixed(setup, 20);
    record_run_begin(&setup->record);
    measure_mixed(setup, 30);
    record_run_begin(&setup->record);
    for (size_t i = 0; i < 5; i++) emit(setup, phase(setup, "b"), -1);
    record_run_begin(&setup->record);
    const struct series *found = pooled(setup, measure_mixed(setup, 40));
    assert_int_equal(found->runs, 3);
    for (size_t i = 0; i < 90; i++)
        assert_true(found->samples[i] == (double)(i < 20 ? i : i < 50 ? i - 20 : i - 50));
    arena_free(setup->arena);
}

static void test_memory(void **state) {
    (void)state;
    struct setup *setup = setup_new();
    for (size_t i = 0; i < 20 * LONG; i++) emit(setup, 0, 0.001 + 1e-9 * (double)(i % 1000));
    assert_true(arena_used(setup->arena) < 64 * BOUND * sizeof(double));
    arena_free(setup->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_is_whole),
        cmocka_unit_test(test_long_is_thinned),
        cmocka_unit_test(test_periods_keep_their_share),
        cmocka_unit_test(test_labels_weigh_alike),
        cmocka_unit_test(test_others_are_kept),
        cmocka_unit_test(test_pooled_in_order),
        cmocka_unit_test(test_thinned_in_order),
        cmocka_unit_test(test_runs_in_order),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
