/** A text bound into `struct config` by `rows`, both of which the test declares before this. */
#ifndef UNIT_SCHEMA_BIND_FIXTURE_H
#define UNIT_SCHEMA_BIND_FIXTURE_H

struct fixture {
    struct arena *arena;
    struct diags diags;
    struct config config;
};

static int set_up(void **state) {
    static struct fixture fixture;
    fixture = (struct fixture){.arena = arena_new()};
    fixture.diags = diags_begin(fixture.arena);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

#define BIND_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static bool bind(struct fixture *fixture, const char *text) {
    static const struct place owner = {.file = "b", .line = 99, .column = 1};
    struct yaml_node *root = NULL;
    struct field_context context = {fixture->arena, 1000, &fixture->diags};
    fixture->diags = diags_begin(fixture->arena);
    fixture->config = (struct config){0};
    assert_true(yaml_read(fixture->arena, "b", text, strlen(text), &yaml_bounds_default, &root,
                          &fixture->diags));
    return bind_map(&context, rows, array_length(rows), sizeof *rows, root, owner,
                    &fixture->config);
}

struct mistake {
    const char *text, *code;
    int line, column;
    const char *says; /* part of the message or the hint */
};

/** The text holds that mistake, there, and no other. */
static void mistake_is_told(struct fixture *fixture, const struct mistake *row) {
    if (bind(fixture, row->text)) fail_msg("bound: %s", row->text);
    if (fixture->diags.count != 1) fail_msg("%zu mistakes in %s", fixture->diags.count, row->text);
    const struct diag *diag = &fixture->diags.items[0];
    assert_string_equal(diag_codes[diag->code].word, row->code);
    if (diag->place.line != row->line || diag->place.column != row->column)
        fail_msg("%d:%d: %s", diag->place.line, diag->place.column, row->text);
    if (!strstr(diag->message, row->says) && !(diag->hint && strstr(diag->hint, row->says)))
        fail_msg("%s: %s (%s)", row->text, diag->message, diag->hint ? diag->hint : "");
}

#endif
