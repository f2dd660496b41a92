#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/text.h"
#include "report/attribution.h"

/* One budget with limits on `raw`, which is made of functions; both by file. */
enum { RAW, FUNCTION, METRICS };

static const struct probe_dimension by_file[] = {{"file", "h", false}, {0}};
static const struct probe_dimension by_function[] = {
    {"function", "h", true}, {"file", "h", false}, {0}};
static const char *const parts_of_raw[] = {"function", NULL};
static const struct probe_metric rows[METRICS] = {
    [RAW] = {"raw", "h", by_file, PROBE_BYTES, PROBE_LOWER, PROBE_EXACT, PROBE_FOLD_SUM, NULL,
             parts_of_raw},
    [FUNCTION] = {"function", "h", by_function, PROBE_BYTES, PROBE_LOWER, PROBE_EXACT,
                  PROBE_FOLD_SUM, NULL, NULL},
};

struct world {
    struct arena *arena;
    const struct probe_metric *items[METRICS];
    struct metrics metrics;
    struct measurement head, base;
    struct limit limit;
    struct verdict_row row;
    struct budget budget;
    struct budget_verdict verdict;
    struct budget_set set;
    struct evidence evidence;
    struct verdicts verdicts;
    struct verdict_base verdict_base;
    struct report_against against;
    struct report report;
    struct part *parts;
    size_t count;
};

static int set_up(void **state) {
    static struct world world;
    struct world *w = &world;
    world = (struct world){.arena = arena_new(), .items = {&rows[RAW], &rows[FUNCTION]}};
    w->metrics = (struct metrics){w->items, METRICS};
    w->head.metrics = w->base.metrics = &w->metrics;
    w->limit = (struct limit){.key = "raw", .metric = RAW};
    w->row = (struct verdict_row){.limit = &w->limit, .outcome = OUTCOME_FAIL};
    w->budget = (struct budget){.id = "app", .metrics = w->metrics};
    w->verdict = (struct budget_verdict){.budget = &w->budget, .rows = &w->row, .count = 1};
    w->set = (struct budget_set){.budgets = &w->budget, .count = 1};
    w->evidence.measurement = &w->head;
    w->verdicts.budgets = &w->verdict;
    w->verdict_base.measurement = &w->base;
    w->against.bases = &w->verdict_base;
    w->report = (struct report){
        .set = &w->set, .evidence = &w->evidence, .verdicts = &w->verdicts, .against = &w->against};
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct world *)*state)->arena);
    return 0;
}

/* Add in the order of metrics, and of labels within. */
static struct series *add(struct world *w, struct measurement *measurement, uint32_t metric,
                          const char *first, const char *second) {
    struct series *series = array_add(w->arena, measurement->series, measurement->count);
    *series = (struct series){.metric = metric, .labels = {first, second}, .count = 1, .runs = 1};
    series->samples = arena_new_object(w->arena, double);
    series->run_ends = arena_new_object(w->arena, size_t);
    series->run_ends[0] = 1;
    return series;
}

static void raw(struct world *w, struct measurement *measurement, const char *file, double value) {
    add(w, measurement, RAW, file, NULL)->samples[0] = value;
}

static void function(struct world *w, struct measurement *measurement, const char *name,
                     const char *file, double value) {
    add(w, measurement, FUNCTION, name, file)->samples[0] = value;
}

static void last_is(struct measurement *measurement, uint64_t fingerprint) {
    measurement->series[measurement->count - 1].fingerprint = fingerprint;
}

static void explain(struct world *w) {
    w->count = attribution_make(w->arena, &w->report, 0, &w->parts);
}

static void expect(const struct world *w, size_t i, struct part part) {
    assert_true(i < w->count);
    assert_string_equal(w->parts[i].name, part.name);
    assert_int_equal(w->parts[i].state, part.state);
    assert_true(w->parts[i].value == part.value);
    assert_true(isnan(part.change) ? isnan(w->parts[i].change) : w->parts[i].change == part.change);
}

#define PART(is, called, has, by) \
    ((struct part){.state = is, .name = called, .value = has, .change = by})

