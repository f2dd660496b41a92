#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "yaml/yaml.h"

/* One mistake: where it is told, by which code, and what the hint shows to write. */
struct trap {
    const char *text;
    int line, column, length;
    const char *code, *hint;
};

static const struct trap traps[] = {
    /* > and |: a limit became a block of text */
    {"limits: {p95: > 3}\n", 1, 15, 3, "yaml-block", "'> 3'"},
    {"a: 1\nlimits:\n  p95: > 100ms\n", 3, 8, 7, "yaml-block", "'> 100ms'"},
    {"p95: >3\n", 1, 6, 2, "yaml-block", "'>3'"},
    {"p95: >3\nb: 1\n", 1, 6, 2, "yaml-block", "'>3'"},
    {"p95: >= 3\nb: 1\n", 1, 6, 4, "yaml-block", "'>= 3'"},
    {"p95: >100\nb: 1\n", 1, 6, 4, "yaml-block", "'>100'"},
    {"p95: >\nb: 1\n", 1, 6, 1, "yaml-block", "'> 3'"},
    {"p95: >3 # at least\nb: 1\n", 1, 6, 2, "yaml-block", "'>3'"},
    {"p95: | 3\n", 1, 6, 3, "yaml-block", "'| 3'"},
    {"p95: |2\n  b\n", 1, 6, 2, "yaml-block", "'|2'"},
    {"a: [> 3, 4]\n", 1, 5, 3, "yaml-block", "'> 3'"},
    /* *: a glob became an alias */
    {"size: *.js\n", 1, 7, 4, "yaml-alias", "'*.js'"},
    {"size: **/*.js\n", 1, 7, 7, "yaml-alias", "'**/*.js'"},
    {"size: *foo\n", 1, 7, 4, "yaml-alias", "'*foo'"},
    {"size: *foo/x # all\n", 1, 7, 6, "yaml-alias", "'*foo/x'"},
    {"size: *\n", 1, 7, 1, "yaml-alias", "'*'"},
    {"size: [a, *.js]\n", 1, 11, 4, "yaml-alias", "'*.js'"},
    {"size:\n  - dist\n  - *-min.js\n", 3, 5, 8, "yaml-alias", "'*-min.js'"},
    {"*: 1\n", 1, 1, 4, "yaml-alias", "'*: 1'"},
    /* !: a negated glob became a tag */
    {"size:\n  - a\n  - !dist/*.map\n", 3, 5, 11, "yaml-tag", "'!dist/*.map'"},
    {"size: !**/x\n", 1, 7, 5, "yaml-tag", "'!**/x'"},
    {"size: !{x,y}\n", 1, 7, 6, "yaml-tag", "'!{x,y}'"},
    {"size: !\n", 1, 7, 1, "yaml-tag", "'!'"},
    {"a: !!str x\n", 1, 4, 7, "yaml-tag", "every scalar is text"},
    {"a: !!python/object:x {b: 1}\n", 1, 4, 24, "yaml-tag", "tags are not needed"},
    {"a: &x !t b\n", 1, 7, 4, "yaml-tag", "'!t b'"},
    /* &: a text became an anchor */
    {"a: &x\nb: 1\n", 1, 4, 2, "yaml-anchor", "'&x'"},
    {"a: & b\n", 1, 4, 3, "yaml-anchor", "'& b'"},
    {"a: &&\n", 1, 4, 2, "yaml-anchor", "'&&'"},
    {"a: &an:chor b\n", 1, 4, 10, "yaml-anchor", "'&an:chor b'"},
    {"a: &b {c: d}\ne: {f: *b:c}\n", 2, 8, 4, "yaml-alias", "'*b:c'"},
    /* % @ ` */
    {"a: %5\n", 1, 4, 2, "yaml-reserved", "'%5'"},
    {"a: @team\n", 1, 4, 5, "yaml-reserved", "'@team'"},
    {"a: `date`\n", 1, 4, 6, "yaml-reserved", "'`date`'"},
    {"a: {b: @c, d: 1}\n", 1, 8, 2, "yaml-reserved", "'@c'"},
    /* braces and brackets */
    {"size: {a,b}\n", 1, 7, 5, "yaml-braces", "'{a,b}'"},
    {"size: {a,b}.js\n", 1, 7, 8, "yaml-braces", "'{a,b}.js'"},
    {"size: {a, b}/c.js\n", 1, 7, 11, "yaml-braces", "'{a, b}/c.js'"},
    {"size: [src/{a,b}.js, c]\n", 1, 8, 12, "yaml-braces", "'src/{a,b}.js'"},
    {"size: [ab]*.js\n", 1, 7, 8, "yaml-braces", "'[ab]*.js'"},
    {"url: {{host}}/x\n", 1, 6, 10, "yaml-braces", "'{{host}}/x'"},
    {"limits: {gzip[*]: 60KB}\n", 1, 10, 7, "yaml-braces", "'gzip[*]'"},
    {"limits: {gzip: 1, gzip[a-*]: 60KB}\n", 1, 19, 9, "yaml-braces", "'gzip[a-*]'"},
    {"limits: {latency[request:orders].p95: 3s}\n", 1, 10, 27, "yaml-braces",
     "'latency[request:orders].p95'"},
    {"with: {t: ${x}}\n", 1, 11, 4, "yaml-braces", "'${x}'"},
    {"with: {t: ${x}/y, z: 2}\n", 1, 11, 6, "yaml-braces", "'${x}/y'"},
    {"with: {t: a/${x}}\n", 1, 11, 6, "yaml-braces", "'a/${x}'"},
    {"tags: [${x}]\n", 1, 8, 4, "yaml-braces", "'${x}'"},
    /* commas */
    {"p95: {max: 10,000}\n", 1, 14, 1, "yaml-comma", "write 10000"},
    {"p95: {max: 1,234,567KB, min: 1}\n", 1, 13, 1, "yaml-comma", "write 1234567KB"},
    {"p95: {max: 10,000 ms}\n", 1, 14, 1, "yaml-comma", "write 10000"},
    {"w: {reason: New index, see 123}\n", 1, 22, 1, "yaml-comma", "quote the whole text"},
    /* colons */
    {"p95: {max:5}\n", 1, 7, 5, "yaml-colon", "max: 5"},
    {"why: so: that\n", 1, 6, 8, "yaml-colon", "'so: that'"},
    {"version:1\nb: 2\n", 1, 1, 9, "yaml-colon", "`version: 1`"},
    {"b: 2\nversion:1\nc: 3\n", 2, 1, 9, "yaml-colon", "`version: 1`"},
    {"a: b\n c: d\n", 1, 4, 1, "yaml-colon", "colon"},
    /* # */
    {"reason: see #123\n", 1, 13, 4, "yaml-hash", "'see #123'"},
    {"reason: #123\nb: 1\n", 1, 9, 4, "yaml-hash", "'#123'"},
    {"tags:\n  - #1\n", 2, 5, 2, "yaml-hash", "'#1'"},
    {"w: {reason: see #123}\n", 1, 17, 4, "yaml-hash", "'see #123'"},
    {"reason: see #123", 1, 13, 4, "yaml-hash", "'see #123'"},
    {"a: [b]#c\n", 1, 7, 1, "yaml-comment", "blank before the #"},
    {"a: \"b\"#c\n", 1, 7, 1, "yaml-comment", "blank before the #"},
    {"a: >#c\n  b\n", 1, 5, 1, "yaml-comment", "blank before the #"},
    /* quotes */
    {"a: \"\\d+\"\n", 1, 5, 1, "yaml-syntax", "single quotes"},
    {"a: \"x\" y\n", 1, 8, 1, "yaml-syntax", "''"},
    {"b: 1\na: \"x\n", 2, 4, 1, "yaml-syntax", NULL},
    {"b: 1\na: {x: 1\n", 2, 4, 1, "yaml-syntax", NULL},
    {"a: ]\n", 1, 4, 1, "yaml-syntax", "quote"},
    {"a: - b\n", 1, 4, 1, "yaml-syntax", "next line"},
    /* layout */
    {"a:\n\tb: 1\n", 2, 1, 1, "yaml-tab", "blanks"},
    {"a:\tb\n", 1, 3, 1, "yaml-tab", "blanks"},
    {"a: \"b\n\tc\"\n", 2, 1, 1, "yaml-tab", "blanks"},
    {"a:\n  b: 1\n c: 2\n", 3, 2, 1, "yaml-indentation", "alike"},
    {"a: [b,\nc]\n", 2, 1, 1, "yaml-indentation", "2 blanks or more"},
    {"a:\n  b: \"c\n  d\"\n", 3, 3, 1, "yaml-indentation", "4 blanks or more"},
    /* what is not part of budget files */
    {"%YAML 1.3\n---\na: 1\n", 1, 1, 9, "yaml-directive", "remove"},
    {"a: 1\n---\nb: 1\n", 2, 1, 3, "yaml-second-document", "own"},
    {"a: 1\n...\n---\nb: 1\n", 3, 1, 3, "yaml-second-document", "own"},
    {"<<: {a: 1}\n", 1, 1, 2, "yaml-merge-key", "include"},
    {"? a\n: b\n", 1, 1, 1, "yaml-key", "key: value"},
    {"{a: 1}: b\n", 1, 1, 1, "yaml-key", "quote"},
    {"[a]: b\n", 1, 1, 1, "yaml-key", "quote"},
    {": b\n", 1, 1, 1, "yaml-key", "key: value"},
    {"a: 1\nb: 2\n\"a\": 3\n", 3, 1, 3, "yaml-duplicate-key", "remove"},
    {"a: {b: 1, 'b': 1}\n", 1, 11, 3, "yaml-duplicate-key", "remove"},
    {"\u00e4\u00f6: 1\nb: {\u00e4: @x}\n", 2, 8, 2, "yaml-reserved", "'@x'"},
};

