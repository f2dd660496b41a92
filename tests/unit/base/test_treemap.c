#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/treemap.h"

static bool apart(const struct tile *a, const struct tile *b) {
    const double hair = 1e-6;
    return a->x + a->width <= b->x + hair || b->x + b->width <= a->x + hair ||
           a->y + a->height <= b->y + hair || b->y + b->height <= a->y + hair;
}

static void tiles_fill_the_area_in_proportion(void **state) {
    (void)state;
    static const double sizes[] = {6, 6, 4, 3, 2, 2, 1}; /* the paper's example */
    struct arena *arena = arena_new();
    size_t count = array_length(sizes);
    struct tile *tiles = treemap_lay_out(arena, sizes, count, 24, (struct tile){10, 20, 600, 400});
    for (size_t i = 0; i < count; i++) {
        assert_float_equal(tiles[i].width * tiles[i].height, sizes[i] / 24 * 240000, 1e-3);
        assert_true(tiles[i].x >= 10 && tiles[i].x + tiles[i].width <= 610 + 1e-6);
        assert_true(tiles[i].y >= 20 && tiles[i].y + tiles[i].height <= 420 + 1e-6);
        for (size_t j = 0; j < i; j++) assert_true(apart(&tiles[i], &tiles[j]));
    }
    /* As in the paper: the first two stand one above the other at the left, half of the width. */
    assert_float_equal(tiles[0].width, 300, 1e-6);
    assert_float_equal(tiles[0].height, 200, 1e-6);
    arena_free(arena);
}

static void what_has_no_size_gets_no_tile(void **state) {
    (void)state;
    static const double sizes[] = {3, 0, 0};
    struct arena *arena = arena_new();
    struct tile *tiles = treemap_lay_out(arena, sizes, 3, 3, (struct tile){0, 0, 100, 100});
    assert_float_equal(tiles[0].width * tiles[0].height, 10000, 1e-6);
    assert_true(tiles[1].width == 0 && tiles[2].width == 0);
    tiles = treemap_lay_out(arena, sizes + 1, 2, 0, (struct tile){0, 0, 100, 100});
    assert_true(tiles[0].width == 0);
    tiles = treemap_lay_out(arena, sizes, 1, 3, (struct tile){0, 0, 0, 0});
    assert_true(tiles[0].width == 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_fill_the_area_in_proportion),
        cmocka_unit_test(what_has_no_size_gets_no_tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
