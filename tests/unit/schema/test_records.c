/* Records: options whose values are maps with rows of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "schema/bind.h"

#include <cmocka.h> /* last: its `fail` is also the name of a probe service */

struct expectation {
    struct probe_texts status;
    const char *body;
};
struct request {
    const char *path;
    int64_t weight;
    struct probe_records expect;
};
struct phase {
    double duration, rate;
    bool judged;
};
struct config {
    struct probe_records phases, requests;
};

static const struct probe_option expectation_rows[] = {
    {PROBE_OPTION(struct expectation, PROBE_TEXTS, status), .fallback = "200"},
    {PROBE_OPTION(struct expectation, PROBE_TEXT, body), .fallback = ""},
};
static const struct probe_record_table expectation = {
    .what = "what is expected",
    .bare = "status",
    .options = expectation_rows,
    .option_count = array_length(expectation_rows),
    .option_size = sizeof *expectation_rows,
    .record_size = sizeof(struct expectation),
    .form = PROBE_FORM_ONE,
};
static const struct probe_option request_rows[] = {
    {PROBE_OPTION(struct request, PROBE_TEXT, path), .fallback = NULL},
    {PROBE_OPTION(struct request, PROBE_INTEGER, weight), .fallback = "1", .min = 1, .max = 9},
    {PROBE_OPTION(struct request, PROBE_RECORDS, expect), .fallback = "", .records = &expectation},
};
static const struct probe_record_table requests = {
    .what = "a request",
    .bare = "path",
    .options = request_rows,
    .option_count = array_length(request_rows),
    .option_size = sizeof *request_rows,
    .record_size = sizeof(struct request),
    .form = PROBE_FORM_LIST,
};
static const struct probe_option phase_rows[] = {
    {PROBE_OPTION(struct phase, PROBE_TIME, duration), .fallback = "10s"},
    {PROBE_OPTION(struct phase, PROBE_RATE, rate), .fallback = NULL},
    {PROBE_OPTION(struct phase, PROBE_FLAG, judged), .fallback = "true"},
};
static const struct probe_record_table phases = {
    .what = "a phase",
    .options = phase_rows,
    .option_count = array_length(phase_rows),
    .option_size = sizeof *phase_rows,
    .record_size = sizeof(struct phase),
    .form = PROBE_FORM_NAMED,
};
static const struct probe_option rows[] = {
    {PROBE_OPTION(struct config, PROBE_RECORDS, phases), .fallback = "", .records = &phases},
    {PROBE_OPTION(struct config, PROBE_RECORDS, requests), .fallback = "", .records = &requests},
};

#include "bind_fixture.h"

static void named_records_keep_their_order(void **state) {
    struct fixture *fixture = *state;
    assert_true(bind(fixture, "phases:\n"
                              "  warm-up: {duration: 5s, rate: 600/min, judged: false}\n"
                              "  peak: {rate: 100/s}\n"));
    const struct probe_records *records = &fixture->config.phases;
    const struct phase *items = records->items;
    assert_int_equal(records->count, 2);
    assert_string_equal(records->names[0], "warm-up");
    assert_string_equal(records->names[1], "peak");
    assert_true(items[0].duration == 5 && items[0].rate == 10 && !items[0].judged);
    assert_true(items[1].duration == 10 && items[1].rate == 100 && items[1].judged);
    assert_int_equal(fixture->config.requests.count, 0);
}

static void records_hold_records(void **state) {
    struct fixture *fixture = *state;
    assert_true(bind(fixture, "requests:\n"
                              "  - /plain\n"
                              "  - {path: /a, weight: 3, expect: [200, 404]}\n"
                              "  - {path: /b, expect: {body: hello}}\n"));
    const struct request *items = fixture->config.requests.items;
    assert_int_equal(fixture->config.requests.count, 3);
    assert_null(fixture->config.requests.names);
    assert_string_equal(items[0].path, "/plain");
    assert_int_equal(items[0].weight, 1);
    assert_int_equal(items[0].expect.count, 0);
    assert_int_equal(items[1].weight, 3);
    const struct expectation *expect = items[1].expect.items;
    assert_int_equal(items[1].expect.count, 1);
    assert_int_equal(expect->status.count, 2);
    assert_string_equal(expect->status.items[1], "404");
    expect = items[2].expect.items;
    assert_string_equal(expect->status.items[0], "200");
    assert_string_equal(expect->body, "hello");
}

