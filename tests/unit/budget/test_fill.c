/* Variables and the environment in values. */
#include "fixture.h"

static void set(struct fixture *f, const struct probe_pair *pairs, size_t count) {
    f->request.set = (struct probe_pairs){pairs, count};
}

static const char filled[] =
    "version: 1\n"
    "project: ${name}\n"
    "directory: ${sub}\n"
    "vars: {name: mine, sub: s, size: 3KB, level: 5, secret: 'x${env:PB_TEST_A}', odd: 'null'}\n"
    "env: [PB_TEST_A]\n"
    "budgets:\n"
    "  a:\n"
    "    title: '$${name} is ${name}, $5 ${odd}'\n"
    "    files: ['${name}/*.js', 'b${secret}']\n"
    "    with: {level: '${level}'}\n"
    "    tags: ['t-${name}']\n"
    "    limits: {gzip: '${size}', raw: {max: '${size}'}}\n";

static void fills_in_any_value(void **state) {
    static const struct probe_pair pairs[] = {{"size", "9KB"}, {"size", "7KB"}};
    struct fixture *f = *state;
    setenv("PB_TEST_A", "hush", 1);
    temp_write_text(f->folder, "s/x", "");
    fixture_good(f, filled);
    const struct budget *a = fixture_budget(f, "a");
    assert_string_equal(f->set.project, "mine");
    assert_string_equal(a->title, "${name} is mine, $5 null");
    assert_string_equal(a->targets.items[0], "mine/*.js");
    assert_string_equal(a->targets.items[1], "bxhush");
    assert_string_equal(a->target_text, "mine/*.js, bx${env:PB_TEST_A}");
    assert_string_equal(a->directory, temp_path(f->folder, "s"));
    assert_string_equal(a->tags.items[0], "t-mine");
    assert_int_equal(((const struct files_config *)a->config)->level, 5);
    assert_string_equal(fixture_limits(f, "a"), "gzip max<=3000|raw max<=3000");
    assert_string_equal(a->limits[0].text, "3KB");
    assert_int_equal(f->set.secrets.count, 1);
    assert_string_equal(f->set.secrets.items[0].value, "hush");

    set(f, pairs, 2);
    fixture_good(f, filled);
    assert_string_equal(fixture_limits(f, "a"), "gzip max<=7000|raw max<=7000");
}

static void set_names_a_variable(void **state) {
    static const struct probe_pair pairs[] = {{"szie", "9KB"}};
    struct fixture *f = *state;
    setenv("PB_TEST_A", "hush", 1);
    temp_write_text(f->folder, "s/x", "");
    set(f, pairs, 1);
    assert_false(fixture_text(f, filled));
    assert_string_equal(fixture_problems(f), "unknown-variable@0:0");
    assert_string_equal(f->diags.items[0].hint, "did you mean `size`?");
}

