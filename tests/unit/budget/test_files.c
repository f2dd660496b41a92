/* Which files take part, what they may reach, and files that are none. */
#include <sys/stat.h>

#include "fixture.h"

#define ONE(id) "version: 1\nbudgets: {" id ": {files: x, limits: {gzip: 1KB}}}\n"

static void take(struct fixture *f, const char *const *files, size_t count) {
    f->request.files = (struct probe_texts){files, count};
}

static const char *ids(struct fixture *f) {
    struct text text = text_begin(f->arena);
    for (size_t i = 0; i < f->set.count; i++)
        text_add_format(&text, "%s%s", i ? " " : "", f->set.budgets[i].id);
    return text.data;
}

static void finds_files_by_itself(void **state) {
    struct fixture *f = *state;
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "budget-file-missing@0:0");
    temp_write_text(f->folder, "budgets/b.yaml", ONE("b"));
    temp_write_text(f->folder, "budgets/a.yaml", ONE("a"));
    temp_write_text(f->folder, "budgets/_c.yaml", ONE("c"));
    temp_write_text(f->folder, "budgets/.d.yaml", ONE("d"));
    temp_write_text(f->folder, "budgets/e.yml", ONE("e"));
    assert_true(fixture_load(f));
    assert_string_equal(ids(f), "a b");
    assert_string_equal(f->set.budgets[0].file, "budgets/a.yaml");
    assert_string_equal(f->set.root, f->folder);
    temp_write_text(f->folder, "perfbudget.yaml", ONE("only"));
    assert_true(fixture_load(f));
    assert_string_equal(ids(f), "only");
    assert_int_equal(f->set.file_count, 1);
    assert_int_equal(strlen(f->set.files[0].sha256), 64);
}

static void takes_files_and_folders(void **state) {
    static const char *const named[] = {"sub/", "other.yaml", "./sub/x.yaml"};
    static const char *const empty[] = {"empty"};
    struct fixture *f = *state;
    temp_write_text(f->folder, "sub/x.yaml", ONE("x"));
    temp_write_text(f->folder, "sub/y.yaml", ONE("y"));
    temp_write_text(f->folder, "other.yaml", ONE("o"));
    temp_write_text(f->folder, "empty/_z.yaml", ONE("z"));
    take(f, named, 3);
    assert_true(fixture_load(f));
    assert_string_equal(ids(f), "x y o");
    assert_string_equal(f->set.budgets[0].place.file, "sub/x.yaml");
    assert_string_equal(f->set.budgets[0].directory, temp_path(f->folder, "sub"));
    take(f, empty, 1);
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "budget-file-missing@0:0");
}

static void included_files_bring_their_own(void **state) {
    struct fixture *f = *state;
    temp_write_text(f->folder, "sub/_c.yaml",
                    "version: 1\nkilobyte: 1024\ninclude: [../perfbudget.yaml, _d.yaml]\n"
                    "vars: {w: theirs}\ndefaults: {owner: them}\n"
                    "budgets: {c: {files: '${w}', limits: {gzip: 1KB}}}\n");
    temp_write_text(f->folder, "sub/_d.yaml",
                    "version: 1\ndirectory: ..\ninclude: _c.yaml\n"
                    "budgets: {d: {runner: x, limits: {p95: 1s}}}\n");
    static const char *const profile[] = {"p"};
    f->request.profiles = (struct probe_texts){profile, 1};
    fixture_good(f, "version: 1\nproject: mine\ninclude: [sub/_c.yaml, sub/_d.yaml]\n"
                    "vars: {w: mine}\ndefaults: {owner: us}\n"
                    "profiles: {p: {budgets: {c: {limits: {raw: 1KB, gzip: {warn: '1KB'}}}}}}\n"
                    "budgets: {a: {files: '${w}', limits: {gzip: 1KB}}}\n");
    assert_string_equal(ids(f), "a c d");
    assert_string_equal(f->set.project, "mine");
    assert_string_equal(fixture_budget(f, "a")->target_text, "mine");
    assert_string_equal(fixture_budget(f, "c")->target_text, "theirs");
    assert_string_equal(fixture_budget(f, "c")->owner, "them");
    assert_string_equal(fixture_budget(f, "c")->directory, temp_path(f->folder, "sub"));
    assert_string_equal(fixture_budget(f, "d")->directory, f->folder);
    assert_string_equal(fixture_budget(f, "c")->file, "sub/_c.yaml");
    assert_int_equal(f->set.file_count, 3);
    /* a value means what its own file's kilobyte says */
    assert_string_equal(fixture_limits(f, "c"), "gzip max<=1024|gzip warn<=1000|raw max<=1000");
}