static void one_record_is_a_list_of_one(void **state) {
    struct fixture *fixture = *state;
    assert_true(bind(fixture, "requests: {path: /a}\n"));
    assert_int_equal(fixture->config.requests.count, 1);
    assert_true(bind(fixture, "requests: /a\n"));
    assert_string_equal(((const struct request *)fixture->config.requests.items)->path, "/a");
}

static const struct mistake mistakes[] = {
    {"phases: 5s\n", "wrong-kind", 1, 9, "a map of names, each with a phase as a map"},
    {"phases: [a]\n", "wrong-kind", 1, 9, "a list stands where"},
    {"phases: {}\n", "missing-value", 1, 9, "empty map"},
    {"phases:\n", "missing-value", 1, 8, "no value"},
    {"phases: {peak: 5s}\n", "wrong-kind", 1, 16, "a phase: a text stands where a map"},
    {"phases: {peak: {}}\n", "missing-value", 1, 16, "a phase is an empty map"},
    {"phases: {peak: {duration: 5s}}\n", "missing-key", 1, 10, "`rate` is missing"},
    {"phases: {peak: {rate: 5}}\n", "wrong-unit", 1, 23, "write `5/s`"},
    {"phases: {peak: {rate: 5ms}}\n", "wrong-unit", 1, 23, "a rate such as 10/s"},
    {"phases: {peak: {rate: -5/s}}\n", "out-of-range", 1, 23, "negative"},
    {"phases: {peak: {rate: 5/s, durration: 5s}}\n", "unknown-key", 1, 28, "`duration`"},
    {"phases: {'a b': {rate: 5/s}}\n", "bad-value", 1, 10, "is no name"},
    {"phases: {-a: {rate: 5/s}}\n", "bad-value", 1, 10, "is no name"},
    {"requests: []\n", "missing-value", 1, 11, "empty list"},
    {"requests: [{weight: 2}]\n", "missing-key", 1, 12, "`path` is missing"},
    {"requests: [{path: /a, weight: 10}]\n", "out-of-range", 1, 31, "from 1 to 9"},
    {"requests: [/a, [b]]\n", "wrong-kind", 1, 16, "path: a list stands"},
    {"requests: [{path: /a, expect: {stauts: 1}}]\n", "unknown-key", 1, 32, "`status`"},
    {"requests:\n  - path: /a\n    expect:\n", "missing-value", 3, 12, "expect has no value"},
};

static void tells_each_mistake_and_where(void **state) {
    for (size_t i = 0; i < array_length(mistakes); i++) mistake_is_told(*state, &mistakes[i]);
}

static void tells_all_mistakes_in_one_go(void **state) {
    struct fixture *fixture = *state;
    assert_false(bind(fixture, "phases: {a: {rate: 1}, b: {rate: x, duration: 1}, c: 3}\n"
                               "requests: [{weight: x}, {path: [], expect: {a: b}}]\n"));
    /* a.rate, b.rate, b.duration, c; weight, path, path of the second, a */
    assert_int_equal(fixture->diags.errors, 8);
    assert_int_equal(fixture->config.phases.count, 0);
}

static void says_what_it_takes(void **state) {
    struct fixture *fixture = *state;
    assert_string_equal(field_expectation(fixture->arena, &rows[0]),
                        "a map of names, each with a phase as a map");
    assert_string_equal(field_expectation(fixture->arena, &rows[1]),
                        "a list, each item a request as a map, or a text (its `path`)");
    assert_string_equal(field_expectation(fixture->arena, &request_rows[2]),
                        "a map, or a text or a list of texts (its `status`)");
    assert_string_equal(field_placeholder(fixture->arena, &rows[0]), "RECORDS");
    assert_string_equal(field_placeholder(fixture->arena, &phase_rows[1]), "RATE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BIND_TEST(named_records_keep_their_order), BIND_TEST(records_hold_records),
        BIND_TEST(one_record_is_a_list_of_one),    BIND_TEST(tells_each_mistake_and_where),
        BIND_TEST(tells_all_mistakes_in_one_go),   BIND_TEST(says_what_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
