/* Patterns against names, and against real folders: rows F1, F2, G1 to G4 of the list of faults. */
#include "probe_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/array.h"
#include "base/text.h"
#include "probes/glob.h"
#include "probes/glob_pattern.h"
#include "temp_folder.h"

/* Names */

static void parts(void **state) {
    (void)state;
    static const struct {
        const char *part, *name;
        bool matches;
    } rows[] = {
        {"a.js", "a.js", true},
        {"a.js", "a.jsx", false},
        {"*", "a", true},
        {"*", ".a", false},
        {".*", ".a", true},
        {"\\.a", ".a", true},
        {"?a", ".a", false},
        {"[.]a", ".a", false},
        {"*.js", ".js", false},
        {"*.js", "x.js", true},
        {"*.js", "x.js.map", false},
        {"*a*b*c*", "xxaxbxcx", true},
        {"*a*b*c*", "xxaxcxbx", false},
        {"a*", "a", true},
        {"?", "", false},
        {"??", "ab", true},
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[!a-c]x", "dx", true},
        {"[^a-c]x", "ax", false},
        {"[]x]", "]", true},
        {"[]-a]", "_", true},
        {"[a-]", "-", true},
        {"[\\]]", "]", true},
        {"[\\!x]", "!", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"\\[x", "[x", true},
        {"a\\", "a\\", true},
        {"\xff*", "\xff\xfe\n\x1b", true},
        {"-*", "-rf", true},
        {"*?*?*", "a", false},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        if (glob_part_matches(rows[i].part, rows[i].name) != rows[i].matches)
            fail_msg("%s against %s", rows[i].part, rows[i].name);
}

/** Many stars over a long name: the work stays in proportion to the lengths' product. */
static void many_stars(void **state) {
    (void)state;
    char part[201], name[256];
    for (size_t i = 0; i < 200; i += 2) memcpy(part + i, "*a", 2);
    part[199] = 'b';
    part[200] = '\0';
    memset(name, 'a', 255);
    name[255] = '\0';
    assert_false(glob_part_matches(part, name));
}

static void whole_patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        {"a/b.js", "/d/a/b.js", true},    {"a/*.js", "/d/a/b.js", true},
        {"a/*.js", "/d/a/c/b.js", false}, {"**/*.js", "/d/b.js", true},
        {"**/*.js", "/d/a/c/b.js", true}, {"**/*.js", "/d/.a/b.js", false},
        {"**/x/**", "/d/a/x/b/c", true},  {"**/x/**", "/d/a/x", false},
        {"**/a/*/b", "/d/a/a/x/b", true}, {"**/a/*/b", "/d/a/x/y/b", false},
        {"a/**/b", "/d/a/b", true},       {"./a//b.js", "/d/a/b.js", true},
        {"../e/*.js", "/e/b.js", true},   {"/d/*.js", "/d/b.js", true},
        {"**", "/d/a/b", true},           {"**/**/b", "/d/b", true},
        {"a**b", "/d/axb", true},         {"a**b", "/d/a/b", false},
        {"a\\*/x?", "/d/a*/xy", true},    {"**/a/b", "/d/a/a/b", true},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++) {
        struct glob_pattern pattern;
        struct glob_problem problem;
        assert_true(glob_pattern_read(arena, "/d", rows[i].pattern, &pattern, &problem));
        if (glob_pattern_matches(&pattern, rows[i].path) != rows[i].matches)
            fail_msg("%s against %s", rows[i].pattern, rows[i].path);
    }
    arena_free(arena);
}

static void braces(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        size_t count;
        const char *texts[4];
    } rows[] = {
        {"a{b,c}d", 2, {"abd", "acd"}},
        {"{a,b}{c,d}", 4, {"ac", "ad", "bc", "bd"}},
        {"{a,{b,c}x}", 3, {"a", "bx", "cx"}},
        {"a{b}c", 1, {"abc"}},
        {"a{,b}", 2, {"a", "ab"}},
        {"a\\{b,c\\}", 1, {"a\\{b,c\\}"}},
        {"plain", 1, {"plain"}},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++) {
        const char **texts = NULL;
        size_t count = 0, found = 0;
        struct glob_problem problem;
        assert_true(glob_braces(arena, rows[i].pattern, &texts, &count, &problem));
        assert_int_equal(count, rows[i].count);
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < count; k++) found += strcmp(rows[i].texts[j], texts[k]) == 0;
        assert_int_equal(found, count);
    }
    arena_free(arena);
}

