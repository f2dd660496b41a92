/* How many runs a probe may do in a row: those that are sure to be wanted, and fit. */
#include "fake_set.h"

#include <unistd.h>

/* Does all that it may in a row, each of them `pause` microseconds long. */
struct doer {
    struct behaviour behaviour; /* first: it is the budget's config */
    useconds_t pause;
    size_t calls, rows[64];
    uint64_t begin_by;
};

static bool doer_act(struct probe_run *run, struct behaviour *self) {
    struct doer *doer = (struct doer *)self;
    uint64_t ahead = probe_ahead(run, &doer->begin_by);
    doer->rows[doer->calls++ % array_length(doer->rows)] = ahead + 1;
    for (uint64_t i = 0;; i++, self->runs++) {
        usleep(doer->pause);
        if (i == ahead) return true;
        probe_emit(run, 0, 0, 1);
        if (!probe_next(run)) return false;
    }
}

static struct budget *doer_add(struct fake_set *fake, struct doer *doer) {
    struct budget *budget = fake_add(fake, "doer", &quiet_probe);
    doer->behaviour = fake->behaviours[0];
    doer->behaviour.act = doer_act;
    budget->config = doer;
    return budget;
}

/* Of the first run nobody knows how long it takes; then all that are wanted, and never one more. */
static void test_all_that_are_wanted(void **state) {
    (void)state;
    struct fake_set fake;
    struct doer doer = {.pause = 100};
    fake_begin(&fake, 1);
    fake.wanted = 20;
    doer_add(&fake, &doer);
    assert_true(fake_execute(&fake));
    assert_int_equal(fake.evidence[0].measurement->runs, 20);
    assert_int_equal(doer.behaviour.runs, 20);
    assert_int_equal(doer.rows[0], 1);
    assert_true(doer.rows[1] > 1);
    assert_null(fake.evidence[0].stopped);
    fake_end(&fake);
}

static size_t wanted_by_fives(void *context, size_t budget, const struct measurement *measurement) {
    (void)context, (void)budget;
    size_t runs = measurement ? measurement->runs : 0;
    assert_int_equal(runs % 5, 0); /* asked when all are there, and not before */
    return runs < 40 ? runs + 5 : 0;
}

static void test_never_beyond_a_decision(void **state) {
    (void)state;
    struct fake_set fake;
    struct doer doer = {.pause = 100};
    fake_begin(&fake, 1);
    fake.request.wanted = wanted_by_fives;
    doer_add(&fake, &doer);
    assert_true(fake_execute(&fake));
    assert_int_equal(doer.behaviour.runs, 40);
    fake_end(&fake);
}

static void test_never_beyond_runs_max(void **state) {
    (void)state;
    struct fake_set fake;
    struct doer doer = {.pause = 100};
    fake_begin(&fake, 1);
    fake.wanted = 100;
    doer_add(&fake, &doer)->runs.max = 17;
    assert_true(fake_execute(&fake));
    assert_int_equal(doer.behaviour.runs, 17);
    assert_string_equal(fake.evidence[0].stopped, "runs.max");
    fake_end(&fake);
}

/* None begins that would not be over in time; and a row is so short that progress is seen. */
static void test_as_far_as_time_goes(void **state) {
    (void)state;
    struct fake_set fake;
    struct doer doer = {.pause = 20000};
    fake_begin(&fake, 1);
    fake.wanted = 100000;
    struct budget *budget = doer_add(&fake, &doer);
    budget->time_limit = 0.5;
    budget->runs.max = 100000;
    uint64_t start = clock_now();
    assert_true(fake_execute(&fake));
    assert_string_equal(fake.evidence[0].stopped, "time limit");
    assert_true(doer.behaviour.runs <= 25);
    assert_true(doer.begin_by <= start + 500000000);
    for (size_t i = 0; i < doer.calls && i < array_length(doer.rows); i++)
        assert_true(doer.rows[i] <= 1 + 250 / 20);
    fake_end(&fake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_are_wanted),
        cmocka_unit_test(test_never_beyond_a_decision),
        cmocka_unit_test(test_never_beyond_runs_max),
        cmocka_unit_test(test_as_far_as_time_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
