/* Text, arrays, arenas and diagnostics: what everything else is written with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/diag.h"
#include "base/text.h"

static void test_inert(void **state) {
    static const char *const rows[][2] = {
        {"plain text, ünïcödé ✓", "plain text, ünïcödé ✓"},
        {"a\033[31mb", "a\\x1b[31mb"},
        {"line\nend\ttab\r", "line\\nend\\ttab\\x0d"},
        {"\xff\xc0\xaf", "\\xff\\xc0\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\x7f\xc2\x9b", "\\x7f\\x9b"},
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202E}b"},
        {"a\xe2\x80\x8b"
         "b",
         "a\\u{200B}b"},
        {"cut \xe2\x82", "cut \\xe2\\x82"},
        {"", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(text_inert(arena, rows[i][0]), rows[i][1]);
    assert_string_equal(text_inert(arena, NULL), "");
    arena_free(arena);
    (void)state;
}

static void test_inert_leaves_no_control_byte(void **state) {
    struct arena *arena = arena_new();
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 1; b < 256; b++) {
            const char bytes[] = {(char)a, (char)b, '\0'};
            for (const char *c = text_inert(arena, bytes); *c; c++) {
                assert_false((unsigned char)*c < 0x20);
                assert_false((unsigned char)*c == 0x7f);
            }
        }
    }
    arena_free(arena);
    (void)state;
}

static void test_utf8(void **state) {
    unsigned point = 0;
    assert_int_equal(text_utf8_length("a", 1, &point), 1);
    assert_int_equal(text_utf8_length("\xc3\xa4", 2, &point), 2);
    assert_int_equal(point, 0xe4);
    assert_int_equal(text_utf8_length("\xf0\x9f\x92\xa9", 4, &point), 4);
    assert_int_equal(point, 0x1f4a9);
    assert_int_equal(text_utf8_length("\xc3\xa4", 1, &point), 0);
    assert_int_equal(text_utf8_length("\xe0\x80\x80", 3, &point), 0);
    assert_int_equal(text_utf8_length("\xf4\x90\x80\x80", 4, &point), 0);
    assert_int_equal(text_utf8_length("", 0, &point), 0);
    (void)state;
}

static void test_redact(void **state) {
    struct arena *arena = arena_new();
    assert_string_equal(text_redact(arena, "a token=hunter2 b hunter2", "hunter2"),
                        "a token=[secret] b [secret]");
    assert_string_equal(text_redact(arena, "nothing here", "hunter2"), "nothing here");
    assert_string_equal(text_redact(arena, "kept", ""), "kept");
    assert_string_equal(text_redact(arena, "aaa", "a"), "[secret][secret][secret]");
    arena_free(arena);
    (void)state;
}

static void test_building(void **state) {
    struct arena *arena = arena_new();
    struct text text = text_begin(arena);
    assert_string_equal(text.data, "");
    for (int i = 0; i < 1000; i++) text_add_format(&text, "%d,", i);
    assert_int_equal(text.length, strlen(text.data));
    assert_true(text_starts(text.data, "0,1,2,"));
    assert_true(text_ends(text.data, ",998,999,"));
    assert_false(text_ends("a", "ba"));
    assert_int_equal(text_width("äöü"), 3);
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_null(text_copy(arena, NULL));
    arena_free(arena);
    (void)state;
}

static void test_arrays_keep_their_elements(void **state) {
    struct arena *arena = arena_new();
    size_t *items = NULL, count = 0;
    for (size_t i = 0; i < 5000; i++) *array_add(arena, items, count) = i;
    assert_int_equal(count, 5000);
    for (size_t i = 0; i < count; i++) assert_int_equal(items[i], i);
    arena_free(arena);
    (void)state;
}

static void test_arena_gives_zeroed_aligned_places(void **state) {
    struct arena *arena = arena_new();
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *place = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)place % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(place[i], 0);
        if (size) memset(place, 0xff, size);
    }
    char *large = arena_alloc(arena, 5 * 1024 * 1024);
    large[5 * 1024 * 1024 - 1] = 1;
    assert_true(arena_used(arena) > 5 * 1024 * 1024);
    arena_free(arena);
    arena_free(NULL);
    (void)state;
}

static void test_codes_are_whole(void **state) {
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        const struct diag_code_row *row = &diag_codes[code];
        assert_int_equal(diag_code_find(row->word), code); /* so no word stands twice */
        assert_true(strlen(row->meaning) > 10 && strlen(row->remedy) > 5);
        assert_int_equal(row->meaning[strlen(row->meaning) - 1], '.');
        assert_int_equal(strspn(row->word, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(row->word));
    }
    assert_int_equal(diag_code_find("no-such-code"), DIAG_CODE_COUNT);
    (void)state;
}

static void test_exit_code_of_diagnostics(void **state) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    assert_int_equal(diags_exit_code(&diags), 0);
    diag_warning(&diags, FILE_OPEN, NO_PLACE, NULL, "only a warning");
    assert_int_equal(diags_exit_code(&diags), 0);
    assert_false(diag_error(&diags, FILE_OPEN, NO_PLACE, "a hint", "config %d", 1));
    assert_int_equal(diags_exit_code(&diags), DIAG_CONFIG);
    diag_error(&diags, PATH_OUTSIDE, NO_PLACE, NULL, "policy outranks config");
    assert_int_equal(diags_exit_code(&diags), DIAG_POLICY);
    diag_error(&diags, CLI_STDOUT, NO_PLACE, NULL, "internal outranks all");
    assert_int_equal(diags_exit_code(&diags), DIAG_INTERNAL);
    assert_int_equal(diags.errors, 3);
    struct diags joined = diags_begin(arena);
    diags_join(&joined, &diags);
    assert_int_equal(joined.count, 4);
    assert_string_equal(joined.items[1].message, "config 1");
    assert_string_equal(joined.items[1].hint, "a hint");
    arena_free(arena);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inert),
        cmocka_unit_test(test_inert_leaves_no_control_byte),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_redact),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_arrays_keep_their_elements),
        cmocka_unit_test(test_arena_gives_zeroed_aligned_places),
        cmocka_unit_test(test_codes_are_whole),
        cmocka_unit_test(test_exit_code_of_diagnostics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
