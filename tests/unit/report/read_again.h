/** A JSON report that is read, and judged again. */
#ifndef UNIT_REPORT_READ_AGAIN_H
#define UNIT_REPORT_READ_AGAIN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "report_sample.h"

#include <cmocka.h>

#include "scratch.h"

struct world {
    struct sample s;
    const char *folder;
    struct report read;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts stored;
    struct diags diags;
};

static int set_up(void **state) {
    static struct world world;
    world = (struct world){0};
    struct arena *arena = arena_new();
    sample_all(&world.s, arena);
    world.folder = scratch_new(arena);
    world.diags = diags_begin(arena);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    scratch_remove(world->folder);
    arena_free(world->s.arena);
    return 0;
}

static bool reads(struct world *world, const char *text) {
    const char *path = scratch_write(world->s.arena, world->folder, "report.json", text);
    return report_read(world->s.arena, path, &world->read, &world->set, &world->evidence,
                       &world->stored, &world->diags);
}

static void expect_read(struct world *world, const char *text) {
    if (!reads(world, text)) fail_msg("%s", world->diags.items[world->diags.count - 1].message);
}

static void expect_same_row(const struct verdict_row *then, const struct verdict_row *now) {
    assert_string_equal(then->limit->key, now->limit->key);
    assert_int_equal(then->outcome, now->outcome);
    assert_int_equal(then->effect, now->effect);
    assert_int_equal(then->matched, now->matched);
    assert_int_equal(then->broken, now->broken);
    assert_int_equal(then->needless, now->needless);
    assert_string_equal(then->reason, now->reason);
    assert_memory_equal(&then->observed, &now->observed, sizeof now->observed);
    assert_memory_equal(&then->low, &now->low, sizeof now->low);
    assert_memory_equal(&then->high, &now->high, sizeof now->high);
}

static void judge_again(struct world *world, struct verdicts *verdicts) {
    verdicts_begin(verdicts, world->s.arena, &world->set, (struct verdict_options){0});
    for (size_t i = 0; i < world->set.count; i++) {
        const struct measurement *measurement = world->evidence[i].measurement;
        if (verdicts_wanted(verdicts, i, NULL) && measurement && !measurement->missing)
            verdicts_wanted(verdicts, i, measurement);
    }
    verdicts_finish(verdicts, world->evidence);
}

static void test_judges_the_same(void **state) {
    struct world *world = *state;
    expect_read(world, report_json(world->s.arena, &world->s.report));
    struct verdicts again;
    judge_again(world, &again);
    assert_int_equal(again.outcome, world->s.verdicts.outcome);
    assert_int_equal(again.effect, world->s.verdicts.effect);
    for (size_t i = 0; i < world->set.count; i++) {
        const struct budget_verdict *then = &world->s.verdicts.budgets[i];
        const struct budget_verdict *now = &again.budgets[i];
        assert_int_equal(then->count, now->count);
        for (size_t row = 0; row < now->count; row++)
            expect_same_row(&then->rows[row], &now->rows[row]);
    }
}

/* The verdicts over random samples and bounds survive the way through the report. */
static const char *replaced(struct arena *arena, const char *text, const char *from,
                            const char *to) {
    const char *at = strstr(text, from);
    if (!at) fail_msg("`%s` is not in the report", from);
    return text_format(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

#endif
