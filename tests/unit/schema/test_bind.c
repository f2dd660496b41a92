#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "schema/bind.h"

#include <cmocka.h> /* last: its `fail` is also the name of a probe service */

struct config {
    const char *title;
    struct probe_texts tags, prepare;
    double timeout;
    struct probe_pairs environment;
    struct probe_readings metrics;
};

static const struct probe_option rows[] = {
    {PROBE_OPTION(struct config, PROBE_TEXT, title), .fallback = NULL},
    {PROBE_OPTION(struct config, PROBE_TEXTS, tags), .fallback = ""},
    {PROBE_OPTION(struct config, PROBE_COMMAND, prepare), .fallback = ""},
    {PROBE_OPTION(struct config, PROBE_TIME, timeout), .fallback = "10s"},
    {PROBE_OPTION(struct config, PROBE_PAIRS, environment), .fallback = ""},
    {PROBE_OPTION(struct config, PROBE_METRICS, metrics), .fallback = ""},
};

#include "bind_fixture.h"

static void binds_every_kind(void **state) {
    struct fixture *fixture = *state;
    assert_true(bind(fixture, "title: a\n"
                              "tags: [x, y]\n"
                              "prepare: ./reset 'all of it'\n"
                              "environment: {A: 1, B: ''}\n"));
    const struct config *config = &fixture->config;
    assert_string_equal(config->title, "a");
    assert_int_equal(config->tags.count, 2);
    assert_string_equal(config->tags.items[1], "y");
    assert_int_equal(config->prepare.count, 2);
    assert_string_equal(config->prepare.items[1], "all of it");
    assert_true(config->timeout == 10);
    assert_int_equal(config->environment.count, 2);
    assert_string_equal(config->environment.items[0].name, "A");
    assert_string_equal(config->environment.items[1].value, "");
    assert_true(bind(fixture, "title: ''\ntags: x\nprepare: [./a, 'b c', '*']\ntimeout: 5ms\n"));
    assert_string_equal(config->title, "");
    assert_int_equal(config->tags.count, 1);
    assert_int_equal(config->prepare.count, 3);
    assert_string_equal(config->prepare.items[2], "*");
    assert_null(config->prepare.items[3]);
    assert_true(config->timeout == 0.005);
}

static void binds_metrics(void **state) {
    struct fixture *fixture = *state;
    assert_true(bind(fixture, "title: a\n"
                              "metrics:\n"
                              "  ops: {pattern: '([0-9.]+) ops/s', unit: /s}\n"
                              "  merge: {json: '/merge_ms/*', unit: ms}\n"
                              "  heap: {json: /heap, unit: KB, nature: exact, better: higher}\n"
                              "  hits: {pattern: 'hits ([0-9]+)'}\n"
                              "  share: {pattern: '(.+)%', unit: '%'}\n"));
    const struct probe_reading *items = fixture->config.metrics.items;
    assert_int_equal(fixture->config.metrics.count, 5);
    assert_string_equal(items[0].name, "ops");
    assert_string_equal(items[0].pattern, "([0-9.]+) ops/s");
    assert_null(items[0].json);
    assert_int_equal(items[0].unit, PROBE_PER_SECOND);
    assert_int_equal(items[0].better, PROBE_HIGHER);
    assert_int_equal(items[0].nature, PROBE_NOISY);
    assert_false(items[0].self);
    assert_string_equal(items[1].json, "/merge_ms/*");
    assert_true(items[1].scale == 0.001);
    assert_int_equal(items[1].better, PROBE_LOWER);
    assert_true(items[2].scale == 1000);
    assert_int_equal(items[2].better, PROBE_HIGHER);
    assert_int_equal(items[2].nature, PROBE_EXACT);
    assert_true(items[3].self && items[3].scale == 1);
    assert_int_equal(items[3].better, PROBE_NEITHER);
    assert_int_equal(items[4].unit, PROBE_RATIO);
    assert_int_equal(items[4].better, PROBE_NEITHER);
}

