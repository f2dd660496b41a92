#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/json_stream.h"
#include "base/text.h"

static int set_up(void **state) {
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static void expect_written(struct arena *arena, json *value, const char *expected) {
    assert_string_equal(json_write(arena, value), expected);
    json_free(value);
}

static json *read_text(struct arena *arena, const char *text, const char **problem) {
    *problem = NULL;
    return json_read(arena, text, strlen(text), problem);
}

static void test_accepts(void **state) {
    static const char *const rows[] = {
        "{}",
        "[]",
        "null",
        "true",
        " false\r\n",
        "0",
        "-0",
        "-0.5e-7",
        "1E+2",
        "1e308",
        "1e-400",
        "\"\"",
        "\"\\u00e9\\ud83d\\ude00\\n\\/\\\"\"",
        "\"\xC3\xA9\xF0\x9F\x98\x80\"",
        "[[],{},[1]]",
        "{\"a\":1,\"A\":2,\"\":3}",
        "\"\x7F\"",
        "1.7976931348623157e308",
        "[1,2 , 3\t]",
        "18446744073709551615",
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *problem;
        json *value = read_text(*state, rows[i], &problem);
        if (!value) fail_msg("%s: %s", rows[i], problem);
        json_free(value);
    }
}

static void test_refuses(void **state) {
    static const struct {
        const char *text, *problem;
    } rows[] = {
        {"", "the document ends too early at byte 0"},
        {"  ", "the document ends too early at byte 2"},
        {"01", "a number with a leading zero at byte 2"},
        {"-01", "a number with a leading zero at byte 3"},
        {"1.", "a number without digits after its point at byte 2"},
        {"1.e3", "a number without digits after its point at byte 2"},
        {"1e", "a number without its exponent at byte 2"},
        {"1e+", "a number without its exponent at byte 3"},
        {"0x10", "something after the document's end at byte 1"},
        {".5", "expected a value at byte 0"},
        {"+1", "expected a value at byte 0"},
        {"-", "a number without digits at byte 1"},
        {"1e400", "a number too large for a double at byte 5"},
        {"-1.8e308", "a number too large for a double at byte 8"},
        {"1111111111111111111111111111111111111111111111111111111111111111",
         "a number of more than 63 characters at byte 64"},
        {"NaN", "expected a value at byte 0"},
        {"nul", "expected a value at byte 0"},
        {"1 garbage", "something after the document's end at byte 2"},
        {"{} {}", "something after the document's end at byte 3"},
        {"[1,]", "expected a value at byte 3"},
        {"[1 2]", "expected `,` or `]` at byte 3"},
        {"[", "the document ends too early at byte 1"},
        {"{\"a\"}", "expected `:` after a name at byte 4"},
        {"{\"a\":1,}", "expected a name in double quotes at byte 7"},
        {"{a:1}", "expected a name in double quotes at byte 1"},
        {"{\"a\":1 \"b\":2}", "expected `,` or `}` at byte 7"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "a name that stands twice in one object at byte 13"},
        {"{\"a\":1,\"\\u0061\":2}", "a name that stands twice in one object at byte 7"},
        {"[{\"x\":{\"k\":1,\"k\":1}}]", "a name that stands twice in one object at byte 13"},
        {"\"a", "a text without its closing quote at byte 2"},
        {"\"\\u0000x\"", "\\u0000 in a text at byte 7"},
        {"\"\\ud800\"", "half a surrogate pair at byte 7"},
        {"\"\\ud800\\u0041\"", "half a surrogate pair at byte 13"},
        {"\"\\udc00\"", "half a surrogate pair at byte 7"},
        {"\"\\u12g4\"", "\\u without four hex digits at byte 5"},
        {"\"\\x41\"", "an unknown escape at byte 2"},
        {"\"a\nb\"", "a control character in a text at byte 2"},
        {"\"\xFF\"", "bytes that are no UTF-8 at byte 1"},
        {"\"\xC0\xAF\"", "bytes that are no UTF-8 at byte 1"},
        {"\"\xED\xA0\x80\"", "bytes that are no UTF-8 at byte 1"},
        {"\"\xC3", "bytes that are no UTF-8 at byte 1"},
        {"\xEF\xBB\xBF{}", "expected a value at byte 0"},
        {"[1\x0b]", "expected `,` or `]` at byte 2"},
        {"'a'", "expected a value at byte 0"},
        {"{\"a\":1} // c", "something after the document's end at byte 8"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *problem;
        json *value = read_text(*state, rows[i].text, &problem);
        if (value) fail_msg("accepted: %s", rows[i].text);
        assert_string_equal(problem, rows[i].problem);
    }
}

static void test_refuses_nul_bytes(void **state) {
    const char *problem;
    assert_null(json_read(*state, "\"a\0b\"", 5, &problem));
    assert_null(json_read(*state, "{}\0", 3, &problem));
}

static void test_depth(void **state) {
    const char *problem;
    char text[200] = "";
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    json *value = read_text(*state, text, &problem);
    assert_non_null(value);
    json_free(value);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    assert_null(read_text(*state, text, &problem));
    assert_string_equal(problem, "nested more than 64 deep at byte 64");
}

/* Every beginning of a document but the whole is refused. */
static void test_truncation(void **state) {
    const char *text = "{\"a\": [1, -2.5e3, true, null], \"b\\u00e9\": {\"c\": \"x\xC3\xA9\"}}";
    const char *problem;
    for (size_t length = 0; length < strlen(text); length++) {
        char *cut = arena_alloc(*state, length ? length : 1); /* no NUL behind it */
        memcpy(cut, text, length);
        assert_null(json_read(*state, cut, length, &problem));
    }
    json *whole = read_text(*state, text, &problem);
    assert_non_null(whole);
    json_free(whole);
}

static void test_numbers_are_exact(void **state) {
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0.1 + 0.2, "0.30000000000000004"},
        {9007199254740992.0, "9007199254740992"},
        {1e-7, "1e-7"},
        {0.1, "0.1"},
        {123456, "123456"},
        {-1.5, "-1.5"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        json *list = json_new_list();
        json_push_number(list, rows[i].value);
        const char *written = json_write(*state, list);
        const char *problem;
        json *again = read_text(*state, written, &problem);
        assert_true(json_number(json_first(again), NAN) == rows[i].value);
        json_free(again);
        expect_written(*state, list, text_format(*state, "[%s]\n", rows[i].text));
    }
}

static double number_random(unsigned long long *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    double value;
    unsigned long long bits = *seed ^ *seed >> 29;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void test_numbers_come_back(void **state) {
    unsigned long long seed = 42;
    const char *problem;
    json *list = json_new_list();
    for (int i = 0; i < 2000; i++) json_push_number(list, number_random(&seed));
    const char *written = json_write(*state, list);
    json_free(list);
    list = read_text(*state, written, &problem);
    assert_non_null(list);
    seed = 42;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        double expected = number_random(&seed);
        if (!isfinite(expected))
            assert_true(json_is_null(item));
        else
            assert_true(json_number(item, NAN) == expected);
    }
    json_free(list);
}

static void test_not_finite_is_null(void **state) {
    json *list = json_new_list();
    json_push_number(list, NAN);
    json_push_number(list, INFINITY);
    json_push_number(list, -0.0);
    const char *written = json_write(*state, list);
    assert_true(text_starts(written, "[null, null, "));
    const char *problem;
    json *again = read_text(*state, written, &problem);
    assert_non_null(again);
    json_free(again);
    json_free(list);
}

static void test_text_is_repaired_and_inert(void **state) {
    static const char *const rows[][2] = {
        {"plain \xC3\xA9", "\"plain \xC3\xA9\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\n\t\r\b\x1b\x7f", "\"\\n\\t\\r\\u0008\\u001b\\u007f\""},
        {"\xFFx\xC3", "\"\xEF\xBF\xBDx\xEF\xBF\xBD\""},
        {"\xC2\x85\xE2\x80\xAE", "\"\\u0085\\u202e\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        json *list = json_new_list();
        json_push_text(list, rows[i][0]);
        expect_written(*state, list, text_format(*state, "[%s]\n", rows[i][1]));
    }
}

static void test_layout(void **state) {
    json *root = json_new_object();
    json_put_text(root, "name", NULL);
    json_put_flag(root, "yes", true);
    json_put_object(root, "empty");
    json_push_text(json_put_list(root, "texts"), "a");
    json_put_list(root, "none");
    json *list = json_put_list(root, "objects");
    json_put_number(json_push(list, json_new_object()), "n", 1);
    json_put_null(json_push(list, json_new_object()), "n");
    expect_written(
        *state, root,
        "{\n  \"name\": null,\n  \"yes\": true,\n  \"empty\": {},\n  \"texts\": [\"a\"],\n"
        "  \"none\": [],\n  \"objects\": [\n    {\n      \"n\": 1\n    },\n    {\n"
        "      \"n\": null\n    }\n  ]\n}\n");
}

static void test_reading(void **state) {
    const char *problem;
    json *root =
        read_text(*state, "{\"t\":\"x\",\"n\":2.5,\"f\":true,\"l\":[1,2],\"z\":null}", &problem);
    assert_string_equal(json_text(json_get(root, "t"), "no"), "x");
    assert_string_equal(json_text(json_get(root, "n"), "no"), "no");
    assert_null(json_get(root, "T"));
    assert_true(json_number(json_get(root, "n"), 0) == 2.5);
    assert_true(json_number(json_get(root, "missing"), 7) == 7);
    assert_true(json_flag(json_get(root, "f"), false));
    assert_true(json_flag(json_get(root, "t"), true));
    assert_int_equal(json_count(json_get(root, "l")), 2);
    assert_int_equal(json_count(root), 5);
    assert_int_equal(json_count(NULL), 0);
    assert_true(json_is_null(json_get(root, "z")));
    assert_false(json_is_null(json_get(root, "missing")));
    assert_string_equal(json_name(json_first(root)), "t");
    assert_null(json_get(json_get(root, "l"), "0"));
    json_free(root);
}

/* RFC 6901, section 5 */
static void test_pointer(void **state) {
    const char *problem;
    json *root = read_text(*state,
                           "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                           "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}",
                           &problem);
    static const struct {
        const char *pointer;
        double value;
    } rows[] = {
        {"/", 0},     {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3},  {"/g|h", 4},
        {"/i\\j", 5}, {"/k\"l", 6}, {"/ ", 7},   {"/m~0n", 8},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        assert_true(json_number(json_at(root, rows[i].pointer), -1) == rows[i].value);
    assert_ptr_equal(json_at(root, ""), root);
    assert_string_equal(json_text(json_at(root, "/foo/1"), ""), "baz");
    static const char *const absent[] = {"foo",      "/foo/2",   "/foo/01",
                                         "/foo/-",   "/foo/",    "/foo/+1",
                                         "/nothing", "/foo/0/x", "/foo/4294967296"};
    for (size_t i = 0; i < array_length(absent); i++) assert_null(json_at(root, absent[i]));
    json_free(root);
}

static void test_many(void **state) {
    json *list = json_new_list();
    for (int i = 0; i < 100000; i++) json_push_number(list, i + 0.25);
    const char *written = json_write(*state, list), *problem;
    json_free(list);
    list = read_text(*state, written, &problem);
    assert_int_equal(json_count(list), 100000);
    json_free(list);
    struct text names = text_begin(*state);
    text_add(&names, "{");
    for (int i = 0; i < 50000; i++) text_add_format(&names, "\"k%d\":0,", i);
    text_add(&names, "\"k0\":0}");
    assert_null(json_read(*state, names.data, names.length, &problem));
    assert_true(text_starts(problem, "a name that stands twice"));
}

/* The same document, as a tree and member by member. */
static void test_stream(void **state) {
    static const char expected[] = "{\n  \"name\": \"a\\\"b\\n\",\n  \"list\": [\n    {\n"
                                   "      \"bytes\": 1234567890123,\n      \"half\": 0.5\n    },\n"
                                   "    {}\n  ],\n  \"none\": [],\n  \"tree\": [1, 2],\n"
                                   "  \"inner\": {\n    \"zero\": 0\n  }\n}\n";
    struct text out = text_begin(*state);
    struct json_stream stream = json_stream_begin(&out);
    json_stream_text(&stream, "name", "a\"b\n");
    json_stream_list(&stream, "list");
    json_stream_object(&stream, NULL);
    json_stream_number(&stream, "bytes", 1234567890123);
    json_stream_number(&stream, "half", 0.5);
    json_stream_object_end(&stream);
    json_stream_object(&stream, NULL);
    json_stream_object_end(&stream);
    json_stream_list_end(&stream);
    json_stream_list(&stream, "none");
    json_stream_list_end(&stream);
    json *tree = json_new_list();
    json_push_number(tree, 1);
    json_push_number(tree, 2);
    json_stream_value(&stream, "tree", tree);
    json_stream_object(&stream, "inner");
    json_stream_number(&stream, "zero", 0);
    json_stream_object_end(&stream);
    json_stream_end(&stream);
    assert_string_equal(out.data, expected);
    const char *problem;
    tree = read_text(*state, out.data, &problem);
    assert_non_null(tree);
    expect_written(*state, tree, expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accepts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses_nul_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_truncation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_finite_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_is_repaired_and_inert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_layout, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pointer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stream, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
