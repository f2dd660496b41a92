/* Derived budgets: words of an expression, units, operands, bounds. */
#include "fixture.h"

#define SOURCES                                                                               \
    "version: 1\nbudgets:\n"                                                                  \
    "  one: {runner: x}\n"                                                                    \
    "  two-x: {runner: y}\n"                                                                  \
    "  2nd: {load: z}\n"                                                                      \
    "  f: {files: q}\n"                                                                       \
    "  g: {of: f, tags: other, limits: {files: 3}}\n"                                         \
    "  h: {derive: one.p95 / two-x.p95, tags: other, limits: {value: {max: 1}}}\n"            \
    "  i: {of: 2nd, tags: other, limits: {seen: {max: 3}}}\n"                                 \
    "  j: {derive: one.p95 + two-x.p95 + f.gzip / 1KB/s, tags: other, limits: {value: {max: " \
    "1s}}}\n"

static const struct {
    const char *text;
    enum probe_unit unit;
    size_t operands, noisy;
} good_rows[] = {
    {"one.p95 / two-x.p95", PROBE_RATIO, 2, 2},
    {"one.wall.p95/two-x.wall.p95", PROBE_RATIO, 2, 2},
    {"one.wall.p95 - two-x.wall.median", PROBE_SECONDS, 2, 2},
    {"one.p95 + 5ms", PROBE_SECONDS, 1, 1},
    {"one.p95 + 5 ms", PROBE_SECONDS, 1, 1},
    {"(one.p95 + two-x.p95) / 2", PROBE_SECONDS, 2, 2},
    {"2 * one.p95", PROBE_SECONDS, 1, 1},
    {"one.ops * one.p95", PROBE_RATIO, 2, 2},
    {"f.gzip / one.p95", PROBE_BYTES_PER_SECOND, 2, 1},
    {"f.gzip / 1 s", PROBE_BYTES_PER_SECOND, 1, 0},
    {"f.gzip * 100/s", PROBE_BYTES_PER_SECOND, 1, 0},
    {"f.gzip * 100 /s", PROBE_BYTES_PER_SECOND, 1, 0},
    {"f.gzip / 10KB/s", PROBE_SECONDS, 1, 0},
    {"1 / one.p95", PROBE_PER_SECOND, 1, 1},
    {"f.files + 2nd.seen", PROBE_COUNT, 2, 0},
    {"f.files * 3", PROBE_COUNT, 1, 0},
    {"f.files / 3", PROBE_RATIO, 1, 0},
    {"f.files * 50%", PROBE_RATIO, 1, 0},
    {"g.gzip / f.raw", PROBE_RATIO, 2, 0},
    {"f.gzip[dist/my file[1].js] / f.gzip", PROBE_RATIO, 2, 0},
    {"2nd.latency[phase:a request:b].p99.9 / 2nd.p95", PROBE_RATIO, 2, 2},
    {"h.value * 2", PROBE_RATIO, 2, 2},
    {"1.5e2 * f.files", PROBE_COUNT, 1, 0},
};

static const struct {
    const char *text, *problem;
} bad_rows[] = {
    {"one.p95 + f.gzip", "units-do-not-fit"},
    {"one.p95 - 5", "units-do-not-fit"},
    {"one.p95 * two-x.p95", "units-do-not-fit"},
    {"one.p95 / (two-x.p95", "bad-expression"},
    {"one.p95 / two-x.p95)", "bad-expression"},
    {"one.p95 two-x.p95", "bad-expression"},
    {"one.p95 /", "bad-expression"},
    {"* one.p95", "bad-expression"},
    {"one", "bad-expression"},
    {"1 + 2", "bad-expression"},
    {"one.p95 / 0", "bad-expression"},
    {"one.p95 + 5xs", "bad-expression"},
    {"one.p95 + 5Kb", "bad-expression"},
    {"one.p95 ^ 2", "bad-expression"},
    {"f.gzip[*] / f.gzip", "bad-expression"},
    {"one.wal", "unknown-metric"},
    {"one.p101", "unknown-metric"},
    {"f.gzip.p95", "unknown-statistic"},
    {"h.value.p95", "unknown-statistic"},
    {"three.p95", "unknown-budget"},
    {"one.p95-two-x.p95", "bad-expression"},
    {"2nd.measure", "bad-label"},
};

static const char *with(struct fixture *f, const char *expression) {
    return text_format(f->arena, SOURCES "  d:\n    derive: '%s'\n    limits: {value: {max: 0}}\n",
                       expression);
}

/* The limit's unit depends on the expression; a bare 0 fits counts, sizes and ratios only. */
static const char *with_limit(struct fixture *f, const char *expression, enum probe_unit unit) {
    static const char *const bounds[] = {"1", "1KB", "1s", "1", "1/s", "1KB/s"};
    return text_format(f->arena, SOURCES "  d:\n    derive: '%s'\n    limits: {value: {max: %s}}\n",
                       expression, bounds[unit]);
}

