/* The table of keys: complete, and its examples are budget files. */
#include "budget/budget_schema.h"
#include "fixture.h"

static const struct budget_keys *const maps[] = {
    &budget_keys_file,   &budget_keys_profile, &budget_keys_defaults,
    &budget_keys_budget, &budget_keys_runs,    &budget_keys_bounds,
    &budget_keys_waiver, &budget_keys_server,  &budget_keys_ready,
};

static void every_key_is_described(void **state) {
    (void)state;
    for (size_t m = 0; m < array_length(maps); m++) {
        assert_non_null(maps[m]->name);
        assert_non_null(maps[m]->help);
        for (size_t i = 0; i < maps[m]->count; i++) {
            const struct budget_key *row = &maps[m]->rows[i];
            const char *help = row->option.help;
            assert_ptr_equal(budget_key_find(maps[m], row->option.name),
                             budget_key_stands(maps[m], row) ? row : NULL);
            assert_true(help && strlen(help) > 8 && text_ends(help, "."));
            assert_true(row->example);
            bool nested = row->shape == KEY_MAP || row->shape == KEY_NAMED ||
                          row->shape == KEY_LIMITS || row->shape == KEY_VALUE_OR_MAP;
            assert_true(nested == (row->children != NULL));
        }
    }
}

static void the_walk_ends(const struct budget_keys *keys, size_t depth, size_t *rows) {
    assert_true(depth < 8);
    for (size_t i = 0; i < keys->count; i++) {
        *rows += 1;
        if (keys->rows[i].children) the_walk_ends(keys->rows[i].children, depth + 1, rows);
    }
}

static void the_table_can_be_walked(void **state) {
    size_t rows = 0;
    (void)state;
    the_walk_ends(&budget_keys_file, 0, &rows);
    assert_true(rows > 60);
}

static const char *budget_example(struct fixture *f, const struct budget_key *row) {
    const char *name = row->option.name;
    bool once = strcmp(name, "runs") == 0 || strcmp(name, "with") == 0 ||
                (row->rules & KEY_SUBJECT) || strcmp(name, "limits") == 0;
    const char *probe = once && (row->rules & KEY_SUBJECT) ? "" : "    files: x\n";
    const char *limits = "    limits: {gzip: {max: 1KB}}\n";
    if (strcmp(name, "runs") == 0 || strcmp(name, "with") == 0) {
        probe = "    runner: x\n";
        limits = "    limits: {p95: {max: 1s}}\n";
    }
    if (strcmp(name, "fresh") == 0) probe = "    files: x\n    server: api\n";
    if (strcmp(name, "of") == 0) limits = "    limits: {gzip: {max: 1KB}}\n";
    if (strcmp(name, "derive") == 0) limits = "    limits: {value: {max: 3}}\n";
    if (strcmp(name, "limits") == 0) limits = "";
    if (row->rules & KEY_DERIVED) {
        probe = "    derive: individual.wall.median / batch.wall.median\n";
        limits = "    limits: {value: {regression: 5%}}\n";
    }
    return text_format(f->arena,
                       "version: 1\nservers: {api: {command: x}}\n"
                       "budgets:\n  a:\n%s%s    %s: %s\n"
                       "  api-load: {files: y, limits: {gzip: {max: 1KB}}}\n"
                       "  api: {files: y, limits: {gzip: {max: 1KB}}}\n"
                       "  build-size: {files: y, limits: {gzip: {max: 1KB}}}\n"
                       "  individual: {runner: y, limits: {p95: {max: 1s}}}\n"
                       "  batch: {runner: y, limits: {p95: {max: 1s}}}\n",
                       probe, limits, name, row->example);
}

static void examples_of_budget_keys_are_good(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < budget_keys_budget.count; i++) {
        fixture_good(f, budget_example(f, &budget_keys_budget.rows[i]));
    }
}

static void examples_of_server_keys_are_good(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < budget_keys_server.count + budget_keys_ready.count; i++) {
        bool server = i < budget_keys_server.count;
        const struct budget_key *row = server
                                           ? &budget_keys_server.rows[i]
                                           : &budget_keys_ready.rows[i - budget_keys_server.count];
        const char *name = row->option.name;
        const char *more = strcmp(name, "command") == 0  ? ""
                           : strcmp(name, "status") == 0 ? "command: x, ready: {path: /, "
                           : server                      ? "command: x, "
                                                         : "command: x, ready: {";
        fixture_good(f, text_format(f->arena,
                                    "version: 1\nservers: {api: {%s%s: %s}}%s\n"
                                    "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
                                    more, name, row->example, server ? "" : "}"));
    }
}

static void examples_of_bounds_are_good(void **state) {
    static const char *const metrics[] = {
        "p95", "ops", "p95", "p95", "p95", "wall: {regression: 5%}, p95", "p95"};
    struct fixture *f = *state;
    for (size_t i = 0; i < budget_keys_bounds.count; i++) {
        const struct budget_key *row = &budget_keys_bounds.rows[i];
        bool beside =
            strcmp(row->option.name, "floor") == 0 || strcmp(row->option.name, "baseline") == 0;
        fixture_good(
            f, text_format(
                   f->arena, "version: 1\nbudgets: {a: {runner: x, limits: {%s: {%s: %s%s}}}}\n",
                   metrics[i], row->option.name, row->example, beside ? ", regression: 5%" : ""));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_described),
        cmocka_unit_test(the_table_can_be_walked),
        fixture_test(examples_of_budget_keys_are_good),
        fixture_test(examples_of_server_keys_are_good),
        fixture_test(examples_of_bounds_are_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