static void root_keys_stay_in_root_files(void **state) {
    struct fixture *f = *state;
    temp_write_text(f->folder, "_c.yaml",
                    "version: 1\nproject: theirs\nprofiles: {p: {vars: {}}}\n"
                    "budgets: {c: {files: x, limits: {gzip: 1KB}}}\n");
    fixture_text(f, "version: 1\ninclude: _c.yaml\n");
    assert_string_equal(fixture_problems(f), "misplaced-key@2:1 misplaced-key@3:1");
    assert_string_equal(f->diags.items[0].place.file, "_c.yaml");
}

static void stays_below_the_root(void **state) {
    static const char *const outside[] = {"../perfbudget.yaml"};
    struct fixture *f = *state;
    char sub[PATH_MAX];
    snprintf(sub, sizeof sub, "%s", temp_path(f->folder, "sub"));
    temp_write_text(f->folder, "perfbudget.yaml", ONE("a"));
    temp_write_text(f->folder, "sub/perfbudget.yaml", "version: 1\ninclude: link.yaml\n");
    temp_link(f->folder, "sub/link.yaml", "../perfbudget.yaml");
    f->request.directory = f->request.root = sub;
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "path-outside-root@2:10");
    assert_int_equal(diags_exit_code(&f->diags), DIAG_POLICY);
    take(f, outside, 1);
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "path-outside-root@0:0 path-outside-root@2:22");
    f->request.allow_outside = true;
    assert_true(fixture_load(f));
    assert_true(f->set.outside);
    take(f, NULL, 0);
    assert_true(fixture_load(f));
    f->request.root = "..";
    f->request.allow_outside = false;
    assert_true(fixture_load(f));
    assert_string_equal(f->set.root, f->folder);
    assert_string_equal(f->set.files[0].path, "sub/perfbudget.yaml");
}

static void at_most_64_files(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 70; i++) {
        const char *name = text_format(f->arena, "budgets/f%02d.yaml", i);
        temp_write_text(f->folder, name, text_format(f->arena, ONE("b%d"), i));
    }
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "too-many-files@0:0");
    struct text include = text_begin(f->arena);
    text_add(&include, "version: 1\ninclude:\n");
    for (int i = 0; i < 63; i++) text_add_format(&include, "- budgets/f%02d.yaml\n", i);
    fixture_good(f, include.data);
    assert_int_equal(f->set.count, 63);
    text_add(&include, "- budgets/f63.yaml\n- budgets/f64.yaml\n- budgets/f01.yaml\n");
    assert_false(fixture_text(f, include.data));
    assert_string_equal(fixture_problems(f), "too-many-files@66:3 too-many-files@67:3");
}

/* Y14: none of these hangs, and each says what it is. */
static void what_is_no_file_is_refused(void **state) {
    static const struct {
        const char *name, *problem;
    } rows[] = {
        {"pipe.yaml", "file-kind@0:0"},     {"/dev/zero", "file-kind@0:0"},
        {"missing.yaml", "file-open@0:0"},  {"loop.yaml", "file-open@0:0"},
        {"dangling.yaml", "file-open@0:0"},
    };
    struct fixture *f = *state;
    assert_int_equal(mkfifo(temp_path(f->folder, "pipe.yaml"), 0600), 0);
    temp_link(f->folder, "loop.yaml", "loop.yaml");
    temp_link(f->folder, "dangling.yaml", "nowhere.yaml");
    for (size_t i = 0; i < array_length(rows); i++) {
        take(f, &rows[i].name, 1);
        assert_false(fixture_load(f));
        assert_string_equal(fixture_problems(f), rows[i].problem);
        take(f, NULL, 0);
        if (rows[i].name[0] == '/') continue;
        fixture_text(f, text_format(f->arena, "version: 1\ninclude: %s\n", rows[i].name));
        const char *place = strchr(rows[i].problem, '@');
        const char *code =
            text_copy_bytes(f->arena, rows[i].problem, (size_t)(place - rows[i].problem));
        if (strcmp(rows[i].name, "dangling.yaml") == 0 || strcmp(rows[i].name, "loop.yaml") == 0)
            code = "path-outside-root"; /* where it leads cannot be told */
        assert_string_equal(fixture_problems(f), text_format(f->arena, "%s@2:10", code));
    }
}

