/* Samples in the JSON report: in their order, folded, cut, and in buckets. */
#include "read_again.h"

static struct series *many_labels(struct sample *s, struct measurement *measurement, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *label = text_format(s->arena, "f%05zu", i);
        sample_add(s, sample_series(s, measurement, "gzip", label, NULL), (double)(count - i));
    }
    return measurement->series;
}

static void test_many_labels_are_folded(void **state) {
    struct world *world = *state;
    struct sample *s = &world->s;
    sample_begin(s, s->arena);
    struct budget *budget = sample_budget(s, "many");
    many_labels(s, sample_measurement(s, budget, 1), 1500);
    sample_limit(s, budget, "gzip", LIMIT_AT_MOST, 1500 * 1501 / 2);
    sample_limit(s, budget, "gzip[*]", LIMIT_AT_LEAST, 2);
    sample_finish(s);
    const char *text = report_json(s->arena, &s->report), *problem;
    json *root = json_read(s->arena, text, strlen(text), &problem);
    assert_int_equal(json_count(json_at(root, "/budgets/0/metrics")), REPORT_LABELS_MAX + 1);
    assert_true(json_number(json_at(root, "/budgets/0/others/0/labels"), 0) == 500);
    assert_true(json_number(json_at(root, "/budgets/0/others/0/total"), 0) == 500 * 501 / 2);
    assert_true(json_number(json_at(root, "/budgets/0/others/0/largest"), 0) == 500);
    json_free(root);
    test_judges_the_same(state);
}

/* A report of more samples than it holds, in so many runs, judged again. */
static json *report_long(struct world *world, size_t runs, const char **text) {
    struct sample *s = &world->s;
    const char *problem;
    sample_begin(s, s->arena);
    struct budget *budget = sample_budget(s, "long");
    struct measurement *measurement = sample_measurement(s, budget, runs);
    struct series *series = sample_series(s, measurement, "wall", NULL, NULL);
    for (size_t run = 0; run < runs; run++) {
        for (size_t i = 0; i < REPORT_SAMPLES_MAX + 1; i++)
            *array_add(s->arena, series->samples, series->count) = (double)i;
        *array_add(s->arena, series->run_ends, series->runs) = series->count;
    }
    sample_limit(s, budget, "wall.p95", LIMIT_AT_MOST, 1e6);
    sample_finish(s);
    *text = report_json(s->arena, &s->report);
    return json_read(s->arena, *text, strlen(*text), &problem);
}

/* A load of two requests, whose samples came in turn. */
static struct series *report_two_requests(struct world *world, const char **text) {
    enum { EACH = 400 };
    struct sample *s = &world->s;
    sample_begin(s, s->arena);
    struct budget *budget = sample_budget(s, "load");
    struct measurement *measurement = sample_measurement(s, budget, 1);
    static const char *const requests[] = {"buy", "look"};
    for (size_t r = 0; r < 2; r++) {
        struct series *series = sample_series(s, measurement, "latency", "peak", requests[r]);
        for (size_t i = 0; i < EACH; i++) {
            *array_add(s->arena, series->samples, series->count) = sample_random(s);
            size_t places = i;
            *array_add(s->arena, series->places, places) = 3 * i + r;
        }
        *array_add(s->arena, series->run_ends, series->runs) = EACH;
    }
    sample_limit(s, budget, "latency.p95", LIMIT_AT_MOST, 0.97);
    sample_finish(s);
    *text = report_json(s->arena, &s->report);
    return measurement->series;
}

/* Where among those of other labels a sample came is judged, so it comes back. */
static void test_order_of_labels_comes_back(void **state) {
    static const char *const wrong[][2] = {
        {"\"gaps\": [0, 2", "\"gaps\": [0, -2"},    {"\"gaps\": [0, 2", "\"gaps\": [2"},
        {"\"gaps\": [0, 2", "\"gaps\": [0, 0.5"},   {"\"gaps\": [0, 2", "\"gaps\": [0, 1e300"},
        {"\"gaps\": [0, 2", "\"gaps\": [0, \"2\""}, {"\"gaps\": [0, 2", "\"gaps\": [0, null"},
    };
    struct world *world = *state;
    const char *text;
    const struct series *then = report_two_requests(world, &text);
    expect_read(world, text);
    const struct series *now = world->evidence[0].measurement->series;
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 0; i < then[r].count; i++)
            assert_int_equal(then[r].places[i], now[r].places[i]);
    for (size_t i = 0; i < array_length(wrong); i++) {
        world->diags = diags_begin(world->s.arena);
        const char *damaged = replaced(world->s.arena, text, wrong[i][0], wrong[i][1]);
        assert_string_not_equal(damaged, text);
        if (reads(world, damaged)) fail_msg("read with %s", wrong[i][1]);
        assert_int_equal(world->diags.items[world->diags.count - 1].code, REPORT_MEMBER);
    }
    report_two_requests(world, &text);
    test_judges_the_same(state);
}