static void test_says_what_is_largest(void **state) {
    struct world *w = *state;
    w->report.against = NULL;
    raw(w, &w->head, "a", 100);
    function(w, &w->head, "f", "a", 30);
    function(w, &w->head, "g", "a", 60);
    explain(w);
    assert_int_equal(w->count, 2); /* one file is no news, functions are */
    expect(w, 0, PART(PART_ALONE, "g", 60, NAN));
    expect(w, 1, PART(PART_ALONE, "f", 30, NAN));
    assert_string_equal(w->parts[0].kind, "function");
    assert_ptr_equal(w->parts[0].metric, &rows[RAW]);
    assert_ptr_equal(w->parts[0].by, &rows[FUNCTION]);
    assert_true(fabs(w->parts[0].share - 2.0 / 3) < 1e-12);
    assert_true(isnan(attribution_change(w->arena, &w->report, 0, &w->row)));
}

static void test_says_what_grew(void **state) {
    struct world *w = *state;
    raw(w, &w->base, "a", 100);
    raw(w, &w->head, "a", 130);
    function(w, &w->base, "f", "a", 30);
    function(w, &w->base, "gone", "a", 5);
    function(w, &w->base, "same", "a", 9);
    function(w, &w->base, "was", "a", 7);
    last_is(&w->base, 77);
    function(w, &w->head, "f", "a", 50);
    function(w, &w->head, "is", "a", 7);
    last_is(&w->head, 77);
    function(w, &w->head, "new", "a", 8);
    function(w, &w->head, "same", "a", 9);
    explain(w);
    assert_int_equal(w->count, 4);
    expect(w, 0, PART(PART_CHANGED, "f", 50, 20));
    expect(w, 1, PART(PART_NEW, "new", 8, 8));
    expect(w, 2, PART(PART_GONE, "gone", 0, -5));
    expect(w, 3, PART(PART_RENAMED, "is", 7, 0));
    assert_string_equal(w->parts[3].was, "was");
    assert_true(w->parts[1].baseline == 0 && w->parts[2].baseline == 5);
    assert_true(attribution_change(w->arena, &w->report, 0, &w->row) == 30);
}

static void test_the_same_size_is_no_rename(void **state) {
    struct world *w = *state;
    raw(w, &w->base, "a", 7);
    raw(w, &w->head, "a", 7);
    function(w, &w->base, "was", "a", 7);
    last_is(&w->base, 77);
    function(w, &w->head, "is", "a", 7);
    last_is(&w->head, 78);
    explain(w);
    assert_int_equal(w->count, 2);
    expect(w, 0, PART(PART_NEW, "is", 7, 7));
    expect(w, 1, PART(PART_GONE, "was", 0, -7));
}

/* Functions without a name are known by their bodies alone; those that are not, by their sum. */
static void test_names_that_only_count(void **state) {
    struct world *w = *state;
    static const struct {
        const char *name;
        double value;
        uint64_t fingerprint;
    } then[] = {{"f0", 5, 1}, {"f1", 6, 2}, {"f2", 7, 3}},
      now[] = {{"f0", 9, 9}, {"f1", 5, 1}, {"f2", 6, 2}, {"f3", 8, 4}};
    raw(w, &w->base, "a", 18);
    raw(w, &w->head, "a", 28);
    for (size_t i = 0; i < array_length(then); i++) {
        function(w, &w->base, then[i].name, "a", then[i].value);
        last_is(&w->base, then[i].fingerprint);
        w->base.series[w->base.count - 1].nameless = true;
    }
    for (size_t i = 0; i < array_length(now); i++) {
        function(w, &w->head, now[i].name, "a", now[i].value);
        last_is(&w->head, now[i].fingerprint);
        w->head.series[w->head.count - 1].nameless = true;
    }
    explain(w);
    assert_int_equal(w->count, 1);
    expect(w, 0, PART(PART_CHANGED, "(2 without a name)", 17, 10));
    assert_true(w->parts[0].baseline == 7);
}