static void check(const struct trap *trap, struct arena *arena) {
    struct diags diags = diags_begin(arena);
    struct yaml_node *root = (struct yaml_node *)arena;
    if (yaml_read(arena, "b.yaml", trap->text, strlen(trap->text), &yaml_bounds_default, &root,
                  &diags))
        fail_msg("accepted: %s", trap->text);
    assert_null(root);
    const struct diag *diag = &diags.items[0];
    const struct place *place = &diag->place;
    if (diags.count != 1) fail_msg("%zu mistakes in: %s", diags.count, trap->text);
    if (!text_equal(diag_codes[diag->code].word, trap->code))
        fail_msg("%s, not %s: %s", diag_codes[diag->code].word, trap->code, trap->text);
    if (place->line != trap->line || place->column != trap->column || place->length != trap->length)
        fail_msg("%d:%d+%d: %s", place->line, place->column, place->length, trap->text);
    assert_string_equal(place->file, "b.yaml");
    assert_non_null(place->source);
    assert_true(strlen(diag->message) > 0);
    if (trap->hint && (!diag->hint || !strstr(diag->hint, trap->hint)))
        fail_msg("hint %s: %s", diag->hint ? diag->hint : "none", trap->text);
}

static void tells_each_trap_once_and_where(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(traps); i++) {
        struct arena *arena = arena_new();
        check(&traps[i], arena);
        arena_free(arena);
    }
}

