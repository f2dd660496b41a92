/* A squarified treemap (Bruls, Huizing, van Wijk 2000): sections, in code namespaces, in those
 * functions. */
#include <stdlib.h>
#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "base/units.h"

enum {
    WIDTH = 1200,
    HEIGHT = 800,
    TITLE = 16,       /* pixels of a box's heading */
    BOXES_MAX = 2000, /* of one box; the rest is left blank */
    LABEL_PIXELS = 7, /* of a character, roughly */
};

struct area {
    double x, y, width, height;
};

/** What is laid out: the parts of one box, largest first. */
struct parts {
    const struct wasm_share *items;
    size_t count;
    double total;
};

static void add_escaped(struct text *out, const char *text, size_t most) {
    for (size_t i = 0; text[i] && (i < most || (text[i] & 0xc0) == 0x80); i++) {
        char c = text[i];
        if (c == '<')
            text_add(out, "&lt;");
        else if (c == '>')
            text_add(out, "&gt;");
        else if (c == '&')
            text_add(out, "&amp;");
        else
            text_add_char(out, c);
    }
}

static void add_box(struct text *out, struct area area, const struct wasm_share *share,
                    unsigned hue) {
    text_add(out, "<g><title>");
    add_escaped(out, share->name, SIZE_MAX);
    text_add_format(out,
                    ": %s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                    "fill=\"hsl(%u 45%% 75%%)\" stroke=\"#fff\"/>",
                    unit_show(out->arena, (double)share->bytes, PROBE_BYTES), area.x, area.y,
                    area.width, area.height, hue);
    if (area.width > 6 * LABEL_PIXELS && area.height > TITLE) {
        text_add_format(out, "<text x=\"%.1f\" y=\"%.1f\">", area.x + 3, area.y + 12);
        add_escaped(out, share->name, (size_t)(area.width / LABEL_PIXELS));
        text_add(out, "</text>");
    }
    text_add(out, "</g>\n");
}

/** How far from square the worst of a row is, with a total of `sum`, a largest and a smallest,
 * along a side of that length; all in pixels. */
static double worst(double sum, double largest, double smallest, double side) {
    double square = sum * sum, long_one = side * side * largest / square,
           short_one = square / (side * side * smallest);
    return long_one > short_one ? long_one : short_one;
}

/** How many parts from `first` on make the best row in that area, and their share of it. */
static size_t row_length(const struct parts *parts, size_t first, double scale, double side,
                         double *sum) {
    double largest = (double)parts->items[first].bytes * scale, best = 0;
    size_t count = 0;
    *sum = 0;
    while (first + count < parts->count) {
        double next = (double)parts->items[first + count].bytes * scale;
        if (next <= 0) break;
        double now = worst(*sum + next, largest, next, side);
        if (count > 0 && now > best) break;
        best = now;
        *sum += next;
        count++;
    }
    return count;
}

/** A row of parts that is about to be placed: `sum` is their area in pixels. */
struct row {
    size_t first, count;
    double scale, sum;
};

/** Puts a row along the shorter side and takes it off the area. */
static void place_row(const struct parts *parts, struct row row, struct area *room,
                      struct area *areas) {
    bool upright = room->width >= room->height;
    double side = upright ? room->height : room->width, thick = row.sum / side, along = 0;
    for (size_t i = row.first; i < row.first + row.count; i++) {
        double length = (double)parts->items[i].bytes * row.scale / thick;
        areas[i] = upright ? (struct area){room->x, room->y + along, thick, length}
                           : (struct area){room->x + along, room->y, length, thick};
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

/** The areas of all parts inside `area`, in the arena; what did not fit is 0 wide. */
static struct area *lay_out(struct arena *arena, const struct parts *parts, struct area area) {
    struct area *areas = arena_alloc(arena, (parts->count + 1) * sizeof *areas);
    double scale = parts->total > 0 ? area.width * area.height / parts->total : 0;
    for (size_t at = 0; at < parts->count && at < BOXES_MAX;) {
        double sum, side = area.width < area.height ? area.width : area.height;
        if (side < 1) break;
        size_t count = row_length(parts, at, scale, side, &sum);
        if (count == 0) break;
        place_row(parts, (struct row){at, count, scale, sum}, &area, areas);
        at += count;
    }
    return areas;
}

static struct parts parts_of(const struct wasm_shares *shares) {
    struct parts parts = {shares->items, shares->count, 0};
    for (size_t i = 0; i < shares->count; i++) parts.total += (double)shares->items[i].bytes;
    return parts;
}

/** Below a heading, where there is room for one. */
static struct area inside(struct area area) {
    if (area.width < 20 || area.height < 2 * TITLE) return (struct area){0};
    return (struct area){area.x + 2, area.y + TITLE, area.width - 4, area.height - TITLE - 2};
}

static void add_functions(struct text *out, const struct inspection *now, const char *namespace,
                          struct area area, unsigned hue) {
    struct wasm_share *items = arena_alloc(out->arena, now->profile.count * sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < now->profile.count; i++) {
        const struct wasm_profiled *function = &now->profile.functions[i];
        if (strcmp(function->namespace, namespace) == 0)
            items[count++] = (struct wasm_share){function->name, function->bytes, 0, 1};
    }
    struct wasm_shares shares = wasm_shares_join(items, count, SIZE_MAX);
    struct parts parts = parts_of(&shares);
    struct area *areas = lay_out(out->arena, &parts, area);
    for (size_t i = 0; i < parts.count; i++)
        if (areas[i].width * areas[i].height >= 4)
            add_box(out, areas[i], &parts.items[i], hue + 10);
}

static void add_namespaces(struct text *out, const struct inspection *now, struct area area) {
    struct parts parts = parts_of(&now->namespaces);
    struct area *areas = lay_out(out->arena, &parts, area);
    for (size_t i = 0; i < parts.count; i++) {
        unsigned hue = (unsigned)(i * 47 % 360);
        if (areas[i].width * areas[i].height < 4) continue;
        add_box(out, areas[i], &parts.items[i], hue);
        struct area room = inside(areas[i]);
        if (room.width > 0) add_functions(out, now, parts.items[i].name, room, hue);
    }
}

const char *inspect_svg(struct arena *arena, const struct inspection *now) {
    struct text out = text_begin(arena);
    struct parts parts = parts_of(&now->sections);
    struct area whole = {0, 0, WIDTH, HEIGHT};
    struct area *areas = lay_out(arena, &parts, whole);
    text_add_format(&out,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                    "font-family=\"sans-serif\" font-size=\"11\">\n",
                    WIDTH, HEIGHT);
    for (size_t i = 0; i < parts.count; i++) {
        if (areas[i].width * areas[i].height < 4) continue;
        add_box(&out, areas[i], &parts.items[i], 210);
        struct area room = inside(areas[i]);
        if (strcmp(parts.items[i].name, "code") == 0 && room.width > 0)
            add_namespaces(&out, now, room);
    }
    text_add(&out, "</svg>\n");
    return out.data;
}