static void checks_units(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(good_rows); i++) {
        if (!fixture_text(f, with_limit(f, good_rows[i].text, good_rows[i].unit))) {
            print_message("%s\n", good_rows[i].text);
            fixture_show(f);
        }
        assert_int_equal(f->diags.errors, 0);
        const struct budget *budget = fixture_budget(f, "d");
        assert_int_equal(budget->derive->unit, good_rows[i].unit);
        assert_int_equal(budget->derive->operands, good_rows[i].operands);
        assert_int_equal(budget->derive->noisy, good_rows[i].noisy);
        assert_string_equal(budget->limits[0].key, "value");
        assert_false(budget->limits[0].statistical);
        assert_int_equal(budget->limits[0].unit, good_rows[i].unit);
        assert_int_equal(budget->metrics.items[0]->better, PROBE_NEITHER);
        assert_string_equal(budget->target_text, good_rows[i].text);
    }
}

static void refuses_what_it_cannot_read(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(bad_rows); i++) {
        bool good = fixture_text(f, with(f, bad_rows[i].text));
        const char *expected = text_format(f->arena, "%s@12:13", bad_rows[i].problem);
        if (good || strcmp(fixture_problems(f), expected) != 0) {
            print_message("%s: %s\n", bad_rows[i].text, fixture_problems(f));
            fixture_show(f);
        }
        assert_false(good);
        assert_string_equal(fixture_problems(f), expected);
    }
}

/* Ids hold minus signs, so one without a blank before it is part of the id. */
static void a_minus_without_blanks_is_part_of_a_word(void **state) {
    struct fixture *f = *state;
    assert_true(fixture_text(f, with_limit(f, "one.p95 - two-x.p95", PROBE_SECONDS)));
    assert_true(fixture_text(f, with_limit(f, "one.p95 -two-x.p95", PROBE_SECONDS)));
    assert_false(fixture_text(f, with_limit(f, "one.p95-two-x.p95", PROBE_SECONDS)));
    assert_false(fixture_text(f, with_limit(f, "one.p95- two-x.p95", PROBE_SECONDS)));
}

static void operands_name_who_measures(void **state) {
    struct fixture *f = *state;
    static const char *const skip[] = {"other"};
    f->request.skip = (struct probe_texts){skip, 1};
    fixture_good(f, with_limit(f, "g.gzip / f.raw + h.value", PROBE_RATIO));
    const struct derive_node *sum = fixture_budget(f, "d")->derive->root;
    size_t files = budget_position(&f->set, "f");
    assert_int_equal(sum->kind, DERIVE_ADD);
    assert_int_equal(sum->left->left->kind, DERIVE_OPERAND);
    assert_int_equal(sum->left->left->budget, files);
    assert_int_equal(sum->left->right->budget, files);
    assert_int_equal(sum->left->right->operand.metric, 0);
    assert_int_equal(sum->right->kind, DERIVE_DIVIDE);
    assert_int_equal(sum->right->left->budget, budget_position(&f->set, "one"));
    assert_true(fixture_budget(f, "f")->wanted[0]);
    assert_true(fixture_budget(f, "f")->wanted[1]);
    assert_false(fixture_budget(f, "f")->wanted[2]);
    assert_true(fixture_budget(f, "one")->leaned_on);
    assert_false(fixture_budget(f, "one")->selected);
}

static void derives_in_any_order(void **state) {
    struct fixture *f = *state;
    fixture_good(f, "version: 1\nbudgets:\n"
                    "  a: {derive: b.value * 2, limits: {value: {max: 3}}}\n"
                    "  b: {derive: c.value + c.value}\n"
                    "  c: {derive: r.p95 / r.median}\n"
                    "  r: {runner: x}\n");
    assert_int_equal(fixture_budget(f, "a")->derive->operands, 4);
    assert_int_equal(fixture_budget(f, "r")->leaned_on, true);
}

/* Doubling by name would otherwise grow without bound. */
static void bounds_the_tree(void **state) {
    struct fixture *f = *state;
    struct text text = text_begin(f->arena);
    text_add(&text, "version: 1\nbudgets:\n  d0: {runner: x}\n"
                    "  d1: {derive: d0.p95 + d0.p95, limits: {value: {max: 1s}}}\n");
    for (int i = 2; i < 40; i++)
        text_add_format(&text,
                        "  d%d: {derive: d%d.value + d%d.value, limits: {value: {max: 1s}}}\n", i,
                        i - 1, i - 1);
    assert_false(fixture_text(f, text.data));
    assert_string_equal(diag_codes[f->diags.items[0].code].word, "bad-expression");

    text = text_begin(f->arena);
    for (int i = 0; i < 200; i++) text_add(&text, "(");
    assert_false(fixture_text(f, with(f, text.data)));
    text = text_begin(f->arena);
    text_add(&text, "one.p95");
    for (int i = 0; i < 200; i++) text_add(&text, " + 1s");
    assert_false(fixture_text(f, with(f, text.data)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(checks_units),
        fixture_test(refuses_what_it_cannot_read),
        fixture_test(a_minus_without_blanks_is_part_of_a_word),
        fixture_test(operands_name_who_measures),
        fixture_test(derives_in_any_order),
        fixture_test(bounds_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
