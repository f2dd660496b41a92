/* Which budgets run and are judged, and what is wanted of them. */
#include "fixture.h"

static const char many[] =
    "version: 1\nbudgets:\n"
    "  size: {files: x, tags: [pr, small], limits: {gzip: 1KB}}\n"
    "  start: {runner: x, tags: pr, limits: {p95: 1s}}\n"
    "  off: {runner: x, enabled: false, tags: pr, limits: {p95: 1s}}\n"
    "  source: {runner: y}\n"
    "  view: {of: source, tags: views, limits: {peak: 1MB}}\n"
    "  ratio: {derive: start.p95 / off.median, tags: views, limits: {value: {max: 3}}}\n"
    "  last: {load: z, after: [ratio, size], limits: {p95: 1s}}\n";

/* "+size +start -off(enabled: false) ..": judged, leaned on, left out. */
static const char *selection(struct fixture *f) {
    struct text text = text_begin(f->arena);
    for (size_t i = 0; i < f->set.count; i++) {
        const struct budget *budget = &f->set.budgets[i];
        assert_true(budget->selected == (budget->skipped == NULL));
        assert_false(budget->selected && budget->leaned_on);
        text_add_format(&text, "%s%s%s", i ? " " : "",
                        budget->selected    ? "+"
                        : budget->leaned_on ? "~"
                                            : "-",
                        budget->id);
    }
    return text.data;
}

static void selects(void **state) {
    static const struct {
        const char *only, *skip, *selection;
    } rows[] = {
        {NULL, NULL, "+size +start ~off ~source +view +ratio +last"},
        {"pr", NULL, "+size +start -off -source -view -ratio -last"},
        {"size", NULL, "+size -start -off -source -view -ratio -last"},
        {"view", NULL, "-size -start -off ~source +view -ratio -last"},
        {"ratio", NULL, "-size ~start ~off -source -view +ratio -last"},
        {"off", NULL, "-size -start -off -source -view -ratio -last"},
        {"source", NULL, "-size -start -off -source -view -ratio -last"},
        {NULL, "pr", "-size ~start ~off ~source +view +ratio +last"},
        {"pr", "small", "-size +start -off -source -view -ratio -last"},
        {NULL, "ratio", "+size +start -off ~source +view -ratio +last"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(rows); i++) {
        f->request.only = (struct probe_texts){&rows[i].only, rows[i].only != NULL};
        f->request.skip = (struct probe_texts){&rows[i].skip, rows[i].skip != NULL};
        fixture_good(f, many);
        assert_string_equal(selection(f), rows[i].selection);
    }
}

static void wants_what_limits_need(void **state) {
    static const char *const only[] = {"ratio"};
    struct fixture *f = *state;
    fixture_good(f, many);
    const struct budget *source = fixture_budget(f, "source"), *off = fixture_budget(f, "off");
    assert_false(source->wanted[0]);
    assert_true(source->wanted[1]);
    assert_true(off->wanted[0]);
    assert_false(off->wanted[1]);
    assert_true(fixture_budget(f, "size")->wanted[1]);
    f->request.only = (struct probe_texts){only, 1};
    fixture_good(f, many);
    assert_false(fixture_budget(f, "size")->wanted[1]);
    assert_true(fixture_budget(f, "start")->wanted[0]);
}

static void names_must_be_known(void **state) {
    static const char *const words[] = {"pr", "smal", "viwes"};
    struct fixture *f = *state;
    f->request.only = (struct probe_texts){words, 2};
    f->request.skip = (struct probe_texts){words + 2, 1};
    assert_false(fixture_text(f, many));
    assert_string_equal(fixture_problems(f), "unknown-selection@0:0 unknown-selection@0:0");
    assert_string_equal(f->diags.items[0].hint, "did you mean `small`?");
    assert_string_equal(f->diags.items[1].hint, "did you mean `views`?");
}

static void no_exec_refuses_what_would_run(void **state) {
    static const char *const size[] = {"size"}, *const ratio[] = {"ratio"};
    struct fixture *f = *state;
    f->request.no_exec = true;
    assert_false(fixture_text(f, many));
    assert_string_equal(fixture_problems(f), "exec-refused@4:3 exec-refused@5:3 exec-refused@6:3");
    assert_int_equal(diags_exit_code(&f->diags), DIAG_POLICY);
    f->request.only = (struct probe_texts){size, 1};
    assert_true(fixture_text(f, many));
    f->request.only = (struct probe_texts){ratio, 1};
    assert_false(fixture_text(f, many));
    assert_string_equal(fixture_problems(f), "exec-refused@4:3 exec-refused@5:3");
}

static void finds_budgets(void **state) {
    struct fixture *f = *state;
    fixture_good(f, many);
    assert_string_equal(budget_find(&f->set, "last")->id, "last");
    assert_null(budget_find(&f->set, "lst"));
    assert_int_equal(budget_position(&f->set, "start"), 1);
    f->set.index = NULL; /* as sets that are not loaded from files */
    assert_int_equal(budget_position(&f->set, "start"), 1);
    assert_null(budget_find(&f->set, "lst"));
}

/* No timing here: with quadratic work the test would take minutes under a sanitizer. */
static void loads_many_budgets(void **state) {
    struct fixture *f = *state;
    struct text text = text_begin(f->arena);
    text_add(&text, "version: 1\nbudgets:\n");
    for (int i = 0; i < 1000; i++)
        text_add_format(&text, "  b%d: {files: x, limits: {gzip: %dKB}}\n", i, i + 1);
    fixture_good(f, text.data);
    assert_int_equal(f->set.count, 1000);
    assert_true(f->set.budgets[999].limits[0].bound == 1000e3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(selects),
        fixture_test(wants_what_limits_need),
        fixture_test(names_must_be_known),
        fixture_test(no_exec_refuses_what_would_run),
        fixture_test(finds_budgets),
        fixture_test(loads_many_budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