static void malformed_patterns(void **state) {
    (void)state;
    static const char *const patterns[] = {
        "a{b",
        "a}b",
        "{a,{b}",
        "a[b",
        "[[:alpha:]]",
        "[a-\\]",
        "",
        "*/../x",
        "!",
        "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(patterns); i++) {
        struct glob_problem problem = {0};
        if (glob_check(arena, (struct probe_texts){&patterns[i], 1}, &problem))
            fail_msg("accepted %s", patterns[i]);
        assert_non_null(problem.message);
    }
    const char *const first_negated[] = {"!a", "b"};
    struct glob_problem problem = {0};
    assert_false(glob_check(arena, (struct probe_texts){first_negated, 2}, &problem));
    char *longest = arena_alloc(arena, 5000);
    memset(longest, 'a', 4999);
    const char *text = longest;
    assert_false(glob_check(arena, (struct probe_texts){&text, 1}, &problem));
    arena_free(arena);
}

/* Folders */

struct fixture {
    char folder[PATH_MAX];
    struct arena *arena;
    struct glob_files files;
    struct glob_problem problem;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    temp_folder_make(fixture->folder);
    fixture->arena = arena_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    temp_folder_remove(fixture->folder);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const char *const *names) {
    for (; *names; names++) temp_write_text(fixture->folder, *names, "x");
}
#define PUT(fixture, ...) put(fixture, (const char *const[]){__VA_ARGS__, NULL})

static bool expand(struct fixture *fixture, const char *const *patterns, bool rooted) {
    size_t count = 0;
    while (patterns[count]) count++;
    struct glob_plan plan = {.directory = fixture->folder,
                             .root = rooted ? fixture->folder : NULL,
                             .patterns = {patterns, count}};
    fixture->files = (struct glob_files){0};
    fixture->problem = (struct glob_problem){0};
    return glob_expand(fixture->arena, &plan, &fixture->files, &fixture->problem);
}
#define EXPAND(fixture, ...) expand(fixture, (const char *const[]){__VA_ARGS__, NULL}, true)

/** The names found, with a blank between them. */
static const char *names(struct fixture *fixture) {
    struct text text = text_begin(fixture->arena);
    for (size_t i = 0; i < fixture->files.count; i++)
        text_add_format(&text, "%s%s", i ? " " : "", fixture->files.names[i]);
    return text.data;
}

static void expect_names(struct fixture *fixture, bool good, const char *expected) {
    if (!good) fail_msg("%s", fixture->problem.message);
    assert_string_equal(names(fixture), expected);
}

static void expect_problem(struct fixture *fixture, bool good, enum probe_fault fault,
                           const char *message) {
    assert_false(good);
    assert_int_equal(fixture->problem.fault, fault);
    assert_string_equal(fixture->problem.message, message);
}

static void finds_files(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "b.js", "a.js", "a.css", "B.js", ".hidden.js", "sub/c.js", "sub/deep/d.js",
        "sub/deep/e.map", ".git/x.js", "node_modules/m/m.js", "dir.js/file");
    expect_names(fixture, EXPAND(fixture, "*.js"), "B.js a.js b.js");
    expect_names(fixture, EXPAND(fixture, "**/*.js"),
                 "B.js a.js b.js node_modules/m/m.js sub/c.js sub/deep/d.js");
    expect_names(fixture, EXPAND(fixture, "**/*.js", "!node_modules/**"),
                 "B.js a.js b.js sub/c.js sub/deep/d.js");
    expect_names(fixture, EXPAND(fixture, "**/*.js", "!**/[a-c].js", "sub/c.js"),
                 "B.js node_modules/m/m.js sub/c.js sub/deep/d.js");
    expect_names(fixture, EXPAND(fixture, "{a,b}.{js,css}"), "a.css a.js b.js");
    expect_names(fixture, EXPAND(fixture, "a.*", "a.js", "./a.js"), "a.css a.js");
    expect_names(fixture, EXPAND(fixture, ".*.js"), ".hidden.js");
    expect_names(fixture, EXPAND(fixture, ".git/*"), ".git/x.js");
    expect_names(fixture, EXPAND(fixture, "sub/**"), "sub/c.js sub/deep/d.js sub/deep/e.map");
    expect_names(fixture, EXPAND(fixture, "*/deep/*"), "sub/deep/d.js sub/deep/e.map");
    expect_names(fixture, EXPAND(fixture, temp_path(fixture->folder, "sub/*.js")), "sub/c.js");
}