static const struct mistake mistakes[] = {
    {"title: a\ntimeut: 5s\n", "unknown-key", 2, 1, "did you mean `timeout`"},
    {"title: a\nbanana: 5s\n", "unknown-key", 2, 1, "known here: title, tags"},
    {"tags: x\n", "missing-key", 99, 1, "`title` is missing"},
    {"title:\n", "missing-value", 1, 7, "title has no value"},
    {"title: [a]\n", "wrong-kind", 1, 8, "title: a list stands where a text belongs"},
    {"title: {a: b}\n", "wrong-kind", 1, 8, "a map stands where"},
    {"title: a\ntimeout: [5s]\n", "wrong-kind", 2, 10, "a time such as 500ms"},
    {"title: a\ntimeout:\n", "missing-value", 2, 9, "timeout has no value"},
    {"title: a\ntimeout: 5\n", "wrong-unit", 2, 10, "`5s`"},
    {"title: a\ntags: []\n", "missing-value", 2, 7, "empty list"},
    {"title: a\ntags: {b: c}\n", "wrong-kind", 2, 7, "a list of texts"},
    {"title: a\ntags: [b, [c]]\n", "wrong-kind", 2, 11, "a text"},
    {"title: a\ntags:\n  -\n", "missing-value", 3, 4, "no value"},
    {"title: a\nprepare: a | b\n", "bad-command", 2, 10, "prepare"},
    {"title: a\nprepare: {b: c}\n", "wrong-kind", 2, 10, "a command"},
    {"title: a\nenvironment: x\n", "wrong-kind", 2, 14, "a map of texts"},
    {"title: a\nenvironment: {}\n", "missing-value", 2, 14, "empty map"},
    {"title: a\nenvironment: {B: [c]}\n", "wrong-kind", 2, 18, "environment: `B`"},
    {"title: a\nenvironment:\n  B:\n", "missing-value", 3, 5, "no value"},
    {"title: a\nmetrics: {ops: 5}\n", "wrong-kind", 2, 16, "write a map"},
    {"title: a\nmetrics: {ops: {unit: s}}\n", "metric-source", 2, 11, "needs a `pattern`"},
    {"title: a\nmetrics: {ops: {pattern: x, json: /y}}\n", "metric-source", 2, 35, "not by both"},
    {"title: a\nmetrics: {ops: {json: y}}\n", "bad-value", 2, 23, "begins with /"},
    {"title: a\nmetrics: {ops: {pattern: ''}}\n", "missing-value", 2, 26, "empty pattern"},
    {"title: a\nmetrics: {ops: {json: /y, unit: Kb}}\n", "wrong-unit", 2, 33, "bits or bytes"},
    {"title: a\nmetrics: {ops: {json: /y, unit: mss}}\n", "wrong-unit", 2, 33, "ms"},
    {"title: a\nmetrics: {ops: {json: /y, better: hihger}}\n", "unknown-choice", 2, 35,
     "did you mean higher"},
    {"title: a\nmetrics: {ops: {json: /y, nature: loud}}\n", "unknown-choice", 2, 35,
     "exact, noisy"},
    {"title: a\nmetrics: {ops: {json: /y, uint: s}}\n", "unknown-key", 2, 27, "`unit`"},
    {"title: a\nmetrics: {p95: {json: /y}}\n", "metric-name", 2, 11, "statistic"},
    {"title: a\nmetrics: {median: {json: /y}}\n", "metric-name", 2, 11, "statistic"},
    {"title: a\nmetrics: {Ops: {json: /y}}\n", "metric-name", 2, 11, "small letters"},
    {"title: a\nmetrics: {a.b: {json: /y}}\n", "metric-name", 2, 11, "small letters"},
    {"title: a\nmetrics: {9a: {json: /y}}\n", "metric-name", 2, 11, "beginning with a letter"},
    {"[a, b]\n", "wrong-kind", 1, 1, "a map"},
    {"text\n", "wrong-kind", 1, 1, "a map"},
};

static void tells_each_mistake_and_where(void **state) {
    for (size_t i = 0; i < array_length(mistakes); i++) mistake_is_told(*state, &mistakes[i]);
}

static void tells_all_mistakes_in_one_go(void **state) {
    struct fixture *fixture = *state;
    assert_false(bind(fixture, "tilte: a\n"
                               "tags: {}\n"
                               "timeout: 5\n"
                               "environment: {A: [], B: {}}\n"
                               "metrics: {p95: {unit: x}, ok: 1}\n"));
    /* tilte, tags, timeout, A, B, p95 three times, ok, and the title that is missing */
    assert_int_equal(fixture->diags.errors, 10);
    assert_true(fixture->config.timeout == 10); /* the fallback stays */
    assert_int_equal(fixture->config.metrics.count, 0);
}

static void takes_no_map_at_all(void **state) {
    struct fixture *fixture = *state;
    struct field_context context = {fixture->arena, 1000, &fixture->diags};
    assert_true(bind_map(&context, rows + 1, array_length(rows) - 1, sizeof *rows, NULL, NO_PLACE,
                         &fixture->config));
    assert_true(fixture->config.timeout == 10);
    assert_false(bind_map(&context, rows, array_length(rows), sizeof *rows, NULL, NO_PLACE,
                          &fixture->config));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BIND_TEST(binds_every_kind),
        BIND_TEST(binds_metrics),
        BIND_TEST(tells_each_mistake_and_where),
        BIND_TEST(tells_all_mistakes_in_one_go),
        BIND_TEST(takes_no_map_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