static void an_unreadable_file_is_refused(void **state) {
    static const char *const name[] = {"closed.yaml"};
    struct fixture *f = *state;
    temp_write_text(f->folder, name[0], ONE("a"));
    assert_int_equal(chmod(temp_path(f->folder, name[0]), 0), 0);
    if (access(temp_path(f->folder, name[0]), R_OK) == 0) skip(); /* root reads everything */
    take(f, name, 1);
    assert_false(fixture_load(f));
    assert_string_equal(fixture_problems(f), "file-open@0:0");
}

static void reads_standard_input(void **state) {
    static const char *const dash[] = {"-"};
    struct fixture *f = *state;
    temp_write_text(f->folder, "in", ONE("a"));
    int saved = dup(STDIN_FILENO);
    assert_true(saved >= 0);
    assert_non_null(freopen(temp_path(f->folder, "in"), "r", stdin));
    take(f, dash, 1);
    bool good = fixture_load(f);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_true(good);
    assert_string_equal(f->set.budgets[0].directory, f->folder);
    assert_string_equal(f->set.files[0].path, "-");
    assert_string_equal(f->set.budgets[0].place.file, "standard input");
}

/* Y13: a file cut off anywhere is refused, or means what the lines that are left say: each budget
 * in it is as in the whole file, or lacks what came later. */
static void a_cut_file_is_an_error_or_a_prefix(void **state) {
    static const char whole[] =
        "version: 1\n"
        "kilobyte: 1024\n"
        "vars: {dist: out}\n"
        "defaults:\n  confidence: 99%\n"
        "budgets:\n"
        "  first:\n    title: The first\n    files: ['${dist}/*.js', '!x']\n"
        "    limits: {gzip: {max: 100KB, warn: 90KB}, 'gzip[*]': 10KB}\n"
        "  second:\n    runner: ./x\n    runs: {min: 3, max: 9}\n"
        "    limits:\n      p95: 500ms\n      peak: \"50MB\"\n"
        "  third:\n    derive: second.p95 / second.median\n    limits: {value: {max: 3}}\n";
    struct fixture *f = *state;
    fixture_good(f, whole);
    const char *limits[3];
    for (size_t i = 0; i < 3; i++)
        limits[i] = text_copy(f->arena, fixture_limits(f, f->set.budgets[i].id));
    size_t taken = 0;
    for (size_t length = 0; length + 1 < sizeof whole; length++) {
        temp_write(f->folder, "perfbudget.yaml", whole, length);
        bool good = fixture_load(f);
        assert_true(good == (f->diags.errors == 0));
        if (!good) continue;
        taken++;
        assert_true(f->set.count >= 1 && f->set.count <= 3);
        for (size_t i = 0; i + 1 < f->set.count; i++)
            assert_string_equal(fixture_limits(f, f->set.budgets[i].id), limits[i]);
    }
    assert_true(taken > 0 && taken < 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(finds_files_by_itself),
        fixture_test(takes_files_and_folders),
        fixture_test(included_files_bring_their_own),
        fixture_test(root_keys_stay_in_root_files),
        fixture_test(stays_below_the_root),
        fixture_test(at_most_64_files),
        fixture_test(what_is_no_file_is_refused),
        fixture_test(an_unreadable_file_is_refused),
        fixture_test(reads_standard_input),
        fixture_test(a_cut_file_is_an_error_or_a_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
