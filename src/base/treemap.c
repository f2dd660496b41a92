#include "base/treemap.h"

#include <stdbool.h>

enum { TILES_MAX = 2000 }; /* the rest is left blank: nobody can see it */

/* How far from square the worst of a row is, with a total of `sum`, a largest and a smallest,
 * along a side of that length; all in pixels. */
static double worst(double sum, double largest, double smallest, double side) {
    double square = sum * sum, long_one = side * side * largest / square,
           short_one = square / (side * side * smallest);
    return long_one > short_one ? long_one : short_one;
}

/* A row of tiles that is about to be placed: `sum` is their area in pixels. */
struct row {
    const double *sizes;
    size_t count;
    double scale, sum;
};

/* The sizes from the first on that make the best row along that side. */
static struct row row_find(const double *sizes, size_t count, double scale, double side) {
    struct row row = {.sizes = sizes, .scale = scale};
    double best = 0;
    while (row.count < count) {
        double next = sizes[row.count] * scale;
        if (next <= 0) break;
        double now = worst(row.sum + next, sizes[0] * scale, next, side);
        if (row.count > 0 && now > best) break;
        best = now;
        row.sum += next;
        row.count++;
    }
    return row;
}

/* Puts a row along the shorter side and takes it off the room. */
static void row_place(const struct row *row, struct tile *room, struct tile *tiles) {
    bool upright = room->width >= room->height;
    double side = upright ? room->height : room->width, thick = row->sum / side, along = 0;
    for (size_t i = 0; i < row->count; i++) {
        double length = row->sizes[i] * row->scale / thick;
        tiles[i] = upright ? (struct tile){room->x, room->y + along, thick, length}
                           : (struct tile){room->x + along, room->y, length, thick};
        along += length;
    }
    if (upright) {
        room->x += thick;
        room->width -= thick;
    } else {
        room->y += thick;
        room->height -= thick;
    }
}

struct tile *treemap_lay_out(struct arena *arena, const double *sizes, size_t count, double total,
                             struct tile area) {
    struct tile *tiles = arena_alloc(arena, (count + 1) * sizeof *tiles);
    double scale = total > 0 ? area.width * area.height / total : 0;
    for (size_t at = 0; at < count && at < TILES_MAX;) {
        double side = area.width < area.height ? area.width : area.height;
        if (side < 1) break;
        struct row row = row_find(sizes + at, count - at, scale, side);
        if (row.count == 0) break;
        row_place(&row, &area, tiles + at);
        at += row.count;
    }
    return tiles;
}
