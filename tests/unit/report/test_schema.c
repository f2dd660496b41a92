#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "report_sample.h"

#include <cmocka.h>

static int set_up(void **state) {
    static struct sample s;
    sample_all(&s, arena_new());
    *state = &s;
    return 0;
}

static int tear_down(void **state) {
    arena_free(((struct sample *)*state)->arena);
    return 0;
}

static json *parse(struct sample *s, const char *text) {
    const char *problem;
    json *root = json_read(s->arena, text, strlen(text), &problem);
    if (!root) fail_msg("%s", problem);
    return root;
}

static const json *resolve(const json *schema, const json *node) {
    const char *reference = json_text(json_get(node, "$ref"), NULL);
    if (reference) return json_at(schema, reference + 1);
    const json *choices = json_get(node, "anyOf");
    return choices ? resolve(schema, json_first(choices)) : node;
}

static bool is_required(const json *node, const char *name) {
    for (const json *item = json_first(json_get(node, "required")); item; item = json_next(item))
        if (text_equal(json_text(item, NULL), name)) return true;
    return false;
}

/* Every member a report has is described, and every member required is there. */
static void expect_described(const json *schema, const json *node, const json *value,
                             const char *where) {
    node = resolve(schema, node);
    assert_non_null(node);
    if (json_is_list(value)) {
        for (const json *item = json_first(value); item; item = json_next(item))
            expect_described(schema, json_get(node, "items"), item, where);
    }
    const json *properties = json_get(node, "properties");
    if (!json_is_object(value) || !properties) return;
    for (const json *member = json_first(value); member; member = json_next(member)) {
        const json *property = json_get(properties, json_name(member));
        if (!property) fail_msg("`%s` of %s is not described", json_name(member), where);
        assert_true(strlen(json_text(json_get(property, "description"), "")) > 5);
        expect_described(schema, property, member, json_name(member));
    }
    for (const json *property = json_first(properties); property; property = json_next(property))
        if (is_required(node, json_name(property)) && !json_get(value, json_name(property)))
            fail_msg("`%s` of %s is required and missing", json_name(property), where);
}

static void test_describes_every_member(void **state) {
    struct sample *s = *state;
    json *schema = parse(s, report_schema(s->arena));
    json *report = parse(s, report_json(s->arena, &s->report));
    expect_described(schema, schema, report, "the report");
    assert_string_equal(json_text(json_get(schema, "$schema"), ""),
                        "https://json-schema.org/draft/2020-12/schema");
    json_free(report);
    json_free(schema);
}

static void test_reference_names_every_object(void **state) {
    struct sample *s = *state;
    const char *text = report_reference(s->arena);
    json *schema = parse(s, report_schema(s->arena));
    for (const json *row = json_first(json_get(schema, "$defs")); row; row = json_next(row))
        assert_non_null(strstr(text, text_format(s->arena, "## %s\n", json_name(row))));
    json_free(schema);
    assert_non_null(strstr(text, "| `budgets` | list of [`budget`](#budget) |"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_describes_every_member, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reference_names_every_object, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
