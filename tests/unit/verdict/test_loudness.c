#include "verdict/loudness.h"

#include "base/array.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* last: its macro `fail` is a word of probe.h */

enum { WALL, BYTES, OPS, SHARE };

static const struct probe_metric
    wall = {.unit = PROBE_SECONDS, .better = PROBE_LOWER, .nature = PROBE_NOISY},
    bytes = {.unit = PROBE_BYTES, .better = PROBE_LOWER, .nature = PROBE_NOISY},
    ops = {.unit = PROBE_PER_SECOND, .better = PROBE_HIGHER, .nature = PROBE_NOISY},
    share = {.unit = PROBE_RATIO, .better = PROBE_LOWER, .nature = PROBE_NOISY};

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* A change of 100 by `change`, known to 0.02, of which 10 % for the worse are allowed. */
struct trial {
    int metric;
    enum verdict_basis basis;
    enum outcome outcome;
    double change, now, then;
    bool drowned;
};

static bool is_drowned(const struct trial *trial) {
    const struct probe_metric *items[] = {&wall, &bytes, &ops, &share};
    struct budget budget = {.metrics = {items, array_length(items)}};
    struct limit limit = {.metric = (uint32_t)trial->metric,
                          .kind = LIMIT_REGRESSION,
                          .relative = true,
                          .bound = 0.1};
    const struct verdict_row row = {.limit = &limit,
                                    .outcome = trial->outcome,
                                    .basis = trial->basis,
                                    .baseline = 100,
                                    .change = trial->change,
                                    .change_low = trial->change - 0.02,
                                    .change_high = trial->change + 0.02};
    const struct verdict_options options = {.waited_now = trial->now, .waited_then = trial->then};
    const char *settle = NULL;
    bool drowned = change_drowned(arena, &options, &budget, &row, &settle) != NULL;
    assert_true(drowned == (settle != NULL));
    return drowned;
}

static void waiting_explains_changes(void **state) {
    (void)state;
    static const struct trial rows[] = {
        /* times: 1.28 of the baseline, seven tenths of it once 0.3 are taken off */
        {WALL, BASIS_STORED, OUTCOME_FAIL, 0.3, 0, 0, false},
        {WALL, BASIS_STORED, OUTCOME_FAIL, 0.3, 0.3, 0, true},
        {WALL, BASIS_STORED, OUTCOME_FAIL, 1.0, 0.3, 0, false},
        {WALL, BASIS_STORED, OUTCOME_FAIL, 9.0, 1, 0, true},
        {WALL, BASIS_STORED, OUTCOME_FAIL, 0.3, 0, 1, false}, /* waiting then hides it at most */
        {WALL, BASIS_STORED, OUTCOME_FAIL, 0.13, 0.09, 0, false}, /* not loud */
        {WALL, BASIS_STORED, OUTCOME_FAIL, 0.13, NAN, NAN, false},
        {WALL, BASIS_STORED, OUTCOME_PASS, 0, 0, 0.3, true},
        {WALL, BASIS_STORED, OUTCOME_PASS, -0.3, 0, 0.3, false},
        {WALL, BASIS_STORED, OUTCOME_PASS, -0.3, 0, 1, true},
        {WALL, BASIS_STORED, OUTCOME_PASS, 0, 1, 0, false},
        {WALL, BASIS_STORED, OUTCOME_PASS, 0, NAN, NAN, false},
        {WALL, BASIS_STORED, OUTCOME_INCONCLUSIVE, 0.1, 1, 1, false},
        /* rates: the other way round */
        {OPS, BASIS_STORED, OUTCOME_FAIL, -0.3, 0.3, 0, true},
        {OPS, BASIS_STORED, OUTCOME_FAIL, -0.6, 0.3, 0, false},
        {OPS, BASIS_STORED, OUTCOME_FAIL, -0.6, 1, 0, true},
        {OPS, BASIS_STORED, OUTCOME_PASS, 0, 0, 0.3, true},
        {OPS, BASIS_STORED, OUTCOME_PASS, 0.5, 0, 0.3, false},
        /* pairs, and what does not wait */
        {WALL, BASIS_PAIRED, OUTCOME_FAIL, 0.3, 1, 1, false},
        {BYTES, BASIS_STORED, OUTCOME_FAIL, 0.3, 1, 1, false},
        {SHARE, BASIS_STORED, OUTCOME_FAIL, 0.3, 1, 1, false},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        if (is_drowned(&rows[i]) != rows[i].drowned) print_error("row %zu\n", i);
        assert_true(is_drowned(&rows[i]) == rows[i].drowned);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waiting_explains_changes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
