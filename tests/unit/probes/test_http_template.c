/* Templates of requests, and the cookies of a user. */
#include "probes/http_cookie.h"
#include "probes/http_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/http_config.h"

#include <cmocka.h>

/* The text filled in with token = `token`, or "!NUMBER" where that fails. */
static const char *filled(struct arena *arena, const char *text, enum http_encoding encoding,
                          char *token) {
    struct http_names names;
    http_names_begin(&names, arena);
    http_names_add(&names, "token");
    struct http_template template = {0};
    const char *problem;
    if (!http_template_text(&names, &template, text, encoding, &problem)) return problem;
    char user[] = "7", *values[] = {user, token};
    struct http_buffer out = {0};
    uint32_t missing = 99;
    bool good = http_template_fill(&template, &(struct http_values){values, 2}, &out, &missing);
    const char *result = good ? text_copy_bytes(arena, out.data ? out.data : "", out.length)
                              : text_format(arena, "!%u", (unsigned)missing);
    free(out.data);
    return result;
}

static void values_are_written_where_they_go(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum http_encoding encoding;
        char token[32];
        const char *expected;
    } rows[] = {
        {"", HTTP_PLAIN, "t", ""},
        {"no values", HTTP_PLAIN, "t", "no values"},
        {"a{{token}}b{{ user }}", HTTP_PLAIN, "t", "atb7"},
        {"{{token}}{{token}}", HTTP_PLAIN, "x\r\ny", "x\r\nyx\r\ny"},
        {"/a b/{{token}}", HTTP_PATH, "x/y ?#\r\n", "/a b/x/y%20%3F%23%0D%0A"},
        {"?a=b&c={{token}}", HTTP_QUERY, "x&y=z/", "?a=b&c=x%26y%3Dz%2F"},
        {"a b&{{token}}", HTTP_FORM, "c&d", "a%20b%26c%26d"},
        {"{{token}}", HTTP_FORM, "\xc3\xa9", "%C3%A9"},
        {"{\"a\": \"{{token}}\"}", HTTP_JSON, "\"\\\n", "{\"a\": \"\\\"\\\\\\u000a\"}"},
        {"Bearer {{token}}", HTTP_HEADER, "a b\tc", "Bearer a b\tc"},
        {"Bearer {{token}}", HTTP_HEADER, "a\r\nX: y", "!1"},
        {"Bearer {{token}}", HTTP_HEADER, "a\x7f", "!1"},
        {"{{tokn}}", HTTP_PLAIN, "t", "no request captures `tokn`; did you mean `{{token}}`?"},
        {"{{}}", HTTP_PLAIN, "t", "no request captures ``"},
        {"a{{token", HTTP_PLAIN, "t", "`{{` has no `}}`"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena *arena = arena_new();
        char token[32];
        memcpy(token, rows[i].token, sizeof token);
        assert_string_equal(filled(arena, rows[i].text, rows[i].encoding, token), rows[i].expected);
        arena_free(arena);
    }
}

static void a_value_that_is_not_there_is_missing(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(filled(arena, "a{{token}}", HTTP_PLAIN, NULL), "!1");
    arena_free(arena);
}

static void samples_have_zeros(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(http_template_sample(arena, "{\"a\": {{b}}, \"c\": \"{{d}}\"}"),
                        "{\"a\": 0, \"c\": \"0\"}");
    assert_string_equal(http_template_sample(arena, "a{{b"), "a{{b");
    arena_free(arena);
}

static const char *cookies(struct arena *arena, const char *const *lines, const char *target) {
    struct http_jar jar = {0};
    for (size_t i = 0; lines[i]; i++) {
        const char *line = text_format(arena, "%s\r\n", lines[i]);
        http_jar_take(&jar, (struct net_span){line, strlen(line)});
    }
    struct http_buffer out = {0};
    http_jar_add(&jar, target, &out);
    const char *result = text_copy_bytes(arena, out.data ? out.data : "", out.length);
    free(out.data);
    http_jar_release(&jar);
    return result;
}

static void cookies_come_back(void **state) {
    (void)state;
    static const struct {
        const char *lines[4], *target, *expected;
    } rows[] = {
        {{"Date: x"}, "/", ""},
        {{"Set-Cookie: a=1"}, "/", "cookie: a=1\r\n"},
        {{"set-cookie: a=1; HttpOnly; Secure", "set-cookie: b = 2 "}, "/x", "cookie: a=1; b=2\r\n"},
        {{"set-cookie: a=1", "set-cookie: a=2"}, "/", "cookie: a=2\r\n"},
        {{"set-cookie: a=1", "set-cookie: a=; Max-Age=0"}, "/", ""},
        {{"set-cookie: a=1; path=/in"}, "/in/x?y", "cookie: a=1\r\n"},
        {{"set-cookie: a=1; path=/in"}, "/in?y", "cookie: a=1\r\n"},
        {{"set-cookie: a=1; path=/in"}, "/inside", ""},
        {{"set-cookie: a=1; path=/in"}, "/out?/in/", ""},
        {{"set-cookie: =1", "set-cookie: ", "set-cookie:;;;"}, "/", ""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        struct arena *arena = arena_new();
        assert_string_equal(cookies(arena, rows[i].lines, rows[i].target), rows[i].expected);
        arena_free(arena);
    }
}

static void a_jar_is_bounded(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    struct http_jar jar = {0};
    for (int i = 0; i < 2 * HTTP_COOKIES_MAX; i++) {
        const char *line = text_format(arena, "set-cookie: c%d=1\r\n", i);
        http_jar_take(&jar, (struct net_span){line, strlen(line)});
    }
    assert_int_equal(jar.count, HTTP_COOKIES_MAX);
    http_jar_release(&jar);
    char *large = arena_alloc(arena, HTTP_COOKIE_BYTES + 64);
    memset(large, 'x', HTTP_COOKIE_BYTES + 32);
    memcpy(large, "set-cookie: a=", 14);
    memcpy(large + HTTP_COOKIE_BYTES + 30, "\r\n", 2);
    http_jar_take(&jar, (struct net_span){large, HTTP_COOKIE_BYTES + 32});
    assert_int_equal(jar.count, 0);
    http_jar_release(&jar);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_where_they_go),
        cmocka_unit_test(a_value_that_is_not_there_is_missing),
        cmocka_unit_test(samples_have_zeros),
        cmocka_unit_test(cookies_come_back),
        cmocka_unit_test(a_jar_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