static void test_many_samples_are_cut(void **state) {
    struct world *world = *state;
    const char *text;
    json *root = report_long(world, 2, &text);
    assert_int_equal(json_count(json_at(root, "/budgets/0/metrics/0/samples")), REPORT_SAMPLES_MAX);
    assert_true(json_number(json_at(root, "/budgets/0/metrics/0/max"), 0) == REPORT_SAMPLES_MAX);
    assert_null(json_at(root, "/budgets/0/metrics/0/buckets"));
    json_free(root);
    /* What is not all there is not judged: error, never pass. */
    expect_read(world, text);
    struct verdicts again;
    judge_again(world, &again);
    assert_int_equal(again.outcome, OUTCOME_ERROR);
    assert_int_equal(world->evidence[0].measurement->problems.items[0].code, REPORT_SAMPLES);
}

/* A report of a stream whose buckets do not hold together. */
static void refuses_buckets(struct world *world, const char *text) {
    static const char *const rows[][2] = {
        {"\"stride\": 2", "\"stride\": 0"},
        {"\"stride\": 2", "\"stride\": -2"},
        {"\"stride\": 2,", ""},
        {"\"from\": [0", "\"from\": [-1"},
        {"\"from\": [0,", "\"from\": ["},
        {"\"counts\": [1", "\"counts\": [2"},
        {"\"counts\": [1", "\"counts\": [0.5"},
        {"\"counts\": [1", "\"counts\": [1e300"},
        {"\"counts\": [1", "\"counts\": [\"1\""},
        {"\"stddev\":", "\"deviation\":"},
        {"\"count\": 100001", "\"count\": 100002"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        world->diags = diags_begin(world->s.arena);
        if (reads(world, replaced(world->s.arena, text, rows[i][0], rows[i][1])))
            fail_msg("read with %s", rows[i][1]);
        assert_int_equal(world->diags.items[world->diags.count - 1].code, REPORT_MEMBER);
    }
}

/* One run, a load: every second sample in order, and all of them in buckets. */
static void test_long_streams_come_in_buckets(void **state) {
    struct world *world = *state;
    const char *text;
    json *root = report_long(world, 1, &text);
    const json *metric = json_at(root, "/budgets/0/metrics/0");
    assert_int_equal(json_count(json_get(metric, "samples")), REPORT_SAMPLES_MAX / 2 + 1);
    assert_true(json_number(json_get(metric, "stride"), 0) == 2);
    assert_true(json_number(json_get(metric, "count"), 0) == REPORT_SAMPLES_MAX + 1);
    assert_true(json_number(json_get(metric, "p95"), 0) == 95000);
    json_free(root);
    expect_read(world, text);
    const struct series *series = &world->evidence[0].measurement->series[0];
    const struct statistic p95 = {STATISTIC_QUANTILE, 0.95}, most = {STATISTIC_MAX, 0};
    assert_int_equal(series_count(series), REPORT_SAMPLES_MAX + 1);
    assert_int_equal(series->stride, 2);
    assert_true(series_statistic(series, &most) == REPORT_SAMPLES_MAX);
    assert_true(fabs(series_statistic(series, &p95) - 95000) <= 95000.0 / 1024);
    struct verdicts again;
    judge_again(world, &again);
    assert_int_equal(world->evidence[0].measurement->problems.count, 0);
    assert_int_equal(again.outcome, world->s.report.verdicts->outcome);
    refuses_buckets(world, text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order_of_labels_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_labels_are_folded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_samples_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_streams_come_in_buckets, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