/* What looks like a trap and is none. */
static const char *const harmless[] = {
    "a: '> 3'\n",
    "a: x > 3\n",
    "a: <= 3\n",
    "a: dist/*.js\n",
    "a: dist/{a,b}.js\n",
    "a: '{a,b}'\n",
    "gzip[*]: 60KB\n",
    "latency[phase:peak request:orders].p95: 3s\n",
    "a: ${x}/y\n",
    "a: x ${x} y\n",
    "a: R&D 100% me@x.org\n",
    "a: x#123\n",
    "a: x # 123\n",
    "a: 'x' #123\n",
    "a: [x, y] #1\n",
    "#1\na: b\n",
    "a: b # see #123\n",
    "a: http://localhost:80/x\n",
    "a: {b: http://localhost:80/x, c: 'd, e'}\n",
    "a: >\n  text\n  more\nb: |-\n  x\n",
    "a: > # comment\n  text\n",
    "a: [1, 200, 300]\n",
    "a: [\n  b,\n  c\n  ]\n",
    "a: \"b\n  c\"\n",
    "---\na: 1\n...\n",
    "# only\n---\na: 1 # x\n",
    "a: null\nb: ~\nc: no\nd: 012\ne: 1:30\n",
    "a:\nb: ''\n",
    "\xEF\xBB\xBF"
    "a: 1\n",
    "a: 1\r\nb: 2\r\n",
};

static void leaves_the_harmless_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(harmless); i++) {
        struct arena *arena = arena_new();
        struct diags diags = diags_begin(arena);
        struct yaml_node *root = NULL;
        if (!yaml_read(arena, "b.yaml", harmless[i], strlen(harmless[i]), &yaml_bounds_default,
                       &root, &diags))
            fail_msg("%s: %s", harmless[i], diags.items[0].message);
        assert_non_null(root);
        arena_free(arena);
    }
}

static void reports_all_mistakes_of_a_file(void **state) {
    (void)state;
    static const char text[] = "p95: > 3\n"
                               "size: *.js\n"
                               "list:\n"
                               "  - !dist/*.map\n"
                               "  - {a,b}.js\n"
                               "with: {t: ${x}/y, z: 2}\n"
                               "more: {gzip[*]: 60KB, gzip[b]: 2}\n"
                               "p95: 2\n"
                               "limit: {max: 10,000}\n"
                               "share: %5\n"
                               "why: see #12\n";
    static const int lines[] = {1, 2, 4, 5, 6, 7, 7, 8, 9, 10, 11};
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct yaml_node *root = NULL;
    assert_false(yaml_read(arena, "b", text, strlen(text), &yaml_bounds_default, &root, &diags));
    assert_int_equal(diags.count, array_length(lines));
    for (size_t i = 0; i < array_length(lines); i++)
        assert_int_equal(diags.items[i].place.line, lines[i]);
    assert_non_null(strstr(diags.items[7].message, "line 1, column 1"));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_each_trap_once_and_where),
        cmocka_unit_test(leaves_the_harmless_alone),
        cmocka_unit_test(reports_all_mistakes_of_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