/* G1 */
static void nothing_matches(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "sub/a.js");
    expect_names(fixture, EXPAND(fixture, "*.map"), "");
    expect_names(fixture, EXPAND(fixture, "sub/{x,y}.js"), "");
    expect_names(fixture, EXPAND(fixture, "{sub,none}/*.js"), "sub/a.js");
    expect_problem(fixture, EXPAND(fixture, "dist/*.map"), PROBE_FAULT_TARGET,
                   "dist, where dist/*.map looks for files, does not exist");
    expect_problem(fixture, EXPAND(fixture, "dist/{a,b}/*.map"), PROBE_FAULT_TARGET,
                   "dist, where dist/{a,b}/*.map looks for files, does not exist");
    expect_problem(fixture, EXPAND(fixture, "sub/a.js/*.map"), PROBE_FAULT_TARGET,
                   "sub/a.js, where sub/a.js/*.map looks for files, is no folder");
    expect_problem(fixture, EXPAND(fixture, "none.js"), PROBE_FAULT_TARGET,
                   "none.js does not exist");
    const char *const literal[] = {"none.js"};
    struct glob_plan plan = {
        .directory = fixture->folder, .patterns = {literal, 1}, .missing_is_empty = true};
    assert_true(glob_expand(fixture->arena, &plan, &fixture->files, &fixture->problem));
    assert_int_equal(fixture->files.count, 0);
    const char *const lost[] = {"dist/none.js"};
    plan.patterns.items = lost;
    assert_false(glob_expand(fixture->arena, &plan, &fixture->files, &fixture->problem));
}

/* F1: what is no file is skipped by a wildcard, named as a literal, and never opened */
static void other_kinds(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "a.js", "folder/b.js");
    assert_int_equal(mkfifo(temp_path(fixture->folder, "pipe.js"), 0600), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s/socket.js", fixture->folder);
    assert_true(length > 0 && (size_t)length < sizeof address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    expect_names(fixture, EXPAND(fixture, "*.js"), "a.js");
    static const char kind[] = "is a pipe, a socket or a device, not a regular file";
    char message[PATH_MAX];
    snprintf(message, sizeof message, "pipe.js %s", kind);
    expect_problem(fixture, EXPAND(fixture, "pipe.js"), PROBE_FAULT_TARGET, message);
    snprintf(message, sizeof message, "socket.js %s", kind);
    expect_problem(fixture, EXPAND(fixture, "socket.js"), PROBE_FAULT_TARGET, message);
    expect_problem(fixture, EXPAND(fixture, "folder"), PROBE_FAULT_TARGET, "folder is a folder");
    assert_string_equal(fixture->problem.hint, "folder/** names all files below it");
    const char *const device[] = {"/dev/zero", NULL};
    assert_false(expand(fixture, device, false));
    assert_int_equal(fixture->problem.fault, PROBE_FAULT_TARGET);
    assert_false(expand(fixture, device, true));
    assert_int_equal(fixture->problem.fault, PROBE_FAULT_REFUSED);
    close(listener);
}

/* F2 */
static void symlinks(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "real/a.js");
    temp_link(fixture->folder, "file.js", "real/a.js");
    temp_link(fixture->folder, "loop", "loop");
    temp_link(fixture->folder, "lost.css", "nothing");
    temp_link(fixture->folder, "out.txt", "/etc/passwd");
    temp_link(fixture->folder, "outer", "/etc");
    expect_names(fixture, EXPAND(fixture, "*.js"), "file.js");
    expect_problem(fixture, EXPAND(fixture, "loop"), PROBE_FAULT_TARGET,
                   "loop is a symlink that leads nowhere");
    expect_problem(fixture, EXPAND(fixture, "lost.css"), PROBE_FAULT_TARGET,
                   "lost.css is a symlink that leads nowhere");
    expect_problem(fixture, EXPAND(fixture, "*.css"), PROBE_FAULT_TARGET,
                   "lost.css is a symlink that leads nowhere");
    expect_problem(fixture, EXPAND(fixture, "out.txt"), PROBE_FAULT_REFUSED,
                   "out.txt lies outside the root");
    expect_problem(fixture, EXPAND(fixture, "*.txt"), PROBE_FAULT_REFUSED,
                   "out.txt leads out of the root");
    expect_problem(fixture, EXPAND(fixture, "**/*.js"), PROBE_FAULT_REFUSED,
                   "outer leads out of the root");
    expect_problem(fixture, EXPAND(fixture, "outer/passwd"), PROBE_FAULT_REFUSED,
                   "outer/passwd lies outside the root");
    expect_problem(fixture, EXPAND(fixture, "outer/pass*"), PROBE_FAULT_REFUSED,
                   "outer lies outside the root");
    const char *const parent[] = {"../*", NULL};
    expect_problem(fixture, expand(fixture, parent, true), PROBE_FAULT_REFUSED,
                   ".. lies outside the root");
    const char *const free_rein[] = {"outer/passwd", NULL};
    expect_names(fixture, expand(fixture, free_rein, false), "outer/passwd");
}

