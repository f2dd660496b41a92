#include "app/init_parts.h"
#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void limits_leave_room(void **state) {
    (void)state;
    static const struct {
        double measured;
        enum probe_unit unit;
        bool loud;
        const char *bound;
    } rows[] = {
        {1000, PROBE_BYTES, false, "1.2KB"},   {1001, PROBE_BYTES, false, "1.3KB"},
        {1000, PROBE_BYTES, true, "1.2KB"}, /* sizes do not wait */
        {0.5, PROBE_SECONDS, false, "600ms"},  {0.5, PROBE_SECONDS, true, "1s"},
        {0.001, PROBE_SECONDS, false, "6ms"},  {0.001, PROBE_SECONDS, true, "6ms"},
        {0.020, PROBE_SECONDS, false, "25ms"}, {0.020, PROBE_SECONDS, true, "40ms"},
        {100, PROBE_SECONDS, false, "2min"},   {50, PROBE_SECONDS, true, "1.7min"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < array_length(rows); i++)
        assert_string_equal(init_bound(arena, rows[i].measured, rows[i].unit, rows[i].loud),
                            rows[i].bound);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(limits_leave_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
