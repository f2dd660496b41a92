/** Where the tiles of a treemap go: rectangles in proportion to sizes, as square as may be. */
#ifndef BASE_TREEMAP_H
#define BASE_TREEMAP_H

#include "base/arena.h"

struct tile {
    double x, y, width, height;
};

/**
 * Squarified treemap (Bruls, Huizing, van Wijk 2000). Lays `count` sizes, none negative and largest
 * first, out inside `area`, in proportion to `total` (at least their sum). Returns as many tiles,
 * in the arena; those of size 0, and those that no pixel is left for, are 0 wide.
 */
struct tile *treemap_lay_out(struct arena *arena, const double *sizes, size_t count, double total,
                             struct tile area);

#endif