/* What stands in the environment is in no message, whoever writes it. */
static void never_shows_the_environment(void **state) {
    static const char secret[] =
        "sesame-open-0123456789-and-so-on-for-more-than-sixty-characters-x";
    static const char *const texts[] = {
        "severity: '${env:PB_TEST_B}', files: x",
        "severity: 'xx${env:PB_TEST_B}', files: x",
        "files: x, with: {level: '${env:PB_TEST_B}'}",
        "files: '../${env:PB_TEST_B}'",
        "runner: '| ${env:PB_TEST_B}'",
        "runner: x, with: {mode: 'bad ${env:PB_TEST_B}'}",
        "of: '${env:PB_TEST_B}'",
        "files: x, after: '${env:PB_TEST_B}'",
        "derive: '${env:PB_TEST_B}'",
        "files: x, waiver: {until: '${env:PB_TEST_B}', reason: x, limits: {gzip: 1KB}}",
        "files: x, limits: {gzip: '${env:PB_TEST_B}'}",
        "files: x, limits: {gzip: {max: '${env:PB_TEST_B}'}}",
        "runner: x, runs: '${env:PB_TEST_B}'",
    };
    struct fixture *f = *state;
    setenv("PB_TEST_B", secret, 1);
    for (size_t i = 0; i < array_length(texts); i++) {
        const char *limits = strstr(texts[i], ", limits: {gzip: ") ? "" : ", limits: {gzip: 1KB}";
        if (strstr(texts[i], "waiver")) limits = ", limits: {gzip: 1KB}";
        const char *text = text_format(
            f->arena, "version: 1\nenv: PB_TEST_B\nbudgets:\n  a: {%s%s}\n", texts[i], limits);
        assert_false(fixture_text(f, text));
        assert_true(f->diags.errors >= 1);
        for (size_t d = 0; d < f->diags.count; d++) {
            const struct diag *diag = &f->diags.items[d];
            bool shown =
                strstr(diag->message, "sesame") || (diag->hint && strstr(diag->hint, "sesame"));
            if (shown) print_message("%s\n%s (%s)\n", texts[i], diag->message, diag->hint);
            assert_false(shown);
        }
    }
    const char *header = "version: 1\nenv: PB_TEST_B\ndirectory: '${env:PB_TEST_B}'\n"
                         "include: '${env:PB_TEST_B}.yaml'\n"
                         "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n";
    assert_false(fixture_text(f, header));
    for (size_t d = 0; d < f->diags.count; d++)
        assert_null(strstr(f->diags.items[d].message, "sesame"));
}

/* Reports show these, so the environment may not go into them. */
static void shown_values_take_no_environment(void **state) {
    static const char *const keys[] = {"title", "why", "fix", "owner", "tags"};
    struct fixture *f = *state;
    setenv("PB_TEST_B", "hush", 1);
    for (size_t i = 0; i < array_length(keys); i++) {
        const char *text =
            text_format(f->arena,
                        "version: 1\nenv: PB_TEST_B\nvars: {v: '${env:PB_TEST_B}'}\n"
                        "budgets:\n  a:\n    files: '${v}'\n    limits: {gzip: 1KB}\n"
                        "    %s: '${v}'\n",
                        keys[i]);
        assert_false(fixture_text(f, text));
        assert_string_equal(fixture_problems(f), text_format(f->arena, "environment-variable@8:%zu",
                                                             strlen(keys[i]) + 7));
    }
}

/* One message a value: what cannot be filled in is wrong in other ways too. */
static void says_it_once(void **state) {
    struct fixture *f = *state;
    assert_false(fixture_text(f, "version: 1\ndefaults: {timeout: '${t}'}\nbudgets:\n"
                                 "  a: {runner: x, limits: {p95: 1s}}\n"
                                 "  b: {runner: x, limits: {p95: '${u}'}}\n"));
    assert_string_equal(fixture_problems(f), "unknown-variable@2:21 unknown-variable@5:32");
}

static void grows_within_bounds(void **state) {
    struct fixture *f = *state;
    struct text text = text_begin(f->arena);
    text_add(&text, "version: 1\nvars: {v: ");
    for (int i = 0; i < 1000; i++) text_add(&text, "0123456789");
    text_add(&text, "}\nbudgets:\n  a:\n    files: x\n    limits: {gzip: 1KB}\n    title: ");
    size_t before = text.length;
    text_add(&text, "${v}${v}${v}${v}${v}${v}\n");
    assert_true(fixture_text(f, text.data));
    text.length = before;
    for (int i = 0; i < 7; i++) text_add(&text, "${v}");
    text_add(&text, "\n");
    assert_false(fixture_text(f, text.data));
    assert_string_equal(fixture_problems(f), "filled-in-too-long@7:12");
    text.length = before;
    text_add(&text, "x\n    tags:\n");
    for (int i = 0; i < 2000; i++) text_add(&text, "    - ${v}\n");
    assert_false(fixture_text(f, text.data));
    assert_non_null(strstr(fixture_problems(f), "filled-in-too-long"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(fills_in_any_value),
        fixture_test(set_names_a_variable),
        fixture_test(never_shows_the_environment),
        fixture_test(shown_values_take_no_environment),
        fixture_test(says_it_once),
        fixture_test(grows_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
