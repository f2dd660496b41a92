/* A treemap: sections, in code namespaces, in those
 * functions. */
#include <stdlib.h>
#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "base/treemap.h"
#include "base/units.h"

enum {
    WIDTH = 1200,
    HEIGHT = 800,
    TITLE = 16,       /* pixels of a box's heading */
    LABEL_PIXELS = 7, /* of a character, roughly */
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

static void add_box(struct text *out, struct tile area, const struct wasm_share *share,
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

/** The tiles of all parts inside `area`. */
static struct tile *lay_out(struct arena *arena, const struct parts *parts, struct tile area) {
    double *sizes = arena_alloc(arena, (parts->count + 1) * sizeof *sizes);
    for (size_t i = 0; i < parts->count; i++) sizes[i] = (double)parts->items[i].bytes;
    return treemap_lay_out(arena, sizes, parts->count, parts->total, area);
}

static struct parts parts_of(const struct wasm_shares *shares) {
    struct parts parts = {shares->items, shares->count, 0};
    for (size_t i = 0; i < shares->count; i++) parts.total += (double)shares->items[i].bytes;
    return parts;
}

/** Below a heading, where there is room for one. */
static struct tile inside(struct tile area) {
    if (area.width < 20 || area.height < 2 * TITLE) return (struct tile){0};
    return (struct tile){area.x + 2, area.y + TITLE, area.width - 4, area.height - TITLE - 2};
}

/** The functions of a namespace by name, in `scratch`. */
static struct wasm_shares functions_of(struct arena *scratch, const struct inspection *now,
                                       const char *namespace) {
    struct wasm_share *items = NULL;
    size_t count = 0;
    for (size_t i = 0; i < now->profile.count; i++) {
        const struct wasm_profiled *function = &now->profile.functions[i];
        if (strcmp(function->namespace, namespace) == 0)
            *array_add(scratch, items, count) =
                (struct wasm_share){function->name, function->bytes, 0, 1};
    }
    return wasm_shares_join(items, count, SIZE_MAX);
}

static void add_functions(struct text *out, const struct inspection *now, const char *namespace,
                          struct tile area, unsigned hue) {
    struct arena *scratch = arena_new();
    struct wasm_shares shares = functions_of(scratch, now, namespace);
    struct parts parts = parts_of(&shares);
    struct tile *areas = lay_out(scratch, &parts, area);
    for (size_t i = 0; i < parts.count; i++)
        if (areas[i].width * areas[i].height >= 4)
            add_box(out, areas[i], &parts.items[i], hue + 10);
    arena_free(scratch);
}

static void add_namespaces(struct text *out, const struct inspection *now, struct tile area) {
    struct parts parts = parts_of(&now->namespaces);
    struct tile *areas = lay_out(out->arena, &parts, area);
    for (size_t i = 0; i < parts.count; i++) {
        unsigned hue = (unsigned)(i * 47 % 360);
        if (areas[i].width * areas[i].height < 4) continue;
        add_box(out, areas[i], &parts.items[i], hue);
        struct tile room = inside(areas[i]);
        if (room.width > 0) add_functions(out, now, parts.items[i].name, room, hue);
    }
}

void inspect_svg(struct text *out, const struct inspection *now) {
    struct parts parts = parts_of(&now->sections);
    struct tile whole = {0, 0, WIDTH, HEIGHT};
    struct tile *areas = lay_out(out->arena, &parts, whole);
    text_add_format(out,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                    "font-family=\"sans-serif\" font-size=\"11\">\n",
                    WIDTH, HEIGHT);
    for (size_t i = 0; i < parts.count; i++) {
        if (areas[i].width * areas[i].height < 4) continue;
        add_box(out, areas[i], &parts.items[i], 210);
        struct tile room = inside(areas[i]);
        if (strcmp(parts.items[i].name, "code") == 0 && room.width > 0)
            add_namespaces(out, now, room);
    }
    text_add(out, "</svg>\n");
}
