#include "fake_set.h"

/* The plan as text: ids, quiet ones with !, waves apart by |. */
static const char *plan_text(struct fake_set *fake) {
    struct run_step *steps;
    size_t count = run_plan(fake->arena, &fake->set, &steps);
    struct text text = text_begin(fake->arena);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%s%s",
                        i == 0                               ? ""
                        : steps[i].wave != steps[i - 1].wave ? "|"
                                                             : " ",
                        fake->budgets[steps[i].budget].id, steps[i].quiet ? "!" : "");
    return text.data;
}

static void test_nothing(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    assert_string_equal(plan_text(&fake), "");
    assert_true(fake_execute(&fake));
    fake_end(&fake);
}

static void test_as_written(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_add(&fake, "q1", &quiet_probe);
    fake_add(&fake, "a", &loud_probe);
    fake_add(&fake, "s1", &spawning_probe);
    fake_add(&fake, "b", &loud_probe);
    fake_add(&fake, "q2", &quiet_probe);
    assert_string_equal(plan_text(&fake), "a b|q1!|s1!|q2!");
    fake_end(&fake);
}

static void test_after(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_after(&fake, fake_add(&fake, "last", &loud_probe), "quiet b");
    fake_after(&fake, fake_add(&fake, "quiet", &quiet_probe), "a");
    fake_add(&fake, "a", &loud_probe);
    fake_after(&fake, fake_add(&fake, "b", &loud_probe), "a");
    fake_add(&fake, "c", &loud_probe);
    fake_after(&fake, fake_add(&fake, "d", &loud_probe), "nowhere");
    assert_string_equal(plan_text(&fake), "a c d|b|quiet!|last");
    fake_end(&fake);
}

static void test_what_does_not_run(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_add(&fake, "skipped", &loud_probe)->selected = false;
    struct budget *leaned = fake_add(&fake, "leaned", &loud_probe);
    leaned->selected = false;
    leaned->leaned_on = true;
    fake_after(&fake, fake_add(&fake, "a", &loud_probe), "skipped");
    struct budget *of = fake_add(&fake, "of", NULL);
    of->of = "leaned";
    of->source = 1;
    assert_string_equal(plan_text(&fake), "leaned a");
    fake_end(&fake);
}

/* To come after a budget that measures nothing itself is to come after what it stands for. */
static void test_after_what_leans(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_after(&fake, fake_add(&fake, "first-written", &loud_probe), "share ratio");
    fake_add(&fake, "q", &quiet_probe);
    struct budget *of = fake_add(&fake, "share", NULL);
    of->of = "q";
    of->source = 1;
    fake_add(&fake, "r", &quiet_probe);
    const struct derive_node operands[] = {{.kind = DERIVE_OPERAND, .budget = 1},
                                           {.kind = DERIVE_OPERAND, .budget = 3}};
    const struct derive_node root = {
        .kind = DERIVE_DIVIDE, .left = &operands[0], .right = &operands[1]};
    const struct derive derive = {.root = &root};
    fake_add(&fake, "ratio", NULL)->derive = &derive;
    assert_string_equal(plan_text(&fake), "q!|r!|first-written");
    fake_end(&fake);
}

static void test_a_circle_ends(void **state) {
    (void)state;
    struct fake_set fake;
    fake_begin(&fake, 1);
    fake_after(&fake, fake_add(&fake, "a", &loud_probe), "b");
    fake_after(&fake, fake_add(&fake, "b", &loud_probe), "a");
    fake_add(&fake, "c", &loud_probe);
    assert_string_equal(plan_text(&fake), "c"); /* the loader refuses circles before */
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_as_written),
        cmocka_unit_test(test_after),
        cmocka_unit_test(test_what_does_not_run),
        cmocka_unit_test(test_after_what_leans),
        cmocka_unit_test(test_a_circle_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