/* Labels of parts fold over the files that the limit is about, and over no others. */
static void test_only_what_the_limit_is_about(void **state) {
    struct world *w = *state;
    w->limit.pattern = (struct label_pattern){.globs = {"a*"}, .named = 1, .wild = true};
    raw(w, &w->base, "a1", 10);
    raw(w, &w->base, "a2", 10);
    raw(w, &w->base, "b", 10);
    raw(w, &w->head, "a1", 11);
    raw(w, &w->head, "a2", 12);
    raw(w, &w->head, "b", 90);
    function(w, &w->base, "f", "a1", 5);
    function(w, &w->base, "f", "a2", 5);
    function(w, &w->base, "f", "b", 5);
    function(w, &w->head, "f", "a1", 6);
    function(w, &w->head, "f", "a2", 7);
    function(w, &w->head, "f", "b", 85);
    explain(w);
    assert_int_equal(w->count, 3);
    expect(w, 0, PART(PART_CHANGED, "a2", 12, 2));
    expect(w, 1, PART(PART_CHANGED, "a1", 11, 1));
    expect(w, 2, PART(PART_CHANGED, "f", 13, 3));
    assert_true(attribution_change(w->arena, &w->report, 0, &w->row) == 3);
}

/* A stored report lists the largest labels only: what it leaves out is neither new nor gone. */
static void test_labels_that_were_left_out(void **state) {
    struct world *w = *state;
    const double cuts[METRICS] = {[FUNCTION] = 10};
    w->base.cuts = cuts;
    raw(w, &w->base, "a", 100);
    raw(w, &w->head, "a", 130);
    function(w, &w->base, "f", "a", 30);
    function(w, &w->head, "f", "a", 31);
    function(w, &w->head, "large", "a", 25);
    function(w, &w->head, "small", "a", 9);
    explain(w);
    assert_int_equal(w->count, 2);
    expect(w, 0, PART(PART_RISEN, "large", 25, 15));
    expect(w, 1, PART(PART_CHANGED, "f", 31, 1));
}

static void test_many_changes_end_in_one(void **state) {
    struct world *w = *state;
    raw(w, &w->base, "a", 1);
    raw(w, &w->head, "a", 1);
    function(w, &w->base, "x", "a", 1);
    for (int i = 0; i < GROWTH_MAX + 3; i++)
        function(w, &w->head, text_format(w->arena, "f%05d", i), "a", 2 + (i < GROWTH_MAX));
    function(w, &w->head, "x", "a", 1);
    explain(w);
    assert_int_equal(w->count, GROWTH_MAX + 1);
    expect(w, GROWTH_MAX, PART(PART_OTHERS, "3 others", 6, 6));
    assert_int_equal(w->parts[GROWTH_MAX].count, 3);
}

static void test_another_method_is_not_compared(void **state) {
    struct world *w = *state;
    const char *then[METRICS] = {"zlib 1"}, *now[METRICS] = {"zlib 2"};
    w->base.methods = then;
    w->head.methods = now;
    raw(w, &w->base, "a", 1);
    raw(w, &w->base, "b", 1);
    raw(w, &w->head, "a", 2);
    raw(w, &w->head, "b", 3);
    explain(w);
    assert_int_equal(w->count, 2);
    expect(w, 0, PART(PART_ALONE, "b", 3, NAN));
    assert_true(isnan(attribution_change(w->arena, &w->report, 0, &w->row)));
}

static void test_nothing_is_said_twice(void **state) {
    struct world *w = *state;
    struct limit limits[2] = {w->limit, w->limit};
    struct verdict_row two[2] = {w->row, w->row};
    two[0].limit = &limits[0];
    two[1].limit = &limits[1];
    w->verdict.rows = two;
    w->verdict.count = 2;
    raw(w, &w->base, "a", 100);
    raw(w, &w->head, "a", 130);
    function(w, &w->base, "f", "a", 30);
    function(w, &w->head, "f", "a", 50);
    explain(w);
    assert_int_equal(w->count, 1);
    assert_ptr_equal(w->parts[0].limit, &limits[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_says_what_is_largest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_says_what_grew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_same_size_is_no_rename, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_that_only_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_what_the_limit_is_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_labels_that_were_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_changes_end_in_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_method_is_not_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_said_twice, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
