#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "yaml/yaml.h"

static int set_up(void **state) {
    *state = arena_new();
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static struct yaml_node *read_bytes(struct arena *arena, const char *bytes, size_t length,
                                    const struct yaml_bounds *bounds, struct diags *diags) {
    struct yaml_node *root = NULL;
    bool fine = yaml_read(arena, "f.yaml", bytes, length, bounds, &root, diags);
    assert_true(fine == (root != NULL));
    assert_true(fine == (diags->errors == 0));
    return root;
}

static struct yaml_node *read_text(struct arena *arena, const char *text) {
    struct diags diags = diags_begin(arena);
    struct yaml_node *root = read_bytes(arena, text, strlen(text), &yaml_bounds_default, &diags);
    if (!root) fail_msg("%s: %s", text, diags.items[0].message);
    return root;
}

/* The one mistake of a text that is refused. */
static struct diag refuse_bytes(struct arena *arena, const char *bytes, size_t length,
                                const struct yaml_bounds *bounds, const char *code) {
    struct diags diags = diags_begin(arena);
    assert_null(read_bytes(arena, bytes, length, bounds, &diags));
    assert_int_equal(diags.count, 1);
    assert_string_equal(diag_codes[diags.items[0].code].word, code);
    return diags.items[0];
}

static void reads_a_tree_with_places(void **state) {
    struct yaml_node *root = read_text(*state, "version: 1\n"
                                               "list: [a, 'b c']\n"
                                               "deep:\n"
                                               "  k\u00e9y: \"v\\n\"\n"
                                               "  text: |\n"
                                               "    one\n"
                                               "    two\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(yaml_get(root, "version")->text, "1");
    assert_true(yaml_get(root, "version")->plain);
    const struct yaml_node *list = yaml_get(root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_true(list->flow);
    assert_string_equal(list->items[1]->text, "b c");
    assert_false(list->items[1]->plain);
    assert_int_equal(list->items[1]->place.line, 2);
    assert_int_equal(list->items[1]->place.column, 11);
    assert_int_equal(list->items[1]->place.length, 5);
    assert_string_equal(list->items[1]->place.source, "list: [a, 'b c']");
    assert_string_equal(list->items[1]->place.file, "f.yaml");
    const struct yaml_node *deep = yaml_get(root, "deep");
    assert_int_equal(deep->place.line, 4);
    assert_int_equal(deep->place.column, 3);
    assert_false(deep->flow);
    const struct yaml_node *value = yaml_get(deep, "k\u00e9y");
    assert_string_equal(value->text, "v\n");
    assert_int_equal(value->place.column, 8); /* characters, not bytes */
    assert_string_equal(yaml_get(deep, "text")->text, "one\ntwo\n");
    assert_int_equal(yaml_pair_of(deep, "text")->key->place.line, 5);
    assert_null(yaml_get(deep, "absent"));
    assert_null(yaml_get(NULL, "absent"));
    assert_null(yaml_get(list, "absent"));
    assert_string_equal(yaml_kind_text(list), "a list");
}

static void every_scalar_is_text(void **state) {
    static const char *const words[] = {"no",   "012", "1:30", "1_000", "0o17", ".inf",
                                        "null", "~",   "true", "1e3",   "0x1f", "2026-01-31"};
    struct yaml_node *root = read_text(*state, "[no, 012, 1:30, 1_000, 0o17, .inf, null, ~, true, "
                                               "1e3, 0x1f, 2026-01-31]\n");
    assert_int_equal(root->count, array_length(words));
    for (size_t i = 0; i < array_length(words); i++)
        assert_string_equal(root->items[i]->text, words[i]);
}

static void aliases_share_nodes(void **state) {
    struct yaml_node *root =
        read_text(*state, "a: &x {b: 1}\nc: *x\nd: &x 2\ne: *x\nf: &y\n  - g\nh: *y\n");
    assert_ptr_equal(yaml_get(root, "a"), yaml_get(root, "c"));
    assert_ptr_equal(yaml_get(root, "d"), yaml_get(root, "e")); /* the last anchor of a name */
    assert_ptr_equal(yaml_get(root, "f"), yaml_get(root, "h"));
    assert_int_equal(yaml_get(root, "a")->place.column, 7); /* behind the anchor */
    assert_int_equal(yaml_get(root, "f")->place.line, 6);
}

static void empty_values_are_left_to_the_reader_of_the_tree(void **state) {
    struct yaml_node *root = read_text(*state, "a:\nb: ''\nc: []\nd: {}\n");
    assert_string_equal(yaml_get(root, "a")->text, "");
    assert_true(yaml_get(root, "a")->plain);
    assert_false(yaml_get(root, "b")->plain);
    assert_int_equal(yaml_get(root, "c")->count, 0);
}

static void refuses_what_is_empty(void **state) {
    static const char *const texts[] = {"",      "\n\n",       "# only a comment\n",
                                        "---\n", "---\n...\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < array_length(texts); i++)
        refuse_bytes(*state, texts[i], strlen(texts[i]), &yaml_bounds_default, "yaml-empty");
}

struct bytes_case {
    const char *bytes;
    size_t length;
    const char *message; /* with the byte */
};
#define BYTES(text) text, sizeof(text) - 1

static const struct bytes_case dirty[] = {
    {BYTES("a: \xff\n"), "byte 3"},
    {BYTES("a: \xc0\xaf\n"), "byte 3"},         /* overlong */
    {BYTES("a: \xed\xa0\x80\n"), "byte 3"},     /* surrogate */
    {BYTES("a: \xf4\x90\x80\x80\n"), "byte 3"}, /* beyond U+10FFFF */
    {BYTES("a: b\nc: \xe2\x82"), "byte 8"},     /* cut off */
    {BYTES("\xEF\xBB\xBF"
           "a: \xff\n"),
     "byte 6"}, /* counted with the byte-order mark */
    {BYTES("a: b\0c\n"), "byte 4"},
    {BYTES("a: \x01\n"), "byte 3"},
    {BYTES("a: \x1b[0m\n"), "byte 3"},
    {BYTES("a: \x7f\n"), "byte 3"},
    {BYTES("a: b\xc2\x85"
           "c: d\n"),
     "byte 4"}, /* NEL: a line end in YAML 1.1 only */
    {BYTES("a: b\xe2\x80\xa8"
           "c: d\n"),
     "byte 4"},                             /* LS */
    {BYTES("a: \xef\xbb\xbf\n"), "byte 3"}, /* a byte-order mark inside */
    {BYTES("\xff\xfe"
           "a\0:\0 \0b\0"),
     "UTF-16"},
    {BYTES("\xfe\xff"
           "\0a\0:"),
     "UTF-16"},
    {BYTES("\xff\xfe\0\0"
           "a\0\0\0"),
     "UTF-16"},
    {BYTES("a\0:\0 \0b\0"), "byte 1"}, /* UTF-16 without a mark */
};

static void refuses_what_is_no_clean_text(void **state) {
    for (size_t i = 0; i < array_length(dirty); i++) {
        struct diag diag = refuse_bytes(*state, dirty[i].bytes, dirty[i].length,
                                        &yaml_bounds_default, "yaml-encoding");
        if (!strstr(diag.message, dirty[i].message)) fail_msg("%zu: %s", i, diag.message);
    }
    refuse_bytes(*state, BYTES("a: \"b\\0c\"\n"), &yaml_bounds_default, "yaml-encoding");
}

static const char *repeated(struct arena *arena, const char *piece, size_t count) {
    struct text text = text_begin(arena);
    for (size_t i = 0; i < count; i++) text_add(&text, piece);
    return text.data;
}

static void refuses_depth_at_once(void **state) {
    const char *deep = repeated(*state, "[", 200000);
    struct diag diag = refuse_bytes(*state, deep, strlen(deep), &yaml_bounds_default, "yaml-depth");
    assert_int_equal(diag.place.line, 1);
    assert_int_equal(diag.place.column, 65);
    struct text block = text_begin(*state);
    for (int i = 0; i < 66; i++) text_add_format(&block, "%*sa:\n", i, "");
    diag = refuse_bytes(*state, block.data, block.length, &yaml_bounds_default, "yaml-depth");
    assert_int_equal(diag.place.line, 65);
    const char *most =
        text_format(*state, "%s1%s\n", repeated(*state, "[", 64), repeated(*state, "]", 64));
    read_text(*state, most);
}

static void refuses_too_many_and_too_large(void **state) {
    struct yaml_bounds bounds = yaml_bounds_default;
    const char *list = repeated(*state, "- a\n", 10000);
    struct diag diag = refuse_bytes(*state, list, strlen(list), &bounds, "yaml-nodes");
    assert_int_equal(diag.place.line, 10000); /* the list itself counts */
    read_text(*state, repeated(*state, "- a\n", 9999));
    const char *scalar = text_format(*state, "a: %s\n", repeated(*state, "x", 65537));
    diag = refuse_bytes(*state, scalar, strlen(scalar), &bounds, "yaml-too-large");
    assert_int_equal(diag.place.column, 4);
    read_text(*state, text_format(*state, "a: %s\n", repeated(*state, "x", 65536)));
    const char *large = repeated(*state, "# 345678901234567890123456789012\n", 40000);
    refuse_bytes(*state, large, strlen(large), &bounds, "yaml-too-large");
    bounds.bytes = 5;
    refuse_bytes(*state, "a: bcd", 6, &bounds, "yaml-too-large");
}

static void refuses_alias_bombs_and_cycles(void **state) {
    struct text bomb = text_begin(*state);
    text_add(&bomb, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        text_add_format(&bomb, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++) text_add_format(&bomb, "%s*a%d", j ? ", " : "", i - 1);
        text_add(&bomb, "]\n");
    }
    assert_true(bomb.length < 700);
    struct diag diag =
        refuse_bytes(*state, bomb.data, bomb.length, &yaml_bounds_default, "yaml-alias-expansion");
    assert_int_equal(diag.place.line, 4);
    assert_non_null(strstr(diag.message, "`a2`"));
    assert_non_null(strstr(diag.message, "line 3"));
    assert_non_null(strstr(diag.message, "10000"));
    diag = refuse_bytes(*state, BYTES("&a [*a]\n"), &yaml_bounds_default, "yaml-alias-cycle");
    assert_int_equal(diag.place.column, 5);
    refuse_bytes(*state, BYTES("b: &a {c: [*a]}\n"), &yaml_bounds_default, "yaml-alias-cycle");
    refuse_bytes(*state, BYTES("*a : &a b\n"), &yaml_bounds_default, "yaml-alias");
    const char *deep = text_format(*state, "a: &a %sx%s\nb: %s*a %s\n", repeated(*state, "[", 60),
                                   repeated(*state, "]", 60), repeated(*state, "[", 60),
                                   repeated(*state, "]", 60));
    refuse_bytes(*state, deep, strlen(deep), &yaml_bounds_default, "yaml-depth");
}

static void lists_a_bounded_number_of_mistakes(void **state) {
    struct diags diags = diags_begin(*state);
    const char *text = repeated(*state, "- @x\n- !y\n- *z\n- a #1\n", 2000);
    assert_null(read_bytes(*state, text, strlen(text), &yaml_bounds_default, &diags));
    assert_true(diags.count <= yaml_bounds_default.mistakes + 1);
    assert_int_equal(diags.items[diags.count - 1].code, YAML_MISTAKES);
    text = repeated(*state, "a: 1\n", 4000);
    diags = diags_begin(*state);
    assert_null(read_bytes(*state, text, strlen(text), &yaml_bounds_default, &diags));
    assert_int_equal(diags.count, yaml_bounds_default.mistakes + 1);
}

static void long_lines_have_no_long_source(void **state) {
    const char *text = text_format(*state, "{a: b, c: %s, d: @x}\n", repeated(*state, "y", 5000));
    struct diag diag =
        refuse_bytes(*state, text, strlen(text), &yaml_bounds_default, "yaml-reserved");
    assert_int_equal(diag.place.column, 5016);
    assert_null(diag.place.source);
    text = text_format(*state, "{a: @x, c: %s}\n", repeated(*state, "\u00e4", 500));
    diag = refuse_bytes(*state, text, strlen(text), &yaml_bounds_default, "yaml-reserved");
    assert_int_equal(diag.place.column, 5);
    assert_true(strlen(diag.place.source) <= 200);
    for (size_t at = 0, size; diag.place.source[at]; at += size) {
        unsigned point = 0;
        size = text_utf8_length(diag.place.source + at, strlen(diag.place.source + at), &point);
        assert_true(size > 0);
    }
}

static void merges_deep_and_removes(void **state) {
    struct yaml_node *under = read_text(*state, "a: {x: 1, y: [1, 2], z: 3}\nb: 2\nc: 3\n");
    struct yaml_node *over = read_text(*state, "c: null\na: {y: [9], w: 4, z: null}\n"
                                               "d: {e: null, f: 'null'}\nb: {g: 1}\n");
    struct yaml_node *merged = yaml_merge(*state, under, over);
    static const char *const keys[] = {"a", "b", "d"};
    assert_int_equal(merged->count, array_length(keys));
    for (size_t i = 0; i < array_length(keys); i++)
        assert_string_equal(merged->pairs[i].key->text, keys[i]);
    const struct yaml_node *a = yaml_get(merged, "a");
    assert_int_equal(a->count, 3);
    assert_string_equal(yaml_get(a, "x")->text, "1");
    assert_int_equal(yaml_get(a, "y")->count, 1);
    assert_string_equal(yaml_get(a, "w")->text, "4");
    assert_int_equal(yaml_get(a, "y")->place.line, 2); /* the place of the winner */
    assert_int_equal(yaml_get(merged, "b")->kind, YAML_MAP);
    const struct yaml_node *d = yaml_get(merged, "d");
    assert_int_equal(d->count, 1); /* a quoted null is a text */
    assert_string_equal(yaml_get(d, "f")->text, "null");
    assert_int_equal(under->count, 3); /* neither is changed */
    assert_int_equal(yaml_get(under, "a")->count, 3);
    assert_int_equal(over->count, 4);
}

/* A file cut anywhere is refused or read, and never crashes. */
static void survives_every_cut(void **state) {
    (void)state;
    static const char text[] = "version: 1\nvars: {d: 'a b', e: [x, \"y\\u00e9\"]}\n"
                               "b: &q\n  - one\n  - > \n    two\n    three\nc: *q\n"
                               "# end\nd: {f: '#1', g: \u00fc}\n";
    size_t accepted = 0;
    for (size_t length = 0; length < sizeof text; length++) {
        struct arena *arena = arena_new();
        struct diags diags = diags_begin(arena);
        char *exact = arena_alloc(arena, length ? length : 1);
        memcpy(exact, text, length); /* so that sanitizers see a read beyond the end */
        accepted += read_bytes(arena, exact, length, &yaml_bounds_default, &diags) != NULL;
        arena_free(arena);
    }
    assert_true(accepted > 10);
}

#define ARENA_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ARENA_TEST(reads_a_tree_with_places),
        ARENA_TEST(every_scalar_is_text),
        ARENA_TEST(aliases_share_nodes),
        ARENA_TEST(empty_values_are_left_to_the_reader_of_the_tree),
        ARENA_TEST(refuses_what_is_empty),
        ARENA_TEST(refuses_what_is_no_clean_text),
        ARENA_TEST(refuses_depth_at_once),
        ARENA_TEST(refuses_too_many_and_too_large),
        ARENA_TEST(refuses_alias_bombs_and_cycles),
        ARENA_TEST(lists_a_bounded_number_of_mistakes),
        ARENA_TEST(long_lines_have_no_long_source),
        ARENA_TEST(merges_deep_and_removes),
        cmocka_unit_test(survives_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