/* G4 */
static void loops(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "real/a.js", "real/deep/b.js", "elsewhere/c.css");
    temp_link(fixture->folder, "real/self", ".");
    temp_link(fixture->folder, "real/deep/up", "../..");
    temp_link(fixture->folder, "alias", "real");
    temp_link(fixture->folder, "real/zz", "../elsewhere");
    expect_names(fixture, EXPAND(fixture, "**/*.js"), "real/a.js real/deep/b.js");
    expect_names(fixture, EXPAND(fixture, "real/**/*.css"), "real/zz/c.css");
    expect_names(fixture, EXPAND(fixture, "alias/*.js"), "alias/a.js");
    expect_names(fixture, EXPAND(fixture, "*/a.js"), "alias/a.js real/a.js");
}

/* F3: root may read everything, so it gives its rights up for a moment */
static void unreadable_folder(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "open/a.js", "shut/b.js");
    assert_int_equal(chmod(fixture->folder, 0755), 0);
    assert_int_equal(chmod(temp_path(fixture->folder, "shut"), 0), 0);
    assert_true(temp_without_rights() || geteuid() != 0);
    bool found = EXPAND(fixture, "**/*.js");
    temp_with_rights();
    assert_int_equal(chmod(temp_path(fixture->folder, "shut"), 0700), 0);
    expect_problem(fixture, found, PROBE_FAULT_TARGET, "shut: Permission denied");
}

/* G3 */
static void strange_names(void **state) {
    struct fixture *fixture = *state;
    char longest[256];
    memset(longest, 'n', 255);
    longest[255] = '\0';
    PUT(fixture, "-rf", "new\nline", "esc\x1b[0m", "bad\xff", longest);
    assert_true(EXPAND(fixture, "*"));
    assert_int_equal(fixture->files.count, 5);
    assert_string_equal(fixture->files.names[0], "-rf");
    expect_problem(fixture, EXPAND(fixture, "no\nsuch\x1b"), PROBE_FAULT_TARGET,
                   "no\\nsuch\\x1b does not exist");
}

/* G2 */
static void too_many(void **state) {
    struct fixture *fixture = *state;
    int folder = open(fixture->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    for (int i = 0; i <= GLOB_FILES_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        int file = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(file >= 0);
        close(file);
    }
    close(folder);
    expect_problem(fixture, EXPAND(fixture, "*"), PROBE_FAULT_TARGET,
                   "more than 100000 files match");
    assert_true(EXPAND(fixture, "1*"));
    assert_true(fixture->files.count > 10000);
    assert_true(strcmp(fixture->files.names[0], fixture->files.names[1]) < 0);
}

/** A host that wants to stop is heard while folders are walked. */
static void stops(void **state) {
    struct fixture *fixture = *state;
    PUT(fixture, "a.js");
    static const struct probe nothing;
    struct probe_host host;
    const char *const patterns[] = {"**/*.js"};
    probe_host_begin(&host, &nothing, NULL, (struct probe_texts){patterns, 1}, fixture->folder);
    host.stop = true;
    struct glob_plan plan = {
        .directory = fixture->folder, .patterns = host.run.targets, .run = &host.run};
    assert_false(glob_expand(fixture->arena, &plan, &fixture->files, &fixture->problem));
    assert_int_equal(fixture->problem.fault, PROBE_FAULT_TIMEOUT);
    probe_host_end(&host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(many_stars),
        cmocka_unit_test(whole_patterns),
        cmocka_unit_test(braces),
        cmocka_unit_test(malformed_patterns),
        cmocka_unit_test_setup_teardown(finds_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_matches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(symlinks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unreadable_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strange_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
