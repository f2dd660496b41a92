/* Whether answers are as expected, and what is captured from them. */
#include "probes/http_expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#include <cmocka.h>

struct bench {
    struct arena *arena;
    struct http_names names;
    struct http_expectation expectation;
    char *values[4];
    struct http_refusal refusal;
};

static void begin(struct bench *bench, const struct http_expect *expect,
                  const struct probe_records *captures) {
    const char *problem;
    *bench = (struct bench){.arena = arena_new()};
    http_names_begin(&bench->names, bench->arena);
    for (size_t i = 0; i < captures->count; i++) http_names_add(&bench->names, captures->names[i]);
    if (!http_expectation_make(&bench->names, expect, captures, &bench->expectation, &problem))
        fail_msg("%s", problem);
}

static void end(struct bench *bench) {
    for (size_t i = 0; i < array_length(bench->values); i++) free(bench->values[i]);
    http_expectation_release(&bench->expectation);
    arena_free(bench->arena);
}

static bool take(struct bench *bench, unsigned status, const char *lines, const char *body) {
    const struct load_exchange answer = {
        .status = (uint16_t)status, .lines = net_span_text(lines), .body = net_span_text(body)};
    bench->refusal = (struct http_refusal){0};
    return http_answer_take(bench->arena, &bench->expectation, &answer, bench->values,
                            &bench->refusal);
}

static const struct probe_records none;

static void statuses(void **state) {
    (void)state;
    struct bench bench;
    static const char *const some[] = {"200", "3xx", "404-410"};
    begin(&bench, &(struct http_expect){.status = {some, 3}}, &none);
    static const unsigned good[] = {200, 300, 399, 404, 410};
    static const unsigned bad[] = {199, 201, 299, 400, 403, 411, 500};
    for (size_t i = 0; i < array_length(good); i++) assert_true(take(&bench, good[i], "", ""));
    for (size_t i = 0; i < array_length(bad); i++) {
        assert_false(take(&bench, bad[i], "", ""));
        assert_string_equal(bench.refusal.kind, "status");
        assert_non_null(strstr(bench.refusal.reason, "expected is 200, 3xx, 404-410"));
    }
    assert_false(bench.expectation.needs_body);
    end(&bench);
    begin(&bench, NULL, &none); /* an error page is no answer unless it is asked for */
    assert_true(take(&bench, 204, "", ""));
    assert_false(take(&bench, 304, "", ""));
    assert_false(take(&bench, 500, "", ""));
    end(&bench);
}

static void wrong_statuses_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"ok", "20", "2000", "299-200", "6xx", "099", "200-", ""};
    for (size_t i = 0; i < array_length(texts); i++) {
        struct arena *arena = arena_new();
        struct http_names names;
        struct http_expectation expectation;
        const char *problem = NULL;
        http_names_begin(&names, arena);
        const struct http_expect expect = {.status = {&texts[i], 1}};
        assert_false(http_expectation_make(&names, &expect, &none, &expectation, &problem));
        assert_non_null(strstr(problem, "is no status"));
        http_expectation_release(&expectation);
        arena_free(arena);
    }
}

static void what_an_answer_holds(void **state) {
    (void)state;
    static const struct probe_pair headers[] = {{"content-type", "^application/json"}};
    static const struct probe_pair json[] = {{"/status", "ok"}, {"/n", "5"}, {"/list/0", "true"}};
    static const char *const ok[] = {"200"};
    const struct http_expect expect = {
        .status = {ok, 1}, .headers = {headers, 1}, .body = "status", .json = {json, 3}};
    static const char lines[] = "Content-Type: application/json\r\n";
    static const char body[] = "{\"status\": \"ok\", \"n\": 5.0, \"list\": [true]}";
    struct bench bench;
    begin(&bench, &expect, &none);
    assert_true(bench.expectation.needs_body);
    assert_true(take(&bench, 200, lines, body));
    static const struct {
        const char *lines, *body, *kind, *says;
    } rows[] = {
        {"", body, "header", "has no header"},
        {"content-type: text/html\r\n", body, "header", "does not match"},
        {lines, "<h1>error</h1>", "body", "does not match the pattern"},
        {lines, "status", "json", "is no JSON"},
        {lines, "", "body", "does not match"},
        {lines, "{\"status\": \"down\", \"n\": 5, \"list\": [true]}", "json", "`/status`"},
        {lines, "{\"status\": \"ok\", \"n\": \"6\", \"list\": [true]}", "json", "`/n`"},
        {lines, "{\"status\": \"ok\", \"n\": 5, \"list\": []}", "json", "`/list/0`"},
        {"content-type: application/json\r\ncontent-encoding: gzip\r\n", body, "body",
         "compressed"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        assert_false(take(&bench, 200, rows[i].lines, rows[i].body));
        assert_string_equal(bench.refusal.kind, rows[i].kind);
        if (!strstr(bench.refusal.reason, rows[i].says))
            fail_msg("row %zu: %s", i, bench.refusal.reason);
        /* nothing of the answer stands in a message */
        assert_null(strstr(bench.refusal.reason, "down"));
        assert_null(strstr(bench.refusal.reason, "<h1>"));
    }
    end(&bench);
}

static void values_are_captured(void **state) {
    (void)state;
    static const struct http_capture captures[] = {
        {.json = "/token"}, {.header = "x-id"}, {.pattern = "n=([0-9]+)"}};
    static const char *const names[] = {"token", "id", "n"};
    const struct probe_records records = {captures, names, 3};
    struct bench bench;
    begin(&bench, NULL, &records);
    assert_true(take(&bench, 200, "X-Id: 17\r\n", "{\"token\": \"n=5\"}"));
    assert_string_equal(bench.values[1], "n=5");
    assert_string_equal(bench.values[2], "17");
    assert_string_equal(bench.values[3], "5");
    assert_true(take(&bench, 200, "x-id: 18\r\n", "{\"token\": 6.5, \"x\": \"n=7\"}"));
    assert_string_equal(bench.values[1], "6.5");
    assert_string_equal(bench.values[2], "18");
    static const struct {
        const char *lines, *body;
    } rows[] = {
        {"", "{\"token\": \"n=5\"}"},
        {"x-id: 1\r\n", "{\"token\": {\"n=\": 1}, \"x\": \"n=7\"}"},
        {"x-id: 1\r\n", "{\"x\": \"n=7\"}"},
        {"x-id: 1\r\n", "{\"token\": \"n=\"}"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        assert_false(take(&bench, 200, rows[i].lines, rows[i].body));
        assert_string_equal(bench.refusal.kind, "capture");
    }
    end(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(wrong_statuses_are_refused),
        cmocka_unit_test(what_an_answer_holds),
        cmocka_unit_test(values_are_captured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
